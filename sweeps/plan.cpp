#include "sweeps/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "core/digest.hpp"
#include "models/workload/traces/trace_files.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kLargestSweep = 1 << 20, kLargestNamedFile = 512 << 20;
constexpr std::size_t kMostErrorsShown = 20;

void fold_text(Digest& digest, std::string_view text) {
    digest.fold(text.size());
    for (std::size_t i = 0; i < text.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, std::min<std::size_t>(8, text.size() - i));
        digest.fold(word);
    }
}

std::uint64_t hash_of(const std::string& file) {
    Digest digest;
    fold_text(digest, read_file(file, kLargestNamedFile));
    return digest.value();
}

/// A trace's file of each rank: PREFIX.0.et, PREFIX.1.et.gz, ...
void add_ranks_files(const std::filesystem::path& prefix, std::set<std::string>& files) {
    std::error_code no_such_folder;
    for (const auto& entry : std::filesystem::directory_iterator(prefix.parent_path() / ".", no_such_folder))
        if (rank_of_trace_file(entry.path().filename().string(), prefix.filename().string()) && entry.is_regular_file())
            files.insert(entry.path().string());
}

/// The texts of a scenario that name files beside it: parts, readings, a graph, traces, whatever else there will be.
void add_named_files(const TomlValue& value, const std::filesystem::path& folder, std::set<std::string>& files) {
    std::error_code no_such_file;
    if (value.kind == TomlValue::Kind::text && !value.text.empty() &&
        std::filesystem::is_regular_file(folder / value.text, no_such_file))
        files.insert((folder / value.text).string());
    for (const TomlValue& item : value.items) add_named_files(item, folder, files);
    for (const TomlMember& member : value.members) {
        if (member.name == "prefix") add_ranks_files(folder / member.value.text, files);
        add_named_files(member.value, folder, files);
    }
}

/// All points of a sweep, one by one.
class Planner {
public:
    explicit Planner(const Sweep& sweep)
        : sweep_(sweep), base_((std::filesystem::path(sweep.file).parent_path() / sweep.base).string()) {
        for (const SweepAxis& axis : sweep.axes) steps_.push_back(expand(axis));
    }

    PlannedSweep plan(const PlanWatcher& watcher);

private:
    bool fits_the_limit();
    bool fits_the_budget(std::size_t points);
    std::optional<std::vector<std::size_t>> choose(const PlanWatcher& watcher);
    void read_base_keys();
    std::vector<Setting> settings_of(std::size_t combination) const;
    bool is_excluded(const std::vector<Setting>& settings);
    void add(std::vector<Setting> settings);
    void complain(const InputError& error);

    const Sweep& sweep_;
    const std::string base_;
    std::vector<std::vector<AxisStep>> steps_;  // by axis
    KeyTable base_keys_;                        // for filters
    SweepPlan plan_;
    std::set<std::string> names_;
    FileHashes hashes_;
    std::vector<InputError> errors_;
};

bool Planner::fits_the_limit() {
    plan_.combinations = 1;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        plan_.combinations *= steps_[i].size();
        // Before filters: they are asked combination by combination, which must come to an end.
        if (plan_.combinations > 10 * kMostPoints) {
            const TextPosition at = sweep_.axes[i].at;
            complain({sweep_.file, at.line, at.column, "axis",
                      fmt::format("with this axis there are more than {} combinations", 10 * kMostPoints),
                      "keys that move together are a zip; a Latin hypercube covers many keys with few points"});
            return false;
        }
    }
    return true;
}

void Planner::read_base_keys() {
    if (sweep_.filters.empty()) return;
    const ScenarioFiles base = load_scenario(base_, overrides_of(sweep_.settings, sweep_.file));
    // A base that is no scenario without the axes only lacks defaults; each point is judged by itself.
    if (base.loaded) add_keys(parse_toml(effective_toml(base.loaded->scenario)).root, "", base_keys_);
}

std::vector<Setting> Planner::settings_of(std::size_t combination) const {
    std::vector<const AxisStep*> chosen(steps_.size());
    for (std::size_t axis = steps_.size(); axis-- > 0;) {
        chosen[axis] = &steps_[axis][combination % steps_[axis].size()];
        combination /= steps_[axis].size();
    }
    std::vector<Setting> settings = sweep_.settings;
    for (const AxisStep* step : chosen) settings.insert(settings.end(), step->begin(), step->end());
    return settings;
}

