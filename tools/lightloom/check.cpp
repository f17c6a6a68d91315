// `lightloom check`: reads and plans a scenario, runs nothing. Silent about what is right but for one line.
#include <fmt/format.h>

#include <iostream>

#include "tools/lightloom/command.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/warnings.hpp"

namespace lightloom {
namespace {

constexpr CommandHelp kHelp{
    .usage = "check SCENARIO.toml [OPTION...]",
    .summary = "Says whether a scenario is sound. Every mistake is listed with line and column; exit code 2 if any.",
    .examples =
        "Examples:\n"
        "  lightloom check my.toml\n"
        "  lightloom check my.toml --set topology.spines=7\n",
};

}  // namespace

int check_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    add_set_option(options);
    const Arguments arguments = parse_arguments(kHelp, options, words);

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    const auto plan = plan_or_complain(*input);
    if (!plan) return kExitUsersMistake;
    print_warnings(input->scenario, *plan);

    std::cout << fmt::format("{}: sound: {} endpoints, {} nodes, {} cables\n", input->file,
                             readable_count(static_cast<std::int64_t>(plan->topology.endpoints.size())),
                             readable_count(static_cast<std::int64_t>(plan->topology.nodes.size())),
                             readable_count(static_cast<std::int64_t>(plan->topology.cables.size())));
    return kExitFine;
}

}  // namespace lightloom
