// The keys of a scenario's question: what counts, and what must hold.
#include "scenarios/gates.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kMostGates = 20;

std::optional<Complaint> read_gates(const TomlValue& value, std::vector<std::string>& field) {
    const std::string form = "it is a list of conditions such as \"p01_margin >= 1dB\"";
    if (value.kind != TomlValue::Kind::list || value.items.size() > kMostGates)
        return Complaint{value.at, "found " + cited(value), form + fmt::format(", at most {}", kMostGates)};
    std::vector<std::string> gates;
    for (const TomlValue& item : value.items) {
        std::string text;
        if (auto complaint = read_text(item, text)) return complaint;
        const auto parsed = parse_gate(text);
        if (const auto* error = std::get_if<GateError>(&parsed)) {
            const TextPosition inside{item.at.line, item.at.column + static_cast<int>(error->column)};
            return Complaint{inside, fmt::format("in {}: {}", cited(item), error->message), error->hint};
        }
        gates.push_back(std::move(text));
    }
    field = std::move(gates);
    return std::nullopt;
}

std::string print_gates(const std::vector<std::string>& gates) {
    std::vector<std::string> quoted;
    for (const std::string& gate : gates) quoted.push_back(toml_string(gate));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

}  // namespace

Keys question_keys() {
    return {
        {"question", "objective", schema::S::one_of(LIGHTLOOM_FIELD(question.objective), "metric", metric_names()),
         "by which compare ranks: lightloom catalog metrics"},
        {"question",
         "require",
         {"a list of conditions",
          [](const TomlValue& value, const ScenarioNames&, Scenario& scenario) {
              return read_gates(value, scenario.question.require);
          },
          [](const Scenario& scenario) { return print_gates(scenario.question.require); },
          R"({"type": "array", "items": {"type": "string"}, "maxItems": 20})"},
         "conditions that a result must meet, as compare reads them: [\"p01_margin >= 1dB\"]"},
    };
}

}  // namespace lightloom
