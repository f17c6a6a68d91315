// What a scenario says of messages of a pattern: when they come, how large they are, where hot spots are. Plain data.
// Not here: how they are drawn (models/workload/messages.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/time.hpp"
#include "models/workload/flow_sizes.hpp"
#include "models/workload/messages.hpp"

namespace lightloom {

/// A key that does not belong to the pattern or its arrivals is not read.
struct ScenarioMessages {
    Arrivals arrivals = Arrivals::once;
    double load = 0.5;                                  // poisson: of payload, over the rate of an endpoint's links
    Duration duration = microseconds(100);              // poisson
    std::int64_t outstanding = 1, messages = 100;       // closed: of each endpoint
    FlowSizes sizes = FlowSizes::fixed;                 // fixed: workload.bytes
    std::string size_file;                              // of message_sizes = "file": beside the scenario
    std::shared_ptr<const SizeDistribution> of_file{};  // what it says
    double hot_share = 0.5;
    std::int64_t hot_spots = 1;
    friend bool operator==(const ScenarioMessages&, const ScenarioMessages&) = default;
};

}  // namespace lightloom
