#include "topologies/routes.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include "topologies/validation.hpp"

namespace lightloom {
namespace {

// Numbers distinct vectors 0, 1, 2... in the order in which they are first seen.
template <class T>
class Interner {
public:
    /// @return the number, and whether it is new
    std::pair<std::uint32_t, bool> number(const std::vector<T>& v) {
        const auto [entry, fresh] = numbers_.try_emplace(v, static_cast<std::uint32_t>(numbers_.size()));
        return {entry->second, fresh};
    }

private:
    std::map<std::vector<T>, std::uint32_t> numbers_;
};

// The switches and what joins them. Servers do not forward, so no path leads through one. Parallel cables count once:
// a neighbour is next on a shortest path, with all its cables, or not at all.
struct Switches {
    struct Neighbour {
        std::uint32_t index;               // into `nodes`
        std::vector<std::uint16_t> ports;  // to it, counted from the switch's first
    };
    std::vector<NodeId> nodes;
    std::vector<std::vector<Neighbour>> neighbours;
    std::vector<std::uint32_t> leaves;  // by Node::index, into `nodes`
};

std::vector<Switches::Neighbour> neighbours_of(const Topology& t, NodeId id,
                                               const std::vector<std::uint32_t>& switch_of) {
    const Topology::Node& node = t.nodes[id.value];
    if (node.ports > std::numeric_limits<std::uint16_t>::max())
        throw TopologyError(t.node_name(id) + " has " + std::to_string(node.ports) +
                            " ports: a switch can have at most " +
                            std::to_string(std::numeric_limits<std::uint16_t>::max()));
    std::vector<Switches::Neighbour> found;
    std::unordered_map<std::uint32_t, std::size_t> place;  // of a neighbour in `found`
    for (std::uint32_t port = 0; port < node.ports; ++port) {
        const NodeId peer = t.ports[t.ports[node.first_port + port].peer.value].node;
        if (t.nodes[peer.value].kind == NodeKind::server) continue;
        const auto [entry, fresh] = place.try_emplace(switch_of[peer.value], found.size());
        if (fresh) found.push_back({switch_of[peer.value], {}});
        found[entry->second].ports.push_back(static_cast<std::uint16_t>(port));
    }
    return found;
}

Switches switches_of(const Topology& t) {
    Switches s;
    std::vector<std::uint32_t> switch_of(t.nodes.size(), UINT32_MAX);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        if (t.nodes[n].kind == NodeKind::server) continue;
        switch_of[n] = static_cast<std::uint32_t>(s.nodes.size());
        if (t.nodes[n].kind == NodeKind::leaf) s.leaves.push_back(switch_of[n]);
        s.nodes.push_back(NodeId{n});
    }
    for (const NodeId node : s.nodes) s.neighbours.push_back(neighbours_of(t, node, switch_of));
    return s;
}

// Hops between every switch and every leaf, by one breadth-first search per leaf.
class Distances {
public:
    explicit Distances(const Switches& s) : switches_(s.nodes.size()), hops_(s.leaves.size() * switches_, kUnreached) {
        std::vector<std::uint32_t> order;
        for (std::size_t leaf = 0; leaf < s.leaves.size(); ++leaf) search(s, leaf, order);
    }

    std::uint32_t between(std::size_t index, std::size_t leaf) const { return hops_[leaf * switches_ + index]; }
    static constexpr std::uint32_t kUnreached = UINT32_MAX;

private:
    void search(const Switches& s, std::size_t leaf, std::vector<std::uint32_t>& order) {
        std::uint32_t* const hops = &hops_[leaf * switches_];
        order.assign(1, s.leaves[leaf]);
        hops[s.leaves[leaf]] = 0;
        for (std::size_t i = 0; i < order.size(); ++i)
            for (const Switches::Neighbour& next : s.neighbours[order[i]])
                if (hops[next.index] == kUnreached) {
                    hops[next.index] = hops[order[i]] + 1;
                    order.push_back(next.index);
                }
    }

