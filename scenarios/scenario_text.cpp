#include "scenarios/scenario_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/quantity_text.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/scenario_checks.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::size_t kMostRows = 1000;  // of a list of tables

/// The file, or one --set: which text a position counts in, and where its errors come in the list.
struct Source {
    std::string name;
    int order = 0;         // 0 the file, then the overrides
    TextPosition at = {};  // of an override that stands in a file
};

struct Place {
    const Source* source = nullptr;
    TextPosition at;
};

/// Fills one scenario from the file and then from each override, and remembers where each key was given.
class Reader {
public:
    explicit Reader(const ScenarioNames& names) : names_(names) {}

    void read(const TomlValue& root, const Source& source) {
        source_ = &source;
        read_table(root, "", "", scenario_keys(), scenario_);
    }
    void complain(const Source& source, std::string key, Complaint complaint);
    /// What only the whole tells: keys that nobody gave, and keys that contradict each other.
    void finish(const Source& file);
    ParsedScenario result() &&;

private:
    template <class Root>
    void read_table(const TomlValue& table, const std::string& path, const std::string& shown,
                    std::span<const Key<Root>> keys, Root& root);
    template <class Root>
    void read_member(const TomlMember& member, const std::string& path, const std::string& shown,
                     std::span<const Key<Root>> keys, Root& root);
    template <class Root>
    void read_key(const Key<Root>& key, const TomlValue& value, const std::string& shown, Root& root);
    template <class Row>
    void read_list(const TomlMember& member, std::span<const Key<Row>> keys, std::vector<Row>& rows);
    template <class Row>
    void read_row(const TomlValue& value, const std::string& list, std::size_t index, std::span<const Key<Row>> keys,
                  std::vector<Row>& rows);
    template <class Row>
    void finish_list(const std::string& list, std::span<const Key<Row>> keys, const std::vector<Row>& rows,
                     const Source& file);

    void require(std::string key, std::string_view help, const Source& file);
    void complain_of_misplaced();
    std::string of_no_kind(const std::string& path, const std::string& said) const;
    template <class Row>
    void complain_of_misplaced(std::span<const Key<Row>> keys, const Row& row, const std::string& prefix);
    Place place_of(std::string key, const Source& file) const;

    const ScenarioNames& names_;
    Scenario scenario_;
    const Source* source_ = nullptr;
    std::map<std::string, Place, std::less<>> places_;  // of the keys and tables that were given
    std::set<std::string, std::less<>> unsound_;        // keys whose value could not be read
    std::vector<std::pair<int, InputError>> errors_;    // with the order of their source
};

void Reader::complain(const Source& source, std::string key, Complaint complaint) {
    // One more than is shown, so that result() sees that there are others.
    if (errors_.size() > kMostErrors) return;
    const TextPosition at = source.order == 0 ? complaint.at : source.at;
    errors_.push_back(
        {source.order,
         {source.name, at.line, at.column, std::move(key), std::move(complaint.message), std::move(complaint.hint)}});
}

