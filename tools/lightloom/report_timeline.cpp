#include "tools/lightloom/report_timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lightloom {
namespace {

constexpr std::int64_t kMostLanes = 32;       // of groups, below each other
constexpr std::int64_t kMostIterations = 64;  // beside each other
constexpr std::size_t kMostEvents = 500;
constexpr std::size_t kMostFaults = 200;

struct Bar {
    std::int64_t first_group = 0, last_group = 0, first_iteration = 0, last_iteration = 0;
    std::int64_t start_ps = 0, end_ps = 0;  // end -1: not yet
    std::int64_t slowest_ps = 0;
};

void extend(Bar& bar, std::int64_t group, std::int64_t iteration, std::int64_t start_ps, std::int64_t end_ps) {
    bar.first_group = std::min(bar.first_group, group);
    bar.last_group = std::max(bar.last_group, group);
    bar.first_iteration = std::min(bar.first_iteration, iteration);
    bar.last_iteration = std::max(bar.last_iteration, iteration);
    bar.start_ps = std::min(bar.start_ps, start_ps);
    bar.end_ps = bar.end_ps < 0 || end_ps < 0 ? -1 : std::max(bar.end_ps, end_ps);
}

/// How many rows share a bar, for `last` to lie within `most` bars.
std::int64_t share_of(std::int64_t last, std::int64_t most) { return last / most + 1; }

std::int64_t greatest(const std::vector<std::int64_t>& column) {
    return column.empty() ? 0 : std::max<std::int64_t>(0, *std::max_element(column.begin(), column.end()));
}

void add_collectives(JsonObject& json, const ResultReader& result) {
    const auto column = [&](const char* name) { return result.whole_column(std::string("collectives/") + name); };
    const auto group = column("group"), iteration = column("iteration");
    const auto start_ps = column("start_ps"), end_ps = column("end_ps"), slowest_ps = column("slowest_rank_ps");
    const std::int64_t groups_a_bar = share_of(greatest(group), kMostLanes);
    const std::int64_t iterations_a_bar = share_of(greatest(iteration), kMostIterations);
    std::map<std::pair<std::int64_t, std::int64_t>, Bar> bars;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const Bar first{group[i], group[i], iteration[i], iteration[i], start_ps[i], end_ps[i], 0};
        Bar& bar = bars.try_emplace({group[i] / groups_a_bar, iteration[i] / iterations_a_bar}, first).first->second;
        extend(bar, group[i], iteration[i], start_ps[i], end_ps[i]);
        bar.slowest_ps = std::max(bar.slowest_ps, slowest_ps[i]);
    }
    std::vector<JsonObject> list;
    for (const auto& [place, bar] : bars)
        list.push_back(JsonObject()
                           .add("lane", place.first)
                           .add("first_group", bar.first_group)
                           .add("last_group", bar.last_group)
                           .add("first_iteration", bar.first_iteration)
                           .add("last_iteration", bar.last_iteration)
                           .add("start_ps", bar.start_ps)
                           .add("end_ps", bar.end_ps)
                           .add("slowest_rank_ps", bar.slowest_ps));
    json.add("collectives", list);
}

/// The word that row `i` of a flags column stands for.
std::string word(const std::vector<std::string>& words, std::int64_t value) {
    const auto row = static_cast<std::size_t>(value);
    return value >= 0 && row < words.size() ? words[row] : fmt::format("{}", value);
}

void add_faults(JsonObject& json, const ResultReader& result) {
    const std::vector<std::string> kinds = result.words("faults/kind");
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> columns;
    for (const std::string& name : result.datasets("faults"))
        if (name != "fault" && name != "kind") columns.emplace_back(name, result.whole_column("faults/" + name));
    const auto kind = result.whole_column("faults/kind");
    std::vector<JsonObject> list;
    for (std::size_t i = 0; i < std::min(kind.size(), kMostFaults); ++i) {
        JsonObject row;
        row.add("fault", static_cast<std::int64_t>(i)).add("kind", word(kinds, kind[i]));
        for (const auto& [name, values] : columns) row.add(name, values[i]);
        list.push_back(std::move(row));
    }
    json.add("faults", list).add("fault_rows", static_cast<std::int64_t>(kind.size()));
}

void add_events(JsonObject& json, const ResultReader& result) {
    const std::vector<std::string> kinds = result.words("events/kind");
    const auto time_ps = result.whole_column("events/time_ps"), kind = result.whole_column("events/kind");
    const auto subject = result.whole_column("events/subject");
    std::vector<JsonObject> list;
    for (std::size_t i = 0; i < std::min(time_ps.size(), kMostEvents); ++i)
        list.push_back(
            JsonObject().add("time_ps", time_ps[i]).add("kind", word(kinds, kind[i])).add("subject", subject[i]));
    json.add("events", list).add("event_rows", static_cast<std::int64_t>(time_ps.size()));
}

}  // namespace

void add_timeline(JsonObject& json, const ResultReader& result) {
    if (result.has("collectives/group")) add_collectives(json, result);
    // A stranger's /faults may have other columns; without these nothing of it can be drawn.
    if (result.has("faults/kind") && result.has("faults/from_ps") && result.has("faults/to_ps"))
        add_faults(json, result);
    if (result.has("events/time_ps")) add_events(json, result);
}

}  // namespace lightloom
