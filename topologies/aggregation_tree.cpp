#include "topologies/aggregation_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "topologies/validation.hpp"

namespace lightloom {
namespace {

class TreeBuilder {
public:
    TreeBuilder(const Topology& topology, std::uint32_t number)
        : t_(topology), number_(number), is_dark_(topology.cables.size()), place_(topology.nodes.size(), kNone) {
        for (const Topology::Circuit& circuit : topology.circuits) is_dark_[circuit.cable.value] = true;
    }

    AggregationTree tree(std::span<const EndpointId> nics) {
        std::vector<NodeId> leaves;
        for (const EndpointId nic : nics) {
            const Topology::Endpoint& endpoint = t_.endpoints[nic.value];
            if (endpoint.nics != 1)
                throw TopologyError(
                    fmt::format("NICs of {} ports have no one leaf whose switch adds up what they "
                                "send: in-network sums need NICs of one port",
                                endpoint.nics));
            leaves.push_back(endpoint.leaf);
        }
        std::vector<NodeId> distinct = leaves;
        std::ranges::sort(distinct);
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        add({.node = root_above(distinct)});
        find_below(made_.switches.front().node);
        for (const NodeId leaf : distinct) join(leaf);
        for (const NodeId leaf : leaves) made_.leaf_of.push_back(place_[leaf.value]);
        return std::move(made_);
    }

private:
    static constexpr std::uint32_t kNone = AggregationTree::kNone;

    /// Calls visit(port, peer) for the cables up from a switch.
    template <class Visit>
    void for_each_above(NodeId node, Visit&& visit) const {
        const Topology::Node& from = t_.nodes[node.value];
        for (std::uint32_t i = from.first_port; i < from.first_port + from.ports; ++i) {
            const Topology::Port& port = t_.ports[i];
            const NodeId peer = t_.ports[port.peer.value].node;
            const NodeKind kind = t_.nodes[peer.value].kind;
            if (forwards(kind) && kind > from.kind && !is_dark_[port.cable.value]) visit(PortId{i}, peer);
        }
    }

    // The lowest kind of switch that is above all leaves has the candidates.
    NodeId root_above(const std::vector<NodeId>& leaves) const {
        std::vector<std::uint32_t> above(t_.nodes.size(), 0), seen(t_.nodes.size(), kNone);  // of how many leaves
        std::vector<NodeId> front;
        for (std::uint32_t leaf = 0; leaf < leaves.size(); ++leaf) {
            front.assign(1, leaves[leaf]);
            seen[leaves[leaf].value] = leaf;
            while (!front.empty()) {
                const NodeId node = front.back();
                front.pop_back();
                ++above[node.value];
                for_each_above(node, [&](PortId, NodeId peer) {
                    if (std::exchange(seen[peer.value], leaf) != leaf) front.push_back(peer);
                });
            }
        }
        std::vector<NodeId> candidates;
        for (std::uint32_t i = 0; i < t_.nodes.size(); ++i) {
            if (above[i] != leaves.size()) continue;
            const bool lower = candidates.empty() || t_.nodes[i].kind < t_.nodes[candidates.front().value].kind;
            if (lower) candidates.clear();
            if (lower || t_.nodes[i].kind == t_.nodes[candidates.front().value].kind) candidates.emplace_back(i);
        }
        if (candidates.empty())
            throw TopologyError(
                fmt::format("in-network sums need a switch above all {} leaves of a group, by cables that are always "
                            "lit, and there is none: leaves and spines of one pod have one, a torus, circuits between "
                            "pods and planes have not; workload.algorithm = \"ring\" needs none",
                            leaves.size()));
        return candidates[number_ % candidates.size()];
    }

    // Which switches have the root above them.
    void find_below(NodeId root) {
        below_.assign(t_.nodes.size(), false);
        below_[root.value] = true;
        std::vector<NodeId> front{root};
        while (!front.empty()) {
            const Topology::Node& from = t_.nodes[front.back().value];
            front.pop_back();
            for (std::uint32_t i = from.first_port; i < from.first_port + from.ports; ++i) {
                const NodeId peer = t_.ports[t_.ports[i].peer.value].node;
                const NodeKind kind = t_.nodes[peer.value].kind;
                if (!forwards(kind) || kind >= from.kind || below_[peer.value] || is_dark_[t_.ports[i].cable.value])
                    continue;
                below_[peer.value] = true;
                front.push_back(peer);
            }
        }
    }

    // Up to a switch that is in the tree already, if one is next; else by one of the ways to the root.
    void join(NodeId leaf) {
        std::vector<std::pair<NodeId, PortId>> way;
        NodeId node = leaf;
        while (place_[node.value] == kNone) {
            std::vector<PortId> known, all;
            for_each_above(node, [&](PortId port, NodeId peer) {
                if (!below_[peer.value]) return;
                all.push_back(port);
                if (place_[peer.value] != kNone) known.push_back(port);
            });
            const std::vector<PortId>& among = known.empty() ? all : known;
            const PortId up = among[number_ % among.size()];
            way.emplace_back(node, up);
            node = t_.ports[t_.ports[up.value].peer.value].node;
        }
        for (auto i = way.rbegin(); i != way.rend(); ++i) {
            const NodeId parent = t_.ports[t_.ports[i->second.value].peer.value].node;
            add({.node = i->first, .parent = place_[parent.value], .up = i->second});
        }
    }

    void add(AggregationTree::Switch one) {
        place_[one.node.value] = static_cast<std::uint32_t>(made_.switches.size());
        made_.switches.push_back(one);
    }

    const Topology& t_;
    std::uint32_t number_;
    std::vector<bool> is_dark_, below_;
    std::vector<std::uint32_t> place_;  // by node: in the tree
    AggregationTree made_;
};

}  // namespace

AggregationTree aggregation_tree(const Topology& topology, std::span<const EndpointId> nics, std::uint32_t number) {
    return TreeBuilder(topology, number).tree(nics);
}

}  // namespace lightloom