/// The names that may stand directly below `path` ("topology." or nothing).
template <class Root>
std::vector<std::string> names_below(const std::string& path, std::span<const Key<Root>> keys) {
    std::vector<std::string> names;
    for (const auto& key : keys) {
        const std::string full = key.path();
        if (!full.starts_with(path)) continue;
        std::string name = full.substr(path.size(), full.find('.', path.size()) - path.size());
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    if (path.empty() && std::is_same_v<Root, Scenario>) names.insert(names.end(), {"job", "fault"});
    return names;
}

/// A name as part of a path that is shown: as it stands if it is a plain one, else in quotes and safe.
std::string name_shown(const std::string& name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    const bool plain = !name.empty() && name.size() <= 60 && std::ranges::all_of(name, is_plain);
    return plain ? name : quoted_for_display(name);
}

template <class Root>
void Reader::read_table(const TomlValue& table, const std::string& path, const std::string& shown,
                        std::span<const Key<Root>> keys, Root& root) {
    // What sets several keys goes first, whatever its name, and so does the table that holds it, for it may set keys of
    // other tables: single keys say it more precisely.
    const auto is_shorthand = [&](const TomlMember& member) {
        const std::string full = path + member.name;
        return std::ranges::any_of(keys, [&](const auto& key) {
            return key.presence == Presence::shorthand && (key.path() == full || key.path().starts_with(full + '.'));
        });
    };
    for (const bool shorthand : {true, false})
        for (const TomlMember& member : table.members)
            if (is_shorthand(member) == shorthand) read_member(member, path, shown, keys, root);
}

template <class Root>
void Reader::read_member(const TomlMember& member, const std::string& path, const std::string& shown,
                         std::span<const Key<Root>> keys, Root& root) {
    const std::string full = path + member.name;
    const std::string full_shown = shown + name_shown(member.name);
    const std::string below = full + '.';
    const auto key = std::ranges::find_if(keys, [&](const auto& k) { return k.path() == full; });
    const bool has_keys_below = member.name.find('.') == std::string::npos &&
                                std::ranges::any_of(keys, [&](const auto& k) { return k.path().starts_with(below); });
    if (std::is_same_v<Root, Scenario> && full == "fault") {
        read_list(member, fault_keys(), scenario_.faults);
    } else if (std::is_same_v<Root, Scenario> && full == "job") {
        read_list(member, job_keys(), scenario_.jobs);
    } else if (has_keys_below && (member.value.kind == Kind::table || key == keys.end())) {
        places_[full_shown] = {source_, member.at};
        if (member.value.kind == Kind::table) return read_table(member.value, below, full_shown + '.', keys, root);
        complain(*source_, full_shown,
                 {member.value.at, fmt::format("found {}", kind_name(member.value.kind)),
                  fmt::format("it is a table of {}", fmt::join(names_below(below, keys), ", "))});
    } else if (key != keys.end() && member.name.find('.') == std::string::npos) {
        read_key(*key, member.value, full_shown, root);
    } else {
        complain(*source_, full_shown, {member.at, "unknown key", suggestion(member.name, names_below(path, keys))});
    }
}

template <class Root>
void Reader::read_key(const Key<Root>& key, const TomlValue& value, const std::string& shown, Root& root) {
    places_[shown] = {source_, value.at};
    auto complaint = key.type.read(value, names_, root);
    if (!complaint) return;
    unsound_.insert(shown);
    complain(*source_, shown, std::move(*complaint));
}

/// In the file a list, each a new fault, say; in an override a table of the one that it changes, "fault.0.lane", or the
/// empty list: no faults.
template <class Row>
void Reader::read_list(const TomlMember& member, std::span<const Key<Row>> keys, std::vector<Row>& rows) {
    const bool is_override = source_->order > 0;
    const std::string& list = member.name;
    if (!is_override && member.value.kind == Kind::list) {
        for (const TomlValue& item : member.value.items) {
            if (rows.size() == kMostRows)
                return complain(*source_, list, {item.at, fmt::format("more than {} {}s", kMostRows, list), {}});
            rows.emplace_back();
            if constexpr (std::is_same_v<Row, Scenario::Job>) rows.back().workload = scenario_.workload;  // a preset's
            read_row(item, list, rows.size() - 1, keys, rows);
        }
        return;
    }
    if (is_override && member.value.kind == Kind::list && member.value.items.empty()) return rows.clear();
    if (!is_override || member.value.kind != Kind::table || member.value.members.size() != 1)
        return complain(*source_, list,
                        {member.at, fmt::format("is not a list of {}s", list),
                         is_override ? fmt::format("{0}.0.KEY changes one, {0}=[] leaves none", list)
                                     : fmt::format("each {0} starts with [[{0}]]", list)});
    const TomlMember& one = member.value.members[0];
    std::size_t index = 0;
    const char* const end = one.name.data() + one.name.size();
    const auto [stop, error] = std::from_chars(one.name.data(), end, index);
    if (error != std::errc{} || stop != end || index >= rows.size())
        return complain(*source_, list,
                        {one.at, fmt::format("the scenario has no {} {}", list, quoted_for_display(one.name)),
                         rows.empty() ? "it has none" : fmt::format("it has {}, counted from 0", rows.size())});
    read_row(one.value, list, index, keys, rows);
}

template <class Row>
void Reader::read_row(const TomlValue& value, const std::string& list, std::size_t index,
                      std::span<const Key<Row>> keys, std::vector<Row>& rows) {
    const std::string shown = fmt::format("{}.{}", list, index);
    if (source_->order == 0) places_[shown] = {source_, value.at};
    if (value.kind == Kind::table) return read_table(value, "", shown + '.', keys, rows[index]);
    complain(
        *source_, shown,
        {value.at, fmt::format("found {}", kind_name(value.kind)), fmt::format("each {0} starts with [[{0}]]", list)});
}

/// Where a key was given; else where its table begins; else the beginning of the file.
Place Reader::place_of(std::string key, const Source& file) const {
    for (;;) {
        if (const auto found = places_.find(key); found != places_.end()) return found->second;
        const std::size_t dot = key.rfind('.');
        if (dot == std::string::npos) return {&file, {1, 1}};
        key.resize(dot);
    }
}

void Reader::require(std::string key, std::string_view help, const Source& file) {
    if (places_.contains(key)) return;
    unsound_.insert(key);
    const Place place = place_of(key, file);
    complain(*place.source, std::move(key), {place.at, "is missing", fmt::format("it has no default: {}", help)});
}

/// Keys that say nothing of the chosen fabric; a table of cables that it does not have is one mistake.
void Reader::complain_of_misplaced() {
    const bool knows_tiers =
        std::ranges::none_of(unsound_, [](const std::string& key) { return key.starts_with("topology."); });
    constexpr std::string_view kTiersSection = "tier.";
    const FabricShape shape = shape_of(scenario_);
    std::set<std::string, std::less<>> said;
    for (const auto& key : scenario_keys()) {
        const bool of_tier = key.section.starts_with(kTiersSection);
        if (of_tier && !knows_tiers) continue;
        const bool has_tier = of_tier && shape.has_tier(*tier_named(key.section.substr(kTiersSection.size())));
        const std::string path = of_tier && !has_tier ? std::string(key.section) : key.path();
        const auto given = places_.find(path);
        if (given == places_.end() || !said.insert(path).second) continue;
        // Whose key it is depends on what the workload is, which is not known.
        if (scenario_.jobs.empty() && unsound_.contains("workload.kind") && is_of_workload(key.section)) continue;
        auto complaint = misplaced(key, scenario_);
        if (!complaint) continue;
        unsound_.insert(path);
        complaint->at = given->second.at;
        complain(*given->second.source, path, std::move(*complaint));
    }
}

/// What a complaint of a fault's key must not leave unsaid.
std::string Reader::of_no_kind(const std::string& path, const std::string& said) const {
    const std::string_view kind = name_of(Scenario::Fault{}.kind);
    if (!path.starts_with("fault.") || said.find(kind) == std::string::npos) return {};
    if (places_.contains(path.substr(0, path.rfind('.')) + ".kind")) return {};
    return fmt::format("; its kind is missing, so it is a {}", kind);
}

template <class Row>
void Reader::complain_of_misplaced(std::span<const Key<Row>> keys, const Row& row, const std::string& prefix) {
    if (unsound_.contains(prefix + "kind")) return;
    for (const auto& key : keys) {
        const std::string path = prefix + key.path();
        const auto given = places_.find(path);
        if (given == places_.end()) continue;
        auto complaint = misplaced(key, row);
        if (!complaint) continue;
        unsound_.insert(path);
        complaint->at = given->second.at;
        complaint->hint += of_no_kind(path, complaint->message);
        complain(*given->second.source, path, std::move(*complaint));
    }
}

template <class Row>
void Reader::finish_list(const std::string& list, std::span<const Key<Row>> keys, const std::vector<Row>& rows,
                         const Source& file) {
    for (std::size_t i = 0; i < rows.size(); ++i) complain_of_misplaced(keys, rows[i], fmt::format("{}.{}.", list, i));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const auto& key : keys)
            if (key.presence == Presence::required)
                require(fmt::format("{}.{}.{}", list, i, key.path()), key.help, file);
}

