// `lightloom run`: from a scenario to a summary and a result file. Reads from top to bottom in the order of a run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>

#include "scenarios/expectation.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/scenario_text.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/summary.hpp"
#include "tools/lightloom/warnings.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;
using std::chrono::steady_clock;

constexpr CommandHelp kHelp{
    .usage = "run SCENARIO.toml [OPTION...]",
    .summary =
        "Runs a scenario: its summary goes to stdout, everything measured to an HDF5 file. While it runs, and\n"
        "if it is stopped (Ctrl-C, once), that file is called RESULT.partial and can be read. Exit code 1 if a gate\n"
        "is red: a condition that the scenario's [question] requires and the result does not meet, or one of "
        "--fail-if\n"
        "that holds. Gates relative to a baseline are for `lightloom compare`; a run only names them.",
    .examples =
        "Examples:\n"
        "  lightloom run my.toml\n"
        "  lightloom run my.toml -o spray.h5 --set routing.policy=spray --seed 7\n"
        "  lightloom run my.toml --json -q | python3 -m json.tool\n"
        "  lightloom run my.toml --fail-if 'p99_9_latency > 12us' --fail-if 'frames_lost > 0'\n",
};

constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostPartitions = 65'535;  // PartitionPlan counts them in 16 bits

Options run_options() {
    Options options("Options", kHelpColumns);
    options.add_options()(
        "output,o", po::value<std::string>()->value_name("RESULT.h5"),
        "where the result goes, replacing an older one; not one that another run is writing (default: the "
        "scenario's name, here)");
    add_set_option(options);
    options.add_options()("seed", po::value<std::string>()->value_name("N"), "plant, traffic and faults: run.seed=N");
    options.add_options()("threads", po::value<std::string>()->value_name("N"),
                          "default: as many as the machine runs at once; changes only the speed");
    options.add_options()("partitions", po::value<std::string>()->value_name("N"),
                          "pieces that the fabric is cut into (default: one per thread); also only speed");
    options.add_options()("fail-if", po::value<std::vector<std::string>>()->value_name("GATE"),
                          "exit code 1 if this holds of the result (repeatable)");
    options.add_options()("json", "the summary as one JSON object");
    options.add_options()("quiet,q", "no banner, no progress");
    return options;
}

RunOptions execution_options(const Arguments& arguments) {
    RunOptions options;
    options.threads = std::max(1u, std::thread::hardware_concurrency());
    if (arguments.count("threads"))
        options.threads = static_cast<std::uint32_t>(whole_number(arguments, "threads", 1, kMostThreads));
    if (arguments.count("partitions"))
        options.partitions = static_cast<std::uint32_t>(whole_number(arguments, "partitions", 1, kMostPartitions));
    return options;
}

std::string result_path(const Arguments& arguments, const LoadedScenario& input) {
    if (arguments.count("output")) return arguments["output"].as<std::string>();
    return std::filesystem::path(input.file).stem().string() + ".h5";
}

bool is_same_file(const std::string& a, const std::string& b) {
    std::error_code neither_exists;
    return std::filesystem::equivalent(a, b, neither_exists);
}

// A file that cannot be read is left to ResultFile, which says why.
bool is_something_else(const std::string& path) {
    constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(path, unknown)) return false;
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return false;
    std::string beginning(kHdf5Signature.size(), '\0');
    stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    return beginning != kHdf5Signature;
}

// A result replaces an older result of its name, and nothing else.
void refuse_to_overwrite_others(const std::string& path, const std::string& scenario_file) {
    for (const std::string& name : {path, path + ".partial"})
        if (is_same_file(name, scenario_file))
            throw UsageError(fmt::format("{} is the scenario itself; choose another name for the result", name));
    if (is_something_else(path))
        throw UsageError(fmt::format("{} exists and is not a result file; choose another name", path));
}

std::vector<Gate> absolute_gates_of(const Arguments& arguments) {
    std::vector<Gate> gates = gates_of(arguments);
    for (const Gate& gate : gates)
        if (gate.is_relative)
            throw UsageError(fmt::format("--fail-if \"{}\": a run has no baseline", gate.text),
                             "lightloom compare has one; here a value with its unit is due");
    return gates;
}

