// The schema read the other way: a scenario as the file that would say it in full, and the keys explained.
#include <fmt/format.h>

#include "scenarios/scenario_text.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {
namespace {

template <class Root>
void append_key(std::string& text, const Key<Root>& key, const Root& root, Help help) {
    if (key.presence == Presence::shorthand) return;
    if (help == Help::with) text += fmt::format("# {}: {}\n", key.help, key.type.form);
    text += fmt::format("{} = {}\n", key.name, key.type.print(root));
}

/// "servers" "(required)" or its default, then what it is.
template <class Root>
void append_help(std::string& text, const Key<Root>& key) {
    std::string left_out = "sets the keys below";
    if (key.presence == Presence::required) left_out = "required";
    if (key.presence == Presence::optional) left_out = "default " + key.type.print(Root{});
    text += fmt::format("  {}  ({})\n      {}: {}\n", key.name, left_out, key.help, key.type.form);
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
    for (const Scenario::Fault& fault : scenario.faults) {
        text += "\n[[fault]]\n";
        for (const auto& key : fault_keys())
            if (!misplaced(key, fault)) append_key(text, key, fault, help);
    }
    return text;
}

std::string schema_help() {
    std::string text;
    std::string_view section;
    for (const auto& key : scenario_keys()) {
        if (key.section != section) text += fmt::format("\n[{}]\n", section = key.section);
        append_help(text, key);
    }
    text += "\n[[fault]]  as many as there are\n";
    for (const auto& key : fault_keys()) append_help(text, key);
    return text;
}

}  // namespace lightloom