void Reader::finish(const Source& file) {
    if (!unsound_.contains("topology.kind")) complain_of_misplaced();
    for (const auto& key : scenario_keys())
        if (key.presence == Presence::required && !misplaced(key, scenario_)) require(key.path(), key.help, file);
    finish_list("job", job_keys(), scenario_.jobs, file);
    finish_list("fault", fault_keys(), scenario_.faults, file);

    const auto is_sound = [this](std::string_view key) { return !unsound_.contains(key); };
    for (Contradiction& found : contradictions(scenario_, names_, is_sound)) {
        const Place place = place_of(found.key, file);
        found.hint += of_no_kind(found.key, found.message + found.hint);
        complain(*place.source, std::move(found.key), {place.at, std::move(found.message), std::move(found.hint)});
    }
}

ParsedScenario Reader::result() && {
    const auto where = [](const auto& error) {
        return std::tuple{error.first, error.second.line, error.second.column};
    };
    std::ranges::stable_sort(errors_, {}, where);
    ParsedScenario parsed;
    for (auto& [order, error] : errors_) parsed.errors.push_back(std::move(error));
    if (parsed.errors.size() > kMostErrors) {
        InputError& last = parsed.errors.back();
        last.key = last.hint = {};
        last.message = fmt::format("more than {} errors; the others are not shown", kMostErrors);
    }
    if (!scenario_.jobs.empty()) scenario_.workload = {};  // what presets left there has gone to the jobs
    if (parsed.errors.empty()) parsed.scenario = std::move(scenario_);
    return parsed;
}

