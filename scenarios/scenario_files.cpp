#include "scenarios/scenario_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "scenarios/beside.hpp"
#include "scenarios/catalogue_file.hpp"
#include "scenarios/engine_file.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/job_checks.hpp"
#include "scenarios/plant_file.hpp"
#include "scenarios/scenario_checks.hpp"
#include "scenarios/size_file.hpp"
#include "scenarios/toml_document.hpp"
#include "scenarios/workload.hpp"
#include "topologies/user_topology.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kLargestScenario = 16 << 20;  // bytes; what is larger was not written as a scenario
constexpr std::size_t kLargestSizes = 16 << 20;
constexpr std::size_t kLargestGraph = 256 << 20;
constexpr std::size_t kLargestPlant = 512 << 20;  // readings of some million fibres

// The format is told by the name: *.graphml, or a list of nodes and cables.
std::shared_ptr<const Topology> load_graph(const std::string& path) {
    const bool is_graphml = std::filesystem::path(path).extension() == ".graphml";
    return std::make_shared<const Topology>(user_topology(
        read_file(path, kLargestGraph), is_graphml ? TopologyFormat::graphml : TopologyFormat::edge_list, path));
}

/// Parsed once, however many scenarios are read.
std::shared_ptr<const Catalogue> built_in_catalogue() {
    return {std::shared_ptr<const Catalogue>(), &Catalogue::built_in()};
}

/// Likewise.
const ScenarioNames& built_in_names() {
    static const ScenarioNames names = names_of(Catalogue::built_in());
    return names;
}

/// Each with what its keys begin with: "workload.", "job.0."
std::vector<std::pair<std::string, Scenario::Workload*>> workloads_of(Scenario& scenario) {
    std::vector<std::pair<std::string, Scenario::Workload*>> all{{"workload.", &scenario.workload}};
    for (std::size_t i = 0; i < scenario.jobs.size(); ++i)
        all.emplace_back(fmt::format("job.{}.", i), &scenario.jobs[i].workload);
    return all;
}

std::set<Collective> collectives_of(const TraceJob& job) {
    std::set<Collective> kinds;
    for (const RankTrace& trace : job.traces)
        for (const TraceNode& node : trace.nodes)
            if (node.kind == TraceNode::Kind::collective) kinds.insert(node.collective);
    return kinds;
}

/// Of a workload that replays one; none if all is well. @param key  of the job: "job.0.", or nothing
std::optional<InputError> read_trace(ScenarioTrace& trace, const Scenario::Workload& workload, std::int64_t gpus,
                                     const LoadedScenario& of, const std::string& key) {
    const auto wrong = [&](const std::string& message, const std::string& hint = "") {
        return of.places.error(key + "trace.prefix", message, hint);
    };
    try {
        trace.job = load_job(trace, of.file);
    } catch (const TraceDependencyError& error) {
        return wrong(error.what(), "what was converted from a PyTorch capture may need control_dependencies = false");
    } catch (const TraceError& error) {
        const std::string said = error.what();
        const bool is_of_groups =
            !trace.process_groups.empty() && said.starts_with(beside(of.file, trace.process_groups));
        return of.places.error(key + (is_of_groups ? "trace.process_groups" : "trace.prefix"), said);
    }
    const std::string mistake = trace_mistake(*trace.job, workload.iterations, of.scenario.transport.payload, gpus);
    if (!mistake.empty()) return wrong(mistake);
    const std::set<Collective> kinds = collectives_of(*trace.job);
    if (trace.job->ranks == 1 && !kinds.empty())
        return wrong("is the trace of one rank, whose collectives have nobody else",
                     "trace.replicas says how many ranks do the same");
    if (workload.algorithm &&
        std::ranges::none_of(kinds, [&](Collective kind) { return is_implemented(kind, *workload.algorithm); }))
        return of.places.error(key.empty() ? "workload.algorithm" : key + "algorithm",
                               fmt::format("no collective of the trace has a {} form", name_of(*workload.algorithm)),
                               "without it each is done as usual");
    return std::nullopt;
}

std::optional<InputError> read_traces(LoadedScenario& loaded) {
    const auto is_replay = [](const Scenario::Workload& workload) { return workload.kind == WorkloadKind::trace; };
    Scenario& scenario = loaded.scenario;
    const FabricShape shape = shape_of(scenario);
    if (scenario.jobs.empty())
        return is_replay(scenario.workload)
                   ? read_trace(scenario.trace, scenario.workload, shape.endpoints(), loaded, "")
                   : std::nullopt;
    for (std::size_t i = 0; i < scenario.jobs.size(); ++i) {
        Scenario::Job& job = scenario.jobs[i];
        if (!is_replay(job.workload)) continue;
        const std::int64_t gpus = gpus_of_job(scenario, i, shape);
        if (auto wrong = read_trace(job.trace, job.workload, gpus, loaded, fmt::format("job.{}.", i))) return wrong;
    }
    return std::nullopt;
}

}  // namespace

