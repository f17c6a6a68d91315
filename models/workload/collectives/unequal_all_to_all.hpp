// An all-to-all in which every pair of ranks has a size of its own, as the experts of a model make them.
//
// It is executed as a Schedule is, by the same rules (schedule.hpp): lanes of steps, messages in order. One message per
// pair, and none where there is nothing to send. Blocks stay empty: there is no common buffer to number.
// Not here: where the sizes come from (expert_routing.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

class UnequalAllToAll {
public:
    /// @param bytes  from rank s to rank d at s * ranks + d, >= 0; what a rank has for itself is not sent
    UnequalAllToAll(std::uint32_t ranks, std::vector<std::int64_t> bytes);

    /// What goes back: each message's bytes in the other direction.
    UnequalAllToAll reversed() const;
    /// What the rank that sends or receives most has to send or to receive.
    std::int64_t busiest_bytes() const;

    std::uint32_t ranks() const { return ranks_; }
    std::int64_t bytes(std::uint32_t source, std::uint32_t destination) const {
        return bytes_[std::size_t{source} * ranks_ + destination];
    }

    // A lane of one step per peer, so that all start at once.
    std::uint32_t lanes() const { return ranks_ - 1; }
    /// It can be empty: nobody to send to, nobody to wait for.
    Step step(std::uint32_t rank, std::uint32_t lane) const;

private:
    std::uint32_t ranks_;
    std::vector<std::int64_t> bytes_;
};

}  // namespace lightloom
