#include "models/workload/in_network.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "models/workload/collectives/sum_tree.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

/// A group's tree over its seats: ranks, then switches.
struct SeatTree {
    std::vector<std::uint32_t> parent;
    std::vector<PortId> up;  // a seat's port towards its parent
};

SeatTree seats_of(const Topology& topology, const Ranks& group, std::span<const EndpointId> nic_of,
                  const AggregationTree& tree) {
    const auto ranks = static_cast<std::uint32_t>(group.size());
    SeatTree seats;
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
        const EndpointId nic = nic_of.empty() ? group[rank] : nic_of[group[rank].value];
        seats.parent.push_back(ranks + tree.leaf_of[rank]);
        seats.up.push_back(topology.endpoints[nic.value].nic);
    }
    for (const AggregationTree::Switch& one : tree.switches) {
        seats.parent.push_back(one.parent == AggregationTree::kNone ? kNobody : ranks + one.parent);
        seats.up.push_back(one.up);
    }
    return seats;
}

class Builder {
public:
    Builder(const Topology& topology, std::span<const EndpointId> nic_of, const CollectiveCall& call,
            std::uint32_t iterations, const InNetworkSums& sums)
        : t_(topology), nic_of_(nic_of), call_(call), iterations_(iterations), sums_(sums) {}

    void add(const Ranks& ranks, std::uint32_t number) {
        const AggregationTree tree = tree_of(t_, ranks, nic_of_, number);
        const SeatTree& seats = trees_.emplace_back(seats_of(t_, ranks, nic_of_, tree));
        const std::uint32_t program = program_of(seats);
        const auto nodes = static_cast<std::uint32_t>(seats.parent.size());
        const std::uint32_t group = builder_.add_group({.ranks = nodes});
        for (std::uint32_t seat = 0; seat < nodes; ++seat) {
            const EndpointId at =
                seat < ranks.size() ? ranks[seat] : as_endpoint(t_, tree.switches[seat - ranks.size()].node);
            builder_.add_seat(builder_.add_worker(at, program), group, seat);
        }
    }

    Traffic build() {
        Traffic traffic = builder_.build();
        for (const Traffic::Lane& lane : traffic.lanes) {
            const Traffic::Seat& seat = traffic.seats[lane.seat];
            const bool sums = seat.rank >= call_.ranks && lane.number % SumTree::kLanes == SumTree::kUp;
            for (std::uint32_t i = lane.first_out; i < lane.first_out + lane.outs; ++i) {
                Traffic::Flow& flow = traffic.flows[traffic.out[i].flow];
                flow.over = port_between(trees_[seat.group], seat.rank, traffic.out[i].rank);
                if (sums) flow.step_ps = sums_.latency.ps;  // what comes down is only copied
            }
        }
        return traffic;
    }

private:
    // Groups whose trees agree share a program.
    std::uint32_t program_of(const SeatTree& seats) {
        const auto [entry, fresh] = programs_.try_emplace(seats.parent, 0u);
        if (!fresh) return entry->second;
        const std::int64_t chunk = std::max<std::int64_t>(std::min(call_.chunk_bytes, call_.bytes), 1);
        const std::int64_t memory = sums_.memory.count / call_.channels;
        const auto outstanding = static_cast<std::uint64_t>(std::max<std::int64_t>(memory / chunk, 1));
        Program program;
        program.iterations = iterations_;
        program.add({.call = builder_.add_call(Schedule(call_, SumTree(call_.ranks, seats.parent, outstanding)))});
        return entry->second = builder_.add_program(std::move(program));
    }
    PortId port_between(const SeatTree& seats, std::uint32_t from, std::uint32_t to) const {
        if (seats.parent[from] == to) return seats.up[from];
        return t_.ports[seats.up[to].value].peer;
    }

    const Topology& t_;
    std::span<const EndpointId> nic_of_;
    const CollectiveCall& call_;
    std::uint32_t iterations_;
    const InNetworkSums& sums_;
    TrafficBuilder builder_;
    std::vector<SeatTree> trees_;  // by group
    std::map<std::vector<std::uint32_t>, std::uint32_t> programs_;
};

}  // namespace

AggregationTree tree_of(const Topology& topology, const Ranks& group, std::span<const EndpointId> nic_of,
                        std::uint32_t number) {
    Ranks nics = group;
    if (!nic_of.empty())
        for (EndpointId& nic : nics) nic = nic_of[nic.value];
    return aggregation_tree(topology, nics, number);
}

Traffic in_network_all_reduce(const Topology& topology, std::span<const Ranks> groups,
                              std::span<const EndpointId> nic_of, const CollectiveCall& call, std::uint32_t iterations,
                              const InNetworkSums& sums, std::uint32_t number) {
    Builder builder(topology, nic_of, call, iterations, sums);
    for (const Ranks& ranks : groups) builder.add(ranks, number++);
    return builder.build();
}

}  // namespace lightloom
