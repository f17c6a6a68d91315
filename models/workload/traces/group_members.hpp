// The ranks of a process group, in its order, and where in it each of them stands.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace lightloom {

class GroupMembers {
public:
    /// @param ranks  at least one
    explicit GroupMembers(std::vector<std::uint32_t> ranks);

    const std::vector<std::uint32_t>& ranks() const { return ranks_; }
    std::uint32_t largest() const { return ranks_[by_rank_.back()]; }
    bool has_twice() const;
    std::optional<std::uint32_t> place_of(std::uint32_t rank) const;

private:
    std::vector<std::uint32_t> ranks_;
    std::vector<std::uint32_t> by_rank_;  // places
};

}  // namespace lightloom
