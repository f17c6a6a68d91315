// The schema: one line per key of a scenario file, from which reading, --set, effective scenario and help follow.
// Not here: the kinds of value (scenarios/schema_types.hpp), what only several keys together can get wrong
// (scenarios/scenario_checks.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/scenario_text.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {

/// Why a value cannot be what its key asks for.
struct Complaint {
    TextPosition at;
    std::string message, hint;
};

/// A kind of value, bound to the field of a Root that it is kept in.
template <class Root>
struct ValueType {
    std::string form;  // "a whole number from 1 to 64"
    std::function<std::optional<Complaint>(const TomlValue&, const ScenarioNames&, Root&)> read;
    std::function<std::string(const Root&)> print;  // as TOML
    std::string shape = "{}";  // what JSON Schema can say of it: {"type": "integer"}; {}: it may be anything
};

enum class Presence {
    optional,  // the field's initial value is the default
    required,
    shorthand,  // sets several keys that stand for themselves in the effective scenario
};

template <class Root>
struct Key {
    std::string_view section;  // "tier.leaf-spine"; empty at the top of the file, and in a fault
    std::string_view name;     // "length", "connectors.count"
    ValueType<Root> type;
    std::string_view help;
    Presence presence = Presence::optional;
    std::uint32_t kinds =
        UINT32_MAX;  // of fabric (or fault) that know the key, a bit for each TopologyKind (FaultKind)

    std::string path() const {
        return section.empty() ? std::string(name) : std::string(section) + '.' + std::string(name);
    }
};

/// In the order of the effective scenario; the keys of a section are consecutive.
std::span<const Key<Scenario>> scenario_keys();

/// The kinds of fabric that know a key, by name.
std::vector<std::string> kinds_of(const Key<Scenario>& key);

/// Whether a section says what is sent, which each [[job]] says of itself.
bool is_of_workload(std::string_view section);

/// Why a key says nothing of such a scenario, with what would; none: it does say something.
std::optional<Complaint> misplaced(const Key<Scenario>& key, const Scenario& scenario);

/// The keys of one [[fault]].
std::span<const Key<Scenario::Fault>> fault_keys();
std::optional<Complaint> misplaced(const Key<Scenario::Fault>& key, const Scenario::Fault& fault);

/// The keys of one [[job]].
std::span<const Key<Scenario::Job>> job_keys();
std::optional<Complaint> misplaced(const Key<Scenario::Job>& key, const Scenario::Job& job);

}  // namespace lightloom
