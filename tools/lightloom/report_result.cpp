#include "tools/lightloom/report_result.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/report_comparison.hpp"
#include "tools/lightloom/report_distributions.hpp"
#include "tools/lightloom/report_fabric.hpp"
#include "tools/lightloom/report_links.hpp"
#include "tools/lightloom/report_map.hpp"
#include "tools/lightloom/report_series.hpp"
#include "tools/lightloom/report_tables.hpp"
#include "tools/lightloom/report_timeline.hpp"
#include "tools/lightloom/report_verdict.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kMostScenarioBytesShown = 64 * 1024;

std::string attribute(const ResultReader& result, const char* name) {
    return result.has_attribute(name) ? result.attribute(name) : std::string();
}

/// A scalar with its place in the file and what it means.
JsonObject figure(const ResultReader& result, const std::string& path, double value) {
    JsonObject json;
    json.add("path", path).add("meaning", result.long_name(path)).add("units", result.units(path));
    return json.add("value", value);
}

std::vector<JsonObject> figures(const ResultReader& result) {
    std::vector<JsonObject> list;
    for (const char* group : {"summary", "training", "training/checkpoints", "economics"})
        for (const auto& [name, value] : result.scalars(group))
            list.push_back(figure(result, std::string(group) + "/" + name, value));
    return list;
}

JsonObject size_of(const ResultReader& result) {
    const auto rows = [&](const char* group) { return static_cast<std::int64_t>(result.rows(group)); };
    return JsonObject()
        .add("endpoints", rows("topology/endpoints"))
        .add("nodes", rows("topology/nodes"))
        .add("links", rows("topology/links"));
}

std::string shown_text(std::string text) {
    if (text.size() <= kMostScenarioBytesShown) return text;
    return beginning_of(std::move(text), kMostScenarioBytesShown) + "\n# ... cut here: the result file has all of it\n";
}

}  // namespace

JsonObject report_json(const ResultReader& result, const Design& design) {
    const ReportedFabric fabric(result);
    const std::vector<GateOutcome> gates = gates_of_run(design.question.require, {}, design.runs.at(0));
    const ReportVerdict verdict = verdict_of(result, fabric, gates);
    JsonObject json;
    json.add("file", std::filesystem::path(result.path()).filename().string());
    json.add("title", attribute(result, "title")).add("status", attribute(result, "status"));
    json.add("digest", attribute(result, "digest")).add("program_version", attribute(result, "program_version"));
    JsonObject seeds;
    for (const char* seed : {"plant", "traffic", "faults"})
        seeds.add(seed, result.whole_attribute(std::string(seed) + "_seed"));
    json.add("seeds", seeds).add("size", size_of(result));
    json.add("verdict",
             JsonObject().add("word", verdict.word).add("deciding", verdict.deciding).add("also", verdict.also));
    json.add("objective", design.question.objective).add("gates", gate_objects(gates));
    add_tables(json, result);
    json.add("figures", figures(result)).add("distributions", distributions(result));
    add_links(json, result, fabric);
    json.add("map", map_of(fabric));
    add_series(json, result, fabric);
    add_timeline(json, result);
    json.add("scenario", shown_text(attribute(result, "scenario")));
    return json.add("effective_scenario", shown_text(attribute(result, "effective_scenario")));
}

}  // namespace lightloom
