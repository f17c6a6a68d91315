#include "models/workload/collectives/nccl_model.hpp"

#include <algorithm>
#include <bit>

#include "core/abort.hpp"
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom {
namespace {

// All tables: NVIDIA/nccl, src/graph/tuning.cc, ncclTunerConstantsDefaults. Columns {LL, LL128, Simple}; us.
using ByProtocol = double[3];
constexpr ByProtocol kTreeBase = {6.8, 14.0, 8.4}, kRingBase = {6.6, 14.0, 8.4};
constexpr ByProtocol kTreeNvlink = {0.6, 1.25, 4.0}, kRingNvlink = {0.6, 1.9, 3.4};
constexpr ByProtocol kTreePcie = {1.0, 1.9, 4.0}, kRingPcie = {1.0, 2.5, 5.7};
constexpr ByProtocol kTreeNetwork = {5.0, 8.5, 14.0}, kRingNetwork = {2.7, 4.0, 14.0};

// Sums in switches (NVLS, NVLSTree): a phase inside a node, a level of the tree over nodes; share of the ports' rate,
// by GPU (before Hopper there are none).
constexpr double kSwitchNvlink = 25.0, kSwitchNetwork = 20.9;
constexpr double kSwitchShare[] = {0.85, 0.85, 0.85, 0.74};

// What posting a network operation costs, us: a floor under each step inside a node while others go across.
constexpr double kPostIntel = 1.0, kPostAmd = 2.0, kPostsOfSimple = 3.0;
constexpr double kPlateau = 1.4, kPlateauBeforeAmpere = 1.9;  // of a Simple ring all-reduce across nodes ...
constexpr std::int64_t kPlateauBytes = 64;                    // ... from so many bytes per channel and rank on

// Ceilings in 1e9 B/s, by {1, 2, more nodes}. Rows: Volta, Ampere, Hopper, Blackwell; kMaxLl across nodes: Intel, AMD.
using ByNodes = double[3];
constexpr ByNodes kMaxLl[] = {{39.0, 39.0, 20.4}, {87.7, 22.5, 19.0}, {141.0, 45.0, 35.0}, {282.0, 90.0, 70.0}};
constexpr ByNodes kMaxRingLl128[] = {{20.0, 20.0, 20.0}, {20.0, 20.0, 20.0}, {36.7, 36.7, 36.7}, {40.0, 40.0, 40.0}};
constexpr ByNodes kMaxTreeLl128[] = {{20.0, 20.0, 20.0}, {20.0, 20.0, 20.0}, {36.7, 36.7, 29.0}, {55.6, 31.67, 20.0}};
constexpr ByNodes kMaxTree[] = {{26.5, 18.5, 10.0}, {24.0, 23.6, 17.8}, {38.7, 41.4, 36.0}, {70.0, 42.8, 24.0}};

constexpr double kRingLlShare = 0.5, kRingLl128Share = 0.92, kTreeShare = 0.92, kTreeLlShare = 1 / 3.8;
constexpr double kTreeLl128ShareOneNode = 7.0 / 9.0, kTreeLl128Share = 120.0 / 128.0;

// treeCorrectionFactor: how far a tree falls short of the model, by floor(log2(bytes / 64)), up to 256 MiB.
constexpr double kTreeCorrection[3][23] = {
    {1.0, 1.0, 1.0, 1.0, .9, .8, .7, .7, .7, .7, .6, .5, .4, .4, .5, .6, .7, .8, .9, 1.0, 1.0, 1.0, 1.0},
    {1.0, 1.0, 1.0, 1.0, 1.0, .9, .8, .8, .8, .7, .6, .6, .6, .6, .6, .6, .8, .9, .9, .9, .9, 1.0, 1.0},
    {.9, .9, .9, .9, .9, .9, .9, .8, .7, .6, .6, .5, .5, .5, .5, .6, .7, .8, .7, .7, .8, .9, .9}};

void check(const NcclCluster& cluster, Collective kind, Algorithm algorithm) {
    const bool gathers = kind == Collective::all_gather || kind == Collective::reduce_scatter;
    const bool sums = algorithm == Algorithm::tree || (algorithm == Algorithm::in_switch && cluster.gpus_per_node > 1);
    const bool known =
        kind == Collective::all_reduce ? sums || algorithm == Algorithm::ring : algorithm == Algorithm::ring && gathers;
    if (!known)
        abort_run("NCCL's model of collective {} knows no algorithm {}", static_cast<int>(kind),
                  static_cast<int>(algorithm));
    if (cluster.ranks() < 2 || cluster.channels == 0) abort_run("NCCL's model needs two ranks and a channel");
}

double ring_steps(const NcclCluster& cluster, Collective kind) {
    return (kind == Collective::all_reduce ? 2.0 : 1.0) * (cluster.ranks() - 1);
}

double ring_latency_us(const NcclCluster& cluster, Collective kind, std::size_t protocol, std::int64_t bytes) {
    const bool simple = protocol == 2;
    double intra = (cluster.intra == NcclCluster::Intra::nvlink ? kRingNvlink : kRingPcie)[protocol];
    // One GPU per node: nothing hides the network's latency, so that NCCL takes the tree's.
    double inter = (cluster.gpus_per_node == 1 ? kTreeNetwork : kRingNetwork)[protocol];
    inter += (simple ? 2 : 1) * cluster.nic_latency_us;  // Simple flushes besides
    if (cluster.nodes > 1) {
        const double post = cluster.host == NcclCluster::Host::amd ? kPostAmd : kPostIntel;
        intra = std::max(intra, simple ? kPostsOfSimple * post : post);
    }
    const double passes = kind == Collective::all_reduce ? 2.0 : 1.0;
    const double across = passes * (cluster.nodes - 1);
    const double latency = kRingBase[protocol] + (ring_steps(cluster, kind) - across) * intra + across * inter;
    const bool plateau = simple && cluster.nodes > 1 && kind == Collective::all_reduce &&
                         bytes / (std::int64_t{cluster.channels} * cluster.ranks()) >= kPlateauBytes;
    if (!plateau) return latency;
    return latency * (cluster.gpu == NcclCluster::Gpu::volta ? kPlateauBeforeAmpere : kPlateau);
}

double tree_latency_us(const NcclCluster& cluster, std::size_t protocol) {
    const double intra = (cluster.intra == NcclCluster::Intra::nvlink ? kTreeNvlink : kTreePcie)[protocol];
    const double inter = kTreeNetwork[protocol] + (protocol == 2 ? 2 : 1) * cluster.nic_latency_us;
    const double levels = collectives::log2_floor(cluster.nodes);
    return kTreeBase[protocol] + 2 * ((cluster.gpus_per_node - 1) * intra + levels * inter);
}

double in_switch_latency_us(const NcclCluster& cluster) {
    const double levels = collectives::log2_floor(cluster.nodes);
    return kSwitchNvlink + 2 * levels * (kSwitchNetwork + 2 * cluster.nic_latency_us);
}

// S up and S down at a GPU's port; at its NIC twice its part of S, once where both of two nodes are roots.
double in_switch_gbytes_per_s(const NcclCluster& cluster) {
    const double inside = cluster.channels * cluster.intra_gbytes_per_s;
    const double across = cluster.channels * cluster.inter_gbytes_per_s / (cluster.nodes == 2 ? 1 : 2);
    return kSwitchShare[static_cast<std::size_t>(cluster.gpu)] *
           (cluster.nodes == 1 ? inside : std::min(inside, across));
}

}  // namespace

double nccl_latency_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                       std::int64_t bytes) {
    check(cluster, kind, algorithm);
    const auto column = static_cast<std::size_t>(protocol);
    if (algorithm == Algorithm::in_switch) return in_switch_latency_us(cluster);
    return algorithm == Algorithm::ring ? ring_latency_us(cluster, kind, column, bytes)
                                        : tree_latency_us(cluster, column);
}