/// Of what the scenario requires: a run judges none of these.
std::vector<std::string> relative_gates(const std::vector<std::string>& required) {
    std::vector<std::string> relative;
    std::ranges::copy_if(required, std::back_inserter(relative),
                         [](const std::string& text) { return std::get<Gate>(parse_gate(text)).is_relative; });
    return relative;
}

ResultFile create_result(const std::string& path, const LoadedScenario& input, const Plan& plan,
                         const std::string& effective) {
    const auto& seeds = input.scenario.seeds;
    return ResultFile::create(path,
                              {.title = input.scenario.title,
                               .program_version = LIGHTLOOM_VERSION,
                               .build_type = LIGHTLOOM_BUILD_TYPE,
                               .scenario_text = input.text,
                               .effective_scenario = effective,
                               .plant_seed = seeds.plant,
                               .traffic_seed = seeds.traffic,
                               .faults_seed = seeds.faults,
                               .topology = plan.topology,
                               .links = plan.links,
                               .sampling = {input.scenario.series.interval.value_or(Duration{0}), plan.sampled_ports}});
}

// Shows and records progress, and ends the run when a signal has asked for it.
Watcher make_watcher(ResultFile& file, std::optional<ProgressLine>& line) {
    return [&file, &line, recorded = steady_clock::now()](const Progress& progress) mutable {
        if (line) line->show(progress);
        if (steady_clock::now() - recorded >= std::chrono::seconds(1)) {
            recorded = steady_clock::now();
            file.append_progress(progress.now.ps, progress.messages_delivered, progress.payload_bytes_delivered,
                                 progress.events);
            file.append_samples(*progress.series, progress.samples);
        }
        return interruption() == 0;
    };
}

RunResult run_and_keep(const LoadedScenario& input, Plan plan, const RunOptions& options, const std::string& path,
                       bool quiet) {
    const std::string effective = effective_toml(input.scenario);
    ResultFile file = create_result(path, input, plan, effective);
    std::optional<ProgressLine> line;
    if (!quiet) line.emplace();
    RunResult result = run(input.scenario, std::move(plan), options, make_watcher(file, line));
    if (line) line->clear();

    result.program_version = LIGHTLOOM_VERSION;
    result.build_type = LIGHTLOOM_BUILD_TYPE;
    result.scenario_text = input.text;
    result.effective_scenario = effective;
    file.finish(result);
    return result;
}

}  // namespace

int run_command(const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(kHelp, run_options(), words);
    const RunOptions options = execution_options(arguments);
    const bool quiet = arguments.count("quiet") > 0;
    const std::vector<Gate> fail_if = absolute_gates_of(arguments);

    listen_for_interruption();
    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    const std::string path = result_path(arguments, *input);
    refuse_to_overwrite_others(path, input->file);
    if (!quiet) print_banner(input->scenario);
    auto plan = plan_or_complain(*input);
    if (!plan) return kExitUsersMistake;
    print_warnings(input->scenario, *plan);

    const auto ring = expect(input->scenario, *plan).ring;
    const RunResult result = run_and_keep(*input, std::move(*plan), options, path, quiet);
    const bool interrupted = result.stopped_by == "interrupt";
    const std::string kept = interrupted ? path + ".partial" : path;
    const auto& required = input->scenario.question.require;
    SummaryContext context{
        input->scenario, ring ? std::optional(ring->completion) : std::nullopt, kept, {}, relative_gates(required)};
    if (!interrupted && !(required.empty() && fail_if.empty()))  // what is judged is what the file says
        context.gates = gates_of_run(required, fail_if, measured_of(ResultReader::open_own(kept)));
    std::cout << (arguments.count("json") ? summary_json(context, result) : summary_text(context, result));
    if (!interrupted) return std::ranges::any_of(context.gates, &GateOutcome::fails) ? kExitVerdict : kExitFine;
    print_error("interrupted; what was measured so far is in " + kept);
    return kExitSignalBase + interruption();
}

}  // namespace lightloom
