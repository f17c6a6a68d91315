#include "models/workload/collectives/unequal_all_to_all.hpp"

#include <algorithm>
#include <utility>

#include "core/abort.hpp"

namespace lightloom {

UnequalAllToAll::UnequalAllToAll(std::uint32_t ranks, std::vector<std::int64_t> bytes)
    : ranks_(ranks), bytes_(std::move(bytes)) {
    if (ranks == 0 || bytes_.size() != std::size_t{ranks} * ranks)
        abort_run("{} sizes for an all-to-all of {} ranks", bytes_.size(), ranks);
}

UnequalAllToAll UnequalAllToAll::reversed() const {
    std::vector<std::int64_t> back(bytes_.size());
    for (std::uint32_t source = 0; source < ranks_; ++source)
        for (std::uint32_t destination = 0; destination < ranks_; ++destination)
            back[std::size_t{destination} * ranks_ + source] = bytes(source, destination);
    return {ranks_, std::move(back)};
}

std::int64_t UnequalAllToAll::busiest_bytes() const {
    std::int64_t most = 0;
    for (std::uint32_t rank = 0; rank < ranks_; ++rank) {
        std::int64_t sent = 0, received = 0;
        for (std::uint32_t other = 0; other < ranks_; ++other) {
            if (other == rank) continue;
            sent += bytes(rank, other);
            received += bytes(other, rank);
        }
        most = std::max({most, sent, received});
    }
    return most;
}

Step UnequalAllToAll::step(std::uint32_t rank, std::uint32_t lane) const {
    const std::uint32_t distance = lane + 1;
    const std::uint32_t ahead = (rank + distance) % ranks_, behind = (rank + ranks_ - distance) % ranks_;
    Step step;
    step.from_lane = step.to_lane = lane;
    step.sent_bytes = bytes(rank, ahead);
    step.received_bytes = bytes(behind, rank);
    if (step.sent_bytes > 0) step.to = ahead;
    if (step.received_bytes > 0) step.from = behind;
    return step;
}

}  // namespace lightloom
