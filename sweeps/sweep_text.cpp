#include "sweeps/sweep_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/quantity_text.hpp"
#include "sweeps/key_clashes.hpp"
#include "sweeps/values_text.hpp"

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::int64_t kMostPerTask = 100'000, kMostCpus = 1024, kMostRetries = 100;

/// A key of a table and what reads it.
struct Entry {
    std::string_view name;
    std::function<void(const TomlMember&)> read;
};

class Reader {
public:
    explicit Reader(std::string file) : file_(std::move(file)) { sweep_.file = file_; }

    void read(const TomlValue& root);
    void complain(TextPosition at, std::string key, std::string message, std::string hint = {}) {
        errors_.push_back({file_, at.line, at.column, std::move(key), std::move(message), std::move(hint)});
    }
    ParsedSweep result() && {
        std::ranges::stable_sort(errors_, {}, [](const InputError& e) { return std::pair{e.line, e.column}; });
        if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
        return {std::move(sweep_), {}};
    }

private:
    void read_members(const TomlValue& table, const std::string& path, const std::vector<Entry>& entries);
    bool is_table(const TomlMember& member, const std::string& path);
    Entry text(std::string_view name, std::string& into);
    template <class Number>
    Entry number(std::string_view name, std::string path, Number& into, std::int64_t least, std::int64_t most);
    template <class T>
    Entry quantity(std::string_view name, std::string path, std::function<void(T)> keep);

    void read_settings(const TomlMember& member);
    void read_axes(const TomlMember& member);
    void read_axis(const TomlValue& value);
    void read_seeds(const TomlMember& member, SweepAxis& axis);
    std::vector<KeyValues> read_keys(const TomlMember& member, const std::string& path, Counted counted);
    std::optional<Values> read_values(const TomlValue& value, const std::string& key, Counted counted);
    void check_zip(const SweepAxis& axis);
    void check_keys();
    void read_filters(const TomlMember& member);
    void read_budget(const TomlMember& member);
    void read_slurm(const TomlMember& member);
    void read_options(const TomlMember& member);

    std::string file_;
    Sweep sweep_;
    std::vector<InputError> errors_;
};

void Reader::read_members(const TomlValue& table, const std::string& path, const std::vector<Entry>& entries) {
    std::vector<std::string> names;
    for (const Entry& entry : entries) names.emplace_back(entry.name);
    for (const TomlMember& member : table.members) {
        const auto entry = std::ranges::find(entries, member.name, &Entry::name);
        if (entry != entries.end())
            entry->read(member);
        else
            complain(member.at, path + quoted_for_display(member.name), "unknown key", suggestion(member.name, names));
    }
}

bool Reader::is_table(const TomlMember& member, const std::string& path) {
    if (member.value.kind == Kind::table) return true;
    complain(member.value.at, path, fmt::format("found {}", kind_name(member.value.kind)), "it is a table");
    return false;
}

Entry Reader::text(std::string_view name, std::string& into) {
    return {name, [this, name, &into](const TomlMember& member) {
                if (member.value.kind == Kind::text)
                    into = member.value.text;
                else
                    complain(member.value.at, std::string(name), fmt::format("found {}", kind_name(member.value.kind)),
                             "it is a text");
            }};
}

template <class Number>
Entry Reader::number(std::string_view name, std::string path, Number& into, std::int64_t least, std::int64_t most) {
    return {name, [this, path = std::move(path), &into, least, most](const TomlMember& member) {
                if (member.value.kind == Kind::integer && member.value.integer >= least && member.value.integer <= most)
                    into = static_cast<Number>(member.value.integer);
                else
                    complain(member.value.at, path, "is " + toml_of(member.value),
                             fmt::format("it is a whole number from {} to {}", least, most));
            }};
}

template <class T>
Entry Reader::quantity(std::string_view name, std::string path, std::function<void(T)> keep) {
    return {name, [this, path = std::move(path), keep](const TomlMember& member) {
                const auto parsed = parse_quantity<T>(member.value.text);
                if (member.value.kind != Kind::text)
                    complain(member.value.at, path, fmt::format("found {}", kind_name(member.value.kind)),
                             quantity_form<T>());
                else if (!parsed.value)
                    complain(member.value.at, path, parsed.error, parsed.hint);
                else
                    keep(*parsed.value);
            }};
}

void Reader::read(const TomlValue& root) {
    read_members(root, "",
                 {text("title", sweep_.title),
                  text("base", sweep_.base),
                  {"set", [this](const TomlMember& m) { read_settings(m); }},
                  {"axis", [this](const TomlMember& m) { read_axes(m); }},
                  {"filter", [this](const TomlMember& m) { read_filters(m); }},
                  {"budget", [this](const TomlMember& m) { read_budget(m); }},
                  {"slurm", [this](const TomlMember& m) { read_slurm(m); }}});
    const bool has_base = std::ranges::any_of(root.members, [](const TomlMember& m) { return m.name == "base"; });
    if (!has_base) complain({1, 1}, "base", "is missing", "it names the scenario that the points are variants of");
    check_keys();
}

