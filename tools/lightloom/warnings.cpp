#include "tools/lightloom/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/quantity_text.hpp"
#include "models/optics/catalogue.hpp"
#include "models/workload/training/demand.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/job_checks.hpp"
#include "scenarios/training.hpp"
#include "scenarios/ways.hpp"
#include "scenarios/workload.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/summary.hpp"

namespace lightloom {
namespace {

constexpr double kHeavyLoss = 1e-3;  // of frames; working Ethernet is many powers of ten below

double longest_cable_m(const Plan& plan, std::size_t tier) {
    double longest = 0.0;
    for (std::size_t c = 0; c < plan.topology.cables.size(); ++c)
        if (plan.topology.cables[c].tier == tier) longest = std::max(longest, plan.links.length_m[2 * c]);
    return longest;
}

// A captive cable beyond its reach is an error of the scenario, so only glass comes here.
void warn_of_reach(const Plan& plan, std::size_t tier, const Joint& joint) {
    const double longest_m = longest_cable_m(plan, tier);
    if (joint.specified_end_to_end() || longest_m <= joint.reach_m) return;
    const std::string ends = joint.lower == joint.upper
                                 ? joint.lower->id + " is"
                                 : fmt::format("{} and {} are", joint.lower->id, joint.upper->id);
    print_warning(fmt::format("tier.{}.length: the longest cable has {:.6g} m, {} specified for {} of {}",
                              plan.topology.tiers[tier].name, longest_m, ends, to_text(Metres{joint.reach_m}),
                              joint.fibre->id));
}

void warn_of_objections(const Plan& plan, std::size_t tier, const Joint& joint) {
    for (const std::string& objection : joint.objections)
        print_warning(fmt::format("tier.{}: out of specification: {}", plan.topology.tiers[tier].name, objection));
}

void warn_of_loss(const Scenario& scenario, const Plan& plan) {
    const auto& loss = plan.links.frame_loss_ratio;
    const auto worst = std::max_element(loss.begin(), loss.end());
    if (worst == loss.end() || *worst <= kHeavyLoss) return;
    const auto direction = static_cast<std::uint32_t>(worst - loss.begin());
    const double margin_db = plan.links.margin_db[direction];
    const auto heavy = std::count_if(loss.begin(), loss.end(), [](double ratio) { return ratio > kHeavyLoss; });
    print_warning(
        fmt::format("{} loses {} of its frames{}; {} of {} directions of links lose more than {}. Packets that meet "
                    "one are repeated after a time-out; a path of which nothing arrives never completes{}",
                    sender_name(plan.topology, direction), readable_percent(*worst),
                    std::isfinite(margin_db) ? fmt::format(" (margin {})", readable_decibel(margin_db)) : "",
                    readable_count(heavy), readable_count(static_cast<std::int64_t>(loss.size())),
                    readable_percent(kHeavyLoss), scenario.until ? "" : ": set run.until"));
}

// From a NIC up to the highest tier, down to another NIC, and all the way back, on an idle fabric whose cables are all
// as long as the longest of their tier. Graphs of the user's own need not have such a path.
double longest_round_trip(const Scenario& scenario, const Plan& plan) {
    std::array<double, kTierKinds> delay_s{};
    for (std::size_t row = 0; row < plan.links.directions(); ++row) {
        const std::string& tier = plan.topology.tiers[plan.topology.cables[row / 2].tier].name;
        double& longest = delay_s[static_cast<std::size_t>(*tier_named(tier))];
        longest = std::max(longest, Duration{plan.links.propagation_ps[row] + plan.links.phy_ps[row]}.seconds());
    }
    const auto delay = [&](TierKind tier) { return delay_s[static_cast<std::size_t>(tier)]; };
    const FabricShape shape = shape_of(scenario);
    double one_way = 2.0 * (delay(TierKind::host_leaf) + delay(TierKind::leaf_spine)) + scenario.nic.latency.seconds();
    int switches = 3;
    if (shape.has_tier(TierKind::circuit)) {
        one_way += delay(TierKind::circuit);
        ++switches;
    } else if (shape.has_tier(TierKind::spine_core)) {
        one_way += 2.0 * std::max(delay(TierKind::spine_core), delay(TierKind::campus));
        switches += 2;
    }
    return 2.0 * (one_way + switches * scenario.switches.latency.seconds());
}

// Of a pattern, or of a ring; 0 where it is not that simple, and a warning might be a false alarm.
std::int64_t longest_message(const Scenario::Workload& workload, const FabricShape& shape) {
    const auto kind = collective_of(workload.kind);
    if (!kind) return workload.kind == WorkloadKind::training ? 0 : workload.bytes.count;
    const std::int64_t ranks = groups_of(workload.groups, shape).ranks;
    if (call_of(workload, ranks, shape.gpus_per_server).algorithm != Algorithm::ring) return 0;
    return workload.bytes.count / std::max<std::int64_t>(ranks, 1);
}

// A flow has at most a window in flight, and gets it acknowledged after a round trip.
void warn_of_window(const Scenario& scenario, const Plan& plan) {
    constexpr std::int64_t kMostPackets = 4096;  // that transport.window may be
    const FabricShape shape = shape_of(scenario);
    const Scenario::Transport& transport = scenario.transport;
    std::int64_t message = 0;
    for (const Scenario::Job& job : jobs_of(scenario))
        message = std::max(message, longest_message(job.workload, shape));
    if (scenario.topology.kind == TopologyKind::graph || message <= transport.window * transport.payload.count) return;
    const double ports = by_one_port(scenario.routing.policy) ? 1.0 : static_cast<double>(shape.nics_per_gpu);
    const double rate = ports * static_cast<double>(scenario.rate_of(TierKind::host_leaf).bits_per_second);
    const Bytes wire = scenario.framing.preamble + scenario.framing.header + transport.payload + scenario.framing.gap;
    const double round_trip = longest_round_trip(scenario, plan);
    const auto needed =
        static_cast<std::int64_t>(std::ceil(round_trip * rate / (8.0 * static_cast<double>(wire.count))));
    if (needed <= transport.window) return;
    print_warning(
        fmt::format("transport.window: {} packets of {} are less than a NIC's {} send in the {} of the fabric's "
                    "longest round trip: "
                    "the window limits flows; {}",
                    transport.window, readable_bytes(transport.payload.count), readable_bits_per_second(rate),
                    readable_duration(round_trip * 1e12),
                    needed <= kMostPackets
                        ? fmt::format("{} would do", needed)
                        : fmt::format("at most {} are possible, and {} would do: more transport.payload needs fewer",
                                      kMostPackets, needed)));
}

// Cables that stay dark from some instant on, fault by fault.
std::vector<CableId> dark_for_good(const Plan& plan, std::set<std::uint32_t>& faults) {
    std::vector<CableId> cables;
    for (const FaultTimeline::Occurrence& occurrence : plan.occurrences) {
        const PlannedFault& fault = plan.faults[occurrence.fault];
        if (occurrence.to != kNever || !std::holds_alternative<Dark>(fault.effect)) continue;
        faults.insert(occurrence.fault);
        for (const FaultTarget& target : fault.targets)
            cables.insert(cables.end(), target.cables.begin(), target.cables.end());
    }
    std::ranges::sort(cables);
    cables.erase(std::ranges::unique(cables).begin(), cables.end());
    return cables;
}

// Flows that need what stays dark try for ever, unless routes lead around it. A NIC's own cable has no other.
void warn_of_no_end(const Scenario& scenario, const Plan& plan) {
    if (scenario.transport.retries || scenario.until) return;
    std::set<std::uint32_t> faults;
    const std::vector<CableId> dark = dark_for_good(plan, faults);
    if (dark.empty()) return;
    const bool at_a_nic = std::ranges::any_of(dark, [&](CableId cable) {
        const NodeId lower = plan.topology.ports[plan.topology.cables[cable.value].lower.value].node;
        return plan.topology.nodes[lower.value].kind == NodeKind::server;
    });
    if (scenario.routing.failover && !at_a_nic && has_ways_without(scenario, plan, dark)) return;
    std::string names;
    for (const std::uint32_t fault : faults) names += fmt::format("{}fault.{}", names.empty() ? "" : ", ", fault);
    print_warning(
        fmt::format("{}: {} for good, and flows that need these cables try for ever: the run may never end. "
                    "Set run.until, transport.retries or lasts",
                    names, faults.size() == 1 ? "lasts" : "last"));
}

// Activations come on top: how many depends on what is recomputed and how micro-batches are ordered.
void warn_of_memory(const Scenario& scenario) {
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const Scenario::Job& job = jobs[i];
        if (job.workload.kind != WorkloadKind::training) continue;
        const bool is_whole = scenario.jobs.empty();
        const std::int64_t gpus = is_whole ? training_gpus(scenario) : gpus_of_job(scenario, i, shape_of(scenario));
        const TrainingStep step = training_step(job.training, gpus);
        std::int64_t most = 0;
        for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage)
            most = std::max(most, state_bytes(step, stage));
        if (step.gpu.hbm_bytes <= 0.0 || static_cast<double>(most) <= step.gpu.hbm_bytes) continue;
        const auto gigabytes = [](double bytes) { return fmt::format("{:.1f} GB", bytes * 1e-9); };
        print_warning(
            fmt::format("{}training.model: parameters, gradients and optimizer of {} take {} of a GPU's memory, and {} "
                        "has {}: more GPUs must share the model (tensor, pipeline, expert, sharding)",
                        is_whole ? "" : fmt::format("job.{}.", i), step.model.name,
                        gigabytes(static_cast<double>(most)), step.gpu.id, gigabytes(step.gpu.hbm_bytes)));
    }
}

}  // namespace

void print_warnings(const Scenario& scenario, const Plan& plan) {
    for (std::size_t tier = 0; tier < plan.joints.size(); ++tier) {
        warn_of_reach(plan, tier, plan.joints[tier]);
        warn_of_objections(plan, tier, plan.joints[tier]);
    }
    warn_of_loss(scenario, plan);
    warn_of_window(scenario, plan);
    warn_of_no_end(scenario, plan);
    warn_of_memory(scenario);
}

}  // namespace lightloom
