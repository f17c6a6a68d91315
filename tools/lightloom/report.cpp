// `lightloom report`: one HTML page of one result, or of several beside each other. Not here: what is on it
// (report_result.hpp), how it looks (tools/report/page.js).
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <optional>

#include "scenarios/result_reader.hpp"
#include "scenarios/scratch_file.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/report_comparison.hpp"
#include "tools/lightloom/report_page.hpp"
#include "tools/lightloom/report_result.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "report RESULT.h5 [RESULT.h5...] [-o PAGE.html]",
    .summary =
        "Makes one HTML page of one result, or of up to twenty beside each other: verdict, latencies, links and\n"
        "their budgets, the fabric as a map, what happened when. It needs no network and no other file.",
    .examples =
        "Examples:\n"
        "  lightloom report my.h5\n"
        "  lightloom report ecmp.h5 spray.h5 -o routing.html\n",
};

constexpr std::size_t kMostResults = 20;

Options report_options() {
    Options options("Options", kHelpColumns);
    options.add_options()("output,o", po::value<std::string>()->value_name("PAGE.html"),
                          "where the page goes (default: the first result's name, here)");
    return options;
}

std::string page_path(const Arguments& arguments, const std::vector<std::string>& files) {
    if (arguments.count("output")) return arguments["output"].as<std::string>();
    return std::filesystem::path(files.front()).stem().string() + ".html";
}

}  // namespace

int report_command(const std::vector<std::string>& words) {
    const Arguments arguments =
        parse_arguments(kHelp, report_options(), words, {.least = 1, .most = kMostResults, .name = "result"});
    if (arguments.count("help")) return kExitFine;
    const auto files = arguments["result"].as<std::vector<std::string>>();
    const std::string path = page_path(arguments, files);
    if (!can_make_page(path)) return kExitMachinesFault;
    outlive_file_size_limit();

    std::vector<JsonObject> results;
    std::vector<Design> designs;
    std::string title;
    try {
        for (const std::string& file : files) {
            const ResultReader result = ResultReader::open(file);
            if (title.empty() && result.has_attribute("title")) title = result.attribute("title");
            designs.push_back(design_of(result));
            results.push_back(report_json(result, designs.back()));
        }
    } catch (const ResultUnreadable& error) {
        print_error(error.what());
        return kExitUsersMistake;
    }
    std::optional<JsonObject> compared;
    if (files.size() > 1) {
        title = fmt::format("{} results", files.size());
        const Comparison comparison = comparison_of(std::move(designs));
        compared = comparison_object(judged(comparison));
    }
    write_whole_file(path, report_page(title.empty() ? "Lightloom report" : title, results, compared));
    std::cout << path << '\n';
    return kExitFine;
}

}  // namespace lightloom
