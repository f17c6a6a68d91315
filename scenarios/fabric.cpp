#include "scenarios/fabric.hpp"

#include <stdexcept>
#include <string>

#include "topologies/leaf_spine.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

// Products and sums that stop at the largest number: a shape is taken of parameters that nobody has checked yet.
std::int64_t times(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}
std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return b < 1 ? 0 : a / b + (a % b != 0); }

void add_tier(FabricShape& shape, TierKind tier, std::int64_t links) {
    shape.has[static_cast<std::size_t>(tier)] = true;
    shape.links[static_cast<std::size_t>(tier)] = links;
}

FabricShape leaf_spine_shape(const Scenario::Fabric& f) {
    FabricShape s{.servers = f.servers, .gpus_per_server = f.gpus_per_server, .leaves = f.leaves, .spines = f.spines};
    s.leaf_down = times(quotient_up(f.servers, f.leaves), f.gpus_per_server);
    s.leaf_up = times(f.spines, f.links_per_pair);
    s.spine_ports = times(f.leaves, f.links_per_pair);
    s.cables = plus(s.endpoints(), times(f.leaves, s.leaf_up));
    add_tier(s, TierKind::host_leaf, f.gpus_per_server);
    add_tier(s, TierKind::leaf_spine, f.links_per_pair);
    return s;
}

Rate port_rate(BitRate bit_rate) {
    const auto rate = Rate::from(bit_rate);
    if (!rate)
        throw TopologyError("no port clock keeps a rate of " + std::to_string(bit_rate.bits_per_second) + " b/s");
    return *rate;
}

Topology generated(const Scenario::Fabric& f, Rate rate) {
    switch (f.kind) {
        case TopologyKind::leaf_spine:
            return leaf_spine({.servers = f.servers,
                               .gpus_per_server = f.gpus_per_server,
                               .leaves = f.leaves,
                               .spines = f.spines,
                               .links_per_pair = f.links_per_pair,
                               .rate = rate});
    }
    throw std::logic_error("unknown topology kind");
}

}  // namespace

std::string_view name_of(TopologyKind kind) {
    switch (kind) {
        case TopologyKind::leaf_spine: return "leaf-spine";
    }
    return "";
}

FabricShape shape_of(const Scenario::Fabric& fabric) {
    switch (fabric.kind) {
        case TopologyKind::leaf_spine: return leaf_spine_shape(fabric);
    }
    throw std::logic_error("unknown topology kind");
}

Topology topology_of(const Scenario& scenario) {
    Topology topology = generated(scenario.topology, port_rate(scenario.topology.rate));
    for (Topology::Tier& tier : topology.tiers)
        if (const auto kind = tier_named(tier.name)) tier.rate = port_rate(scenario.rate_of(*kind));
    return topology;
}

}  // namespace lightloom
