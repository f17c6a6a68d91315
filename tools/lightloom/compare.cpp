// `lightloom compare`: scenarios, which it runs, and results, which it reads, side by side; who wins, and which gates
// are red. Reads from top to bottom in the order of a comparison. Not here: how it looks (compare_text.hpp), arithmetic
// (comparison/).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include "comparison/assumptions.hpp"
#include "comparison/ranking.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/compare_input.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "compare DESIGN DESIGN... [OPTION...]",
    .summary =
        "Compares two to twenty designs. A DESIGN is a result (R.h5), or a scenario, which is run: S.toml, with "
        "changes\n"
        "of its own S.toml@KEY=VALUE@KEY=VALUE, and by another name NAME=S.toml. Says which wins, by how much, why,\n"
        "and what would turn it. Exit code 1 if a gate is red: a condition that a scenario requires and its result\n"
        "does not meet, or one of --fail-if that holds. A gate is METRIC OPERATOR VALUE, the VALUE with its unit, or\n"
        "relative to the baseline: +5%, 1.2 x baseline. `lightloom catalog metrics` lists the metrics.",
    .examples =
        "Examples:\n"
        "  lightloom compare my.toml my.toml@topology.spines=8 --seeds 10\n"
        "  lightloom compare before.h5 after.h5 --fail-if 'p99_9 > +5%'\n"
        "  lightloom compare a.toml b.toml c.toml --objective usd_per_gpu --assume 200 --pareto "
        "completion,watt_per_gpu\n",
};

constexpr std::uint64_t kMostSeeds = 1000, kMostDraws = 100'000, kMostThreads = 1024;

Options compare_options() {
    Options options("Options", kHelpColumns);
    options.add_options()("baseline", po::value<std::string>()->value_name("NAME"),
                          "what ratios and differences refer to (default: the first design)");
    options.add_options()("objective", po::value<std::string>()->value_name("METRIC"),
                          "what counts (default: what the baseline's [question] says)");
    options.add_options()("fail-if", po::value<std::vector<std::string>>()->value_name("GATE"),
                          "exit code 1 if this holds of a design (repeatable)");
    options.add_options()("pareto", po::value<std::string>()->value_name("A,B,..."),
                          "say which designs no other beats on all of these metrics");
    options.add_options()("seeds", po::value<std::string>()->value_name("N"),
                          "run each scenario N times, with seeds that all designs share, and compare in pairs");
    options.add_options()("assume", po::value<std::string>()->value_name("N"),
                          "draw assumed figures N times, at low, mid or high: how often does the winner stay?");
    add_set_option(options);
    options.add_options()("output,o", po::value<std::string>()->value_name("FOLDER"), "keep the results of the runs");
    options.add_options()("threads", po::value<std::string>()->value_name("N"),
                          "default: as many as the machine runs at once; changes only the speed");
    options.add_options()("json", "one JSON object");
    options.add_options()("csv", "a row per design, a column per metric");
    options.add_options()("quiet,q", "no word on stderr of what is being run");
    return options;
}

const Metric& metric_or_complain(const std::string& name, const std::string& option) {
    if (const Metric* metric = metric_named(name)) return *metric;
    throw UsageError(fmt::format("--{}: no metric \"{}\"", option, one_line(name)), suggestion(name, metric_names()));
}

std::vector<const Metric*> axes_of(const Arguments& arguments) {
    std::vector<const Metric*> axes;
    if (arguments.count("pareto") == 0) return axes;
    std::istringstream stream(arguments["pareto"].as<std::string>());
    for (std::string name; std::getline(stream, name, ',');) axes.push_back(&metric_or_complain(name, "pareto"));
    if (axes.size() < 2) throw UsageError("--pareto takes two metrics or more, such as completion,watt_per_gpu");
    return axes;
}

std::uint64_t number_or(const Arguments& arguments, const std::string& option, std::uint64_t most,
                        std::uint64_t otherwise) {
    return arguments.count(option) ? whole_number(arguments, option, 1, most) : otherwise;
}

/// The runs of a comparison: which simulation is a design's for a set of seeds.
struct Runs {
    std::vector<Simulation> simulations;
    std::vector<std::vector<std::size_t>> of_seeds;  // by design, then by set of seeds; none: it is a result
};

/// Those of draws: which simulation is a design's in a draw.
struct DrawnRuns {
    std::vector<Simulation> simulations;
    std::vector<std::vector<std::optional<std::size_t>>> of_draws;  // by design, then by draw; none: the run as it is
    std::vector<std::string> figures;                               // of optics that the draws change
};

