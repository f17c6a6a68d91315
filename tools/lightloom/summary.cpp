#include "tools/lightloom/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <utility>

#include "scenarios/fabric.hpp"
#include "scenarios/training.hpp"
#include "scenarios/tuner.hpp"
#include "scenarios/workload.hpp"
#include "tools/lightloom/fault_text.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/job_text.hpp"
#include "tools/lightloom/json.hpp"
#include "tools/lightloom/message_text.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/sizes_text.hpp"
#include "tools/lightloom/training_figures_text.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kJsonFormatVersion = 3;
constexpr std::array<std::pair<const char*, double>, 4> kQuantiles{
    {{"p50", 0.50}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}};

std::string latency_row(const char* name, const Histogram& histogram) {
    const auto cell = [&](std::int64_t value) {
        return fmt::format("{:>12}", histogram.count() == 0 ? "-" : readable_duration(static_cast<double>(value)));
    };
    std::string row = fmt::format("  {:<20}", name);
    for (const auto& [label, q] : kQuantiles) row += cell(histogram.quantile(q));
    return row + cell(histogram.max()) + '\n';
}

std::string latency_table(const RunResult& result) {
    std::string table = fmt::format("{:<22}", "latency");
    for (const auto& [label, q] : kQuantiles) table += fmt::format("{:>12}", label);
    table += fmt::format("{:>12}\n", "max");
    table += latency_row("packet", result.packet_latency);
    table += latency_row("packet jitter", result.packet_jitter);
    table += latency_row("message (to its ack)", result.message_latency);
    return table;
}

std::string margin_line(const Scenario& scenario, const RunResult& result) {
    constexpr std::array bases{"limits", "typical; ASSUMED figures", "measured"};
    const auto& summary = result.summary;
    if (!std::isfinite(summary.worst_margin_db)) return "margin    no optical link\n";
    const double at_start = result.links.margin_db[summary.worst_link];
    return fmt::format(
        "margin    worst {} ({}) on {}, which receives {} (OMA, worst lane){}; 1st percentile {}\n",
        readable_decibel(summary.worst_margin_db), bases[static_cast<std::size_t>(scenario.optics.basis)],
        sender_name(result.topology, summary.worst_link), readable_dbm(summary.worst_received_dbm),
        summary.worst_margin_db < at_start ? fmt::format(" during a fault, {} before it", readable_decibel(at_start))
                                           : "",
        readable_decibel(summary.first_percentile_margin_db));
}

std::string not_complete(const RunResult& result) {
    const auto& summary = result.summary;
    std::string line = fmt::format("not complete: stopped by {} at {}, {} of {} messages delivered",
                                   result.stopped_by == "until" ? "`until`" : result.stopped_by,
                                   readable_duration(static_cast<double>(summary.end_ps)),
                                   readable_count(summary.messages_delivered), readable_count(summary.messages));
    if (summary.completion_ps > 0)
        line += ", last delivery at " + readable_duration(static_cast<double>(summary.completion_ps));
    line += '\n';
    if (result.deadlock.empty()) return line;
    line += "deadlock  these ports wait for each other:";
    for (const std::uint32_t port : result.deadlock) line += "\n          " + result.topology.port_name(PortId{port});
    return line + '\n';
}

std::string answer(const SummaryContext& context, const RunResult& result) {
    const auto& summary = result.summary;
    if (summary.messages_delivered < summary.messages) return not_complete(result);
    const auto completion = static_cast<double>(summary.completion_ps);
    std::string line = fmt::format("completed in {}", readable_duration(completion));
    if (context.expected_completion) {
        const auto expected = static_cast<double>(context.expected_completion->ps);
        line += fmt::format(
            ", {:.3f} times the {} of the closed form (no collision, no loss, no oversubscription: see explain)",
            completion / expected, readable_duration(expected));
    }
    return line + "\n";
}

std::string bandwidth_lines(const Scenario& scenario, const RunResult& result) {
    const auto& summary = result.summary;
    if (summary.algorithm_bandwidth <= 0.0) return "";
    const bool sums = scenario.jobs.empty() && scenario.workload.kind == WorkloadKind::all_reduce;
    return fmt::format(
        "  algorithm bandwidth {}, bus bandwidth {} ({}as nccl-tests defines them)\n"
        "  straggler ratio {:.4f} (slowest rank / median rank)\n",
        readable_bytes_per_second(summary.algorithm_bandwidth), readable_bytes_per_second(summary.bus_bandwidth),
        sums ? "S/t and 2(n-1)/n S/t, " : "", summary.straggler_ratio);
}

