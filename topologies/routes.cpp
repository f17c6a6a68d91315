#include "topologies/routes.hpp"

#include <algorithm>
#include <array>
#include <bit>
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

// The switches and what joins them. Servers and scale-up nodes do not forward, so no path leads through one. Parallel
// cables count once: a neighbour is next on a shortest path, with all its cables, or not at all.
struct Switches {
    struct Neighbour {
        std::uint32_t index;               // into `nodes`
        std::vector<std::uint16_t> ports;  // to it, counted from the switch's first
    };
    std::vector<NodeId> nodes;
    std::vector<std::vector<Neighbour>> neighbours;
    std::vector<std::uint32_t> leaves;  // by Node::index, into `nodes`
};

std::vector<Switches::Neighbour> neighbours_of(const Topology& t, NodeId id, const std::vector<bool>& is_dead,
                                               const std::vector<std::uint32_t>& switch_of) {
    const Topology::Node& node = t.nodes[id.value];
    if (node.ports > std::numeric_limits<std::uint16_t>::max())
        throw TopologyError(t.node_name(id) + " has " + std::to_string(node.ports) +
                            " ports: a switch can have at most " +
                            std::to_string(std::numeric_limits<std::uint16_t>::max()));
    std::vector<Switches::Neighbour> found;
    std::unordered_map<std::uint32_t, std::size_t> place;  // of a neighbour in `found`
    for (std::uint32_t port = 0; port < node.ports; ++port) {
        const Topology::Port& from = t.ports[node.first_port + port];
        const NodeId peer = t.ports[from.peer.value].node;
        if (!forwards(t.nodes[peer.value].kind) || is_dead[from.cable.value]) continue;
        const auto [entry, fresh] = place.try_emplace(switch_of[peer.value], found.size());
        if (fresh) found.push_back({switch_of[peer.value], {}});
        found[entry->second].ports.push_back(static_cast<std::uint16_t>(port));
    }
    return found;
}

Switches switches_of(const Topology& t, std::span<const CableId> dead) {
    Switches s;
    std::vector<bool> is_dead(t.cables.size());
    for (const CableId cable : dead) is_dead[cable.value] = true;
    std::vector<std::uint32_t> switch_of(t.nodes.size(), UINT32_MAX);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        if (!forwards(t.nodes[n].kind)) continue;
        switch_of[n] = static_cast<std::uint32_t>(s.nodes.size());
        if (t.nodes[n].kind == NodeKind::leaf) s.leaves.push_back(switch_of[n]);
        s.nodes.push_back(NodeId{n});
    }
    for (const NodeId node : s.nodes) s.neighbours.push_back(neighbours_of(t, node, is_dead, switch_of));
    return s;
}

// Rows become columns: bit c of row r changes places with bit r of row c. Source: Warren, "Hacker's Delight", 7-3.
void transpose(std::array<std::uint64_t, 64>& rows) {
    std::uint64_t mask = 0xffff'ffff;
    for (std::size_t j = 32; j != 0; j >>= 1, mask ^= mask << j)
        for (std::size_t k = 0; k < 64; k = ((k | j) + 1) & ~j) {
            const std::uint64_t t = ((rows[k] >> j) ^ rows[k | j]) & mask;
            rows[k] ^= t << j;
            rows[k | j] ^= t;
        }
}

// For every switch and leaf, the neighbours that are one hop nearer. One breadth-first search from all leaves at once,
// hop by hop: a switch has a bit for each leaf that it can reach so far, and what a neighbour had before this hop and
// the switch had not, it has through that neighbour. 64 leaves a word: 2,048 leaves cost no more than 32 searches.
class NearerNeighbours {
public:
    explicit NearerNeighbours(const Switches& s)
        : leaf_words_(words(s.leaves.size())), nearest_(s.nodes.size(), kNone) {
        for (const auto& neighbours : s.neighbours) {
            first_edge_.push_back(edges_);
            edges_ += neighbours.size();
        }
        through_.resize(edges_ * leaf_words_);
        std::vector<std::uint64_t> reached(s.nodes.size() * leaf_words_), before;
        for (std::size_t leaf = 0; leaf < s.leaves.size(); ++leaf)
            reached[s.leaves[leaf] * leaf_words_ + leaf / 64] |= std::uint64_t{1} << leaf % 64;
        for (bool more = true; more;) {
            before = reached;
            more = false;
            for (std::size_t index = 0; index < s.nodes.size(); ++index)
                more |= reach(s, index, before, &reached[index * leaf_words_]);
        }
    }