void add_seeds(Runs& runs, const std::vector<DesignInput>& designs, const ResultFolder& folder, std::uint64_t seeds) {
    const auto first = std::ranges::find_if(designs, [](const DesignInput& d) { return d.scenario.has_value(); });
    for (const DesignInput& design : designs) {
        runs.of_seeds.emplace_back();
        if (!design.scenario) continue;
        // Pairs need common seeds; a single run has those that its scenario says.
        Scenario::Seeds common = seeds > 1 ? first->scenario->scenario.seeds : design.scenario->scenario.seeds;
        for (std::uint64_t n = 0; n < seeds; ++n, ++common.plant, ++common.traffic, ++common.faults) {
            const std::string suffix = seeds > 1 ? fmt::format("-seeds{}.h5", n + 1) : ".h5";
            runs.of_seeds.back().push_back(runs.simulations.size());
            runs.simulations.push_back(
                {.input = &*design.scenario, .seeds = common, .path = folder.place(design.stem + suffix)});
        }
    }
}

// Draws that make the same of a design's figures are one run; one that leaves all in the middle is the run as it is.
DrawnRuns drawn_runs(const Runs& runs, const std::vector<DesignInput>& designs, const ResultFolder& folder,
                     std::uint64_t draws) {
    DrawnRuns drawn;
    for (std::size_t d = 0; d < designs.size(); ++d) {
        drawn.of_draws.emplace_back(draws);
        if (!designs[d].scenario) continue;
        std::vector<AssumedFigure> figures = assumed_figures_of(*designs[d].scenario);
        std::erase_if(figures, is_economic);
        for (const AssumedFigure& figure : figures) drawn.figures.push_back(name_of(figure));
        std::map<std::string, std::optional<std::size_t>> known{{std::string(figures.size(), '1'), std::nullopt}};
        for (std::uint64_t n = 0; n < draws; ++n) {
            Assumption assumption;
            std::string levels;
            for (const AssumedFigure& figure : figures) {
                const Assumption::Level level = drawn_level(name_of(figure), n);
                levels += static_cast<char>('0' + static_cast<int>(level));
                if (level != Assumption::Level::mid) assumption.except.emplace_back(figure, level);
            }
            const auto [at, is_new] = known.emplace(levels, drawn.simulations.size());
            drawn.of_draws[d][n] = at->second;
            if (!is_new) continue;
            Simulation simulation = runs.simulations[runs.of_seeds[d][0]];
            simulation.assumption = std::move(assumption);
            // No stem has a plus, so no other design's run is called so.
            simulation.path = folder.place(fmt::format("{}+draw{}.h5", designs[d].stem, n + 1));
            drawn.simulations.push_back(std::move(simulation));
        }
    }
    return drawn;
}

// A result that is compared stays as it is.
void refuse_to_replace_inputs(const std::vector<DesignInput>& designs, const std::vector<Simulation>& simulations) {
    for (const DesignInput& design : designs)
        for (const Simulation& simulation : simulations) {
            std::error_code absent;  // then it is not the same file
            if (design.result && std::filesystem::equivalent(design.file, simulation.path, absent))
                throw UsageError(fmt::format("{} would be replaced: it is compared, and a run's result is to go to {}",
                                             one_line(design.file), one_line(simulation.path)),
                                 "-o names another folder");
        }
}

/// On all cores, with a word on stderr of how many. false: the user has stopped it
bool simulate_all(const Arguments& arguments, std::vector<Simulation>& simulations, unsigned cores, const char* why) {
    if (!arguments.count("quiet") && !simulations.empty())
        std::cerr << fmt::format("{} run{}{} on {} thread{}\n", simulations.size(), simulations.size() == 1 ? "" : "s",
                                 why, cores, cores == 1 ? "" : "s");
    simulate(simulations, {LIGHTLOOM_VERSION, LIGHTLOOM_BUILD_TYPE}, cores, [] { return interruption() == 0; });
    return interruption() == 0;
}

bool complained_of_impossible(const std::vector<DesignInput>& designs, const Runs& runs) {
    std::vector<InputError> errors;
    for (std::size_t d = 0; d < designs.size(); ++d)
        for (const std::size_t run : runs.of_seeds[d])
            if (const std::string& why = runs.simulations[run].impossible; !why.empty() && run == runs.of_seeds[d][0])
                errors.push_back({designs[d].file, 0, 0, "", why, ""});
    if (!errors.empty()) complain(errors);
    return !errors.empty();
}

Design read_design(const DesignInput& input, const Runs& runs, std::size_t number) {
    Design design{
        .name = input.name, .source = one_line(input.file), .title = {}, .question = {}, .runs = {}, .symptoms = {}};
    const auto take = [&](const ResultReader& result) {
        design.runs.push_back(measured_of(result));
        if (design.runs.size() > 1) return;
        design.title = one_line(result.attribute("title"));
        design.question = question_of(result);
        design.symptoms = symptoms_of(result);
        design.work = work_of(result);
    };
    if (input.result) take(*input.result);
    for (const std::size_t run : runs.of_seeds[number]) take(ResultReader::open_own(runs.simulations[run].path));
    return design;
}

