// What the keys of [workload], [training] and their kin get wrong together, of a whole fabric's or of a job's GPUs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdint>
#include <utility>

#include "core/quantity_text.hpp"
#include "scenarios/check_base.hpp"
#include "scenarios/checkpoint_figures.hpp"
#include "scenarios/in_network.hpp"
#include "scenarios/training.hpp"
#include "scenarios/tuner.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kMostPacketsOfAFlow = UINT32_MAX;
// Time ends after 106 days; a scenario whose bits alone would take a third of that leaves room for waiting.
constexpr std::int64_t kLongestTransfer = 30 * 86'400;  // s

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

class WorkloadChecks : CheckBase {
public:
    WorkloadChecks(const Scenario& scenario, const FabricShape& gpus, const ScenarioNames& names,
                   const std::function<bool(std::string_view)>& is_sound, bool has_all_gpus)
        : CheckBase(scenario, gpus, names, is_sound), has_all_gpus_(has_all_gpus) {}

    std::vector<Contradiction> all() {
        workload();
        return std::move(found_);
    }

private:
    void workload() {
        if (!topology_is_sound() || !sound({"workload.kind"})) return;
        const std::int64_t endpoints = shape_.endpoints();
        if (s_.workload.smallest && !collective_of(s_.workload.kind) && sound({"workload.sizes.from"}))
            complain("workload.sizes.from", "only a collective is run at several sizes",
                     "such as workload.kind = \"all-reduce\"");
        if (collective_of(s_.workload.kind))
            collective();
        else if (s_.workload.kind == WorkloadKind::incast)
            incast(endpoints);
        else if (s_.workload.kind == WorkloadKind::training)
            return training();
        else if (s_.workload.kind == WorkloadKind::trace)
            return trace();
        else if (endpoints < 2)
            complain(servers_key(), fmt::format("{} needs at least 2 GPUs", name_of(s_.workload.kind)), "there is 1");
        if (pattern_of(s_.workload.kind)) messages(endpoints);
        if (endpoints >= 2) amounts(endpoints);
    }

    void collective() {
        const auto& w = s_.workload;
        if (!sound({"workload.groups"})) return;
        const std::int64_t ranks = groups_of(w.groups, shape_).ranks;
        if (ranks < 2)
            return complain(w.groups == Grouping::servers ? "topology.gpus_per_server" : servers_key(),
                            "a collective of 1 GPU has nobody to send to",
                            "workload.groups says who runs one together: a GPU of every server, all, or one server's");
        if (w.kind != WorkloadKind::barrier && sound({"workload.bytes"}) && w.bytes.count < ranks)
            complain("workload.bytes",
                     fmt::format("{} are less than a byte for each of {} ranks", to_text(w.bytes), ranks),
                     "at least one each");
        if (sound({"workload.root"}) && w.root >= ranks)
            return complain("workload.root", fmt::format("there is no rank {}", w.root),
                            fmt::format("there are {}, counted from 0", ranks));
        if (w.smallest && sound({"workload.sizes.from", "workload.bytes"}) && *w.smallest > w.bytes)
            complain("workload.sizes.from", fmt::format("{} are more than workload.bytes", to_text(*w.smallest)),
                     fmt::format("the largest size is {}", to_text(w.bytes)));
        if (w.tuned && w.protocol == NcclProtocol::ll128 && sound({"scale_up.kind", "workload.protocol"}) &&
            s_.scale_up_network.kind == ScaleUpKind::none)
            complain("workload.protocol", "NCCL takes ll128 only where NVLink joins a server's GPUs",
                     "scale_up.kind = \"nvlink\", or another protocol");
        if (!w.algorithm || !sound({"workload.algorithm"})) return;
        if (*w.algorithm == Algorithm::in_network) in_network();
        if (*w.algorithm == Algorithm::in_switch && sound({"scale_up.kind", "scale_up.servers"})) in_switch();
        const Collective kind = *collective_of(w.kind);
        if (!is_implemented(kind, *w.algorithm))
            complain("workload.algorithm", fmt::format("{} has no {} form", name_of(w.kind), name_of(*w.algorithm)),
                     fmt::format("it has {}", fmt::join(algorithms_of(kind), ", ")));
    }

    void in_switch() {
        const auto& network = s_.scale_up_network;
        if (network.kind == ScaleUpKind::none || network.has_racks())
            return complain("workload.algorithm", "in-switch sums are made by the switches inside servers",
                            "scale_up.kind = \"nvlink\", without racks, gives servers such switches; in-network sums "
                            "are made by leaves and spines");
        if (s_.workload.groups == Grouping::rails || shape_.gpus_per_server < 2)
            complain("workload.algorithm", "in-switch sums need several GPUs of a server in a group",
                     "workload.groups = \"all\" or \"servers\"");
    }

