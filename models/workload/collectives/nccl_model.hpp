// NCCL's own model of what a collective takes, by which it chooses algorithm and protocol: latency + bytes / bandwidth,
// with constants that NVIDIA measured.
//
// Rings and double binary trees, whose schedules exist here, in all three protocols. Not here: NVLS, CollNet and PAT,
// which need the switch or a schedule of their own; broadcast and reduce, for which NCCL has but the ring; NCCL's
// search for channels and their speed, which are given. Source: NVIDIA/nccl 5067397, src/graph/tuning.cc.
#pragma once

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

enum class NcclProtocol : std::uint8_t {
    ll,     // 8 bytes of data and 8 of flags: the least latency, half the bandwidth
    ll128,  // 120 bytes of data in 128
    simple  // whole chunks, synchronised once each
};

struct NcclCluster {
    enum class Gpu : std::uint8_t { volta, ampere, hopper, blackwell };
    enum class Host : std::uint8_t { intel, amd };
    enum class Intra : std::uint8_t { nvlink, pcie };

    std::uint32_t nodes = 1, gpus_per_node = 8;
    Gpu gpu = Gpu::hopper;
    Host host = Host::intel;
    Intra intra = Intra::nvlink;
    std::uint32_t channels = 1;                                 // of either algorithm
    double intra_gbytes_per_s = 0.0, inter_gbytes_per_s = 0.0;  // of a channel, in 1e9 B/s; up to two nodes: intra
    double nic_latency_us = 0.0;                                // beyond what the network's own constants hold
    bool ll128 = true;  // NCCL's default where GPUs of a node share NVLink and no path is longer than PXN

    std::uint32_t ranks() const { return nodes * gpus_per_node; }
};

/// Latency in us, > 0. @param kind all_reduce, all_gather or reduce_scatter; @param algorithm ring or, of an
/// all-reduce, tree; @param bytes  S as in CollectiveCall (a large ring all-reduce waits longer: NCCL's "plateau
/// effect")
double nccl_latency_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                       std::int64_t bytes);
/// Algorithm bandwidth S/t, in 1e9 B/s, at this size. Parameters as above.
double nccl_bandwidth_gbytes_per_s(const NcclCluster& cluster, Collective kind, Algorithm algorithm,
                                   NcclProtocol protocol, std::int64_t bytes);
/// Latency and bytes over bandwidth, in us. Parameters as above.
double nccl_time_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                    std::int64_t bytes);

struct NcclChoice {
    Algorithm algorithm;
    NcclProtocol protocol;
    double time_us;
};
/// What is fastest by the model; of equals, NCCL's order: tree before ring, LL before LL128 before Simple.
/// @param kind  all_reduce, all_gather or reduce_scatter
NcclChoice nccl_choice(const NcclCluster& cluster, Collective kind, std::int64_t bytes);

}  // namespace lightloom