    std::size_t switches_;
    std::vector<std::uint32_t> hops_;
};

// Builds Routes row by row. Every list of ports, and every row of lists, is stored once however many share it.
class RouteTable {
public:
    RouteTable(const Topology& t, const Switches& s, const Distances& distances)
        : topology_(t), switches_(s), distances_(distances) {
        routes_.leaves = static_cast<std::uint32_t>(s.leaves.size());
        routes_.role_of_node.assign(t.nodes.size(), UINT32_MAX);
    }

    void add_switch(std::size_t index) {
        std::vector<std::uint32_t> row(routes_.leaves);
        Interner<std::uint32_t> choices;          // of neighbours, each as places in `neighbours`
        std::vector<std::uint32_t> choice, sets;  // sets[number of the choice]
        for (std::uint32_t leaf = 0; leaf < routes_.leaves; ++leaf) {
            if (switches_.leaves[leaf] == index) continue;
            choose(index, leaf, choice);
            const auto [number, fresh] = choices.number(choice);
            if (fresh) sets.push_back(set_of(index, choice));
            row[leaf] = sets[number];
        }
        fill_own_column(index, row);
        const auto [role, fresh] = roles_.number(row);
        if (fresh)
            for (const std::uint32_t set : row) routes_.sets.push_back(distinct_[set]);
        routes_.role_of_node[switches_.nodes[index].value] = role;
    }

    Routes take() { return std::move(routes_); }

private:
    // The neighbours that are one hop nearer to the leaf.
    void choose(std::size_t index, std::uint32_t leaf, std::vector<std::uint32_t>& choice) const {
        const std::uint32_t hops = distances_.between(index, leaf);
        if (hops == Distances::kUnreached)
            throw TopologyError(topology_.node_name(switches_.nodes[index]) + " cannot reach leaf " +
                                std::to_string(leaf) + " without a server in between");
        choice.clear();
        const auto& neighbours = switches_.neighbours[index];
        for (std::uint32_t n = 0; n < neighbours.size(); ++n)
            if (distances_.between(neighbours[n].index, leaf) + 1 == hops) choice.push_back(n);
    }

    // Their ports, in ascending order, as a number of `distinct_`.
    std::uint32_t set_of(std::size_t index, const std::vector<std::uint32_t>& choice) {
        std::vector<std::uint16_t> ports;
        for (const std::uint32_t n : choice) {
            const auto& more = switches_.neighbours[index][n].ports;
            ports.insert(ports.end(), more.begin(), more.end());
        }
        std::sort(ports.begin(), ports.end());
        const auto [number, fresh] = port_lists_.number(ports);
        if (fresh) {
            distinct_.push_back({.first = static_cast<std::uint32_t>(routes_.ports.size()),
                                 .count = static_cast<std::uint32_t>(ports.size())});
            routes_.ports.insert(routes_.ports.end(), ports.begin(), ports.end());
        }
        return number;
    }

    // A leaf never reads its own column. What stands there is that of the nearest other leaf, so that the leaves that
    // see the rest of the fabric alike have the same row.
    void fill_own_column(std::size_t index, std::vector<std::uint32_t>& row) {
        const auto own = std::find(switches_.leaves.begin(), switches_.leaves.end(), index) - switches_.leaves.begin();
        if (own == routes_.leaves) return;  // a spine
        std::size_t nearest = routes_.leaves;
        for (std::size_t leaf = 0; leaf < routes_.leaves; ++leaf)
            if (leaf != static_cast<std::size_t>(own) &&
                (nearest == routes_.leaves || distances_.between(index, leaf) < distances_.between(index, nearest)))
                nearest = leaf;
        row[static_cast<std::size_t>(own)] = nearest == routes_.leaves ? set_of(index, {}) : row[nearest];
    }

    const Topology& topology_;
    const Switches& switches_;
    const Distances& distances_;
    Routes routes_;
    Interner<std::uint16_t> port_lists_;
    std::vector<Routes::PortSet> distinct_;  // by number of the port list
    Interner<std::uint32_t> roles_;
};

}  // namespace

Routes equal_cost_routes(const Topology& topology) {
    const Switches switches = switches_of(topology);
    const Distances distances(switches);
    RouteTable table(topology, switches, distances);
    for (std::size_t index = 0; index < switches.nodes.size(); ++index) table.add_switch(index);
    return table.take();
}

}  // namespace lightloom
