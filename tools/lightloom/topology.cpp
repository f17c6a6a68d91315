// `lightloom topology`: what the fabric of a scenario is: counts, distances, bandwidth, what a failure takes away, and
// what it is built of and costs. Nothing is simulated. Not here: how it looks (topology_text.hpp).
#include <fstream>
#include <iostream>

#include "models/optics/link_model.hpp"
#include "scenarios/economics.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/topology_text.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "topology SCENARIO.toml [OPTION...]",
    .summary =
        "Says what a scenario's fabric is: nodes and cables, distances, bandwidth and oversubscription, what each\n"
        "failure takes away; switches, NICs, modules and fibre with their power and price, also per GPU. Prices that\n"
        "nobody publishes are marked ASSUMED. Nothing is simulated.",
    .examples =
        "Examples:\n"
        "  lightloom topology my.toml\n"
        "  lightloom topology my.toml --set topology.spines=4 --json\n"
        "  lightloom topology my.toml --dot my.dot && dot -Tsvg -Ksfdp my.dot > my.svg\n",
};

void write_dot(const std::string& file, const Topology& topology) {
    std::ofstream stream(file);
    stream << dot_of(topology);
    stream.close();
    if (!stream) throw std::runtime_error("cannot write " + file);
}

}  // namespace

int topology_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    add_set_option(options);
    options.add_options()("dot", po::value<std::string>()->value_name("FILE"), "also write a graph for Graphviz");
    options.add_options()("json", "one JSON object");
    const Arguments arguments = parse_arguments(kHelp, options, words);

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    auto laid_out = layout_or_complain(*input);
    if (!laid_out) return kExitUsersMistake;
    try {
        const LinkModel model(*input->catalogue, std::move(laid_out->plant));
        const CableFacts facts = cable_facts(input->scenario, laid_out->topology, model);
        const FabricReport report{.scenario = input->scenario,
                                  .topology = laid_out->topology,
                                  .cables = facts,
                                  .inventory = inventory_of(laid_out->topology, facts, EquipmentCatalogue::built_in()),
                                  .answers = answers_of(laid_out->topology)};
        if (arguments.count("dot")) write_dot(arguments["dot"].as<std::string>(), report.topology);
        std::cout << (arguments.count("json") ? topology_json(report).text() + '\n' : topology_text(report));
    } catch (const CatalogueError& error) {
        complain_of(*input, error);
        return kExitUsersMistake;
    }
    return kExitFine;
}

}  // namespace lightloom
