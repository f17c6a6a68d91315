// `lightloom report`: one HTML page of one result, or of several beside each other. Not here: what is on it
// (report_result.hpp), how it looks (tools/report/page.js).
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include "scenarios/result_reader.hpp"
#include "scenarios/scratch_file.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/report_bundle.hpp"
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

// Anything but a page could be what the user meant to keep, a result first of all.
void refuse_to_overwrite_others(const std::string& path) {
    constexpr std::string_view kBeginning = "<!DOCTYPE html>";
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) return;
    std::string beginning(kBeginning.size(), '\0');
    std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    if (beginning != kBeginning)
        throw UsageError(fmt::format("{} exists and is not an HTML page; choose another name", path));
}

}  // namespace

int report_command(const std::vector<std::string>& words) {
    const Arguments arguments =
        parse_arguments(kHelp, report_options(), words, {.least = 1, .most = kMostResults, .name = "result"});
    if (arguments.count("help")) return kExitFine;
    if (kEcharts.text.empty()) {
        print_error("this build has no Apache ECharts to draw with: when it was built, npm or the network was missing");
        std::cerr << "    install npm (tools/setup does), and build again with a network: that is all\n";
        return kExitMachinesFault;
    }
    const auto files = arguments["result"].as<std::vector<std::string>>();
    const std::string path = page_path(arguments, files);
    refuse_to_overwrite_others(path);
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
    std::optional<JsonObject> comparison;
    if (files.size() > 1) {
        title = fmt::format("{} results", files.size());
        comparison = comparison_object(std::move(designs));
    }
    write_whole_file(path, report_page(title.empty() ? "Lightloom report" : title, results, comparison));
    std::cout << path << '\n';
    return kExitFine;
}

}  // namespace lightloom
