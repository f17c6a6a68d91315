#include "tools/lightloom/fault_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "scenarios/workload.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

std::string duration(std::int64_t ps) { return readable_duration(static_cast<double>(ps)); }

std::string counted(std::int64_t n, std::string_view what) {
    return fmt::format("{} {}{}", n == 0 ? "no" : readable_count(n), what, n == 1 ? "" : "s");
}

// What never began has no time of its own: the run ended, or its horizon lay, before.
std::string not_begun(const Scenario::Fault& fault, std::int64_t from_ps) {
    const std::string end = "had not begun when the run ended";
    if (from_ps < 0 && fault.recurs()) return fmt::format("{}: it recurs from {} on", end, duration(fault.at.ps));
    return fmt::format("{}: it would at {}", end, duration(from_ps < 0 ? fault.at.ps : from_ps));
}

std::string when(const Scenario::Fault& fault, const RunResult::Faults& f, std::size_t i) {
    if (f.occurrences[i] == 0) return not_begun(fault, f.from_ps[i]);
    const std::string from = "at " + duration(f.from_ps[i]);
    if (f.occurrences[i] > 1)
        return fmt::format("{} times from {} {}", readable_count(f.occurrences[i]), duration(f.from_ps[i]),
                           f.to_ps[i] < 0 ? "on" : "to " + duration(f.to_ps[i]));
    return from + (f.to_ps[i] < 0 ? " for good" : " for " + duration(f.to_ps[i] - f.from_ps[i]));
}

// Those that leave a cable lit: switches notice nothing, and what is lost is lost to errors as well.
bool is_lit(const Scenario::Fault& fault) {
    return fault.kind == FaultKind::degrade || fault.kind == FaultKind::wander;
}

std::string losses(const Scenario::Fault& fault, const RunResult::Faults& f, std::size_t i) {
    std::string text = counted(f.frames_lost[i], "frame") + (is_lit(fault) ? " lost, " : " lost in the dark, ");
    if (f.flows_stalled[i] == 0) return text + "no flow stalled";
    text +=
        fmt::format("{} of {} stalled", counted(f.flows_stalled[i], "flow"), counted(f.endpoints_affected[i], "GPU"));
    if (f.longest_stall_ps[i] > 0) text += ", longest " + duration(f.longest_stall_ps[i]);
    return text;
}

std::string reactions(const Scenario::Fault& fault, const RunResult::Faults& f, std::size_t i) {
    const auto after = [](const char* what, std::int64_t ps) {
        return ps < 0 ? fmt::format("not {}", what) : fmt::format("{} after {}", what, duration(ps));
    };
    std::string text;
    if (!is_lit(fault) && (f.frames_lost[i] > 0 || f.to_detect_ps[i] >= 0))
        text = after("detected", f.to_detect_ps[i]) + ", " + after("rerouted", f.to_reroute_ps[i]) + ", ";
    if (f.flows_stalled[i] == 0) return text + "nothing to recover";
    // One that is for good may stall the next flow any time.
    const bool is_for_good = f.to_ps[i] < 0 && f.to_recover_ps[i] >= 0;
    return text + after(is_for_good ? "the last stall over" : "recovered", f.to_recover_ps[i]);
}

std::string jobs(const RunResult& result, std::size_t i, std::string_view group) {
    const RunResult::Faults& f = result.faults;
    std::string text =
        fmt::format("{} of {} stalled, ", f.groups_stalled[i] == 0 ? "none" : readable_count(f.groups_stalled[i]),
                    counted(result.summary.groups, group));
    if (f.groups_failed[i] == 0) return text + "none failed";
    return text +
           fmt::format("{} failed with {}", readable_count(f.groups_failed[i]), counted(f.flows_failed[i], "flow"));
}

}  // namespace

std::string fault_lines(const Scenario& scenario, const RunResult& result) {
    const RunResult::Faults& f = result.faults;
    const char* group = scenario.jobs.empty() ? group_noun(scenario.workload) : "group";
    std::string text;
    for (std::size_t i = 0; i < f.kind.size(); ++i) {
        text += fmt::format("fault.{}   ({}, {}) {}", i, f.kind[i], f.select[i], when(scenario.faults[i], f, i));
        if (f.occurrences[i] > 0)
            text += fmt::format(": {}; {}; {}", losses(scenario.faults[i], f, i), reactions(scenario.faults[i], f, i),
                                jobs(result, i, group));
        text += '\n';
    }
    return text;
}

std::vector<JsonObject> fault_objects(const RunResult::Faults& f) {
    std::vector<JsonObject> objects;
    for (std::size_t i = 0; i < f.kind.size(); ++i) {
        JsonObject& object = objects.emplace_back();
        object.add("kind", f.kind[i]).add("select", f.select[i]);
        const auto count = [&](const char* name, std::int64_t n) { object.add(name, n); };
        const auto time = [&](const char* name, std::int64_t ps) {
            ps < 0 ? object.add(name, NAN) : object.add(name, ps);
        };
        count("cables", f.cables[i]);
        count("occurrences", f.occurrences[i]);
        time("from_ps", f.from_ps[i]);
        time("to_ps", f.to_ps[i]);
        count("frames_lost", f.frames_lost[i]);
        time("to_first_loss_ps", f.to_first_loss_ps[i]);
        time("to_detect_ps", f.to_detect_ps[i]);
        time("to_reroute_ps", f.to_reroute_ps[i]);
        time("to_recover_ps", f.to_recover_ps[i]);
        count("flows_stalled", f.flows_stalled[i]);
        count("flows_failed", f.flows_failed[i]);
        count("endpoints_affected", f.endpoints_affected[i]);
        time("longest_stall_ps", f.longest_stall_ps[i]);
        count("groups_stalled", f.groups_stalled[i]);
        count("groups_failed", f.groups_failed[i]);
    }
    return objects;
}

}  // namespace lightloom
