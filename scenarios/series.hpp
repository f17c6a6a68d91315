// What a scenario says of samples in time, and which ports that means. Not here: how they are taken
// (models/network/port_samples.hpp), how they are written (scenarios/result_series.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "scenarios/fault.hpp"

namespace lightloom {

struct Plan;
struct Scenario;
struct Topology;

struct ScenarioSeries {
    std::optional<Duration> interval{};  // none: nothing is sampled
    std::optional<Selector> select{};    // cables, each by the ports at both ends; none: all
    friend bool operator==(const ScenarioSeries&, const ScenarioSeries&) = default;
};

/// Ascending. @throws TopologyError if nothing is selected, or too little
std::vector<std::uint32_t> sampled_ports(const Scenario& scenario, const Topology& topology);

/// Of all tables of a result that grow with the fabric and its traffic, and of its series, before compression.
/// It may be more than 64 bits count. @param samples  of each port
double result_bytes(const Plan& plan, std::size_t flows, std::int64_t samples);

}  // namespace lightloom
