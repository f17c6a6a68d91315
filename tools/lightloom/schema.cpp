// `lightloom schema`: the JSON Schema of a scenario file, made of the tables by which the program reads one, so that an
// editor completes keys, shows what they mean and underlines a misspelt one. What only several keys together can get
// wrong it cannot say: that is for `lightloom check`. Not here: what is printed with --json (tools/schemas).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "scenarios/scenario_files.hpp"
#include "scenarios/schema.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {
namespace {

constexpr CommandHelp kHelp{
    .usage = "schema",
    .summary =
        "Prints the JSON Schema of scenario files, made of the same tables as explain --keys. An editor that knows\n"
        "schemas of TOML completes keys and marks mistakes by it.",
    .examples =
        "Examples:\n"
        "  lightloom schema > scenario.schema.json\n",
};

std::string json_of(const TomlValue& value) {
    std::vector<std::string> items;
    switch (value.kind) {
        case TomlValue::Kind::integer: return fmt::to_string(value.integer);
        case TomlValue::Kind::real: return fmt::to_string(value.real);
        case TomlValue::Kind::boolean: return value.boolean ? "true" : "false";
        case TomlValue::Kind::list:
            for (const TomlValue& item : value.items) items.push_back(json_of(item));
            return fmt::format("[{}]", fmt::join(items, ", "));
        case TomlValue::Kind::table: {
            JsonObject object;
            for (const TomlMember& member : value.members) object.add_json(member.name, json_of(member.value));
            return object.text();
        }
        case TomlValue::Kind::text:
        case TomlValue::Kind::date: return json_text(value.text);
    }
    return "null";
}

/// The default as JSON; empty where there is none.
template <class Root>
std::string default_of(const Key<Root>& key) {
    if (key.presence != Presence::optional) return "";
    const std::string printed = key.type.print(Root{});
    if (printed.empty() || printed == "\"\"") return "";
    const TomlDocument document = parse_toml("x = " + printed);
    return document.fault ? "" : json_of(document.root.members.at(0).value);
}

template <class Root>
std::string key_json(const Key<Root>& key) {
    JsonObject object;
    object.add("description", fmt::format("{}: {}", key.help, key.type.form));
    if (const std::string value = default_of(key); !value.empty()) object.add_json("default", value);
    // What stands beside a reference is not read.
    if (key.type.shape.starts_with("{\"$ref\"")) return object.add_json("allOf", '[' + key.type.shape + ']').text();
    std::string text = object.text();
    text.back() = key.type.shape == "{}" ? '}' : ',';
    return key.type.shape == "{}" ? text : text + ' ' + key.type.shape.substr(1);
}

/// The tables and keys below a path, "topology." or nothing, as an object that takes no others.
template <class Root>
JsonObject table_json(std::span<const Key<Root>> keys, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& others = {}) {
    std::vector<std::string> names, required;
    for (const auto& key : keys) {
        const std::string full = key.path();
        if (!full.starts_with(path)) continue;
        std::string name = full.substr(path.size(), full.find('.', path.size()) - path.size());
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    JsonObject properties;
    for (const std::string& name : names) {
        const std::string full = path + name;
        const auto key = std::ranges::find_if(keys, [&](const auto& k) { return k.path() == full; });
        const bool is_key = key != keys.end();
        const bool is_table =
            std::ranges::any_of(keys, [&](const auto& k) { return k.path().starts_with(full + '.'); });
        const std::string table = is_table ? table_json(keys, full + '.').text() : "";
        if (is_key && key->presence == Presence::required) required.push_back(name);
        if (is_key && is_table)
            properties.add_json(name, fmt::format("{{\"anyOf\": [{}, {}]}}", key_json(*key), table));
        else
            properties.add_json(name, is_key ? key_json(*key) : table);
    }
    for (const auto& [name, json] : others) properties.add_json(name, json);
    JsonObject object;
    object.add("type", "object").add("additionalProperties", false).add("properties", properties);
    // Of a scenario, a key that one kind of fabric must have another does not know.
    if constexpr (!std::is_same_v<Root, Scenario>)
        if (!required.empty()) object.add("required", required);
    return object;
}

/// [[job]], [[fault]]
template <class Row>
std::string list_json(std::span<const Key<Row>> keys) {
    return JsonObject().add("type", "array").add("items", table_json(keys, "")).text();
}

/// Ids of the built-in catalogue to complete by, and any other: a scenario may bring a catalogue of its own.
std::string ids_json(const std::vector<std::string>& ids) {
    const std::string known = JsonObject().add("enum", ids).text();
    return fmt::format("{{\"anyOf\": [{}, {{\"type\": \"string\"}}]}}", known);
}

}  // namespace

int schema_command(const std::vector<std::string>& words) {
    parse_arguments(kHelp, Options("Options", kHelpColumns), words, {.least = 0, .most = 0, .name = "word"});
    const ScenarioNames names = names_of(Catalogue::built_in());
    JsonObject definitions;
    definitions.add_json("module", ids_json(names.modules)).add_json("fibre", ids_json(names.fibres));
    definitions.add_json("connector-family", ids_json(names.connector_families));
    definitions.add_json("part", ids_json(names.parts));
    JsonObject scenario =
        table_json(scenario_keys(), "", {{"job", list_json(job_keys())}, {"fault", list_json(fault_keys())}});
    scenario.add("$schema", "http://json-schema.org/draft-07/schema#").add("title", "Lightloom scenario");
    std::cout << scenario.add("definitions", definitions).text() << '\n';
    return kExitFine;
}

}  // namespace lightloom
