// FabricInput: all that a Fabric is built of. What it refers to must outlive the fabric.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/faults/outage.hpp"
#include "models/network/parameters.hpp"
#include "models/network/port_samples.hpp"
#include "models/network/route_timeline.hpp"
#include "models/network/scale_up.hpp"
#include "models/transport/parameters.hpp"
#include "models/workload/traffic.hpp"
#include "topologies/routes.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

struct FabricInput {
    const Topology& topology;
    const Routes& routes;
    const Traffic& traffic;
    std::span<const Channel> channels;  // per direction: 2 x cable, + 1 for the one from its upper to its lower end
    NetworkParameters network;
    TransportParameters transport;
    std::uint64_t fault_seed = 1;                    // of the losses
    std::uint32_t partitions = 1;                    // statistics are kept per partition and merged
    std::span<const ChannelChange> changes = {};     // in any order; of two at one instant the later in the list holds
    std::span<const Outage> outages = {};            // in any order
    std::span<const Impairment> impairments = {};    // in any order: only to count by them
    std::span<const RateChange> rates = {};          // likewise; where there are some, all ports are committed
    std::optional<ScaleUpParameters> scale_up = {};  // none: GPUs of one server meet at their leaf
    std::span<const EndpointId> nic_of = {};         // per endpoint, with scale_up: whose NIC of its server it uses
    std::optional<std::uint32_t> only_job = {};      // of the traffic; the others' flows keep their numbers, and idle
    Sampling sampling = {};
    const RouteTimeline* reroutes = nullptr;  // if there is one, `routes` says only which ports can ever meet
};

}  // namespace lightloom
