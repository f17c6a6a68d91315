// NCCL's own model of what a collective takes, by which it chooses algorithm and protocol: latency + bytes / bandwidth,
// with constants that NVIDIA measured.
//
// Rings and double binary trees in all three protocols, and sums in the switches of nodes (NVLS, NVLSTree), which are
// Simple. Not here: CollNet and PAT, which have no schedule; broadcast and reduce, for which NCCL has but the ring;
// NCCL's search for channels and their speed, which are given. Source: NVIDIA/nccl 5067397, src/graph/tuning.cc; but
// the bandwidth of sums in switches is what S each way leaves of a GPU's port and NIC, times NCCL's efficiency: NCCL's
// own comes of its search.
#pragma once

#include <vector>

#include "models/workload/collectives/engine.hpp"
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
    bool in_switch = false;                                     // nodes have switches that add up
    bool ll128 = true;  // NCCL's default where GPUs of a node share NVLink and no path is longer than PXN

    std::uint32_t ranks() const { return nodes * gpus_per_node; }
};

/// Latency in us, > 0. @param kind all_reduce, all_gather or reduce_scatter; @param algorithm ring or, of an
/// all-reduce, tree or in_switch; @param bytes  S as in CollectiveCall (a large ring all-reduce waits longer: NCCL's
/// "plateau effect")
double nccl_latency_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                       std::int64_t bytes);
/// Algorithm bandwidth S/t, in 1e9 B/s, at this size. Parameters as above.
double nccl_bandwidth_gbytes_per_s(const NcclCluster& cluster, Collective kind, Algorithm algorithm,
                                   NcclProtocol protocol, std::int64_t bytes);
/// Latency and bytes over bandwidth, in us. Parameters as above.
double nccl_time_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                    std::int64_t bytes);

/// NCCL's constants as costs of an engine: those of trees over NVLink, and of sums in switches. The NIC's latency
/// counts twice for Simple, which flushes besides. @param nic_latency_us  as in NcclCluster
EngineCosts nccl_costs(NcclProtocol protocol, double nic_latency_us);
EngineCosts nccl_costs_in_switch(double nic_latency_us);

struct NcclChoice {
    Algorithm algorithm;
    NcclProtocol protocol;
    double time_us;
};
/// All that the cluster can do, in NCCL's order, which decides among equals: trees before rings before switches, LL
/// before LL128 before Simple.
/// @param kind  all_reduce, all_gather or reduce_scatter
std::vector<NcclChoice> nccl_choices(const NcclCluster& cluster, Collective kind, std::int64_t bytes);

}  // namespace lightloom
