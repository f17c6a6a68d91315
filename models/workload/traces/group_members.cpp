#include "models/workload/traces/group_members.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lightloom {

GroupMembers::GroupMembers(std::vector<std::uint32_t> ranks) : ranks_(std::move(ranks)), by_rank_(ranks_.size()) {
    std::iota(by_rank_.begin(), by_rank_.end(), 0u);
    const auto rank = [this](std::uint32_t place) { return ranks_[place]; };
    if (!std::ranges::is_sorted(ranks_)) std::ranges::sort(by_rank_, {}, rank);
}

bool GroupMembers::has_twice() const {
    const auto rank = [this](std::uint32_t place) { return ranks_[place]; };
    return std::ranges::adjacent_find(by_rank_, {}, rank) != by_rank_.end();
}

std::optional<std::uint32_t> GroupMembers::place_of(std::uint32_t rank) const {
    const auto found =
        std::ranges::lower_bound(by_rank_, rank, {}, [this](std::uint32_t place) { return ranks_[place]; });
    if (found == by_rank_.end() || ranks_[*found] != rank) return std::nullopt;
    return *found;
}

}  // namespace lightloom
