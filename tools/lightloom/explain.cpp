// `lightloom explain`: a scenario with every default filled in, and what follows from it before anything is run. The
// output is itself a scenario: what is derived stands in comments.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "scenarios/scenario_text.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/summary.hpp"

namespace lightloom {
namespace {

constexpr CommandHelp kHelp{
    .usage = "explain SCENARIO.toml [OPTION...]",
    .summary =
        "Prints the scenario with every default filled in, and what follows from it, as comments: the output\n"
        "is a scenario again.",
    .examples =
        "Examples:\n"
        "  lightloom explain my.toml\n"
        "  lightloom explain my.toml --keys > annotated.toml\n",
};

void print_row(const char* name, const std::string& value) { std::cout << fmt::format("# {:<22}{}\n", name, value); }

std::string count_of(std::size_t count) { return readable_count(static_cast<std::int64_t>(count)); }

void print_links(const LinkConditions& links) {
    double worst = INFINITY, loss = 0.0;
    for (const double margin : links.margin_db)
        if (margin < worst) worst = margin;  // false for a NaN: copper
    for (const double ratio : links.frame_loss_ratio) loss = std::max(loss, ratio);
    print_row("worst link margin", std::isfinite(worst) ? readable_decibel(worst) : "no optical link");
    print_row("worst frame loss ratio", readable_ratio(loss));
}

void print_derived(const Scenario& scenario, const Plan& plan) {
    std::cout << "\n# What follows\n";
    print_row("question", question(scenario));
    print_row("nodes", count_of(plan.topology.nodes.size()));
    print_row("endpoints", count_of(plan.topology.endpoints.size()));
    print_row("cables", count_of(plan.topology.cables.size()));
    print_links(plan.links);
}

}  // namespace

int explain_command(const std::vector<std::string>& words) {
    Options options("Options");
    add_set_option(options);
    options.add_options()("keys", "say of every key what it means and what it may be");
    const Arguments arguments = parse_arguments(kHelp, options, words);
    if (arguments.count("help")) return kExitFine;

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    const auto plan = plan_or_complain(*input);
    if (!plan) return kExitUsersMistake;

    std::cout << effective_toml(input->scenario, arguments.count("keys") ? Help::with : Help::without);
    print_derived(input->scenario, *plan);
    return kExitFine;
}

}  // namespace lightloom
