// Sums that the fabric's switches make (models/workload/in_network.hpp), from the keys that ask for them: what
// [in_network] says, the traffic of such an all-reduce, what is wrong with it on a fabric, what is planned in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

struct Plan;
struct Scenario;

struct ScenarioInNetwork {
    /// Assumed: of the 2.8 us that Graham et al. (2016) measured for 8 bytes over 128 hosts and two levels, what hosts
    /// and three passages of a switch leave for each sum.
    Duration latency = nanoseconds(300);
    Bytes memory{1 << 20};  // assumed: twice what 400 Gb/s fill in 10 us, so that it seldom binds
    friend bool operator==(const ScenarioInNetwork&, const ScenarioInNetwork&) = default;
};

/// Does any of its jobs have its sums made by switches of the fabric?
bool sums_in_network(const Scenario& scenario);

/// @param groups  of a job   @param first_tree  how many those before it have: all trees take different roots
/// @throws TopologyError: one of them has no tree
Traffic in_network_traffic(const Scenario& scenario, const Plan& plan, std::vector<Ranks> groups,
                           const CollectiveCall& call, std::uint32_t iterations, std::uint32_t first_tree);

/// Why a fabric of such parameters has no trees, as far as these say: message and hint.
struct NoTree {
    std::string message, hint;
};
/// @param has_all_gpus  a job that has some may be placed where there is a tree
std::optional<NoTree> without_trees(const Scenario& scenario, bool has_all_gpus);

/// "2 trees of 5 switches: ...", of every job that has some; empty: none does.
std::string in_network_text(const Scenario& scenario, const Plan& plan);

}  // namespace lightloom
