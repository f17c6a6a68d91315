// FabricHarness: a whole fabric built in a few lines, run to its end or to an instant, on the real engine or on the
// oracle, and what it left. Channels are given by hand: optics would only stand between a test and its arithmetic.
// Not here: runs of a whole scenario (scenarios/assembly.hpp), the oracle itself (tests/support/reference_engine.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/network/fabric.hpp"
#include "models/network/simulation.hpp"
#include "models/workload/loads.hpp"
#include "models/workload/traffic_builder.hpp"
#include "topologies/builder.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/partition_plan.hpp"
#include "topologies/routes.hpp"

namespace lightloom::testing {

inline Rate gigabits(double rate) {  // 106.25 is exact in a double
    return *Rate::from({static_cast<std::int64_t>(rate * 1e9)});
}

/// Two servers with one NIC each, and switches in a row between them: leaf, spines, leaf.
/// @param rates  of the cables from the first server to the second: one more than there are switches
inline Topology chain(const std::vector<Rate>& rates) {
    TopologyBuilder builder;
    std::vector<NodeId> row{builder.add_server(1), builder.add_leaf()};
    for (std::size_t i = 2; i + 1 < rates.size(); ++i) row.push_back(builder.add_spine());
    if (rates.size() > 2) row.push_back(builder.add_leaf());
    row.push_back(builder.add_server(1));
    for (std::size_t i = 0; i < rates.size(); ++i) {
        const std::uint32_t tier = builder.add_tier("hop " + std::to_string(i), rates[i]);
        const bool last = i + 1 == rates.size();  // a server is the lower end of its cable
        builder.connect(last ? row[i + 1] : row[i], last ? row[i] : row[i + 1], tier);
    }
    return builder.build();
}

/// Flows of one message each, all released at the start. @param pairs  (source, destination), by source
inline Traffic messages(const std::vector<std::pair<std::size_t, std::size_t>>& pairs, Bytes bytes) {
    Traffic traffic;
    traffic.groups.push_back({.ranks = static_cast<std::uint32_t>(pairs.size())});
    for (const auto& [source, destination] : pairs)
        traffic.flows.push_back({.source = EndpointId{source},
                                 .destination = EndpointId{destination},
                                 .rank = static_cast<std::uint32_t>(traffic.flows.size()),
                                 .opening_messages = 1,
                                 .opening_bytes = bytes.count});
    return traffic;
}

/// Gives the messages that flows open with another size.
inline void resize_messages(Traffic& traffic, Bytes bytes) {
    for (Traffic::Flow& flow : traffic.flows) flow.opening_bytes = bytes.count;
}

/// A message, sent at the start or, where it comes `after` another, when that one has been delivered to its source.
struct Relayed {
    std::size_t source, destination;
    Bytes bytes;
    std::optional<std::size_t> after = {};
};

/// Each message is a flow of its own. @param sent  their flows are numbered in this order if it is by source
inline Traffic relayed(const std::vector<Relayed>& sent) {
    TrafficBuilder builder;
    std::map<std::size_t, Program> programs;  // by endpoint
    std::map<std::size_t, std::vector<std::array<std::uint32_t, 2>>> seats;
    std::vector<std::uint32_t> receipts;  // of each message, the destination's task
    const auto add = [&](std::size_t endpoint, std::uint32_t message, std::uint32_t rank, std::uint32_t call,
                         std::span<const std::uint32_t> after) {
        const auto seat = static_cast<std::uint32_t>(seats[endpoint].size());
        seats[endpoint].push_back({message, rank});
        return programs[endpoint].add({.call = call, .seat = seat, .stream = seat}, after);
    };
    for (std::uint32_t i = 0; i < sent.size(); ++i) {
        const std::uint32_t call = builder.add_call(
            {.kind = Collective::broadcast, .algorithm = Algorithm::direct, .ranks = 2, .bytes = sent[i].bytes.count});
        builder.add_group({.ranks = 2});
        std::vector<std::uint32_t> after;
        if (sent[i].after) after = {receipts[*sent[i].after]};
        add(sent[i].source, i, 0, call, after);
        receipts.push_back(add(sent[i].destination, i, 1, call, {}));
    }
    for (auto& [endpoint, program] : programs) {
        const std::uint32_t worker = builder.add_worker(EndpointId{endpoint}, builder.add_program(std::move(program)));
        for (const auto& [group, rank] : seats[endpoint]) builder.add_seat(worker, group, rank);
    }
    return builder.build();
}

inline Traffic ring_all_reduce(const Topology& topology, Placement placement, Bytes bytes, std::uint32_t iterations) {
    const std::vector<Ranks> groups = groups_of(topology, Grouping::rails, placement);
    return collective(groups,
                      {.kind = Collective::all_reduce,
                       .algorithm = Algorithm::ring,
                       .ranks = static_cast<std::uint32_t>(groups.front().size()),
                       .bytes = bytes.count},
                      iterations);
}

/// The parts of a run, to be changed by a test before it starts.
struct FabricCase {
    Topology topology;
    Traffic traffic;
    NetworkParameters network{};
    TransportParameters transport{};
    std::vector<Channel> channels{};
    std::vector<ChannelChange> changes{};
    std::vector<Outage> outages{};
    std::vector<RateChange> rates{};
    std::optional<ScaleUpParameters> scale_up{};
    std::vector<EndpointId> nic_of{};
    Duration sampling_interval{0};  // 0: nothing is sampled
    std::vector<std::uint32_t> sampled_ports{};
    std::uint64_t fault_seed = 1, order_seed = 1;
    Routes routes = equal_cost_routes(topology);
    std::shared_ptr<const RouteTimeline> reroutes{};  // of a topology that outlives the case