std::string frame_lines(const RunResult& result) {
    const auto& summary = result.summary;
    std::string lock;
    if (summary.lock_losses > 0)
        lock = fmt::format("lock      lost {} times, {} flaps; {} of the frames lost were lost meanwhile\n",
                           readable_count(summary.lock_losses), readable_count(summary.flaps),
                           readable_count(summary.frames_lost_in_dark));
    std::string switches;
    const auto mention = [&](std::int64_t n, std::string_view what) {
        if (n > 0) switches += fmt::format("{}{} {}", switches.empty() ? "switches  " : ", ", readable_count(n), what);
    };
    mention(summary.pauses, "pauses asked for");
    mention(summary.frames_trimmed, "packets trimmed");
    mention(summary.frames_replayed, "frames replayed by their link");
    mention(summary.frames_black_holed, "frames without a way to go");
    mention(summary.frames_looped, "frames that went round too long");
    if (!switches.empty()) switches += '\n';
    if (summary.flows_failed > 0)
        switches +=
            fmt::format("failed    {} flows: their retries were used up\n", readable_count(summary.flows_failed));
    return switches + fmt::format(
                          "frames    {} sent, {} lost on links, {} dropped by full buffers, {} marked (ECN)\n{}"
                          "packets   {} sent again, {} received twice, {} time-outs\n",
                          readable_count(summary.frames_sent), readable_count(summary.frames_lost),
                          readable_count(summary.frames_dropped), readable_count(summary.frames_marked), lock,
                          readable_count(summary.retransmissions), readable_count(summary.duplicates),
                          readable_count(summary.timeouts));
}

std::string chosen_line(const Scenario& scenario) {
    const std::string chosen = tuning_text(scenario);
    return chosen.empty() ? "" : "chosen    " + chosen + '\n';
}

double per_second(std::int64_t count, double seconds) {
    return seconds > 0.0 ? static_cast<double>(count) / seconds : 0.0;
}

std::string execution_lines(const RunResult& result, const std::string& file) {
    const auto& execution = result.execution;
    return fmt::format(
        "run       {:.2f} M packet-hops/s on {} thread{}, {:.2f} s after {:.2f} s of set-up\n"
        "seeds     plant {}, traffic {}, faults {}; digest {:016x}\n"
        "result    {}\n",
        per_second(execution.packet_hops, execution.wall_seconds) / 1e6, execution.threads,
        execution.threads == 1 ? "" : "s", execution.wall_seconds, execution.setup_seconds, result.plant_seed,
        result.traffic_seed, result.faults_seed, result.digest, file);
}

std::string gate_lines(const SummaryContext& context) {
    std::string lines;
    for (const GateOutcome& gate : context.gates) lines += "gate      " + gate_line(gate, "");
    if (!context.relative_gates.empty())
        lines += fmt::format("gate      not judged here but by compare, which has a baseline: {}\n",
                             fmt::join(context.relative_gates, "; "));
    return lines;
}

JsonObject latency_object(const Histogram& histogram) {
    JsonObject object;
    object.add("samples", histogram.count());
    const auto add = [&](const char* name, auto value) {
        histogram.count() == 0 ? object.add(name, NAN) : object.add(name, value);
    };
    add("mean", histogram.mean());
    for (const auto& [label, q] : kQuantiles) add(label, histogram.quantile(q));
    add("max", histogram.max());
    return object;
}

JsonObject frames_object(const RunResult::Summary& summary) {
    JsonObject object;
    return object.add("sent", summary.frames_sent)
        .add("lost", summary.frames_lost)
        .add("lost_in_dark", summary.frames_lost_in_dark)
        .add("lock_losses", summary.lock_losses)
        .add("flaps", summary.flaps)
        .add("dropped", summary.frames_dropped)
        .add("marked", summary.frames_marked)
        .add("retransmissions", summary.retransmissions)
        .add("duplicates", summary.duplicates)
        .add("timeouts", summary.timeouts)
        .add("pauses", summary.pauses)
        .add("trimmed", summary.frames_trimmed)
        .add("replayed", summary.frames_replayed)
        .add("unrouted", summary.frames_unrouted)
        .add("black_holed", summary.frames_black_holed)
        .add("looped", summary.frames_looped)
        .add("flows_failed", summary.flows_failed);
}

