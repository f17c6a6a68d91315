#include "scenarios/engine_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/quantity_text.hpp"
#include "scenarios/schema.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {
namespace {

constexpr std::string_view kSection = "engine";

bool is_cost(const Key<Scenario>& key) { return key.section == kSection && key.presence != Presence::shorthand; }

class Reader {
public:
    explicit Reader(const std::string& file) : file_(file) {}

    void read(const TomlValue& table, const std::string& path) {
        for (const TomlMember& member : table.members) {
            const std::string full = path.empty() ? member.name : path + '.' + member.name;
            const auto key = std::ranges::find_if(
                scenario_keys(), [&](const auto& candidate) { return is_cost(candidate) && candidate.path() == full; });
            const bool leads_on = std::ranges::any_of(scenario_keys(), [&](const auto& candidate) {
                return is_cost(candidate) && candidate.path().starts_with(full + '.');
            });
            if (key != scenario_keys().end()) {
                if (auto complaint = key->type.read(member.value, ScenarioNames{}, scenario_))
                    complain(complaint->at, full, complaint->message, complaint->hint);
            } else if (leads_on && member.value.kind == TomlValue::Kind::table) {
                read(member.value, full);
            } else if (leads_on) {
                complain(member.value.at, full, fmt::format("found {}", kind_name(member.value.kind)),
                         "it is a table: [engine.simple]");
            } else {
                complain(member.at, quoted_for_display(full), "unknown key", suggestion(member.name, names_in(path)));
            }
        }
    }
    void complain(TextPosition at, std::string key, std::string message, std::string hint) {
        if (errors_.size() < kMostErrors)
            errors_.push_back({file_, at.line, at.column, std::move(key), std::move(message), std::move(hint)});
    }
    ParsedEngine result() && {
        std::ranges::stable_sort(errors_, {}, [](const auto& error) { return std::pair(error.line, error.column); });
        return {scenario_.engine, std::move(errors_)};
    }

private:
    static std::vector<std::string> names_in(const std::string& path) {
        std::vector<std::string> names;
        const std::string below = path.empty() ? "" : path + '.';
        for (const auto& key : scenario_keys()) {
            const std::string full = key.path();
            if (!is_cost(key) || !full.starts_with(below)) continue;
            std::string name = full.substr(below.size(), full.find('.', below.size()) - below.size());
            if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
        }
        return names;
    }

    const std::string& file_;
    Scenario scenario_;
    std::vector<InputError> errors_;
};

}  // namespace

ParsedEngine parse_engine_file(std::string_view text, const std::string& file_name) {
    Reader reader(file_name);
    TomlDocument document = parse_toml(text);
    if (document.fault)
        reader.complain(document.fault->at, {}, std::move(document.fault->message), std::move(document.fault->hint));
    else
        reader.read(document.root, {});
    return std::move(reader).result();
}

std::string engine_toml(const Scenario::Engine& engine, const std::vector<std::string>& comment) {
    std::string text;
    for (const std::string& line : comment) text += "# " + line + '\n';
    Scenario scenario;
    scenario.engine = engine;
    std::string table;
    for (const auto& key : scenario_keys()) {
        if (!is_cost(key)) continue;
        const std::string_view row = key.name.substr(0, key.name.find('.'));
        if (row != table) text += fmt::format("\n[{}.{}]\n", kSection, table = row);
        text += fmt::format("{} = {}\n", key.name.substr(row.size() + 1), key.type.print(scenario));
    }
    return text;
}

}  // namespace lightloom
