#include "scenarios/tuner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/quantity_text.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024;

// NCCL's buffers, by protocol: a chunk of a ring, and one slot of eight elsewhere (NVIDIA/nccl 5067397, device.h).
constexpr std::array<std::int64_t, 3> kRingChunk{32 * kKiB, 576'000, 2 * kMiB}, kSlot{32 * kKiB, 576'000, 512 * kKiB};
// Below so much for each, a call takes fewer channels. A tree's chunk is halved until a lane has one for each level.
constexpr std::array<std::int64_t, 3> kLeastOfChannel{4 * kKiB, 32 * kKiB, 64 * kKiB};
constexpr std::int64_t kLeastChunk = 64 * kKiB;
// What NCCL takes a link of NVLink for, of which a channel has one: 20.6 GB/s, 40.1 from Blackwell on (900 GB/s a GPU).
constexpr double kLink = 20.6, kLinkOfBlackwell = 40.1, kFastestHopper = 450.0;
constexpr double kNetworkOfLl = 5.0;  // us, a tree's hop across as NCCL has it

struct Setting {
    std::int64_t ranks = 0, nodes = 0, gpus_per_node = 1;
    NcclCluster cluster;
};

Setting setting_of(const Scenario& s) {
    const FabricShape shape = shape_of(s);
    const GroupShape groups = groups_of(s.workload.groups, shape);
    Setting setting{.ranks = groups.ranks, .nodes = groups.ranks, .gpus_per_node = 1, .cluster = {}};
    if (s.workload.groups != Grouping::rails) setting.gpus_per_node = shape.gpus_per_server;
    setting.nodes = setting.ranks / setting.gpus_per_node;

    const bool nvlink = s.scale_up_network.kind != ScaleUpKind::none;
    const auto gbytes = [](BitRate rate) { return static_cast<double>(rate.bits_per_second) / 8e9; };
    const double nic = gbytes(s.rate_of(TierKind::host_leaf));
    const double inside = nvlink ? gbytes(s.scale_up_network.rate) : nic;
    const std::int64_t channels = std::min<std::int64_t>(2 * setting.gpus_per_node, 64);
    const double link = inside > kFastestHopper ? kLinkOfBlackwell : kLink;
    const double across_us = s.engine.ll.step_across.seconds() * 1e6;
    setting.cluster = {
        .nodes = static_cast<std::uint32_t>(setting.nodes),
        .gpus_per_node = static_cast<std::uint32_t>(setting.gpus_per_node),
        .channels = static_cast<std::uint32_t>(channels),
        .intra_gbytes_per_s = std::min(inside / static_cast<double>(channels), link),
        .inter_gbytes_per_s = nic * static_cast<double>(setting.gpus_per_node) / static_cast<double>(channels),
        .nic_latency_us = std::max(0.0, across_us - kNetworkOfLl),
        .in_switch = nvlink && !s.scale_up_network.has_racks(),
        .ll128 = nvlink};
    // NCCL takes the speed inside for all of one or two nodes; without NVLink or with one GPU that is the NIC's.
    if (setting.gpus_per_node == 1) setting.cluster.intra_gbytes_per_s = setting.cluster.inter_gbytes_per_s;
    return setting;
}

bool model_knows(Collective kind) {
    return kind == Collective::all_reduce || kind == Collective::all_gather || kind == Collective::reduce_scatter;
}

// On the way up: GPUs of a chain, then nodes; switches spare the chain.
std::int64_t levels_of(const Setting& setting, Algorithm algorithm) {
    const std::int64_t of_nodes = std::bit_width(static_cast<std::uint64_t>(setting.nodes - 1));
    const std::int64_t of_gpus = algorithm == Algorithm::in_switch ? 0 : setting.gpus_per_node - 1;
    return std::max<std::int64_t>(of_nodes + of_gpus, 1);
}

// What the model has for an algorithm, or for all; protocols as far as they are not given.
struct Best {
    std::optional<NcclChoice> choice;
    std::string all;
};

