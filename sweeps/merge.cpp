#include "sweeps/merge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <system_error>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/scratch_file.hpp"
#include "sweeps/magnitude.hpp"

namespace lightloom {
namespace {

using hdf5::Group;
using hdf5::Table;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Column {
    std::string name, units, long_name;
    std::vector<double> values;
};

/// A group of the points' files: those of its datasets that are scalars, in the order in which they were met.
struct ScalarGroup {
    std::string name;
    std::vector<Column> columns;
};

class Merger {
public:
    Merger(const SweepPlan& plan, const SweepFolder& folder)
        : plan_(plan), folder_(folder), outcomes_(plan.points.size()), digests_(plan.points.size()) {}

    std::vector<PointOutcome> read();
    void write(const std::string& path, const std::string& title) const;

private:
    void read_point(std::size_t row);
    void read_scalars(const ResultReader& reader, std::size_t row);
    Column& column_of(const ResultReader& reader, const std::string& group, const std::string& dataset);
    void write_points(const Group& root) const;
    void write_settings(const Group& root) const;
    void write_scalars(const Group& root) const;
    void write_links(const Group& root) const;

    const SweepPlan& plan_;
    const SweepFolder& folder_;
    std::vector<PointOutcome> outcomes_;
    std::vector<std::string> digests_;
    std::vector<ScalarGroup> groups_;
};

std::vector<PointOutcome> Merger::read() {
    for (std::size_t row = 0; row < plan_.points.size(); ++row) read_point(row);
    return outcomes_;
}

void Merger::read_point(std::size_t row) {
    const std::string& name = plan_.points[row].name;
    PointOutcome& outcome = outcomes_[row];
    if (!folder_.is_finished(name)) {
        const auto failure = folder_.failure(name);
        if (failure) outcome = {PointStatus::failed, failure->error};
        return;
    }
    try {
        const ResultReader reader = ResultReader::open_own(folder_.result(name));
        digests_[row] = reader.attribute("digest");
        outcome.status = reader.attribute("status") == "complete" ? PointStatus::finished : PointStatus::partial;
        read_scalars(reader, row);
    } catch (const ResultUnreadable& error) {
        outcome = {PointStatus::failed, "its result is damaged; delete it, and --resume runs it again"};
    }
}

void Merger::read_scalars(const ResultReader& reader, std::size_t row) {
    for (const std::string& group : reader.groups({"run", "topology", "optics"}))
        for (const auto& [dataset, value] : reader.scalars(group)) {
            // Of a run that did not end it is when the last message came, and would be taken for a quick one.
            const bool misleads = group == "summary" && dataset == "completion_ps";
            column_of(reader, group, dataset).values[row] =
                misleads && outcomes_[row].status == PointStatus::partial ? kNone : value;
        }
}

Column& Merger::column_of(const ResultReader& reader, const std::string& group, const std::string& dataset) {
    auto found = std::ranges::find(groups_, group, &ScalarGroup::name);
    if (found == groups_.end()) found = groups_.insert(groups_.end(), {group, {}});
    auto column = std::ranges::find(found->columns, dataset, &Column::name);
    if (column != found->columns.end()) return *column;
    const std::string path = group + '/' + dataset;
    found->columns.push_back(
        {dataset, reader.units(path), reader.long_name(path), std::vector<double>(plan_.points.size(), kNone)});
    return found->columns.back();
}

void Merger::write_points(const Group& root) const {
    std::vector<std::string> names, errors;
    std::vector<std::uint8_t> status;
    for (std::size_t row = 0; row < outcomes_.size(); ++row) {
        names.push_back(plan_.points[row].name);
        status.push_back(static_cast<std::uint8_t>(outcomes_[row].status));
        errors.push_back(outcomes_[row].error);
    }
    Table table(root, "points", "point", names.size(), "point of the sweep");
    table.texts("name", names, "hash of all that the result depends on; its file is points/NAME.h5");
    table.flags("status", status, {"finished", "partial", "failed", "missing"}, "what became of the point");
    table.texts("digest", digests_, "digest of the run");
    table.texts("error", errors, "why it failed");
    table.close();
}

std::optional<Magnitude> magnitude_in(const std::string& toml) {
    const TomlDocument document = parse_toml("x = " + toml);
    return document.fault ? std::nullopt : magnitude_of(document.root.members[0].value);
}

void Merger::write_settings(const Group& root) const {
    std::vector<std::string> keys;
    for (const Point& point : plan_.points)
        for (const Setting& setting : point.settings)
            if (std::ranges::find(keys, setting.key) == keys.end()) keys.push_back(setting.key);
    Table table(root, "settings", "point", plan_.points.size(), "point of the sweep");
    for (const std::string& key : keys) {
        std::vector<std::string> texts(plan_.points.size());
        std::vector<double> numbers(plan_.points.size(), kNone);
        std::optional<Magnitude::Kind> kind;
        bool is_number = true;
        for (std::size_t row = 0; row < plan_.points.size(); ++row) {
            for (const Setting& setting : plan_.points[row].settings) {
                if (setting.key != key) continue;
                texts[row] = shown_value(setting.value);
                const auto magnitude = magnitude_in(setting.value);
                is_number = is_number && magnitude && comparable(kind.value_or(magnitude->kind), magnitude->kind);
                if (!magnitude) continue;
                kind = magnitude->kind;
                numbers[row] = magnitude->number;
            }
        }
        const std::string long_name = "what the point sets " + key + " to";
        if (is_number)
            table.column(key.c_str(), numbers, {unit_of(*kind).data(), long_name.c_str()});
        else
            table.texts(key.c_str(), texts, long_name.c_str());
    }
    table.close();
}

void Merger::write_scalars(const Group& root) const {
    std::map<std::string, Group> parents;
    for (const ScalarGroup& group : groups_) {
        const std::size_t slash = group.name.find('/');
        const Group* parent = &root;
        if (slash != std::string::npos) {
            const std::string above = group.name.substr(0, slash);
            auto found = parents.find(above);
            if (found == parents.end()) found = parents.emplace(above, root.child(above.c_str())).first;
            parent = &found->second;
        }
        const std::string own = slash == std::string::npos ? group.name : group.name.substr(slash + 1);
        Table table(*parent, own.c_str(), "point", plan_.points.size(), "point of the sweep");
        for (const Column& column : group.columns)
            table.column(column.name.c_str(), column.values, {column.units.c_str(), column.long_name.c_str()});
        table.close();
    }
    for (auto& [name, parent] : parents) parent.close();
}

void Merger::write_links(const Group& root) const {
    Group results = root.child("results");
    for (std::size_t row = 0; row < outcomes_.size(); ++row)
        if (outcomes_[row].status == PointStatus::finished || outcomes_[row].status == PointStatus::partial)
            results.link(plan_.points[row].name.c_str(), "points/" + plan_.points[row].name + ".h5");
    results.close();
}

void Merger::write(const std::string& path, const std::string& title) const {
    hdf5::File file = hdf5::File::create(path);
    Group root = file.root();
    root.attribute("Conventions", "CF-1.8");
    root.attribute("title", title);
    root.attribute("format", "lightloom-sweep");
    root.attribute("format_version", std::span<const std::int32_t>(kResultFormatVersion));
    root.attribute("program", "lightloom");
    root.attribute("program_version", LIGHTLOOM_VERSION);
    write_points(root);
    write_settings(root);
    write_scalars(root);
    write_links(root);
    root.close();
    file.close();
}

}  // namespace

std::vector<PointOutcome> merge(const SweepPlan& plan, const std::string& title, const SweepFolder& folder) {
    Merger merger(plan, folder);
    std::vector<PointOutcome> outcomes = merger.read();
    try {
        ScratchFile scratch(folder.merged());
        merger.write(scratch.path(), title);
        scratch.publish();
    } catch (const hdf5::Error& error) {
        throw ResultError(folder.merged(), error.what());
    } catch (const std::system_error& error) {
        throw ResultError(folder.merged(), error.code().message());
    }
    return outcomes;
}

}  // namespace lightloom
