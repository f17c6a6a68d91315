#include "tools/lightloom/gate_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "comparison/design.hpp"
#include "tools/lightloom/compare_cells.hpp"

namespace lightloom {
namespace {

// Where its value may lie, of what is relative with the bound where it is.
std::string open_text(const GateOutcome& gate) {
    const Metric& metric = *gate.gate.metric;
    return fmt::format("with what is ASSUMED, {} to {}{}, mostly by {}",
                       value_text(metric, gate.value + gate.assumed.low),
                       value_text(metric, gate.value + gate.assumed.high),
                       gate.gate.is_relative ? " beside that bound" : "", gate.assumed.most);
}

}  // namespace

std::string_view state_text(const GateOutcome& gate, std::string_view red, std::string_view undecided) {
    switch (gate.state()) {
        case GateState::green: return "green";
        case GateState::red: return red;
        case GateState::undecided: return undecided;
    }
    return "";
}

std::vector<Gate> gates_of(const Arguments& arguments) {
    std::vector<Gate> gates;
    if (arguments.count("fail-if") == 0) return gates;
    for (const std::string& text : arguments["fail-if"].as<std::vector<std::string>>()) {
        const auto parsed = parse_gate(text);
        if (const auto* error = std::get_if<GateError>(&parsed))
            throw UsageError(
                fmt::format("--fail-if \"{}\": column {}: {}", one_line(text), error->column, error->message),
                error->hint);
        gates.push_back(std::get<Gate>(parsed));
    }
    return gates;
}

std::vector<GateOutcome> gates_of_run(const std::vector<std::string>& required, const std::vector<Gate>& fail_if,
                                      const Measured& run) {
    Comparison alone;  // its own baseline, of which nothing relative is asked
    alone.designs = {{.name = {},
                      .source = {},
                      .title = {},
                      .program_version = {},
                      .question = {.require = required},
                      .runs = {run},
                      .symptoms = {}}};
    alone.fail_if = fail_if;
    std::vector<GateOutcome> gates = gate_outcomes(alone, means(alone));
    add_evidence(alone, gates);
    return gates;
}

std::string missing_text(const GateOutcome& gate) {
    const std::string_view metric = gate.gate.metric->name;
    if (!std::isnan(gate.value)) return fmt::format("the baseline has no {}", metric);
    if (gate.unmeasured_runs == gate.runs || gate.runs == 1) return fmt::format("{} was not measured", metric);
    return fmt::format("{} of {} runs have no {}, as that with {}", gate.unmeasured_runs, gate.runs, metric,
                       gate.worst_seeds);
}

std::string gate_line(const GateOutcome& gate, std::string_view of) {
    const Metric& metric = *gate.gate.metric;
    const bool of_means = gate.runs > 1;
    std::string what = missing_text(gate);
    if (gate.holds) {
        what = fmt::format("{} is {}{}, the bound {}", metric.name, value_text(metric, gate.value),
                           of_means ? fmt::format(" in the mean of {} runs", gate.runs) : "",
                           value_text(metric, gate.bound));
        if (of_means && gate.red_runs > 0 && gate.worst != gate.value)  // else the seeds bear not on it
            what += fmt::format("; red in {} of {} by themselves, worst {}{} with {}", gate.red_runs, gate.runs,
                                value_text(metric, gate.worst),
                                gate.gate.is_relative ? " against " + value_text(metric, gate.worst_bound) : "",
                                gate.worst_seeds);
    }
    if (gate.bill_decides) what += "; " + open_text(gate);
    if (gate.state() == GateState::undecided && gate.draws > 0)
        what += fmt::format("; red in {} of {} draws", gate.red_draws, gate.draws);
    else if (gate.draws > 0)
        what += fmt::format("; so in all {} draws", gate.draws);
    return fmt::format("{:<5} {}{} {}: {}\n", state_text(gate, "RED", "UNDECIDED"), of,
                       gate.is_required ? "requires" : "fails if", gate.gate.text, what);
}

JsonObject gate_json(const GateOutcome& gate) {
    JsonObject object;
    object.add("gate", gate.gate.text)
        .add("required", gate.is_required)
        .add("value", gate.value)
        .add("bound", gate.bound)
        .add("state", state_text(gate, "red", "undecided"))
        .add("red", gate.fails());
    if (gate.runs > 1)
        object.add("runs", std::uint64_t{gate.runs})
            .add("red_runs", std::uint64_t{gate.red_runs})
            .add("unmeasured_runs", std::uint64_t{gate.unmeasured_runs})
            .add("worst", gate.worst)
            .add("worst_seeds", gate.worst_seeds);
    if (!gate.assumed.most.empty())
        object.add("assumed", JsonObject()
                                  .add("low", gate.value + gate.assumed.low)
                                  .add("high", gate.value + gate.assumed.high)
                                  .add("most", gate.assumed.most));
    if (gate.draws > 0) object.add("draws", std::uint64_t{gate.draws}).add("red_draws", std::uint64_t{gate.red_draws});
    return object;
}

}  // namespace lightloom