/// `value` under the tables that a dotted key names.
TomlValue nested(std::string_view key, TomlValue value) {
    const std::size_t dot = key.find('.');
    if (dot != std::string_view::npos) value = nested(key.substr(dot + 1), std::move(value));
    TomlValue table;
    table.members.push_back({std::string(key.substr(0, dot)), {}, std::move(value)});
    return table;
}

void read_override(const Override& override, const Source& source, Reader& reader) {
    if (override.key.size() > kMostLineBytes)
        return reader.complain(source, {}, {{}, "the key is longer than 1024 bytes", {}});
    TomlDocument document = parse_override_value(override.value);
    if (document.fault)
        return reader.complain(source, name_shown(override.key), {{}, document.fault->message, document.fault->hint});
    reader.read(nested(override.key, std::move(document.root.members[0].value)), source);
}

}  // namespace

TomlDocument parse_override_value(const std::string& value) {
    const bool one_line = value.find_first_of("\r\n") == std::string::npos;
    if (one_line) {
        TomlDocument document = parse_toml("x = " + value);
        if (!document.fault && document.root.members.size() == 1) return document;
    }
    return parse_toml("x = " + toml_string(value));
}

std::string source_of(const Override& override) {
    if (!override.file.empty()) return override.file;
    const std::string whole = override.key + '=' + override.value;
    const std::string shown = quoted_for_display(whole);
    return "--set " + (shown == '"' + whole + '"' ? whole : shown);
}

ParsedScenario parse_scenario(std::string_view text, const std::string& file_name, std::span<const Override> overrides,
                              const ScenarioNames& names) {
    std::vector<Source> sources{{file_name, 0}};
    for (const Override& override : overrides)
        sources.push_back({source_of(override), static_cast<int>(sources.size()), override.at});

    Reader reader(names);
    TomlDocument document = parse_toml(text);
    if (document.fault) {
        reader.complain(sources[0], {},
                        {document.fault->at, std::move(document.fault->message), std::move(document.fault->hint)});
        return std::move(reader).result();
    }
    reader.read(document.root, sources[0]);
    for (std::size_t i = 0; i < overrides.size(); ++i) read_override(overrides[i], sources[i + 1], reader);
    reader.finish(sources[0]);
    return std::move(reader).result();
}

}  // namespace lightloom