JsonObject margin_object(const RunResult& result) {
    const auto& summary = result.summary;
    JsonObject object;
    object.add("worst_db", summary.worst_margin_db).add("p01_db", summary.first_percentile_margin_db);
    if (!std::isfinite(summary.worst_margin_db)) return object;
    return object.add("worst_link", sender_name(result.topology, summary.worst_link))
        .add("worst_received_oma_dbm", summary.worst_received_dbm);
}

JsonObject execution_object(const RunResult::Execution& execution) {
    JsonObject object;
    return object.add("wall_seconds", execution.wall_seconds)
        .add("setup_seconds", execution.setup_seconds)
        .add("threads", execution.threads)
        .add("partitions", execution.partitions)
        .add("windows", execution.windows)
        .add("events", execution.events)
        .add("packet_hops", execution.packet_hops)
        .add("packet_hops_per_second", per_second(execution.packet_hops, execution.wall_seconds))
        .add("window_ps", execution.window_ps)
        .add("peak_memory_bytes", execution.peak_memory_bytes);
}

}  // namespace

std::string sender_name(const Topology& topology, std::uint32_t direction) {
    const Topology::Cable& cable = topology.cables[direction / 2];
    return topology.port_name(direction % 2 == 0 ? cable.lower : cable.upper);
}

namespace {

// One message of one size from each, to a partner or to one.
bool is_plain(const Scenario::Workload& w) {
    return w.messages.arrivals == Arrivals::once && w.messages.sizes == FlowSizes::fixed &&
           (w.kind == WorkloadKind::permutation || w.kind == WorkloadKind::incast);
}

std::string pattern_question(const Scenario::Workload& w, std::int64_t gpus) {
    const ScenarioMessages& m = w.messages;
    const std::string size = m.sizes == FlowSizes::fixed
                                 ? readable_bytes(w.bytes.count)
                                 : fmt::format("{} sizes", flow_size_names().at(static_cast<std::size_t>(m.sizes)));
    std::string when = "one from each";
    if (m.arrivals == Arrivals::poisson)
        when = fmt::format("Poisson arrivals at a load of {:g} for {}", m.load,
                           readable_duration(static_cast<double>(m.duration.ps)));
    if (m.arrivals == Arrivals::closed) when = fmt::format("{} outstanding of {} from each", m.outstanding, m.messages);
    return fmt::format("{} traffic of {} GPUs: messages of {}, {}", name_of(w.kind), readable_count(gpus), size, when);
}

}  // namespace

std::string question(const Scenario& scenario) {
    const FabricShape fabric = shape_of(scenario);
    if (!scenario.jobs.empty())
        return fmt::format("{} job{} on {} GPUs", scenario.jobs.size(), scenario.jobs.size() == 1 ? "" : "s",
                           readable_count(fabric.endpoints()));
    const auto& workload = scenario.workload;
    const std::int64_t gpus = fabric.endpoints();
    const std::string size = readable_bytes(workload.bytes.count);
    if (pattern_of(workload.kind) && !is_plain(workload)) return pattern_question(workload, gpus);
    if (workload.kind == WorkloadKind::permutation)
        return fmt::format("permutation: each of {} GPUs sends {} to another", readable_count(gpus), size);
    if (workload.kind == WorkloadKind::incast)
        return fmt::format("incast: {} GPUs send {} each to one",
                           readable_count(workload.senders == 0 ? gpus - 1 : workload.senders), size);
    if (workload.kind == WorkloadKind::training) {
        const TrainingStep step = training_step(scenario.training, training_gpus(scenario));
        const Parallelism& cut = step.parallelism;
        return fmt::format(
            "training {} on {} GPUs: tensor {} x context {} x data {} x pipeline {}, {} micro-batch{} of {} tokens",
            step.model.name, readable_count(cut.ranks()), cut.tensor, cut.context, cut.data, cut.pipeline,
            cut.micro_batches, cut.micro_batches == 1 ? "" : "es", readable_count(step.sequence * step.micro_batch));
    }
    if (workload.kind == WorkloadKind::trace)
        return fmt::format("replay of {}: {} ranks on {} GPUs", scenario.trace.prefix,
                           readable_count(scenario.trace.job->ranks), readable_count(gpus));
    const GroupShape shape = groups_of(workload.groups, fabric);
    const CollectiveCall call = call_of(scenario);
    const Scenario chosen = tuned(scenario);
    const std::string of = workload.kind == WorkloadKind::barrier ? "" : fmt::format(" of {} per GPU", size);
    const std::string how = call.algorithm == Algorithm::ring ? "" : fmt::format(", {}", name_of(call.algorithm));
    return fmt::format("{}{} on {} GPUs: {} {}{} of {}{}", name_of(workload.kind), of, readable_count(gpus),
                       shape.groups, group_noun(chosen.workload), shape.groups == 1 ? "" : "s", shape.ranks, how);
}

