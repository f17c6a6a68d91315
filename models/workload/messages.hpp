// Messages of a pattern as fabric papers draw them: who sends to whom, of which size, and when: all at once, at random
// instants up to a load (open loop), or so many outstanding at a time (closed loop). Every message is a flow of its
// own. All of it is drawn beforehand, from numbers that are functions of seed, job, sender and message.
#pragma once

#include <cstdint>
#include <span>

#include "core/time.hpp"
#include "models/workload/flow_sizes.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

enum class Arrivals { once, poisson, closed };

struct MessageDemand {
    enum class Pattern { permutation, incast, uniform, hot_spot };
    Pattern pattern = Pattern::uniform;
    double hot_share = 0.0;       // hot_spot: of the messages that go to ...
    std::uint32_t hot_spots = 1;  // ... the first so many GPUs; the others to any
    SizeDistribution sizes = SizeDistribution::fixed(1);
    Arrivals arrivals = Arrivals::once;
    double bytes_per_second = 0.0;                // poisson: of payload, from each sender on average
    Duration duration{0};                         // poisson: for so long
    std::uint32_t outstanding = 1, messages = 1;  // closed: at a time, and in all, of each sender
};

/// @param gpus  in ascending order, at least two; of an incast the first receives and all others send
/// @param job   of several: each draws numbers of its own
Traffic message_traffic(std::span<const EndpointId> gpus, const MessageDemand& demand, std::uint64_t seed,
                        std::uint64_t job);

}  // namespace lightloom
