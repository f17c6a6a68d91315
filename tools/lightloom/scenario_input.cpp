#include "tools/lightloom/scenario_input.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "models/optics/catalogue.hpp"
#include "scenarios/scenario_text.hpp"
#include "tools/lightloom/console.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kLargestScenario = 16 << 20;  // bytes; what is larger was not written as a scenario

std::string read_text(const std::string& file) {
    if (std::filesystem::is_directory(file)) throw UsageError(fmt::format("{} is a directory", file));
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw UsageError(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    std::string text(kLargestScenario + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) throw std::runtime_error(fmt::format("reading {} failed: {}", file, std::strerror(errno)));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kLargestScenario) throw UsageError(fmt::format("{} is larger than 16 MiB", file));
    return text;
}

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

ScenarioNames names_of(const Catalogue& catalogue) {
    ScenarioNames names{catalogue.module_ids(), catalogue.fibre_ids(), catalogue.connector_ids()};
    for (const std::string& id : names.modules) {
        const ModuleRow& module = *catalogue.module(id);
        if (!module.captive_cable.empty()) names.captive_cables[id] = {module.reach.value};
    }
    return names;
}

void complain(const std::vector<InputError>& errors) {
    for (const InputError& error : errors) std::cerr << to_string(error) << '\n';
    std::cerr << fmt::format("{} error{}; nothing was run\n", errors.size(), errors.size() == 1 ? "" : "s");
}

}  // namespace

void add_set_option(Options& options) {
    options.add_options()("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
                          "change one key, as if the file said so (repeatable)");
}

std::optional<ScenarioInput> read_scenario(const Arguments& arguments) {
    const std::string& file = arguments["scenario"].as<std::vector<std::string>>().front();
    std::string text = read_text(file);
    ParsedScenario parsed = parse_scenario(text, file, overrides_of(arguments), names_of(Catalogue::built_in()));
    if (!parsed.errors.empty()) {
        complain(parsed.errors);
        return std::nullopt;
    }
    return ScenarioInput{file, std::move(text), std::move(*parsed.scenario)};
}

std::optional<Plan> plan_or_complain(const ScenarioInput& input) {
    try {
        return plan(input.scenario);
    } catch (const TopologyError& error) {
        complain({InputError{input.file, 0, 0, "topology", error.what(), ""}});
    } catch (const CatalogueError& error) {
        complain({InputError{input.file, 0, 0, "tier", error.what(), ""}});
    }
    return std::nullopt;
}

}  // namespace lightloom
