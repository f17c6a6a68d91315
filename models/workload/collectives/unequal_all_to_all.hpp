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
    /// @param algorithm  direct: a lane per peer, so that all start at once; pairwise: one lane, peer after peer
    /// @param bytes      from rank s to rank d at s * ranks + d, >= 0; what a rank has for itself is not sent
    UnequalAllToAll(Algorithm algorithm, std::uint32_t ranks, std::vector<std::int64_t> bytes);

    /// What goes back: each message's bytes in the other direction.
    UnequalAllToAll reversed() const;

    std::uint32_t ranks() const { return ranks_; }
    std::int64_t bytes(std::uint32_t source, std::uint32_t destination) const {
        return bytes_[std::size_t{source} * ranks_ + destination];
    }

    std::uint32_t lanes() const { return algorithm_ == Algorithm::direct ? ranks_ - 1 : 1; }
    std::uint64_t steps(std::uint32_t /*rank*/, std::uint32_t /*lane*/) const {
        return algorithm_ == Algorithm::direct ? 1 : ranks_ - 1;
    }
    /// A step can be empty: nobody to send to, nobody to wait for. @param k  < steps(rank, lane)
    Step step(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const;

private:
    Algorithm algorithm_;
    std::uint32_t ranks_;
    std::vector<std::int64_t> bytes_;
};

}  // namespace lightloom