std::string summary_text(const SummaryContext& context, const RunResult& result) {
    const std::string title = context.scenario.title.empty() ? "" : context.scenario.title + "\n";
    return title + question(context.scenario) + "\n" + chosen_line(context.scenario) +
           sizes_table(context.scenario, result.sizes) + answer(context, result) + training_lines(result.training) +
           bandwidth_lines(context.scenario, result) + job_lines(context.scenario, result) + replay_lines(result) +
           message_lines(result) + "\n" + latency_table(result) + "\n" + frame_lines(result) +
           fault_lines(context.scenario, result) + margin_line(context.scenario, result) + gate_lines(context) +
           execution_lines(result, context.file);
}

std::string summary_json(const SummaryContext& context, const RunResult& result) {
    const auto& summary = result.summary;
    JsonObject object;
    object.add("format", "lightloom-summary").add("format_version", kJsonFormatVersion);
    object.add("program_version", result.program_version).add("build_type", result.build_type);
    object.add("title", context.scenario.title).add("question", question(context.scenario));
    object.add("complete", result.complete).add("stopped_by", result.stopped_by);
    result.complete ? object.add("completion_ps", summary.completion_ps) : object.add("completion_ps", NAN);
    object.add("end_ps", summary.end_ps);
    if (context.expected_completion) object.add("expected_completion_ps", context.expected_completion->ps);
    // 0 in a RunResult: not every flow came to its end, or no collective ran.
    const auto add_measured = [&](const char* name, double value) { object.add(name, value > 0.0 ? value : NAN); };
    add_measured("algorithm_bandwidth_bytes_per_second", summary.algorithm_bandwidth);
    add_measured("bus_bandwidth_bytes_per_second", summary.bus_bandwidth);
    add_measured("straggler_ratio", summary.straggler_ratio);
    if (!result.sizes.bytes.empty()) object.add("sizes", size_objects(result.sizes));
    if (const std::string chosen = tuning_text(context.scenario); !chosen.empty()) object.add("chosen", chosen);
    object.add("messages", summary.messages).add("messages_delivered", summary.messages_delivered);
    object.add("payload_bytes_delivered", summary.payload_bytes_delivered);
    if (!context.scenario.jobs.empty()) object.add("jobs", job_objects(result));
    if (!result.replay_ranks.job.empty()) object.add("replays", replay_objects(result));
    if (!result.message_sizes.job.empty()) object.add("message_sizes", message_objects(result));
    object.add("packet_latency_ps", latency_object(result.packet_latency));
    if (result.training.steps > 0) object.add("training", training_object(result.training));
    object.add("packet_jitter_ps", latency_object(result.packet_jitter));
    object.add("message_latency_ps", latency_object(result.message_latency));
    object.add("frames", frames_object(summary)).add("margin", margin_object(result));
    if (!result.faults.kind.empty()) object.add("faults", fault_objects(result.faults));
    std::vector<JsonObject> gates;
    for (const GateOutcome& gate : context.gates) gates.push_back(gate_json(gate));
    if (!gates.empty()) object.add("gates", gates);
    if (!context.relative_gates.empty()) object.add("relative_gates", context.relative_gates);
    JsonObject seeds;
    seeds.add("plant", result.plant_seed).add("traffic", result.traffic_seed).add("faults", result.faults_seed);
    object.add("seeds", seeds).add("digest", fmt::format("{:016x}", result.digest)).add("file", context.file);
    object.add("execution", execution_object(result.execution));
    return object.text() + "\n";
}

}  // namespace lightloom
