// The keys of a scenario for what the engine of a collective library costs: five of each protocol, and a file that sets
// them all.
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

/// engine.file: read before, beside the scenario.
ValueType<Scenario> engine_file() {
    return {"text of one line, at most 200 bytes",
            [](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) -> std::optional<Complaint> {
                std::string file;
                if (auto complaint = read_text(value, file)) return complaint;
                if (!names.engine)
                    return Complaint{value.at, "no such file was read", "it stands beside the scenario's"};
                scenario.engine = *names.engine;
                return std::nullopt;
            },
            [](const Scenario&) { return std::string(); }, R"({"type": "string"})"};
}

template <class Field>
ValueType<Scenario> delay(Field field) {
    return S::quantity(field, Duration{0}, seconds(1));
}

template <class Field>
ValueType<Scenario> share(Field field) {
    return S::number(field, 0.01, 1.0);
}

}  // namespace

#define KEYS_OF(row, what)                                                                                         \
    {"engine", #row ".launch", delay(AT(engine.row.launch)),                                                       \
     what ": of a collective at a rank, before its first step"},                                                   \
        {"engine", #row ".step", delay(AT(engine.row.step)), what ": of a message inside a server or rack"},       \
        {"engine", #row ".step_across", delay(AT(engine.row.step_across)), what ": of any other message"},         \
        {"engine", #row ".efficiency", share(AT(engine.row.efficiency)), what ": data over bytes sent, inside"}, { \
        "engine", #row ".efficiency_across", share(AT(engine.row.efficiency_across)),                              \
            what ": data over bytes sent, across"                                                                  \
    }

Keys engine_keys() {
    return {{"engine", "file", engine_file(), "all of these keys at once, as lightloom calibrate writes them",
             Presence::shorthand},
            KEYS_OF(ll, "protocol LL"),
            KEYS_OF(ll128, "protocol LL128"),
            KEYS_OF(simple, "protocol Simple"),
            KEYS_OF(in_switch, "sums in switches")};
}

#undef KEYS_OF
#undef AT

}  // namespace lightloom
