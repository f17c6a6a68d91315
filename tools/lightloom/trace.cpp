// `lightloom trace`: what the ranks of a scenario do, as execution traces that other simulators read, and this one.
// Nothing is simulated. Not here: what a node is (models/workload/traces).
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "models/workload/traces/recording.hpp"
#include "models/workload/traces/trace_files.hpp"
#include "scenarios/workload.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "trace SCENARIO.toml [OPTION...]",
    .summary =
        "Writes the first iteration of a scenario's collective or training step as Chakra execution traces:\n"
        "NAME.0.et, NAME.1.et, ... for the ranks in the order of their placement, and their process groups in\n"
        "NAME.groups.json. Nothing is simulated.",
    .examples =
        "Examples:\n"
        "  lightloom trace my.toml                      # my.0.et, ... in the current directory\n"
        "  lightloom trace my.toml -o traces --set training.pipeline=4\n",
};

}  // namespace

int trace_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    add_set_option(options);
    options.add_options()("output,o", po::value<std::string>()->value_name("DIRECTORY")->default_value("."),
                          "where the files go; made if it is not there");
    const Arguments arguments = parse_arguments(kHelp, options, words);
    if (arguments.count("help")) return kExitFine;

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    Scenario scenario = input->scenario;
    // A collective whose time is reckoned is no less a collective: whoever reads the trace decides how it is run.
    scenario.training.in_server = InServer::packets;
    for (Scenario::Job& job : scenario.jobs) job.training.in_server = InServer::packets;
    const auto mistaken = [&](const std::string& key, const std::string& message, const std::string& hint) {
        complain({input->places.error(key, message, hint)});
        return kExitUsersMistake;
    };
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    for (std::size_t i = 0; i < jobs.size(); ++i)
        if (!has_programs(jobs[i].workload.kind) || jobs[i].workload.kind == WorkloadKind::trace)
            return mistaken(scenario.jobs.empty() ? "workload.kind" : fmt::format("job.{}.kind", i),
                            "is nothing that ranks do step by step", "a collective or a training step is");
    const auto plan = plan_or_complain(*input);
    if (!plan) return kExitUsersMistake;
    try {
        const Ranks ranks = groups_of(plan->topology, Grouping::all, scenario.workload.placement).front();
        const Recording recording = recorded(traffic_of(scenario, *plan), ranks);
        const fs::path folder = arguments["output"].as<std::string>();
        fs::create_directories(folder);
        const std::string prefix = (folder / fs::path(input->file).stem()).string();
        write_trace_files(recording.traces, recording.groups, prefix);
        std::cout << fmt::format("{}.0.et to {}.{}.et: {} ranks, {} process groups in {}.groups.json\n", prefix, prefix,
                                 recording.traces.size() - 1, readable_count(std::ssize(recording.traces)),
                                 readable_count(std::ssize(recording.groups)), prefix);
    } catch (const TraceError& error) {
        return mistaken(scenario.jobs.empty() ? "workload" : "job", error.what(), "");
    }
    return kExitFine;
}

}  // namespace lightloom
