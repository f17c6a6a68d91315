#include "tools/lightloom/report_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/quantity_text.hpp"
#include "scenarios/toml_document.hpp"
#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/report_losses.hpp"

namespace lightloom {
namespace {

enum class Word { pass, marginal, partial, fail };

std::string_view name_of(Word word) {
    switch (word) {
        case Word::pass: return "PASS";
        case Word::marginal: return "MARGINAL";
        case Word::partial: return "PARTIAL";
        case Word::fail: return "FAIL";
    }
    return "";
}

struct Finding {
    Word word;
    std::string sentence;
};

std::string duration(double ps) { return readable_duration(ps); }

const TomlValue* member(const TomlValue& table, std::string_view name) {
    const auto found = std::find_if(table.members.begin(), table.members.end(),
                                    [&](const TomlMember& candidate) { return candidate.name == name; });
    return found == table.members.end() ? nullptr : &found->value;
}

/// The key qualify.margin of the scenario; nothing if the result's scenario has it not.
std::optional<Decibel> wanted_margin(const ResultReader& result) {
    if (!result.has_attribute("effective_scenario")) return std::nullopt;
    const TomlDocument scenario = parse_toml(result.attribute("effective_scenario"));
    const TomlValue* qualify = member(scenario.root, "qualify");
    const TomlValue* margin = qualify == nullptr ? nullptr : member(*qualify, "margin");
    return margin == nullptr ? std::nullopt : parse_quantity<Decibel>(margin->text).value;
}

Finding ending(const ResultReader& result) {
    const std::string by = result.has_attribute("stopped_by") ? result.attribute("stopped_by") : "";
    if (!result.has("summary/completion_ps"))
        return {Word::partial, by == "killed" ? "the run was killed: this file is of its start"
                                              : "the run has not ended: this file is of its start"};
    const std::string messages =
        fmt::format("{} of {} messages delivered", readable_count(result.whole("summary/messages_delivered")),
                    readable_count(result.whole("summary/messages")));
    const std::string end = duration(result.scalar("summary/end_ps"));
    if (by == "deadlock") return {Word::fail, fmt::format("deadlock: stopped at {}, {}", end, messages)};
    if (by == "failure") return {Word::fail, fmt::format("nothing left to wait for at {}: {}", end, messages)};
    if (result.attribute("status") != "complete")
        return {Word::partial, fmt::format("not complete: stopped by {} at {}, {}", by, end, messages)};
    return {Word::pass, "completed in " + duration(result.scalar("summary/completion_ps")) + ", " + messages};
}

/// The direction with the least margin: during the run, or before one that has not ended.
std::optional<std::size_t> worst_direction(const ResultReader& result, const ReportedFabric& fabric) {
    if (std::isfinite(result.find("summary/worst_margin_db").value_or(NAN))) {
        const std::int64_t worst = result.whole("summary/worst_link");
        if (worst >= 0 && static_cast<std::size_t>(worst) < fabric.directions()) return static_cast<std::size_t>(worst);
    }
    std::optional<std::size_t> worst;
    for (std::size_t d = 0; d < fabric.margin_db.size(); ++d)
        if (std::isfinite(fabric.margin_db[d]) && (!worst || fabric.margin_db[d] < fabric.margin_db[*worst])) worst = d;
    return worst;
}

std::optional<Finding> margin_finding(const ResultReader& result, const ReportedFabric& fabric) {
    const auto worst = worst_direction(result, fabric);
    if (!worst) return std::nullopt;
    const double at_start = fabric.margin_db[*worst];
    const double margin = std::fmin(at_start, result.find("summary/worst_margin_db").value_or(at_start));
    std::string sentence = fmt::format(
        "least link margin {} on {}{}", readable_decibel(margin), fabric.sender_name(*worst),
        margin < at_start ? fmt::format(" (during a fault, {} before it)", readable_decibel(at_start)) : "");
    if (fabric.began_degraded(*worst))
        sentence += fmt::format(", a fault from the start taking {:.2f} dB of it", fabric.fault_db[*worst]);
    if (margin < 0.0) return Finding{Word::fail, sentence + ": its budget does not close"};
    const auto wanted = wanted_margin(result);
    if (!wanted) return Finding{Word::pass, sentence};
    const bool enough = margin >= wanted->value;
    return Finding{enough ? Word::pass : Word::marginal,
                   fmt::format("{}, {} than the {} that qualify.margin asks for", sentence, enough ? "no less" : "less",
                               readable_decibel(wanted->value))};
}

/// 0 where a result has it not.
std::int64_t count_at(const ResultReader& result, const std::string& path) {
    return result.has(path) ? result.whole(path) : 0;
}

std::optional<Finding> failure_finding(const ResultReader& result) {
    const std::int64_t failed = count_at(result, "summary/flows_failed");
    if (failed == 0) return std::nullopt;
    return Finding{Word::fail, fmt::format("flows that failed, their retries used up: {}", readable_count(failed))};
}

/// What links lost that nothing of how they were built explains, and that they lost lock at all.
std::optional<Finding> loss_finding(const ResultReader& result, const ReportedFabric& fabric) {
    const std::int64_t locks = count_at(result, "summary/lock_losses");
    const LinkLosses losses = losses_on(fabric);
    if (locks == 0 && losses.is_explained()) return std::nullopt;
    std::string sentence;
    if (locks > 0) sentence = fmt::format("links lost lock: {} times", readable_count(locks));
    if (!losses.is_explained()) sentence += (sentence.empty() ? "" : "; ") + sentence_of(losses);
    return Finding{Word::marginal, sentence};
}

Finding gate_finding(const GateOutcome& outcome) {
    const Metric& metric = *outcome.gate.metric;
    const std::string required = "its scenario requires " + outcome.gate.text;
    if (!outcome.holds) return {Word::fail, fmt::format("{}, but {}", required, missing_text(outcome))};
    const std::string found = fmt::format("{}, and it is {}", required, value_text(metric, outcome.value));
    switch (outcome.state()) {
        case GateState::green: return {Word::pass, found};
        case GateState::undecided: return {Word::marginal, found + ": undecided, for that hangs on assumed figures"};
        case GateState::red: return {Word::fail, found + ": not met"};
    }
    return {Word::fail, found};
}

std::vector<std::string> observations(const ResultReader& result) {
    struct Row {
        const char *path, *text;
    };
    constexpr std::array<Row, 8> kRows{{
        {"summary/frames_lost", "frames lost on links"},
        {"summary/frames_dropped", "frames dropped by full buffers"},
        {"summary/retransmissions", "packets sent again"},
        {"summary/timeouts", "time-outs"},
        {"summary/pauses", "pauses asked for"},
        {"summary/frames_trimmed", "packets trimmed"},
        {"summary/frames_black_holed", "frames without a way to go"},
        {"summary/flaps", "flaps"},
    }};
    std::string counts;
    for (const Row& row : kRows)
        if (const std::int64_t value = count_at(result, row.path); value > 0)
            counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", readable_count(value), row.text);
    std::vector<std::string> sentences;
    if (!counts.empty()) sentences.push_back(counts);
    if (result.has("faults/kind")) {
        double stalled = 0.0;
        for (const double flows : result.column("faults/flows_stalled")) stalled += flows;
        sentences.push_back(fmt::format("faults of the scenario: {}; stalls of flows put down to them: {}",
                                        readable_count(static_cast<std::int64_t>(result.rows("faults"))), stalled));
    }
    return sentences;
}

}  // namespace

ReportVerdict verdict_of(const ResultReader& result, const ReportedFabric& fabric,
                         const std::vector<GateOutcome>& gates) {
    std::vector<Finding> findings{ending(result)};
    if (const auto finding = failure_finding(result)) findings.push_back(*finding);
    if (const auto finding = margin_finding(result, fabric)) findings.push_back(*finding);
    if (const auto finding = loss_finding(result, fabric)) findings.push_back(*finding);
    // Of a run that has not ended nothing is measured yet.
    if (result.has("summary/completion_ps"))
        for (const GateOutcome& gate : gates) findings.push_back(gate_finding(gate));
    const Word word = std::max_element(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
                          return a.word < b.word;
                      })->word;
    ReportVerdict verdict{.word = name_of(word), .deciding = {}, .also = {}};
    // Of a PASS all of them decided; of another word those that say it.
    for (const Finding& finding : findings)
        (finding.word == word ? verdict.deciding : verdict.also).push_back(finding.sentence);
    for (const std::string& sentence : observations(result)) verdict.also.push_back(sentence);
    return verdict;
}

}  // namespace lightloom
