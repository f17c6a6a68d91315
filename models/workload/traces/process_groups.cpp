#include "models/workload/traces/process_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace lightloom {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// The parser takes the square of the depth. Brackets in texts count as well: names have few.
bool is_deep(std::string_view json) {
    constexpr int kDeepest = 16;
    int depth = 0, deepest = 0;
    for (const char c : json) {
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        deepest = std::max(deepest, depth);
    }
    return deepest > kDeepest;
}

template <class Message>
bool parse(std::string_view json, Message& message) {
    if (is_deep(json)) return false;
    return google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message).ok();
}

std::optional<std::uint32_t> rank_in(const Value& value) {
    const double number = value.number_value();
    if (value.kind_case() != Value::kNumberValue || !(number >= 0.0 && number <= 2147483647.0)) return std::nullopt;
    if (number != std::floor(number)) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::optional<std::uint32_t> rank_in(const std::string& text) {
    std::uint32_t rank = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rank);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return rank;
}

// A list of ranks; older captures have an object whose keys they are.
std::optional<std::vector<std::uint32_t>> members_in(const Value& value) {
    std::vector<std::uint32_t> members;
    const auto add = [&](std::optional<std::uint32_t> rank) {
        if (rank) members.push_back(*rank);
        return rank.has_value();
    };
    if (value.kind_case() == Value::kListValue) {
        for (const Value& entry : value.list_value().values())
            if (!add(rank_in(entry))) return std::nullopt;
        return members;
    }
    if (value.kind_case() != Value::kStructValue) return std::nullopt;
    for (const auto& [key, place] : value.struct_value().fields())
        if (!add(rank_in(key))) return std::nullopt;
    std::sort(members.begin(), members.end());  // protobuf's map has no order
    return members;
}

}  // namespace

bool is_group_name(std::string_view text) {
    return text.size() <= 256 && std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

std::vector<ProcessGroup> read_process_groups(std::string_view json, const std::string& file) {
    Struct all;
    if (!parse(json, all)) throw TraceError(file, "is no JSON object of process groups, such as {\"1\": [0, 1]}");
    std::vector<ProcessGroup> groups;
    for (const auto& [name, value] : all.fields()) {
        if (!is_group_name(name)) throw TraceError(file, "has a group without a name that could be shown");
        auto members = members_in(value);
        if (!members || members->empty() || value.kind_case() != Value::kListValue)
            throw TraceError(file, fmt::format("group \"{}\" is no list of ranks", name));
        groups.push_back({name, std::move(*members)});
    }
    std::ranges::sort(groups, {}, &ProcessGroup::name);
    return groups;
}

std::string process_groups_text(const std::vector<ProcessGroup>& groups) {
    std::string text = "{";
    for (const ProcessGroup& group : groups)
        text +=
            fmt::format("{}\n  \"{}\": [{}]", text.size() > 1 ? "," : "", group.name, fmt::join(group.members, ", "));
    return text + "\n}\n";
}

std::vector<ProcessGroup> described_groups(std::string_view inputs) {
    std::vector<ProcessGroup> groups;
    const std::size_t begin = inputs.find("[{"), end = inputs.rfind("}]");
    ListValue list;
    if (begin == inputs.npos || end == inputs.npos || end < begin) return groups;
    if (!parse(inputs.substr(begin, end + 2 - begin), list)) return groups;
    for (const Value& entry : list.values()) {
        const auto& fields = entry.struct_value().fields();
        const auto name = fields.find("pg_name"), ranks = fields.find("ranks");
        if (name == fields.end() || ranks == fields.end()) continue;
        if (auto members = members_in(ranks->second))
            groups.push_back({name->second.string_value(), std::move(*members)});
    }
    return groups;
}

}  // namespace lightloom
