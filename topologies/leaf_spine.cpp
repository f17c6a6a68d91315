#include "topologies/leaf_spine.hpp"

#include "topologies/builder.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

void check(const LeafSpineParameters& p) {
    const ParameterChecks checks("a leaf-spine");
    checks.in_range("servers", p.servers);
    checks.in_range("GPUs per server", p.gpus_per_server);
    checks.in_range("leaves", p.leaves);
    checks.in_range("spines", p.spines);
    checks.in_range("links per pair", p.links_per_pair);
    checks.divides(p.leaves, "leaves", p.servers, "servers");
    checks.cables(static_cast<__int128>(p.servers) * p.gpus_per_server +
                  static_cast<__int128>(p.leaves) * p.spines * p.links_per_pair);
}

}  // namespace

Topology leaf_spine(const LeafSpineParameters& parameters) {
    check(parameters);
    const auto gpus = static_cast<std::uint32_t>(parameters.gpus_per_server);
    const auto links_per_pair = static_cast<std::uint32_t>(parameters.links_per_pair);
    const auto leaves = static_cast<std::size_t>(parameters.leaves);
    const std::size_t servers_per_leaf = static_cast<std::size_t>(parameters.servers) / leaves;

    TopologyBuilder builder;
    const std::uint32_t host_leaf = builder.add_tier("host-leaf", parameters.rate);
    const std::uint32_t leaf_to_spine =
        builder.add_tier("leaf-spine", parameters.uplink_rate.value_or(parameters.rate));

    std::vector<NodeId> servers, leaf_ids, spines;
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
        for (std::size_t i = 0; i < servers_per_leaf; ++i) servers.push_back(builder.add_server(gpus));
        leaf_ids.push_back(builder.add_leaf());
    }
    for (std::int64_t i = 0; i < parameters.spines; ++i) spines.push_back(builder.add_spine());

    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
        for (std::size_t i = 0; i < servers_per_leaf; ++i)
            builder.connect(servers[leaf * servers_per_leaf + i], leaf_ids[leaf], host_leaf, gpus);
        for (const NodeId spine : spines) builder.connect(leaf_ids[leaf], spine, leaf_to_spine, links_per_pair);
    }
    return builder.build();
}

}  // namespace lightloom
