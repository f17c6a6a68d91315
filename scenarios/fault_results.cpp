#include "scenarios/fault_results.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "scenarios/schema.hpp"
#include "scenarios/selector_text.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {
namespace {

using Occurrence = FaultTimeline::Occurrence;
using Response = RouteTimeline::Response;

std::int64_t ps_or_none(std::optional<Duration> duration) { return duration ? duration->ps : -1; }

/// What switches did about each outage.
class Responses {
public:
    explicit Responses(const RouteTimeline* reroutes) {
        if (reroutes != nullptr) rows_ = reroutes->responses();
    }
    /// nullptr: nobody noticed.
    const Response* to(const Outage& outage) const {
        const std::pair key(outage.direction / 2, outage.from);
        const auto later = std::ranges::upper_bound(rows_, key, {},
                                                    [](const Response& row) { return std::pair(row.cable, row.dark); });
        if (later == rows_.begin()) return nullptr;
        const Response& row = *std::prev(later);
        return row.cable == key.first && outage.from < row.lit ? &row : nullptr;
    }

private:
    std::vector<Response> rows_;
};

/// Of one fault, over its occurrences.
struct Course {
    Time from = kNever, to{};
    std::set<Time> began;  // before the run ended
    std::optional<Duration> to_detect, to_reroute;

    void take(const Occurrence& occurrence, Time end) {
        if (occurrence.from >= end) return;
        from = std::min(from, occurrence.from);
        to = std::max(to, occurrence.to);
        began.insert(occurrence.from);
    }
    void take(const Outage& outage, const Response& response, Time end) {
        const auto note = [&](std::optional<Duration>& longest, Time at) {
            if (at <= end) longest = std::max(longest.value_or(Duration{0}), at - outage.from);
        };
        note(to_detect, response.detected);
        note(to_reroute, response.rerouted);
    }
};

/// What took light or frames from directions: outages, and impairments as if they were some.
struct Causes {
    std::vector<Outage> rows;
    std::vector<OutageLosses> losses;
    std::vector<Occurrence> occurrences;  // each until all its directions have lock again

    Causes(const Plan& plan, const Fabric& fabric, Time end)
        : rows(fabric.outages().begin(), fabric.outages().end()),
          losses(fabric.outage_losses().begin(), fabric.outage_losses().end()),
          occurrences(plan.occurrences) {
        for (const Impairment& row : fabric.impairments_until(end))
            rows.push_back({row.from, row.to, row.direction, OutageCause::loss, row.occurrence});
        losses.insert(losses.end(), fabric.impairment_losses().begin(), fabric.impairment_losses().end());
        for (const Outage& row : rows)
            if (row.occurrence < occurrences.size())
                occurrences[row.occurrence].to = std::max(occurrences[row.occurrence].to, row.to);
    }
};

std::uint32_t cables_of(const PlannedFault& fault) {
    std::set<std::uint32_t> cables;
    for (const FaultTarget& target : fault.targets)
        for (const CableId cable : target.cables) cables.insert(cable.value);
    return static_cast<std::uint32_t>(cables.size());
}

using Event = std::tuple<std::int64_t, FaultEvent, std::uint32_t>;

RunResult::Events columns_of(std::vector<Event> events) {
    std::sort(events.begin(), events.end());
    events.erase(std::unique(events.begin(), events.end()), events.end());  // cables that go down together
    RunResult::Events columns;
    for (const auto& [time_ps, kind, subject] : events) {
        columns.time_ps.push_back(time_ps);
        columns.kind.push_back(static_cast<std::uint8_t>(kind));
        columns.subject.push_back(subject);
    }
    return columns;
}

void add_row(RunResult::Faults& rows, const Course& course, const FaultEffects& effects) {
    rows.from_ps.push_back(course.from == kNever ? -1 : course.from.ps);
    rows.to_ps.push_back(course.to == kNever ? -1 : course.to.ps);
    rows.occurrences.push_back(static_cast<std::uint32_t>(course.began.size()));
    rows.frames_lost.push_back(static_cast<std::int64_t>(effects.frames_lost));
    rows.to_first_loss_ps.push_back(ps_or_none(effects.to_first_loss));
    rows.to_detect_ps.push_back(ps_or_none(course.to_detect));
    rows.to_reroute_ps.push_back(ps_or_none(course.to_reroute));
    rows.to_recover_ps.push_back(course.began.empty() ? -1 : ps_or_none(effects.to_recovery));
    rows.flows_stalled.push_back(effects.flows_stalled);
    rows.flows_failed.push_back(effects.flows_failed);
    rows.endpoints_affected.push_back(effects.endpoints_affected);
    rows.longest_stall_ps.push_back(effects.longest_stall.ps);
    rows.groups_stalled.push_back(effects.groups_stalled);
    rows.groups_failed.push_back(effects.groups_failed);
}

}  // namespace

