// Placement: which GPUs of a fabric a job takes, and in which order its ranks sit there. Pure functions of topology,
// requests and seed.
// Not here: who of a job speaks with whom (models/workload/traffic.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// Endpoints in the order of their ranks.
using Ranks = std::vector<EndpointId>;

/// packed: server after server, as they stand in the racks; spread: a server of every rack, then another of every rack;
/// random: server after server, in an order drawn; rail-aligned: a GPU of every server, then the next of every server;
/// listed: as the request says.
enum class Placement { packed, spread, random, rail_aligned, listed };

/// Consecutive GPUs of one server.
struct GpuRange {
    std::uint32_t server = 0;                     // its index
    std::uint32_t first = 0, count = UINT32_MAX;  // UINT32_MAX: up to its last
    friend bool operator==(const GpuRange&, const GpuRange&) = default;
};

struct PlacementRequest {
    std::string name;  // for messages
    Placement placement = Placement::packed;
    std::optional<std::uint64_t> gpus{};  // none: all that the others leave; listed ones are as many as their list says
    std::vector<GpuRange> list{};
};

/// A request that cannot be met, as a sentence that names the jobs concerned.
struct PlacementError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The GPUs of each job. Those with a list come first, then the others in their order; no GPU is of two jobs.
/// @param seed  of what is drawn. @throws PlacementError
std::vector<Ranks> place_jobs(const Topology& topology, std::span<const PlacementRequest> jobs, std::uint64_t seed);

/// All GPUs in the order in which a job would take them. @param seed, job  of a random order
Ranks all_gpus(const Topology& topology, Placement placement, std::uint64_t seed = 0, std::uint64_t job = 0);

/// By endpoint: which of its server's GPUs it is.
std::vector<std::uint32_t> places_in_servers(const Topology& topology);

}  // namespace lightloom
