#include "tools/lightloom/compare_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <system_error>

#include "tools/lightloom/console.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

std::string progress_text(const SimulationsProgress& progress, std::size_t total, double seconds) {
    std::string text = fmt::format("{} of {} runs", progress.ended, total);
    // Below a hundredth the estimate is noise.
    if (progress.share > 0.01 && progress.share < 1.0)
        text += fmt::format(", {:.0f} s left", seconds * (1.0 - progress.share) / progress.share);
    return text;
}

}  // namespace

Runs runs_of(const std::vector<DesignInput>& designs, const ResultFolder& folder, std::uint64_t seeds) {
    Runs runs;
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
    return runs;
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
        std::map<std::string, std::vector<std::size_t>> known{{std::string(figures.size(), '1'), {}}};
        for (std::uint64_t n = 0; n < draws; ++n) {
            Assumption assumption;
            std::string levels;
            for (const AssumedFigure& figure : figures) {
                const Assumption::Level level = drawn_level(name_of(figure), n);
                levels += static_cast<char>('0' + static_cast<int>(level));
                if (level != Assumption::Level::mid) assumption.except.emplace_back(figure, level);
            }
            const auto [at, is_new] = known.try_emplace(levels);
            for (const std::size_t as_run : is_new ? runs.of_seeds[d] : std::vector<std::size_t>{}) {
                Simulation simulation = runs.simulations[as_run];
                simulation.assumption = assumption;
                // No stem has a plus, so no other design's run is called so.
                simulation.path =
                    folder.place(fmt::format("{}+draw{}-seeds{}.h5", designs[d].stem, n + 1, at->second.size() + 1));
                at->second.push_back(drawn.simulations.size());
                drawn.simulations.push_back(std::move(simulation));
            }
            drawn.of_draws[d][n] = at->second;
        }
    }
    return drawn;
}

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

bool simulate_all(std::vector<Simulation>& simulations, unsigned cores, const char* why, bool quiet) {
    const std::size_t total = simulations.size();
    std::optional<ProgressLine> line;
    if (!quiet && total > 0) {
        std::cerr << fmt::format("{} run{}{} on {} thread{}\n", total, total == 1 ? "" : "s", why, cores,
                                 cores == 1 ? "" : "s");
        line.emplace();
    }
    simulate(simulations, {LIGHTLOOM_VERSION, LIGHTLOOM_BUILD_TYPE}, cores, [&](const SimulationsProgress& progress) {
        if (line) line->show(progress.share, progress_text(progress, total, line->seconds()));
        return interruption() == 0;
    });
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
    Design design{.name = input.name,
                  .source = one_line(input.file),
                  .title = {},
                  .program_version = {},
                  .question = {},
                  .runs = {},
                  .symptoms = {}};
    std::vector<Symptoms> symptoms;
    std::vector<std::string> seeds;
    const auto take = [&](const ResultReader& result) {
        design.runs.push_back(measured_of(result));
        symptoms.push_back(symptoms_of(result));
        seeds.push_back(seeds_text(design.runs.back()));
        if (design.runs.size() > 1) return;
        design.title = one_line(result.attribute("title"));
        design.program_version = one_line(result.attribute("program_version"));
        design.question = question_of(result);
        design.work = work_of(result);
    };
    if (input.result) take(*input.result);
    for (const std::size_t run : runs.of_seeds[number]) take(ResultReader::open_own(runs.simulations[run].path));
    design.symptoms = mean_of(symptoms, seeds);
    return design;
}

AssumedOutcome draw_figures(const Comparison& comparison, std::optional<std::size_t> winner, const DrawnRuns& drawn,
                            std::uint64_t draws) {
    // By the first of their simulations; empty: they cannot be built.
    std::map<std::size_t, std::vector<Measured>> measured;
    const auto run_of = [&](std::size_t design, std::size_t draw) -> const std::vector<Measured>* {
        if (drawn.of_draws.empty() || drawn.of_draws[design][draw].empty()) return &comparison.designs[design].runs;
        const std::vector<std::size_t>& simulations = drawn.of_draws[design][draw];
        const auto [at, is_new] = measured.try_emplace(simulations[0]);
        for (const std::size_t n : is_new ? simulations : std::vector<std::size_t>{}) {
            const Simulation& simulation = drawn.simulations[n];
            if (!simulation.impossible.empty()) break;
            at->second.push_back(measured_of(ResultReader::open_own(simulation.path)));
        }
        return at->second.empty() ? nullptr : &at->second;
    };
    return under_assumptions(comparison, winner, draws, run_of, drawn.figures);
}

}  // namespace lightloom