std::vector<FlowStall> flow_stalls(const Fabric& fabric, Time end) {
    std::vector<FlowStall> stalls;
    const WindowTransport& transport = fabric.transport();
    for (std::uint32_t flow = 0; flow < fabric.traffic().flows.size(); ++flow) {
        const Traffic::Flow& spec = fabric.traffic().flows[flow];
        const Sender& sender = transport.sender(flow);
        const auto gpu_or_none = [&](EndpointId id) { return is_switch(fabric.topology(), id) ? EndpointId{} : id; };
        const auto add = [&](Time from, Time to) {
            stalls.push_back({.flow = flow,
                              .source = gpu_or_none(spec.source),
                              .destination = gpu_or_none(spec.destination),
                              .from = from,
                              .to = to,
                              .failed = to == kNever ? sender.failed : kNever,
                              .seen_until = end,
                              .group = spec.group});
        };
        if (const Stalls* over = transport.stalls(flow))
            for (const Stalls::Row& row : over->rows) add(row.from, row.to);
        if (sender.waits() && end - sender.moved >= transport.parameters().timeout) add(sender.moved, kNever);
    }
    return stalls;
}

void add_fault_results(RunResult& result, const Scenario& scenario, const Plan& plan, const Fabric& fabric,
                       const RouteTimeline* reroutes) {
    const Time end{result.summary.end_ps};
    const std::size_t faults = plan.faults.size();
    std::vector<Course> courses(faults);
    std::vector<Event> events;
    const auto add_event = [&](Time at, FaultEvent kind, std::uint32_t subject) {
        if (at <= end) events.emplace_back(at.ps, kind, subject);
    };
    const Causes causes(plan, fabric, end);
    for (std::size_t i = 0; i < plan.occurrences.size(); ++i) {
        const Occurrence& occurrence = plan.occurrences[i];
        courses[occurrence.fault].take(occurrence, end);
        add_event(occurrence.from, FaultEvent::fault, occurrence.fault);
        add_event(causes.occurrences[i].to, FaultEvent::repaired, occurrence.fault);
    }
    const Responses responses(reroutes);
    for (const Outage& outage : fabric.outages()) {
        if (outage.occurrence >= plan.occurrences.size()) continue;
        const Response* response = responses.to(outage);
        if (response == nullptr) continue;
        const std::uint32_t fault = plan.occurrences[outage.occurrence].fault;
        courses[fault].take(outage, *response, end);
        add_event(response->detected, FaultEvent::detected, fault);
        add_event(response->rerouted, FaultEvent::rerouted, fault);
    }
    for (std::uint32_t flow = 0; flow < fabric.traffic().flows.size(); ++flow)
        add_event(fabric.transport().sender(flow).failed, FaultEvent::flow_failed, flow);
    result.events = columns_of(std::move(events));

    const std::vector<FaultEffects> effects =
        effects_by_fault(faults, causes.occurrences, causes.rows, causes.losses, flow_stalls(fabric, end),
                         fabric.transport().parameters().timeout);
    for (std::size_t i = 0; i < faults; ++i) {
        result.faults.kind.push_back(std::string(name_of(scenario.faults[i].kind)));
        result.faults.select.push_back(selector_text(scenario.faults[i].select));
        result.faults.cables.push_back(cables_of(plan.faults[i]));
        add_row(result.faults, courses[i], effects[i]);
    }
    result.summary.groups = static_cast<std::int64_t>(fabric.traffic().groups.size());
}

}  // namespace lightloom