Best best_of(const Scenario& s, const Setting& setting, Collective kind) {
    Best best;
    for (const NcclChoice& choice : nccl_choices(setting.cluster, kind, s.workload.bytes.count)) {
        if (s.workload.protocol && *s.workload.protocol != choice.protocol) continue;
        best.all += fmt::format("{}{} {} {:.1f} us", best.all.empty() ? "" : ", ", name_of(choice.algorithm),
                                name_of(choice.protocol), choice.time_us);
        if (!best.choice || choice.time_us < best.choice->time_us) best.choice = choice;
    }
    return best;
}

}  // namespace

std::string_view name_of(NcclProtocol protocol) {
    switch (protocol) {
        case NcclProtocol::ll: return "ll";
        case NcclProtocol::ll128: return "ll128";
        case NcclProtocol::simple: return "simple";
    }
    return {};
}

Tuning tuning_of(const Scenario& s) {
    const auto& w = s.workload;
    const Collective kind = collective_of(w.kind).value();
    const Setting setting = setting_of(s);
    Tuning tuning;
    tuning.algorithm = usual_algorithm(kind);
    tuning.protocol = w.protocol.value_or(NcclProtocol::simple);
    if (setting.ranks > 1 && model_knows(kind)) {
        const Best best = best_of(s, setting, kind);
        tuning.algorithm = best.choice->algorithm;
        tuning.protocol = best.choice->protocol;
        tuning.model_us = best.choice->time_us;
        tuning.alternatives = best.all;
    }
    const auto column = static_cast<std::size_t>(tuning.protocol);
    const bool has_trees = tuning.algorithm == Algorithm::tree || tuning.algorithm == Algorithm::in_switch;
    const std::int64_t trees = has_trees ? 2 : 1;
    const std::int64_t most = tuning.model_us > 0 ? setting.cluster.channels / trees : 1;
    const std::int64_t worth = w.bytes.count / (kLeastOfChannel[column] * trees);
    tuning.channels = w.channels > 1 ? w.channels : std::clamp<std::int64_t>(worth, 1, std::max<std::int64_t>(most, 1));

    std::int64_t chunk = tuning.algorithm == Algorithm::ring ? kRingChunk[column] : kSlot[column];
    const std::int64_t heads = tuning.algorithm == Algorithm::in_switch ? setting.gpus_per_node : 1;
    const std::int64_t of_lane = w.bytes.count / (tuning.channels * trees * heads);
    while (has_trees && chunk > kLeastChunk && of_lane < levels_of(setting, tuning.algorithm) * chunk) chunk /= 2;
    tuning.chunk = w.chunk.value_or(Bytes{chunk});
    return tuning;
}

Scenario tuned(const Scenario& scenario) {
    Scenario s = scenario;
    if (!s.workload.tuned || !collective_of(s.workload.kind)) return s;
    const Tuning tuning = tuning_of(s);
    s.workload.tuned = false;
    s.workload.algorithm = tuning.algorithm;
    s.workload.protocol = tuning.protocol;
    s.workload.channels = tuning.channels;
    s.workload.chunk = tuning.chunk;
    return s;
}

const EngineCosts& engine_costs(const Scenario& s) {
    if (s.workload.algorithm == Algorithm::in_switch) return s.engine.in_switch;
    switch (s.workload.protocol.value_or(NcclProtocol::simple)) {
        case NcclProtocol::ll: return s.engine.ll;
        case NcclProtocol::ll128: return s.engine.ll128;
        case NcclProtocol::simple: break;
    }
    return s.engine.simple;
}

std::string tuning_text(const Scenario& scenario) {
    if (!scenario.workload.tuned || !collective_of(scenario.workload.kind)) return {};
    const Tuning t = tuning_of(scenario);
    const std::string what = fmt::format("{}, protocol {}, {} channel{}, chunks of {}", name_of(t.algorithm),
                                         name_of(t.protocol), t.channels, t.channels == 1 ? "" : "s", to_text(t.chunk));
    if (t.model_us == 0) return what + " (the usual one: NCCL's model has no other for it)";
    return fmt::format("{} (NCCL's model: {})", what, t.alternatives);
}

}  // namespace lightloom