AssumedOutcome draw_figures(const Comparison& comparison, std::size_t winner, const DrawnRuns& drawn,
                            std::uint64_t draws) {
    std::vector<std::optional<Measured>> measured;
    for (const Simulation& simulation : drawn.simulations) {
        measured.emplace_back();
        if (simulation.impossible.empty()) measured.back() = measured_of(ResultReader::open_own(simulation.path));
    }
    const auto run_of = [&](std::size_t design, std::size_t draw) -> const Measured* {
        const auto run = drawn.of_draws.empty() ? std::nullopt : drawn.of_draws[design][draw];
        if (!run) return &comparison.designs[design].runs[0];
        return measured[*run] ? &*measured[*run] : nullptr;
    };
    return under_assumptions(comparison, winner, draws, run_of, drawn.figures);
}

std::size_t baseline_of(const Arguments& arguments, const std::vector<DesignInput>& designs) {
    if (arguments.count("baseline") == 0) return 0;
    const auto& name = arguments["baseline"].as<std::string>();
    std::vector<std::string> names;
    for (std::size_t d = 0; d < designs.size(); ++d) {
        if (designs[d].name == name || designs[d].file == name) return d;
        names.push_back(designs[d].name);
    }
    throw UsageError(fmt::format("--baseline: no design \"{}\"", one_line(name)), suggestion(name, names));
}

// What nothing would heed is a mistake.
void check_scenario_options(const Arguments& arguments, const std::vector<DesignInput>& designs) {
    if (std::ranges::any_of(designs, [](const DesignInput& design) { return design.scenario.has_value(); })) return;
    for (const std::string option : {"seeds", "set"})
        if (arguments.count(option))
            throw UsageError(fmt::format("--{}: all designs are results, which are not run again", option));
}

void print(const Arguments& arguments, const ComparisonReport& report) {
    if (arguments.count("json"))
        std::cout << comparison_json(report);
    else
        std::cout << (arguments.count("csv") ? comparison_csv(report) : comparison_text(report));
}

}  // namespace

int compare_command(const std::vector<std::string>& words) {
    const Arguments arguments =
        parse_arguments(kHelp, compare_options(), words, {.least = 2, .most = 20, .name = "design"});
    if (arguments.count("help")) return kExitFine;
    if (arguments.count("json") && arguments.count("csv")) throw UsageError("--json or --csv, not both");
    Comparison comparison;
    comparison.fail_if = gates_of(arguments);
    comparison.axes = axes_of(arguments);
    const std::uint64_t seeds = number_or(arguments, "seeds", kMostSeeds, 1);
    const std::uint64_t draws = number_or(arguments, "assume", kMostDraws, 0);
    const auto cores = static_cast<unsigned>(
        number_or(arguments, "threads", kMostThreads, std::max(1u, std::thread::hardware_concurrency())));
    if (arguments.count("objective"))
        comparison.objective = &metric_or_complain(arguments["objective"].as<std::string>(), "objective");

    const auto designs = read_designs(arguments);
    if (!designs) return kExitUsersMistake;
    comparison.baseline = baseline_of(arguments, *designs);
    check_scenario_options(arguments, *designs);
    const ResultFolder folder(arguments.count("output") ? arguments["output"].as<std::string>() : "");
    Runs runs;
    add_seeds(runs, *designs, folder, seeds);
    refuse_to_replace_inputs(*designs, runs.simulations);
    listen_for_interruption();
    ComparisonReport report{
        .comparison = comparison, .values = {}, .gates = {}, .order = {}, .front = {}, .assumed = {}};
    try {
        if (!simulate_all(arguments, runs.simulations, cores, "")) return kExitSignalBase + interruption();
        if (complained_of_impossible(*designs, runs)) return kExitUsersMistake;
        for (std::size_t d = 0; d < designs->size(); ++d)
            comparison.designs.push_back(read_design((*designs)[d], runs, d));
        if (comparison.objective == nullptr)
            comparison.objective = metric_named(comparison.designs[comparison.baseline].question.objective);
        report.values = means(comparison);
        report.gates = gate_outcomes(comparison, report.values);
        report.order = ranked(comparison, report.values);
        report.front = front_of(comparison, report.values);
        if (draws > 0 && !report.order.empty()) {
            DrawnRuns drawn;
            if (bearing_of(comparison).runs) {
                drawn = drawn_runs(runs, *designs, folder, draws);
                for (const DesignInput& design : *designs)
                    if (!design.scenario) report.undrawn.push_back(design.name);
            }
            refuse_to_replace_inputs(*designs, drawn.simulations);
            if (!simulate_all(arguments, drawn.simulations, cores, " more, with assumed figures drawn,"))
                return kExitSignalBase + interruption();
            report.assumed = draw_figures(comparison, report.order[0], drawn, draws);
        }
    } catch (const ResultUnreadable& error) {
        throw UsageError(one_line(error.what()));
    } catch (const CatalogueError& error) {
        throw UsageError(error.what());
    }
    print(arguments, report);
    return std::ranges::any_of(report.gates, &GateOutcome::is_red) ? kExitVerdict : kExitFine;
}

}  // namespace lightloom