double nccl_bandwidth_gbytes_per_s(const NcclCluster& cluster, Collective kind, Algorithm algorithm,
                                   NcclProtocol protocol, std::int64_t bytes) {
    check(cluster, kind, algorithm);
    if (algorithm == Algorithm::in_switch) return in_switch_gbytes_per_s(cluster);
    const std::size_t nodes = std::min(cluster.nodes, 3u) - 1, gpu = static_cast<std::size_t>(cluster.gpu);
    const double channels = cluster.channels;
    const double max_ll = kMaxLl[nodes == 0 ? gpu : static_cast<std::size_t>(cluster.host)][nodes];
    double bus = channels * (cluster.nodes <= 2 ? cluster.intra_gbytes_per_s : cluster.inter_gbytes_per_s);

    if (algorithm == Algorithm::ring) {
        if (protocol == NcclProtocol::ll) bus = std::min(max_ll, bus * kRingLlShare);
        if (protocol == NcclProtocol::ll128)
            bus = std::min(bus * kRingLl128Share, channels * kMaxRingLl128[gpu][nodes]);
        return bus * cluster.ranks() / ring_steps(cluster, kind);
    }
    bus = std::min(bus * kTreeShare, channels * kMaxTree[gpu][nodes]);
    if (protocol == NcclProtocol::ll) bus = std::min(bus * kTreeLlShare, max_ll);
    if (protocol == NcclProtocol::ll128)
        bus = std::min(bus * (nodes == 0 ? kTreeLl128ShareOneNode : kTreeLl128Share),
                       channels * kMaxTreeLl128[gpu][nodes]);
    const auto lines = static_cast<std::uint64_t>(bytes / 64);
    const std::size_t size =
        lines == 0 ? std::size(kTreeCorrection[0]) : static_cast<std::size_t>(std::bit_width(lines) - 1);
    if (size < std::size(kTreeCorrection[0])) bus *= kTreeCorrection[static_cast<std::size_t>(protocol)][size];
    return bus / 2;
}