    FabricCase(Topology t, Traffic sent, Duration delay) : topology(std::move(t)), traffic(std::move(sent)) {
        channels.assign(2 * topology.cables.size(), {.delay = delay});
    }
    /// The direction in which `port` sends.
    Channel& channel(PortId port) {
        const CableId cable = topology.ports[port.value].cable;
        return channels[2 * std::size_t{cable.value} + (topology.cables[cable.value].upper == port)];
    }
    PortId nic(std::size_t endpoint) const { return topology.endpoints[endpoint].nic; }
    PortId peer(PortId port) const { return topology.ports[port.value].peer; }
    /// Ports of a leaf that lead up to a spine.
    std::vector<PortId> uplinks(NodeId leaf) const {
        std::vector<PortId> up;
        const Topology::Node& node = topology.nodes[leaf.value];
        for (std::uint32_t port = node.first_port; port < node.first_port + node.ports; ++port)
            if (topology.nodes[topology.ports[topology.ports[port].peer.value].node.value].kind == NodeKind::spine)
                up.emplace_back(port);
        return up;
    }
    FabricInput input(std::uint32_t partitions) const {
        return {.topology = topology,
                .routes = routes,
                .traffic = traffic,
                .channels = channels,
                .network = network,
                .transport = transport,
                .fault_seed = fault_seed,
                .partitions = partitions,
                .changes = changes,
                .outages = outages,
                .rates = rates,
                .scale_up = scale_up,
                .nic_of = nic_of,
                .sampling = {sampling_interval, sampled_ports},
                .reroutes = reroutes.get()};
    }
};

struct Execution {
    std::uint32_t threads = 1, partitions = 1, window_divisor = 1;
    Time until = kNever;
};

/// A fabric after its run, and what was still on its way. The case must outlive it.
struct FabricRun {
    Fabric fabric;
    InFlight left{};
    Fabric::Statistics statistics{};

    FabricRun(const FabricCase& parts, std::uint32_t partitions) : fabric(parts.input(partitions)) {}

    /// Frames that a port has begun to send.
    std::uint64_t sent(PortId port) const {
        return fabric.counters()[port.value].frames_sent - left.queued_frames[port.value];
    }
    /// Counters of the port at the other end: what became of what this one sent.
    const Fabric::PortCounters& received(PortId port) const { return fabric.counters()[fabric.peer(port.value)]; }
    Duration delivered(std::uint32_t flow) const { return {fabric.flow_times(flow).delivered_ps}; }
    Duration acknowledged(std::uint32_t flow) const { return {fabric.flow_times(flow).acknowledged_ps}; }
    /// Sums over all flows or ports.
    std::uint64_t lost() const { return total(&Fabric::PortCounters::frames_lost); }
    std::uint64_t dropped() const { return total(&Fabric::PortCounters::frames_dropped); }
    std::uint64_t marked() const { return total(&Fabric::PortCounters::frames_marked); }
    std::uint64_t retransmissions() const {
        std::uint64_t sum = 0;
        for (std::uint32_t i = 0; i < fabric.traffic().flows.size(); ++i)
            sum += fabric.transport().sender(i).retransmissions;
        return sum;
    }

private:
    template <class Count>
    std::uint64_t total(Count Fabric::PortCounters::*count) const {
        std::uint64_t sum = 0;
        for (const Fabric::PortCounters& counters : fabric.counters()) sum += counters.*count;
        return sum;
    }
};

/// Runs a case on the real engine.
inline FabricRun run(const FabricCase& parts, const Execution& how = {}) {
    const PartitionPlan plan = plan_partitions(parts.topology, how.partitions);
    FabricRun result(parts, how.partitions);
    result.left = simulate(result.fabric, {.threads = how.threads,
                                           .partitions = how.partitions,
                                           .partition_of = plan.of_node,
                                           .window_divisor = how.window_divisor,
                                           .until = how.until,
                                           .seed = parts.order_seed,
                                           .between_windows = {}})
                      .in_flight;
    result.statistics = result.fabric.merged_statistics();
    return result;
}

}  // namespace lightloom::testing