bool Planner::is_excluded(const std::vector<Setting>& settings) {
    if (sweep_.filters.empty()) return false;
    KeyTable keys = base_keys_;
    for (const Setting& setting : settings) {
        const TomlDocument value = parse_toml("x = " + setting.value);
        if (!value.fault) add_keys(value.root.members[0].value, setting.key, keys);
    }
    for (const PlacedFilter& filter : sweep_.filters) {
        const FilterVerdict verdict = filter.filter.verdict(keys);
        if (!verdict.error.empty())
            complain({sweep_.file, filter.at.line, filter.at.column, "filter", verdict.error, verdict.hint});
        else if (!verdict.holds)
            return true;
    }
    return false;
}

void Planner::add(std::vector<Setting> settings) {
    const ScenarioFiles files = load_scenario(base_, overrides_of(settings, sweep_.file));
    for (const InputError& error : files.errors) complain(error);
    if (!files.loaded) return;
    Point point{point_name(*files.loaded, hashes_), std::move(settings)};
    if (names_.insert(point.name).second)
        plan_.points.push_back(std::move(point));
    else
        ++plan_.repeated;
}

/// Many points have the same mistake; it is told once.
void Planner::complain(const InputError& error) {
    if (errors_.size() < kMostErrorsShown && std::ranges::find(errors_, error) == errors_.end())
        errors_.push_back(error);
}

bool Planner::fits_the_budget(std::size_t points) {
    if (points <= sweep_.budget.points) return true;
    complain({sweep_.file, sweep_.budget.points_at.line, sweep_.budget.points_at.column, "budget.points",
              fmt::format("the sweep has more than {} points, like ones counted each", sweep_.budget.points),
              "fewer values, a filter, or a larger budget"});
    return false;
}

/// The combinations that filters leave, which are counted before any is made; none if the watcher gives up.
std::optional<std::vector<std::size_t>> Planner::choose(const PlanWatcher& watcher) {
    std::vector<std::size_t> chosen;
    if (sweep_.filters.empty() && !fits_the_budget(plan_.combinations)) return chosen;
    for (std::size_t i = 0; i < plan_.combinations; ++i) {
        if (!watcher(0, plan_.combinations)) return std::nullopt;
        if (is_excluded(settings_of(i)))
            ++plan_.excluded;
        else
            chosen.push_back(i);
        if (!errors_.empty() || !fits_the_budget(chosen.size())) break;
    }
    return chosen;
}

PlannedSweep Planner::plan(const PlanWatcher& watcher) {
    plan_.base = base_;
    if (!fits_the_limit()) return {std::nullopt, std::move(errors_)};
    read_base_keys();
    const auto chosen = choose(watcher);
    if (!chosen) return {};
    if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
    for (std::size_t i = 0; i < chosen->size() && errors_.size() < kMostErrorsShown; ++i) {
        if (!watcher(i, chosen->size())) return {};
        add(settings_of((*chosen)[i]));
    }
    if (errors_.empty() && plan_.points.empty())
        complain({sweep_.file, 0, 0, "filter", fmt::format("excludes all {} combinations", plan_.combinations), ""});
    if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
    return {std::move(plan_), {}};
}

}  // namespace

std::vector<Override> overrides_of(const std::vector<Setting>& settings, const std::string& file) {
    std::vector<Override> overrides;
    for (const Setting& setting : settings) overrides.push_back({setting.key, setting.value, file, setting.at});
    return overrides;
}

std::string point_name(const LoadedScenario& scenario, FileHashes& known) {
    Digest digest;
    for (const std::int32_t number : kResultFormatVersion) digest.fold(static_cast<std::uint64_t>(number));
    const std::string effective = effective_toml(scenario.scenario);
    fold_text(digest, effective);
    std::set<std::string> files;
    add_named_files(parse_toml(effective).root, std::filesystem::path(scenario.file).parent_path(), files);
    for (const std::string& file : files) {
        const auto [hash, is_new] = known.try_emplace(file, 0);
        if (is_new) hash->second = hash_of(file);
        digest.fold(hash->second);
    }
    return fmt::format("{:016x}", digest.value());
}

SweepFiles load_sweep(const std::string& file) {
    ParsedSweep parsed = parse_sweep(read_file(file, kLargestSweep), file);
    return {std::move(parsed.sweep), std::move(parsed.errors)};
}

PlannedSweep plan_sweep(const Sweep& sweep, const PlanWatcher& watcher) { return Planner(sweep).plan(watcher); }

}  // namespace lightloom
