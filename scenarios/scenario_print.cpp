// The schema read the other way: a scenario as the file that would say it in full, and the keys explained.
#include <fmt/format.h>

#include <type_traits>

#include "scenarios/scenario_text.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {
namespace {

// As it stands in its table; a row of a list is one table.
template <class Root>
std::string name_in_table(const Key<Root>& key) {
    return std::is_same_v<Root, Scenario> ? std::string(key.name) : key.path();
}

template <class Root>
void append_key(std::string& text, const Key<Root>& key, const Root& root, Help help) {
    if (key.presence == Presence::shorthand) return;
    if (help == Help::with) text += fmt::format("# {}: {}\n", key.help, key.type.form);
    text += fmt::format("{} = {}\n", name_in_table(key), key.type.print(root));
}

template <class Root>
void append_rows(std::string& text, std::string_view list, std::span<const Key<Root>> keys,
                 const std::vector<Root>& rows, Help help) {
    for (const Root& row : rows) {
        text += fmt::format("\n[[{}]]\n", list);
        for (const auto& key : keys)
            if (!misplaced(key, row)) append_key(text, key, row, help);
    }
}

/// "servers" "(required)" or its default, then what it is.
template <class Root>
void append_help(std::string& text, const Key<Root>& key) {
    std::string left_out = "sets the keys below";
    if (key.presence == Presence::required) left_out = "required";
    if (key.presence == Presence::optional) left_out = "default " + key.type.print(Root{});
    text += fmt::format("  {}  ({})\n      {}: {}\n", name_in_table(key), left_out, key.help, key.type.form);
}

}  // namespace

std::string effective_toml(const Scenario& scenario, Help help) {
    std::string text;
    std::string_view section;
    for (const auto& key : scenario_keys()) {
        if (misplaced(key, scenario)) continue;
        if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
        append_key(text, key, scenario, help);
    }
    append_rows(text, "job", job_keys(), scenario.jobs, help);
    append_rows(text, "fault", fault_keys(), scenario.faults, help);
    return text;
}

std::string schema_help() {
    std::string text;
    std::string_view section;
    for (const auto& key : scenario_keys()) {
        if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
        append_help(text, key);
    }
    text += "\n[[job]]  as many as there are, in place of [workload]\n";
    for (const auto& key : job_keys()) append_help(text, key);
    text += "\n[[fault]]  as many as there are\n";
    for (const auto& key : fault_keys()) append_help(text, key);
    return text;
}

}  // namespace lightloom
