// bisection_of (topologies/analysis.hpp): apart, because Boost's maximum flow wants a graph of its own.
#include <algorithm>
#include <map>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include "topologies/analysis.hpp"
#include "topologies/hardware.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;

struct Pipe {
    std::int64_t capacity, residual;  // bit/s
    Traits::edge_descriptor reverse;
};
struct Vertex {
    Traits::edge_descriptor predecessor;
    boost::default_color_type color;
    std::int64_t distance;
};
using Pipes = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Vertex, Pipe>;
using Pair = std::pair<std::size_t, std::size_t>;

// Both directions of a cable, or with `back` 0 what only flows from the source or into the sink.
void add_pipe(Pipes& pipes, const Pair& ends, std::int64_t there, std::int64_t back) {
    const auto forward = boost::add_edge(ends.first, ends.second, pipes).first;
    const auto backward = boost::add_edge(ends.second, ends.first, pipes).first;
    pipes[forward] = {there, 0, backward};
    pipes[backward] = {back, 0, forward};
}

std::uint32_t servers_of(const Topology& t) {
    return static_cast<std::uint32_t>(counts_of(t).nodes[static_cast<std::size_t>(NodeKind::server)]);
}

}  // namespace

double Bisection::share() const {
    return static_cast<double>(flow.bits_per_second) / static_cast<double>(injection.bits_per_second);
}

// Servers are contracted into the source and the sink: a flow through one is as good as one that begins or ends there.
Bisection bisection_of(const Topology& topology) {
    const std::uint32_t servers = servers_of(topology);
    if (servers < 2) throw TopologyError("one server has no half");
    const std::size_t source = topology.nodes.size(), sink = source + 1;
    const Hardware hardware(topology);
    std::map<Pair, std::int64_t> capacities;
    Bisection found;
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        const NodeId lower = topology.ports[cable.lower.value].node, upper = topology.ports[cable.upper.value].node;
        if (!forwards(topology.nodes[upper.value].kind)) continue;
        const std::int64_t rate = topology.tiers[cable.tier].rate.bit_rate().bits_per_second;
        const std::int64_t capacity = rate / hardware.states(CableId{c});
        const Topology::Node& below = topology.nodes[lower.value];
        if (below.kind != NodeKind::server) {
            capacities[{lower.value, upper.value}] += capacity;
        } else if (below.index < servers / 2) {
            capacities[{source, upper.value}] += capacity;
            found.injection.bits_per_second += rate;
        } else {
            capacities[{upper.value, sink}] += capacity;
        }
    }
    Pipes pipes(sink + 1);
    for (const auto& [ends, capacity] : capacities)
        add_pipe(pipes, ends, capacity, ends.first == source || ends.second == sink ? 0 : capacity);
    found.flow.bits_per_second = boost::boykov_kolmogorov_max_flow(
        pipes, boost::get(&Pipe::capacity, pipes), boost::get(&Pipe::residual, pipes),
        boost::get(&Pipe::reverse, pipes), boost::get(&Vertex::predecessor, pipes), boost::get(&Vertex::color, pipes),
        boost::get(&Vertex::distance, pipes), boost::get(boost::vertex_index, pipes), source, sink);
    return found;
}

}  // namespace lightloom