double nccl_time_us(const NcclCluster& cluster, Collective kind, Algorithm algorithm, NcclProtocol protocol,
                    std::int64_t bytes) {
    constexpr double kBytesPerUs = 1000.0;  // at 1e9 B/s
    return nccl_latency_us(cluster, kind, algorithm, protocol, bytes) +
           static_cast<double>(bytes) /
               (kBytesPerUs * nccl_bandwidth_gbytes_per_s(cluster, kind, algorithm, protocol, bytes));
}

namespace {

Duration of_us(double us) { return Duration{static_cast<std::int64_t>(us * 1e6 + 0.5)}; }

}  // namespace

EngineCosts nccl_costs(NcclProtocol protocol, double nic_latency_us) {
    constexpr ByProtocol kData = {0.5, 0.9375, 1.0};  // 8 bytes in 16, 120 in 128
    const auto column = static_cast<std::size_t>(protocol);
    const double network = kTreeNetwork[column] + (column == 2 ? 2 : 1) * nic_latency_us;
    return {.launch = of_us(kTreeBase[column]),
            .step = of_us(kTreeNvlink[column]),
            .step_across = of_us(network),
            .efficiency = kData[column],
            .efficiency_across = kData[column]};
}

EngineCosts nccl_costs_in_switch(double nic_latency_us) {
    return {
        .launch = of_us(kSwitchNvlink), .step = Duration{0}, .step_across = of_us(kSwitchNetwork + 2 * nic_latency_us)};
}

std::vector<NcclChoice> nccl_choices(const NcclCluster& cluster, Collective kind, std::int64_t bytes) {
    std::vector<NcclChoice> choices;
    for (const Algorithm algorithm : {Algorithm::tree, Algorithm::ring, Algorithm::in_switch}) {
        const bool in_switch = algorithm == Algorithm::in_switch;
        if (algorithm != Algorithm::ring && kind != Collective::all_reduce) continue;
        if (in_switch && (!cluster.in_switch || cluster.gpus_per_node == 1)) continue;
        for (const NcclProtocol protocol : {NcclProtocol::ll, NcclProtocol::ll128, NcclProtocol::simple}) {
            if (protocol == NcclProtocol::ll128 && !cluster.ll128) continue;
            if (protocol != NcclProtocol::simple && in_switch) continue;
            choices.push_back({algorithm, protocol, nccl_time_us(cluster, kind, algorithm, protocol, bytes)});
        }
    }
    return choices;
}

}  // namespace lightloom