    /// Words of one column of columns().
    static std::size_t words(std::size_t bits) { return (bits + 63) / 64; }
    /// Bits over a switch's neighbours, words(neighbours) words for each leaf.
    void columns(const Switches& s, std::size_t index, std::vector<std::uint64_t>& columns) const {
        const std::size_t neighbours = s.neighbours[index].size(), neighbour_words = words(neighbours);
        columns.resize(leaf_words_ * 64 * neighbour_words);
        std::array<std::uint64_t, 64> block;
        for (std::size_t high = 0; high < neighbour_words; ++high)
            for (std::size_t w = 0; w < leaf_words_; ++w) {
                for (std::size_t n = 0; n < 64; ++n)
                    block[n] = high * 64 + n < neighbours
                                   ? through_[(first_edge_[index] + high * 64 + n) * leaf_words_ + w]
                                   : 0;
                transpose(block);
                for (std::size_t leaf = 0; leaf < 64; ++leaf)
                    columns[(w * 64 + leaf) * neighbour_words + high] = block[leaf];
            }
    }
    /// The nearest leaf that is not the switch itself, the first of several; kNone: it reaches no other.
    std::uint32_t nearest(std::size_t index) const { return nearest_[index]; }
    static constexpr std::uint32_t kNone = UINT32_MAX;

private:
    bool reach(const Switches& s, std::size_t index, const std::vector<std::uint64_t>& before, std::uint64_t* reached) {
        const std::uint64_t* const own = &before[index * leaf_words_];
        std::uint64_t any = 0;
        for (std::size_t n = 0; n < s.neighbours[index].size(); ++n) {
            const std::uint64_t* const theirs = &before[s.neighbours[index][n].index * leaf_words_];
            std::uint64_t* const through = &through_[(first_edge_[index] + n) * leaf_words_];
            for (std::size_t w = 0; w < leaf_words_; ++w) {
                const std::uint64_t fresh = theirs[w] & ~own[w];
                through[w] |= fresh;
                reached[w] |= fresh;
                any |= fresh;
            }
        }
        if (any == 0) return false;
        for (std::size_t w = 0; w < leaf_words_ && nearest_[index] == kNone; ++w)
            if (const std::uint64_t fresh = reached[w] & ~own[w])
                nearest_[index] =
                    static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(fresh));
        return true;
    }

    std::size_t leaf_words_, edges_ = 0;
    std::vector<std::size_t> first_edge_;  // of a switch; an edge is one of its neighbours
    std::vector<std::uint64_t> through_;   // leaves that lie behind an edge
    std::vector<std::uint32_t> nearest_;
};

// Builds Routes row by row. Every list of ports, and every row of lists, is stored once however many share it.
class RouteTable {
public:
    RouteTable(const Topology& t, const Switches& s, const NearerNeighbours& nearer) : switches_(s), nearer_(nearer) {
        routes_.leaves = static_cast<std::uint32_t>(s.leaves.size());
        routes_.role_of_node.assign(t.nodes.size(), UINT32_MAX);
    }

    void add_switch(std::size_t index) {
        nearer_.columns(switches_, index, columns_);
        const auto words = static_cast<std::ptrdiff_t>(NearerNeighbours::words(switches_.neighbours[index].size()));
        std::vector<std::uint32_t> row(routes_.leaves);
        Interner<std::uint64_t> choices;  // of neighbours
        std::vector<std::uint64_t> choice;
        std::vector<std::uint32_t> sets;  // sets[number of the choice]
        std::uint32_t last = 0;           // most leaves have the choice of the one before
        for (std::uint32_t leaf = 0; leaf < routes_.leaves; ++leaf) {
            if (switches_.leaves[leaf] == index) continue;
            const auto column = columns_.begin() + leaf * words;
            if (sets.empty() || !std::equal(choice.begin(), choice.end(), column)) {
                choice.assign(column, column + words);
                const auto [number, fresh] = choices.number(choice);
                if (fresh) sets.push_back(set_of(index, choice));
                last = sets[number];
            }
            row[leaf] = last;
        }
        fill_own_column(index, row);
        const auto [role, fresh] = roles_.number(row);
        if (fresh)
            for (const std::uint32_t set : row) routes_.sets.push_back(distinct_[set]);
        routes_.role_of_node[switches_.nodes[index].value] = role;
    }

    Routes take() { return std::move(routes_); }

private:
    // Their ports, in ascending order, as a number of `distinct_`.
    std::uint32_t set_of(std::size_t index, const std::vector<std::uint64_t>& choice) {
        std::vector<std::uint16_t> ports;
        for (std::size_t w = 0; w < choice.size(); ++w)
            for (std::uint64_t rest = choice[w]; rest != 0; rest &= rest - 1) {
                const auto n = w * 64 + static_cast<std::size_t>(std::countr_zero(rest));
                const auto& more = switches_.neighbours[index][n].ports;
                ports.insert(ports.end(), more.begin(), more.end());
            }
        std::sort(ports.begin(), ports.end());
        return number_of(ports);
    }

    std::uint32_t number_of(const std::vector<std::uint16_t>& ports) {
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
        const auto own = std::lower_bound(switches_.leaves.begin(), switches_.leaves.end(), index);
        if (own == switches_.leaves.end() || *own != index) return;  // a spine
        const std::uint32_t nearest = nearer_.nearest(index);
        row[static_cast<std::size_t>(own - switches_.leaves.begin())] =
            nearest == NearerNeighbours::kNone ? number_of({}) : row[nearest];
    }

    const Switches& switches_;
    const NearerNeighbours& nearer_;
    Routes routes_;
    std::vector<std::uint64_t> columns_;
    Interner<std::uint16_t> port_lists_;
    std::vector<Routes::PortSet> distinct_;  // by number of the port list
    Interner<std::uint32_t> roles_;
};

}  // namespace

Routes equal_cost_routes(const Topology& topology) { return equal_cost_routes_without(topology, {}); }

Routes equal_cost_routes_without(const Topology& topology, std::span<const CableId> dead) {
    const Switches switches = switches_of(topology, dead);
    const NearerNeighbours nearer(switches);
    RouteTable table(topology, switches, nearer);
    for (std::size_t index = 0; index < switches.nodes.size(); ++index) table.add_switch(index);
    return table.take();
}

}  // namespace lightloom