    void in_network() {
        if (const auto wrong = without_trees(s_, has_all_gpus_))
            complain("workload.algorithm", wrong->message, wrong->hint);
        const auto& w = s_.workload;
        if (!sound({"workload.bytes", "workload.chunk", "workload.channels", "transport.payload", "in_network.memory"}))
            return;
        const std::int64_t chunk = std::min((w.chunk ? *w.chunk : s_.transport.payload).count, w.bytes.count);
        if (chunk > s_.in_network.memory.count / w.channels)
            complain("in_network.memory",
                     fmt::format("{} hold no chunk of {} for each of {} channels", to_text(s_.in_network.memory),
                                 to_text(Bytes{chunk}), w.channels),
                     "more memory, a smaller workload.chunk, or fewer channels");
    }

    void training() {
        if (!sound({"training.model", "training.gpu", "training.tensor", "training.context", "training.pipeline",
                    "training.expert", "training.micro_batches", "training.micro_batch", "training.virtual_stages",
                    "training.sequence", "training.expert_nodes", "training.stragglers.count", "checkpoint.every",
                    "checkpoint.servers"}))
            return;
        if (!sound({"workload.iterations", "training.efficiency", "training.stragglers.slowdown"})) return;
        const auto add = [this](std::vector<Contradiction> mistakes) {
            for (Contradiction& mistake : mistakes)
                complain(std::move(mistake.key), std::move(mistake.message), std::move(mistake.hint));
            return !mistakes.empty();
        };
        if (add(checkpoint_mistakes(s_))) return;  // they say how many GPUs train
        const std::int64_t storing = storing_endpoints(s_.checkpoint, shape_.gpus_per_server);
        add(training_mistakes(s_.training, shape_.endpoints() - storing, s_.workload.iterations));
    }

    // The files themselves are read when all keys are known.
    void trace() {
        if (s_.workload.tuned && sound({"workload.algorithm"}))
            complain("workload.algorithm", "NCCL's tuner is asked for a collective by itself, not for a trace's",
                     "name one of its algorithms: collectives that do not have it are done as usual");
        if (sound({"workload.algorithm"}) && s_.workload.algorithm == Algorithm::in_network)
            complain("workload.algorithm", "in-network sums are made for an all-reduce of its own, not for a trace's",
                     "workload.kind = \"all-reduce\"");
        if (sound({"trace.prefix"}) && s_.trace.prefix.empty())
            complain("trace.prefix", "names no trace",
                     "prefix = \"llama\" in [trace] stands for llama.0.et, llama.1.et, ...");
        if (s_.trace.replicas && sound({"trace.replicas"}) && *s_.trace.replicas > shape_.endpoints())
            complain(
                "trace.replicas",
                fmt::format("{} ranks are more than the {} GPUs there are", *s_.trace.replicas, shape_.endpoints()),
                "as many, or fewer");
        if (s_.workload.algorithm == Algorithm::in_switch && sound({"workload.algorithm"}))
            complain("workload.algorithm", "in-switch sums are of a collective by itself, not of a trace",
                     "a trace's groups need not lie in servers alike");
    }

    void incast(std::int64_t endpoints) {
        if (endpoints < 2)
            complain(servers_key(), "an incast needs at least 2 GPUs", "there is 1");
        else if (sound({"workload.senders"}) && s_.workload.senders >= endpoints)
            complain("workload.senders",
                     fmt::format("{} senders and a receiver among {} GPUs", s_.workload.senders, endpoints),
                     fmt::format("at most {}, or 0 for all others", endpoints - 1));
    }