void Reader::read_settings(const TomlMember& member) {
    if (!is_table(member, "set")) return;
    for (const TomlMember& setting : member.value.members)
        sweep_.settings.push_back({setting.name, toml_of(setting.value), setting.at});
}

void Reader::read_axes(const TomlMember& member) {
    if (member.value.kind != Kind::list)
        return complain(member.at, "axis", "is not a list of axes", "each axis starts with [[axis]]");
    for (const TomlValue& item : member.value.items) read_axis(item);
}

void Reader::read_axis(const TomlValue& value) {
    if (value.kind != Kind::table)
        return complain(value.at, "axis", fmt::format("found {}", kind_name(value.kind)),
                        "each axis starts with [[axis]]");
    SweepAxis axis;
    axis.at = value.at;
    const TomlMember *key = nullptr, *values = nullptr, *zip = nullptr, *hypercube = nullptr, *seeds = nullptr,
                     *over = nullptr;
    const auto keep = [](const TomlMember*& into) { return [&into](const TomlMember& member) { into = &member; }; };
    read_members(value, "axis.",
                 {{"key", keep(key)},
                  {"values", keep(values)},
                  {"zip", keep(zip)},
                  {"seeds", keep(seeds)},
                  {"latin_hypercube", keep(hypercube)},
                  {"over", keep(over)},
                  number("seed", "axis.seed", axis.seed, 0, INT64_MAX)});
    const bool single = key != nullptr || values != nullptr;
    if (single + (zip != nullptr) + (seeds != nullptr) + (hypercube != nullptr || over != nullptr) != 1)
        return complain(value.at, "axis", "does not say one thing",
                        "an axis has key and values, or zip, or seeds, or latin_hypercube and over");
    if (single) {
        if (key == nullptr || values == nullptr || key->value.kind != Kind::text)
            return complain(value.at, "axis", "needs a key and its values",
                            R"(key = "topology.spines" and values = [4, 8])");
        if (auto read = read_values(values->value, key->value.text, Counted::yes))
            axis.keys.push_back({key->value.text, key->value.at, std::move(*read)});
    } else if (zip != nullptr) {
        axis.kind = SweepAxis::Kind::zip;
        axis.keys = read_keys(*zip, "axis.zip", Counted::yes);
        check_zip(axis);
    } else if (seeds != nullptr) {
        read_seeds(*seeds, axis);
    } else {
        axis.kind = SweepAxis::Kind::latin_hypercube;
        if (hypercube == nullptr || over == nullptr)
            return complain(value.at, "axis", "a Latin hypercube needs samples and what they are over",
                            "latin_hypercube = 20 and a table [axis.over]");
        number("", "axis.latin_hypercube", axis.samples, 1, kMostPoints).read(*hypercube);
        axis.keys = read_keys(*over, "axis.over", Counted::no);
    }
    if (!axis.keys.empty()) sweep_.axes.push_back(std::move(axis));
}

void Reader::read_seeds(const TomlMember& member, SweepAxis& axis) {
    std::int64_t count = 0;
    number("", "axis.seeds", count, 1, kMostPoints).read(member);
    if (count == 0) return;
    ValueRange range{.from = {Magnitude::Kind::whole, 1.0},
                     .to = {Magnitude::Kind::whole, static_cast<double>(count)},
                     .count = static_cast<std::size_t>(count),
                     .at = member.value.at};
    axis.keys.push_back({"run.seed", member.at, range});
}

std::vector<KeyValues> Reader::read_keys(const TomlMember& member, const std::string& path, Counted counted) {
    std::vector<KeyValues> keys;
    if (!is_table(member, path)) return keys;
    if (member.value.members.empty()) complain(member.at, path, "is empty", "it has a line for each key");
    for (const TomlMember& key : member.value.members) {
        const bool was_split = key.value.kind == Kind::table && !is_range(key.value);
        if (was_split)
            complain(key.at, path + '.' + quoted_for_display(key.name), "is no list and no range",
                     R"(a key with dots stands in quotes: "topology.spines" = [4, 8])");
        else if (auto values = read_values(key.value, key.name, counted))
            keys.push_back({key.name, key.at, std::move(*values)});
    }
    return keys;
}

std::optional<Values> Reader::read_values(const TomlValue& value, const std::string& key, Counted counted) {
    ReadValues read = values_of(value, counted);
    if (!read.values) complain(read.at, quoted_for_display(key), std::move(read.error), std::move(read.hint));
    return std::move(read.values);
}