std::string read_file(const std::string& file, std::size_t most_bytes) {
    if (std::filesystem::is_directory(file)) throw FileError(fmt::format("{} is a directory", file));
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw FileError(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    std::string text;
    for (char block[1 << 16]; text.size() <= most_bytes && stream.read(block, sizeof block).gcount() > 0;)
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) throw FileError(fmt::format("reading {} failed: {}", file, std::strerror(errno)));
    if (text.size() > most_bytes) throw FileError(fmt::format("{} is larger than {} MiB", file, most_bytes >> 20));
    return text;
}

ParsedCatalogue load_catalogue_file(const std::string& file) {
    return parse_catalogue_file(read_file(file, kLargestScenario), file);
}

ParsedNcclTable load_nccl_table(const std::string& file) {
    return parse_nccl_table(read_file(file, kLargestScenario), file);
}

ScenarioNames names_of(const Catalogue& catalogue) {
    ScenarioNames names{catalogue.ids("modules"), catalogue.ids("fibres"), catalogue.ids("connectors"),
                        catalogue.ids("passives")};
    for (const ModuleRow& module : catalogue.modules())
        if (!module.captive_cable.empty())
            names.captive_cables[module.id] = {module.reach_m.at(module.captive_cable).value_or(0.0)};
    return names;
}

std::shared_ptr<const Catalogue> LoadedScenario::catalogue_with(const Assumption& assumption) const {
    return std::make_shared<Catalogue>(built_in_catalogue_text(), changes, assumption);
}

namespace {

/// Reads a text and the files that it names. @param reading  the key whose file is being read, if one is
/// @return its mistakes
std::vector<InputError> read_all(LoadedScenario& loaded, std::span<const Override> overrides, std::string& reading) {
    const std::string& file = loaded.file;
    const auto path_of = [&](const std::string& key, const std::string& name) {
        reading = key;
        return beside(file, name);
    };
    if (const std::string own = loaded.places.text_of("optics.catalogue"); !own.empty()) {
        ParsedCatalogue parsed = load_catalogue_file(path_of("optics.catalogue", own));
        if (!parsed.errors.empty()) return std::move(parsed.errors);
        loaded.changes = std::move(parsed.changes);
    }
    try {
        loaded.catalogue = loaded.changes.empty() ? built_in_catalogue() : loaded.catalogue_with({});
    } catch (const CatalogueError& error) {
        return {loaded.places.error("optics.catalogue", error.what())};
    }
    ScenarioNames names = loaded.changes.empty() ? built_in_names() : names_of(*loaded.catalogue);
    if (const std::string own = loaded.places.text_of("topology.file"); !own.empty()) {
        try {
            names.graph = load_graph(path_of("topology.file", own));
        } catch (const TopologyError& error) {
            return {loaded.places.error("topology.file", error.what())};
        }
    }
    if (const std::string own = loaded.places.text_of("engine.file"); !own.empty()) {
        const std::string path = path_of("engine.file", own);
        ParsedEngine parsed = parse_engine_file(read_file(path, kLargestScenario), path);
        if (!parsed.errors.empty()) return std::move(parsed.errors);
        names.engine = parsed.engine;
    }
    ParsedScenario parsed = parse_scenario(loaded.text, file, overrides, names);
    if (!parsed.errors.empty()) return std::move(parsed.errors);
    loaded.scenario = std::move(*parsed.scenario);
    if (auto wrong = read_traces(loaded)) return {std::move(*wrong)};
    for (const auto& [key, workload] : workloads_of(loaded.scenario)) {
        ScenarioMessages& messages = workload->messages;
        if (messages.sizes != FlowSizes::file || messages.size_file.empty()) continue;
        const std::string path = path_of(key + "size_file", messages.size_file);
        ParsedSizes sizes = parse_sizes(read_file(path, kLargestSizes), path);
        if (!sizes.errors.empty()) return std::move(sizes.errors);
        messages.of_file = std::make_shared<const SizeDistribution>(std::move(*sizes.sizes));
        // Whether they are too many or too large could not be said before.
        for (const Contradiction& wrong : contradictions(loaded.scenario, names, [](std::string_view) { return true; }))
            return {loaded.places.error(wrong.key, wrong.message, wrong.hint)};
    }
    if (!loaded.scenario.optics.plant.empty()) {
        const std::string path = path_of("optics.plant", loaded.scenario.optics.plant);
        ParsedPlant plant = parse_plant(read_file(path, kLargestPlant), path);
        if (!plant.errors.empty()) return std::move(plant.errors);
        loaded.readings = std::move(plant.readings);
    }
    return {};
}

}  // namespace

ScenarioFiles load_scenario(const std::string& file, std::span<const Override> overrides) {
    LoadedScenario loaded;
    loaded.file = file;
    loaded.text = read_file(file, kLargestScenario);
    loaded.places = KeyPlaces(loaded.text, file, overrides);
    std::string reading;
    std::vector<InputError> errors;
    try {
        errors = read_all(loaded, overrides, reading);
    } catch (const FileError& error) {
        errors.push_back(loaded.places.error(reading, error.what()));
    }
    if (!errors.empty()) return {std::nullopt, std::move(errors)};
    return {std::move(loaded), {}};
}

}  // namespace lightloom
