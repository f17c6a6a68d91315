#include "tools/lightloom/gate_text.hpp"

#include <fmt/format.h>

#include "comparison/design.hpp"
#include "tools/lightloom/compare_cells.hpp"

namespace lightloom {

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

std::vector<GateOutcome> gate_outcomes(const std::vector<std::string>& required, const std::vector<Gate>& fail_if,
                                       const std::vector<double>& values) {
    std::vector<GateOutcome> outcomes;
    const auto judge = [&](const Gate& gate, bool is_required) {
        if (gate.is_relative) return;
        const double value = values.at(number_of(*gate.metric));
        outcomes.push_back({0, gate, is_required, value, gate.bound(0.0), gate.holds(value, 0.0)});
    };
    for (const std::string& text : required) judge(std::get<Gate>(parse_gate(text)), true);
    for (const Gate& gate : fail_if) judge(gate, false);
    return outcomes;
}

std::string gate_line(const GateOutcome& gate, std::string_view of) {
    const Metric& metric = *gate.gate.metric;
    const std::string what = gate.holds ? fmt::format("{} is {}, the bound {}", metric.name,
                                                      value_text(metric, gate.value), value_text(metric, gate.bound))
                                        : fmt::format("{} was not measured", metric.name);
    return fmt::format("{:<6}{}{} {}: {}\n", gate.is_red() ? "RED" : "green", of,
                       gate.is_required ? "requires" : "fails if", gate.gate.text, what);
}

JsonObject gate_json(const GateOutcome& gate) {
    return JsonObject()
        .add("gate", gate.gate.text)
        .add("required", gate.is_required)
        .add("value", gate.value)
        .add("bound", gate.bound)
        .add("red", gate.is_red());
}

}  // namespace lightloom
