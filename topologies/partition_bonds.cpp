#include "topologies/partition_bonds.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>

#include <boost/pending/disjoint_sets.hpp>

namespace lightloom {
namespace {

std::vector<std::uint64_t> endpoints_per_node(const Topology& t) {
    std::vector<std::uint64_t> endpoints(t.nodes.size(), 0);
    for (const Topology::Endpoint& endpoint : t.endpoints) ++endpoints[endpoint.server.value];
    return endpoints;
}

// Nodes, each with the first of those that bonds join it to, in the order of those.
struct Member {
    std::size_t first, node;
};
std::vector<Member> bonded_nodes(const Topology& t, const std::vector<bool>& bonded) {
    boost::disjoint_sets_with_storage<> sets(t.nodes.size());
    for (std::size_t cable = 0; cable < t.cables.size(); ++cable)
        if (bonded[cable])
            sets.union_set(t.ports[t.cables[cable].lower.value].node.value,
                           t.ports[t.cables[cable].upper.value].node.value);
    std::vector<std::size_t> first(t.nodes.size(), SIZE_MAX);
    std::vector<Member> members;
    for (std::size_t node = 0; node < t.nodes.size(); ++node) {
        std::size_t& of_set = first[sets.find_set(node)];
        of_set = std::min(of_set, node);
        members.push_back({of_set, node});
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.first < b.first; });
    return members;
}

// A plan with what bonds join in one partition each; none if a partition would have too much.
std::optional<PartitionPlan> gathered(const PartitionPlan& plan, const Topology& topology,
                                      const std::vector<Member>& members) {
    const std::vector<std::uint64_t> endpoints = endpoints_per_node(topology);
    PartitionPlan kept = plan;
    std::vector<std::uint64_t> load(plan.partitions, 0), votes(plan.partitions);
    for (auto first = members.begin(); first != members.end();) {
        const auto last = std::find_if(first, members.end(), [&](const Member& m) { return m.first != first->first; });
        std::fill(votes.begin(), votes.end(), 0);
        std::uint64_t weight = 0;
        for (auto member = first; member != last; ++member) {
            votes[plan.of_node[member->node]] += endpoints[member->node] * topology.nodes.size() + 1;
            weight += endpoints[member->node];
        }
        const auto most = std::max_element(votes.begin(), votes.end()) - votes.begin();
        load[static_cast<std::size_t>(most)] += weight;
        for (; first != last; ++first) kept.of_node[first->node] = static_cast<std::uint16_t>(most);
    }
    const std::uint64_t heaviest = *std::max_element(load.begin(), load.end()), all = topology.endpoints.size();
    if (heaviest * plan.partitions > 2 * all || heaviest == all) return std::nullopt;
    return kept;
}

}  // namespace

PartitionPlan keep_bonds(PartitionPlan plan, const Topology& topology, const std::vector<bool>& bonded) {
    assert(bonded.size() == topology.cables.size() && plan.of_node.size() == topology.nodes.size());
    if (std::none_of(bonded.begin(), bonded.end(), [](bool is_bonded) { return is_bonded; })) return plan;
    const std::vector<Member> members = bonded_nodes(topology, bonded);
    if (auto kept = gathered(plan, topology, members)) return *kept;
    for (std::uint32_t partitions = plan.partitions; partitions-- > 2;)
        if (auto kept = gathered(plan_partitions(topology, partitions), topology, members)) return *kept;
    return plan;
}

}  // namespace lightloom
