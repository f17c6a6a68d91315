// What the parts of the schema have in common: the kinds of value bound to a Scenario, bounds, and the parts
// themselves, each a list of keys. Not here: how they are put together (scenarios/schema.cpp).
#pragma once

#include <string>
#include <vector>

#include "scenarios/schema.hpp"
#include "scenarios/schema_types.hpp"

namespace lightloom {

using Keys = std::vector<Key<Scenario>>;

/// Counts and rates of a fabric.
Keys topology_keys();
/// What cables are made of, tier by tier.
Keys tier_keys();
/// How links are reckoned and judged.
Keys optics_keys();
/// What joins the GPUs of a server.
Keys scale_up_keys();
/// Switches, NICs, routing and framing.
Keys network_keys();
/// What is sent, how, from which seeds and how long.
Keys traffic_keys();
/// Of [workload]: when messages of a pattern come, and how large they are.
Keys message_keys();
/// Why a key of [workload] says nothing of such a pattern, or of no pattern.
std::optional<Complaint> misplaced_in_pattern(std::string_view key, const Scenario::Workload& workload);
/// What the engine of a collective library costs.
Keys engine_keys();
/// Sums that the fabric's switches make.
Keys in_network_keys();
/// The step of a model that is trained.
Keys training_keys();
/// How its state is written and read.
Keys checkpoint_keys();
/// Execution traces that are replayed.
Keys trace_keys();
/// What counts when results are compared.
Keys question_keys();
/// Samples in time.
Keys series_keys();
/// Of one [[fault]].
std::vector<Key<Scenario::Fault>> make_fault_keys();

namespace schema {

using S = TypesOf<Scenario>;
using F = TypesOf<Scenario::Fault>;

constexpr auto kItself = [](auto& root) -> auto& { return root; };
constexpr Presence kRequired = Presence::required;

constexpr Duration picoseconds(std::int64_t n) { return {n}; }
constexpr Duration seconds(std::int64_t n) { return {n * kPicosecondsPerSecond}; }

// Ranges: what a machine of today could be, with room above; scenario_checks.cpp holds what keys may be together.
inline constexpr Bytes kByte{1}, kLargestBuffer{1 << 30};
// Two frames of a port must not end in the same picosecond: 8 bytes at 10 Tb/s last six.
inline constexpr Bytes kLeastFrame{8};
inline constexpr std::int64_t kMostSwitchPorts = 65'535;
inline constexpr BitRate kSlowestPort{1'000'000}, kFastestPort{10'000'000'000'000};
inline constexpr Decibel kNoLoss{0.0}, kMostLoss{60.0};

std::vector<std::string> topology_kind_names();

constexpr std::uint32_t bit(TopologyKind kind) { return 1u << static_cast<unsigned>(kind); }

}  // namespace schema
}  // namespace lightloom

// A function from a Scenario (or a fault, a tier), const or not, to its field: what a pointer to member cannot be for a
// field of a field.
#define LIGHTLOOM_FIELD(member) \
    [](auto& root) -> auto& { return root.member; }
