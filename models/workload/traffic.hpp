// Traffic: what is sent from whom to whom, and what waits for what, as flows of messages. A message is what the
// workload speaks of (one step of a collective); a flow carries the messages of one pair of endpoints, in order.
//
// Dependencies are a rule, not a list: message k of a flow may start once k messages of the flow it comes `after` have
// been delivered. That is a ring's whole DAG, of any length, in eight bytes a flow; no future step is materialised.
// Not here: how a message becomes packets (models/transport), when a packet arrives (models/network).
#pragma once

#include <cstdint>
#include <vector>

#include "core/id.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

struct Traffic {
    struct Flow {
        EndpointId source, destination;
        FlowId after;  // whose deliveries release this flow's messages; none: all of them are released at the start
        FlowId then;   // the flow that comes after this one; none: deliveries here release nothing
        std::uint32_t group = 0;
        std::uint32_t rank = 0;  // of the source in its group
        std::uint32_t messages = 1;
    };
    /// Flows that belong together: one ring, or all flows of a pattern.
    struct Group {
        std::uint32_t ranks = 0;
        std::uint32_t iterations = 1;
        Bytes bytes;  // all-reduce: each rank's buffer; otherwise: one message
        bool all_reduce = false;
        std::uint8_t traffic_class = 0;  // 0 to 7, of its data
    };

    std::vector<Flow> flows;  // by source endpoint, so that those of one node are consecutive
    std::vector<Group> groups;

    /// Size of message `k` of a flow, in bytes, >= 0.
    std::int64_t message_bytes(const Flow& flow, std::uint32_t k) const;
    /// All messages of one iteration.
    std::int64_t iteration_bytes(const Flow& flow) const;
    std::int64_t smallest_message_bytes(const Flow& flow) const {
        const Group& group = groups[flow.group];
        return group.all_reduce ? group.bytes.count / group.ranks : group.bytes.count;
    }
    std::uint32_t messages_per_iteration(const Flow& flow) const {
        return flow.messages / groups[flow.group].iterations;
    }
};

enum class Placement { packed, spread };

/// One ring all-reduce per rail: rank r's GPU g sends to the GPU g of the next server in the ring, 2(n-1) messages an
/// iteration, each released by the one received before it. An iteration starts at a rank when its previous one ended.
/// @param placement  packed: ring neighbours are neighbouring servers; spread: they sit under different leaves, so that
///                   every hop of the ring crosses a spine
/// @param bytes      each GPU's buffer, cut into n chunks that differ by a byte at most
/// Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009.
Traffic ring_all_reduce(const Topology& topology, Placement placement, Bytes bytes, std::uint32_t iterations);

/// Every endpoint sends one message to another, and each receives one. @param seed  which permutation (a single cycle)
Traffic permutation(const Topology& topology, Bytes bytes, std::uint64_t seed);

/// Endpoints 1..senders each send one message to endpoint 0 at the same instant.
Traffic incast(std::uint32_t senders, Bytes bytes);

}  // namespace lightloom
