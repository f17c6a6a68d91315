#include "topologies/scale_up_racks.hpp"

#include <algorithm>
#include <span>

#include "topologies/builder.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

std::vector<NodeId> servers_of(const Topology& t) {
    std::vector<NodeId> servers;
    for (std::size_t n = 0; n < t.nodes.size(); ++n)
        if (t.nodes[n].kind == NodeKind::server) servers.emplace_back(n);
    return servers;
}

void check(const Topology& fabric, std::size_t servers, const ScaleUpRacks& racks) {
    const ParameterChecks checks("a fabric of scale-up racks");
    checks.in_range("servers per rack", racks.servers);
    checks.in_range("switches per rack", racks.switches);
    checks.divides(racks.servers, "servers per rack", static_cast<std::int64_t>(servers), "servers");
    checks.cables(static_cast<__int128>(fabric.cables.size()) +
                  static_cast<__int128>(fabric.endpoints.size()) * racks.switches);
    if (max_ports(fabric, NodeKind::scale_up) > 0) checks.refuse("there are scale-up switches already");
}

// A rack may stand across pods; then it belongs to none.
std::uint32_t pod_of(const Topology& t, std::span<const NodeId> servers) {
    const std::uint32_t pod = t.nodes[servers.front().value].pod;
    return std::ranges::all_of(servers, [&](NodeId n) { return t.nodes[n.value].pod == pod; }) ? pod
                                                                                               : Topology::Node::kNoPod;
}

}  // namespace

Topology with_scale_up_racks(const Topology& fabric, const ScaleUpRacks& racks) {
    const std::vector<NodeId> servers = servers_of(fabric);
    check(fabric, servers.size(), racks);
    TopologyBuilder builder(fabric);
    const std::uint32_t tier = builder.add_tier("scale-up", racks.rate);
    const auto per_rack = static_cast<std::size_t>(racks.servers);
    std::vector<NodeId> switches(static_cast<std::size_t>(racks.switches));
    auto endpoint = fabric.endpoints.begin();
    for (std::size_t first = 0; first < servers.size(); first += per_rack) {
        const std::span rack(servers.data() + first, per_rack);
        const std::uint32_t pod = pod_of(fabric, rack);
        for (NodeId& node : switches) node = builder.add_scale_up(pod);
        for (; endpoint != fabric.endpoints.end() && endpoint->server <= rack.back(); ++endpoint)
            for (const NodeId node : switches) builder.connect(endpoint->server, node, tier);
    }
    return builder.build();
}

}  // namespace lightloom