void Reader::check_zip(const SweepAxis& axis) {
    for (const KeyValues& key : axis.keys)
        if (const std::size_t steps = steps_of(key.values), first = steps_of(axis.keys[0].values); steps != first)
            return complain(
                key.at, "axis.zip." + quoted_for_display(key.key),
                fmt::format("has {} values, but {} has {}", steps, quoted_for_display(axis.keys[0].key), first),
                "keys of a zip move together");
}

void Reader::check_keys() {
    for (const KeyClash& clash : key_clashes(sweep_)) {
        const std::string where = fmt::format("{}:{}:{}", file_, clash.other_at.line, clash.other_at.column);
        const std::string what = clash.key == clash.other
                                     ? fmt::format("is set at {}, too", where)
                                     : fmt::format("and {} at {} overlap", quoted_for_display(clash.other), where);
        complain(clash.at, clash.key, what,
                 clash.key.starts_with("run.seed")
                     ? "a point has one value of each key: [set], or one axis, and that of seeds sets run.seed"
                     : "a point has one value of each key: [set], or one axis");
    }
}

void Reader::read_filters(const TomlMember& member) {
    if (member.value.kind != Kind::list)
        return complain(member.value.at, "filter", fmt::format("found {}", kind_name(member.value.kind)),
                        R"(it is a list of texts: ["topology.spines <= topology.leaves"])");
    for (const TomlValue& item : member.value.items) {
        if (item.kind != Kind::text) {
            complain(item.at, "filter", fmt::format("found {}", kind_name(item.kind)), "each filter is a text");
            continue;
        }
        Filter::Parsed parsed = Filter::parse(item.text);
        if (parsed.filter)
            sweep_.filters.push_back({std::move(*parsed.filter), item.text, item.at});
        else
            complain(item.at, "filter", std::move(parsed.error), std::move(parsed.hint));
    }
}

void Reader::read_budget(const TomlMember& member) {
    if (!is_table(member, "budget")) return;
    Sweep::Budget& budget = sweep_.budget;
    budget.points_at = member.at;
    for (const TomlMember& key : member.value.members)
        if (key.name == "points") budget.points_at = key.value.at;
    read_members(
        member.value, "budget.",
        {number("points", "budget.points", budget.points, 1, kMostPoints),
         number("threads", "budget.threads", budget.threads, 1, kMostCpus),
         number("retries", "budget.retries", budget.retries, 0, kMostRetries),
         quantity<Duration>("time", "budget.time",
                            [&](Duration time) { budget.seconds = static_cast<double>(time.ps) * 1e-12; }),
         quantity<Bytes>("memory", "budget.memory", [&](Bytes memory) { budget.memory_bytes = memory.count; })});
}

void Reader::read_slurm(const TomlMember& member) {
    if (!is_table(member, "slurm")) return;
    Sweep::Slurm& slurm = sweep_.slurm;
    read_members(member.value, "slurm.",
                 {number("points_per_task", "slurm.points_per_task", slurm.points_per_task, 1, kMostPerTask),
                  number("cpus", "slurm.cpus", slurm.cpus, 1, kMostCpus),
                  {"options", [this](const TomlMember& m) { read_options(m); }}});
}

void Reader::read_options(const TomlMember& member) {
    // What the sweep itself asks of sbatch; a second word on it would break the sweep.
    static const std::vector<std::string> kOwn{"--array", "--output",   "--error", "--chdir",        "--parsable",
                                               "--wrap",  "--job-name", "--wait",  "--cpus-per-task"};
    if (member.value.kind != Kind::list)
        return complain(member.value.at, "slurm.options", "is not a list of texts", R"(["--partition=main"])");
    for (const TomlValue& item : member.value.items) {
        const std::string name = item.text.substr(0, item.text.find('='));
        if (item.kind != Kind::text || !item.text.starts_with("--") || item.text.size() == 2)
            complain(item.at, "slurm.options", "is no long option", R"(such as "--partition=main" or "--time=30")");
        else if (std::ranges::find(kOwn, name) != kOwn.end())
            complain(item.at, "slurm.options", name + " is set by the sweep itself",
                     name == "--cpus-per-task" ? "slurm.cpus says it" : "");
        else
            sweep_.slurm.options.push_back(item.text);
    }
}

}  // namespace

ParsedSweep parse_sweep(std::string_view text, const std::string& file) {
    Reader reader(file);
    TomlDocument document = parse_toml(text);
    if (document.fault)
        reader.complain(document.fault->at, {}, std::move(document.fault->message), std::move(document.fault->hint));
    else
        reader.read(document.root);
    return std::move(reader).result();
}

}  // namespace lightloom
