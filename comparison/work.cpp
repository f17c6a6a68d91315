#include "comparison/work.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "comparison/design.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {
namespace {

constexpr std::array<std::string_view, 5> kOfWork{"workload", "training", "trace", "checkpoint", "job"};
/// By the last part of a key: how work is cut up and laid out, and what it is called.
constexpr std::array<std::string_view, 17> kHow{"name",           "algorithm",     "protocol", "channels", "chunk",
                                                "placement",      "traffic_class", "tensor",   "context",  "pipeline",
                                                "virtual_stages", "micro_batches", "schedule", "sharding", "recompute",
                                                "in_server",      "expert"};

constexpr std::size_t kLongestValue = 60;

bool contains(const auto& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

std::string text_of(const TomlValue& value) {
    switch (value.kind) {
        case TomlValue::Kind::boolean: return value.boolean ? "true" : "false";
        case TomlValue::Kind::integer: return std::to_string(value.integer);
        case TomlValue::Kind::real: return fmt::format("{:g}", value.real);
        case TomlValue::Kind::text:
        case TomlValue::Kind::date: return value.text;
        case TomlValue::Kind::list:
        case TomlValue::Kind::table: break;
    }
    std::vector<std::string> parts;
    for (const TomlValue& item : value.items) parts.push_back(text_of(item));
    for (const TomlMember& member : value.members) parts.push_back(member.name + " = " + text_of(member.value));
    return fmt::format("[{}]", fmt::join(parts, ", "));
}

void add(Work& work, const std::string& key, const TomlValue& value) {
    if (value.kind == TomlValue::Kind::table) {
        for (const TomlMember& member : value.members) add(work, key + '.' + member.name, member.value);
        return;
    }
    const bool has_rows =
        value.kind == TomlValue::Kind::list && !value.items.empty() && value.items[0].kind == TomlValue::Kind::table;
    if (has_rows) {
        for (std::size_t i = 0; i < value.items.size(); ++i) add(work, fmt::format("{}.{}", key, i), value.items[i]);
        return;
    }
    if (!contains(kHow, std::string_view(key).substr(key.rfind('.') + 1)))
        work[one_line(key)] = one_line(text_of(value));
}

std::string value_in(const Work& work, const std::string& key) {
    const auto found = work.find(key);
    return found == work.end() ? "not set" : found->second;
}

std::string shown(const std::string& value) {
    return value.size() <= kLongestValue ? value : beginning_of(value, kLongestValue) + "...";
}

std::string phrase(const std::string& key, const std::string& name, const std::string& ours, const std::string& other,
                   const std::string& theirs) {
    if (shown(ours) == shown(theirs)) return fmt::format("{} is another in {} than in {}", key, name, other);
    return fmt::format("{} is {} in {}, {} in {}", key, shown(ours), name, shown(theirs), other);
}

}  // namespace

Work work_of(const ResultReader& result) {
    Work work{{"the number of GPUs", std::to_string(result.rows("topology/endpoints"))}};
    for (const TomlMember& table : parse_toml(result.attribute("effective_scenario")).root.members)
        if (contains(kOfWork, table.name)) add(work, table.name, table.value);
    return work;
}

std::vector<std::string> other_work(const std::string& name, const Work& work, const std::string& baseline_name,
                                    const Work& baseline) {
    std::set<std::string> keys;
    for (const Work* of : {&work, &baseline})
        for (const auto& [key, value] : *of) keys.insert(key);
    // With the kind of workload most of its keys change.
    const std::string kind = "workload.kind";
    const bool other_kind = value_in(work, kind) != value_in(baseline, kind);
    std::vector<std::string> phrases;
    for (const std::string& key : keys)
        if (const std::string ours = value_in(work, key), theirs = value_in(baseline, key);
            ours != theirs && (!other_kind || key == kind || !key.starts_with("workload.")))
            phrases.push_back(phrase(key, name, ours, baseline_name, theirs));
    return phrases;
}

}  // namespace lightloom
