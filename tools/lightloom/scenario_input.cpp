#include "tools/lightloom/scenario_input.hpp"

#include <fmt/format.h>

#include <iostream>

#include "scenarios/expectation.hpp"
#include "scenarios/workload.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

// Builds something of a scenario, or complains of what cannot be built.
template <class Build>
auto built_or_complain(const LoadedScenario& input, Build build) -> std::optional<decltype(build())> {
    try {
        return build();
    } catch (const TopologyError& error) {
        complain({input.places.error("topology", error.what())});
    } catch (const WorkloadError& error) {
        const std::string key = input.scenario.jobs.empty() ? "workload" : "job";
        complain({input.places.error(key, error.what())});
    } catch (const CatalogueError& error) {
        complain_of(input, error);
    }
    return std::nullopt;
}

}  // namespace

std::vector<Override> overrides_of(const Arguments& arguments) {
    std::vector<Override> overrides;
    if (arguments.count("seed")) overrides.push_back({"run.seed", arguments["seed"].as<std::string>()});
    if (arguments.count("set") == 0) return overrides;
    for (const std::string& text : arguments["set"].as<std::vector<std::string>>()) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError(fmt::format("--set takes KEY=VALUE, such as workload.bytes=16MiB, not \"{}\"", text));
        overrides.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
    return overrides;
}

void add_set_option(Options& options) {
    options.add_options()("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
                          "change one key, as if the file said so (repeatable)");
}

void complain(const std::vector<InputError>& errors) {
    for (const InputError& error : errors) std::cerr << to_string(error) << '\n';
    std::cerr << fmt::format("{} error{}; nothing was run\n", errors.size(), errors.size() == 1 ? "" : "s");
}

void complain_of(const LoadedScenario& input, const CatalogueError& error) {
    // Of a fault or a tier it begins with their key.
    const std::string said = error.what();
    const std::size_t colon = said.find(": ");
    if (colon != std::string::npos && (said.starts_with("fault.") || said.starts_with("tier.")))
        return complain({input.places.error(said.substr(0, colon), said.substr(colon + 2))});
    complain({InputError{input.file, 0, 0, "", said, ""}});
}

std::optional<LoadedScenario> read_scenario(const Arguments& arguments) {
    try {
        ScenarioFiles files =
            load_scenario(arguments["scenario"].as<std::vector<std::string>>().front(), overrides_of(arguments));
        if (!files.errors.empty()) complain(files.errors);
        return std::move(files.loaded);
    } catch (const FileError& error) {
        throw UsageError(error.what());
    }
}

std::optional<std::vector<CatalogueChange>> read_catalogue_file(const std::string& file) {
    try {
        ParsedCatalogue parsed = load_catalogue_file(file);
        if (parsed.errors.empty()) return std::move(parsed.changes);
        complain(parsed.errors);
        return std::nullopt;
    } catch (const FileError& error) {
        throw UsageError(error.what());
    }
}

std::optional<Plan> plan_or_complain(const LoadedScenario& input) {
    return built_or_complain(input, [&] {
        Plan planned = plan(input.scenario, input.context());
        // Whether switches can hold what their links have under way shows when a fabric is put together from the plan.
        if (input.scenario.switches.flow_control != FlowControl::none) expect(input.scenario, planned);
        return planned;
    });
}

std::optional<Layout> layout_or_complain(const LoadedScenario& input) {
    return built_or_complain(input, [&] { return layout(input.scenario, input.context()); });
}

}  // namespace lightloom
