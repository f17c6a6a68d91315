// `lightloom compare`: scenarios, which it runs, and results, which it reads, side by side; who wins, and which gates
// are red. Reads from top to bottom in the order of a comparison. Not here: how it looks (compare_text.hpp), arithmetic
// (comparison/).
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>
#include <thread>

#include "comparison/assumptions.hpp"
#include "comparison/ranking.hpp"
#include "scenarios/scratch_file.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/compare_input.hpp"
#include "tools/lightloom/compare_runs.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/report_comparison.hpp"
#include "tools/lightloom/report_page.hpp"
#include "tools/lightloom/report_result.hpp"
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
        "what breaks first, and what would turn the answer.\n"
        "Exit code 1 if a gate is red (a condition that a scenario requires and its result does not meet, or one of\n"
        "--fail-if that holds) or a design did not complete, as the baseline did. A gate is METRIC OPERATOR VALUE, "
        "the\n"
        "VALUE with its unit, or relative to the baseline: +5%, 1.2 x baseline, baseline - 0.5dB. `lightloom catalog\n"
        "metrics` lists the metrics. Of several seeds a gate judges the mean, and says how many are red by "
        "themselves.\n"
        "Where figures that the catalogue only assumes decide, a gate is UNDECIDED, which fails nothing.",
    .examples =
        "Examples:\n"
        "  lightloom compare my.toml my.toml@topology.spines=8 --seeds 10\n"
        "  lightloom compare before.h5 after.h5 --fail-if 'p99_9 > +5%'\n"
        "  lightloom compare leaf-spine.toml rails.toml --report fabrics.html\n"
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
    options.add_options()(
        "assume", po::value<std::string>()->value_name("N"),
        "draw assumed figures N times, at low, mid or high: how often do the winner and the gates stay?");
    add_set_option(options);
    options.add_options()("output,o", po::value<std::string>()->value_name("FOLDER"), "keep the results of the runs");
    options.add_options()("report", po::value<std::string>()->value_name("PAGE.html"),
                          "write a page of all of it, as `lightloom report` makes: charts, links, what happened when");
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

int interrupted(const Arguments& arguments) {
    print_error("interrupted; nothing is compared" +
                (arguments.count("output") ? ", and what has been run is in " + arguments["output"].as<std::string>()
                                           : std::string()));
    return kExitSignalBase + interruption();
}

// The comparison as it was judged here, and below it the first run of each design.
void write_page(const std::string& path, const ComparisonReport& report, const std::vector<DesignInput>& designs,
                const Runs& runs) {
    std::vector<JsonObject> results;
    for (std::size_t d = 0; d < designs.size(); ++d) {
        const auto add = [&](const ResultReader& result) {
            results.push_back(report_json(result, report.comparison.designs[d]));
        };
        if (designs[d].result)
            add(*designs[d].result);
        else
            add(ResultReader::open_own(runs.simulations[runs.of_seeds[d][0]].path));
    }
    write_whole_file(path, report_page(fmt::format("{} designs", designs.size()), results, comparison_object(report)));
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
    const std::string page = arguments.count("report") ? arguments["report"].as<std::string>() : "";
    if (!page.empty() && !can_make_page(page)) return kExitMachinesFault;
    const ResultFolder folder(arguments.count("output") ? arguments["output"].as<std::string>() : "");
    Runs runs = runs_of(*designs, folder, seeds);
    refuse_to_replace_inputs(*designs, runs.simulations);
    const bool quiet = arguments.count("quiet") > 0;
    listen_for_interruption();
    try {
        if (!simulate_all(runs.simulations, cores, "", quiet)) return interrupted(arguments);
        if (complained_of_impossible(*designs, runs)) return kExitUsersMistake;
        for (std::size_t d = 0; d < designs->size(); ++d)
            comparison.designs.push_back(read_design((*designs)[d], runs, d));
        if (comparison.objective == nullptr)
            comparison.objective = metric_named(comparison.designs[comparison.baseline].question.objective);
        ComparisonReport report = judged(comparison);
        if (draws > 0) {
            DrawnRuns drawn;
            if (bearing_of(comparison).runs) {
                drawn = drawn_runs(runs, *designs, folder, draws);
                for (const DesignInput& design : *designs)
                    if (!design.scenario) report.undrawn.push_back(design.name);
            }
            refuse_to_replace_inputs(*designs, drawn.simulations);
            if (!simulate_all(drawn.simulations, cores, " more, with assumed figures drawn,", quiet))
                return interrupted(arguments);
            take_draws(report, draw_figures(comparison, report.winner(), drawn, draws));
        }
        print(arguments, report);
        if (!page.empty()) write_page(page, report, *designs, runs);
        return fails(report) ? kExitVerdict : kExitFine;
    } catch (const ResultUnreadable& error) {
        throw UsageError(one_line(error.what()));
    } catch (const CatalogueError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace lightloom
