// `lightloom qualify`: does every link hold, by how much, for how long, and what decides? Nothing is simulated: the
// optics of every link are computed. Not here: the figures (models/optics/qualification.hpp), how they look
// (qualification_text.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "models/optics/alternatives.hpp"
#include "models/optics/qualification.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/qualification_text.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "qualify SCENARIO.toml [OPTION...]",
    .summary =
        "Qualifies every class of links: targets, budget (a waterfall of the worst link), host and electrical,\n"
        "errors over temperature, age and loss, operations. PASS, MARGINAL, FAIL or UNDECIDED with the number\n"
        "that decided. Exit code 1 where a class fails. Nothing is simulated.",
    .examples =
        "Examples:\n"
        "  lightloom qualify my.toml\n"
        "  lightloom qualify my.toml --set optics.basis=typical --set optics.age=5y\n"
        "  lightloom qualify my.toml --alternatives power\n",
};

AlternativeOrder order_of(const std::string& word) {
    if (word == "cost") return AlternativeOrder::cost;
    if (word == "power") return AlternativeOrder::power;
    if (word == "margin") return AlternativeOrder::margin;
    throw UsageError(fmt::format("--alternatives sorts by cost, power or margin, not \"{}\"", word));
}

/// The alternatives of each class, in the order of `classes`.
std::vector<std::vector<Alternative>> all_alternatives(const LoadedScenario& input, const Plant& plant,
                                                       const std::vector<Qualification>& classes,
                                                       AlternativeOrder order) {
    const auto low = input.catalogue_with({.level = Assumption::Level::low});
    const auto high = input.catalogue_with({.level = Assumption::Level::high});
    const auto catalogue_at = [&](Assumption::Level level) -> const Catalogue& {
        return level == Assumption::Level::low ? *low : level == Assumption::Level::high ? *high : *input.catalogue;
    };
    std::vector<std::vector<Alternative>> all;
    for (const Qualification& q : classes)
        all.push_back(
            alternatives(plant, q.kind, input.scenario.qualify, full_frame_bytes(input.scenario), catalogue_at, order));
    return all;
}

void print_json(const LoadedScenario& input, const Topology& topology, const std::vector<Qualification>& classes,
                const std::vector<std::vector<Alternative>>& alternatives) {
    std::vector<JsonObject> list;
    for (std::size_t n = 0; n < classes.size(); ++n) {
        JsonObject json = qualification_json(classes[n], topology);
        std::vector<JsonObject> others;
        if (n < alternatives.size()) {
            for (const Alternative& a : alternatives[n]) others.push_back(alternative_json(a));
            json.add("alternatives", others);
        }
        list.push_back(std::move(json));
    }
    std::cout << JsonObject()
                     .add("format", "lightloom-qualification")
                     .add("format_version", std::int64_t{1})
                     .add("title", input.scenario.title)
                     .add("basis", name_of(input.scenario.optics.basis))
                     .add("classes", list)
                     .text()
              << '\n';
}

// What of the plant was read; the rest stands at typical figures.
void print_coverage(const Layout& laid_out) {
    std::set<std::uint32_t> read;
    for (const Reading& reading : laid_out.plant.readings) read.insert(reading.cable);
    std::cout << fmt::format("read: {} of {} cables; what was not measured stands at typical figures\n", read.size(),
                             laid_out.topology.cables.size());
}

void print_text(const LoadedScenario& input, const Layout& laid_out, const std::vector<Qualification>& classes,
                const std::vector<std::vector<Alternative>>& alternatives, AlternativeOrder order) {
    constexpr std::array<std::string_view, 3> bases{"limits of the standards, which hold over life and temperature",
                                                    "typical start of life, with heat, age and dirt",
                                                    "readings of the plant, limits for the modules"};
    if (!input.scenario.title.empty()) std::cout << input.scenario.title << '\n';
    const auto later =
        std::ranges::count_if(input.scenario.faults, [](const auto& fault) { return fault.at > Duration{0}; });
    if (later > 0) std::cout << later << " of the scenario's faults begin later in a run and are not counted here\n";
    std::cout << "basis: " << bases[static_cast<std::size_t>(input.scenario.optics.basis)] << '\n';
    if (input.scenario.optics.basis == Basis::measured) print_coverage(laid_out);
    for (std::size_t n = 0; n < classes.size(); ++n) {
        std::cout << qualification_text(classes[n], input.scenario, laid_out.topology);
        if (n < alternatives.size() && input.scenario.optics.basis == Basis::measured)
            std::cout << "\n  (alternatives are on limits: readings are of what hangs there now)";
        if (n < alternatives.size()) std::cout << alternatives_text(classes[n].name, alternatives[n], order);
    }
}

}  // namespace

int qualify_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    add_set_option(options);
    options.add_options()("alternatives",
                          po::value<std::string>()->implicit_value("cost")->value_name("cost|power|margin"),
                          "also every module that could serve the same cables, sorted");
    options.add_options()("json", "one JSON object");
    const Arguments arguments = parse_arguments(kHelp, options, words);
    const bool wants_others = arguments.count("alternatives") > 0;
    const AlternativeOrder order =
        wants_others ? order_of(arguments["alternatives"].as<std::string>()) : AlternativeOrder::cost;

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    const auto laid_out = layout_or_complain(*input);
    if (!laid_out) return kExitUsersMistake;

    std::vector<std::shared_ptr<const Catalogue>> kept;  // the models refer to them
    const auto model_with = [&](const Assumption& assumption) {
        kept.push_back(input->catalogue_with(assumption));
        return std::make_unique<LinkModel>(*kept.back(), laid_out->plant);
    };
    std::vector<Qualification> classes;
    std::vector<std::vector<Alternative>> others;
    try {
        classes = qualify_with_assumptions(model_with, input->scenario.qualify, full_frame_bytes(input->scenario));
        if (wants_others) others = all_alternatives(*input, laid_out->plant, classes, order);
    } catch (const CatalogueError& error) {
        complain_of(*input, error);
        return kExitUsersMistake;
    }
    if (arguments.count("json"))
        print_json(*input, laid_out->topology, classes, others);
    else
        print_text(*input, *laid_out, classes, others, order);
    const bool fails = std::ranges::any_of(classes, [](const auto& q) { return q.verdict == Verdict::fail; });
    return fails ? kExitVerdict : kExitFine;
}

}  // namespace lightloom