    void messages(std::int64_t endpoints) {
        constexpr double kMostMessages = 20e6;  // each is a flow with its rows
        const auto& w = s_.workload;
        const ScenarioMessages& m = w.messages;
        if (m.sizes == FlowSizes::file && m.size_file.empty() && sound({"workload.size_file"}))
            complain("workload.size_file", "is missing", "such as \"sizes.csv\", beside the scenario");
        if (w.kind == WorkloadKind::hot_spot && sound({"workload.hot_spots"}) && m.hot_spots >= endpoints)
            complain("workload.hot_spots", fmt::format("{} hot spots among {} GPUs", m.hot_spots, endpoints),
                     "fewer than there are GPUs");
        const double senders = static_cast<double>(w.kind == WorkloadKind::incast ? 1 : endpoints);  // at full load
        if (m.arrivals == Arrivals::closed &&
            static_cast<double>(m.messages) * static_cast<double>(endpoints) > kMostMessages)
            complain("workload.messages", fmt::format("would be more than {:.0f} of all GPUs", kMostMessages),
                     "each is a flow of its own");
        if (m.arrivals != Arrivals::poisson || (m.sizes == FlowSizes::file && !m.of_file) ||
            !sound({"workload.duration", "workload.load", "workload.bytes", "topology.rate", "tier.host-leaf.rate"}))
            return;
        if (message_sizes_of(w).mean() <= 0.0)
            return complain(m.sizes == FlowSizes::fixed ? "workload.bytes" : "workload.size_file",
                            "no load is made of empty messages", "at least a byte");
        const double bytes = m.load * m.duration.seconds() * senders * static_cast<double>(shape_.nics_per_gpu) *
                             static_cast<double>(s_.rate_of(TierKind::host_leaf).bits_per_second) / 8.0;
        if (bytes / message_sizes_of(w).mean() > kMostMessages)
            complain("workload.duration", fmt::format("would bring more than {:.0f} messages", kMostMessages),
                     "each is a flow of its own");
    }

    /// Packets that one flow sends, and how long the busiest port has to send.
    void amounts(std::int64_t endpoints) {
        if (!sound({"topology.rate", "tier.host-leaf.rate", "transport.payload", "framing.header", "workload.bytes",
                    "workload.iterations", "workload.senders"}))
            return;
        const auto& w = s_.workload;
        const std::int64_t payload = s_.transport.payload.count;
        const __int128 packets = most_packets_of_a_flow(payload);
        if (packets > kMostPacketsOfAFlow) {
            complain("workload.bytes", "a flow would have more packets than the 4294967295 that can be numbered",
                     "fewer bytes or iterations, or more payload per packet");
            return;  // and it would take long, too
        }
        const std::int64_t senders = w.kind != WorkloadKind::incast ? 1 : w.senders == 0 ? endpoints - 1 : w.senders;
        const __int128 bits = packets * senders * 8 * (payload + s_.framing.header.count);
        if (bits / s_.rate_of(TierKind::host_leaf).bits_per_second > kLongestTransfer)
            complain("workload.bytes",
                     fmt::format("would take more than 30 days at {}", to_text(s_.rate_of(TierKind::host_leaf))),
                     "simulated time ends after 106 days");
    }

    // Of a collective other than a ring, what a rank sends to all others. (Sizes of a file are known later.)
    __int128 most_packets_of_a_flow(std::int64_t payload) const {
        if (!collective_of(s_.workload.kind)) {
            const ScenarioMessages& m = s_.workload.messages;
            const bool is_known = pattern_of(s_.workload.kind) && (m.sizes != FlowSizes::file || m.of_file);
            const auto most =
                is_known ? static_cast<std::int64_t>(message_sizes_of(s_.workload).largest()) : s_.workload.bytes.count;
            return quotient_up(most, payload);
        }
        const Scenario chosen = tuned(s_);
        const EngineCosts& costs = engine_costs(chosen);
        const double share = std::min(costs.efficiency, costs.efficiency_across);
        return static_cast<__int128>(std::ceil(1.0 / share)) * most_packets_of_a_call(chosen.workload, payload);
    }
    __int128 most_packets_of_a_call(const Scenario::Workload& w, std::int64_t payload) const {
        const std::int64_t ranks = groups_of(w.groups, shape_).ranks;
        const bool is_ring =
            w.kind == WorkloadKind::all_reduce && w.algorithm.value_or(Algorithm::ring) == Algorithm::ring;
        if (is_ring && !w.chunk)
            return static_cast<__int128>(w.iterations) * 2 * (ranks - 1) *
                   quotient_up(quotient_up(w.bytes.count, ranks), payload);
        const std::int64_t piece = w.chunk ? std::min(w.chunk->count, payload) : payload;
        return static_cast<__int128>(w.iterations) * 2 * (quotient_up(w.bytes.count, piece) + ranks);
    }

    const bool has_all_gpus_;
};

}  // namespace

std::vector<Contradiction> workload_contradictions(const Scenario& scenario, const FabricShape& gpus,
                                                   const ScenarioNames& names,
                                                   const std::function<bool(std::string_view key)>& is_sound,
                                                   bool has_all_gpus) {
    return WorkloadChecks(scenario, gpus, names, is_sound, has_all_gpus).all();
}

}  // namespace lightloom
