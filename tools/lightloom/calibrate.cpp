// `lightloom calibrate`: from what nccl-tests measured on one node to the file that engine.file names.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "core/quantity_text.hpp"
#include "scenarios/engine_file.hpp"
#include "scenarios/nccl_table.hpp"
#include "scenarios/scenario_files.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr CommandHelp kHelp{
    .usage = "calibrate NCCL_TESTS.txt [OPTION...]",
    .summary =
        "Fits latency and bandwidth of a GPU's collective engine to what all_reduce_perf printed on one node, and\n"
        "writes the costs of an engine, all others being NCCL's own constants. A scenario's engine.file names it.",
    .examples =
        "Examples:\n"
        "  mpirun -np 8 all_reduce_perf -b 1M -e 8G -f 4 > node.txt\n"
        "  lightloom calibrate node.txt -o engine.toml\n"
        "  lightloom calibrate ring.txt --algorithm ring --rate 2400Gbps -o a100.toml\n",
};

template <class Q>
Q quantity(const Arguments& arguments, const char* option, Q least, Q most) {
    const auto parsed = parse_quantity<Q>(arguments[option].as<std::string>());
    if (!parsed.value) throw UsageError(fmt::format("--{}: {}", option, parsed.error), parsed.hint);
    if (*parsed.value < least || *parsed.value > most)
        throw UsageError(fmt::format("--{} is from {} to {}", option, to_text(least), to_text(most)));
    return *parsed.value;
}

ParsedNcclTable table_in(const std::string& file) {
    try {
        return load_nccl_table(file);
    } catch (const FileError& error) {
        throw UsageError(error.what());
    }
}

Algorithm algorithm_of(const Arguments& arguments) {
    const std::string name = arguments["algorithm"].as<std::string>();
    if (name == "in-switch") return Algorithm::in_switch;
    if (name == "ring") return Algorithm::ring;
    throw UsageError(fmt::format("--algorithm: no \"{}\"", name), "in-switch (NVLS) or ring, which ran");
}

std::string told_of(const NcclFit& fit) {
    return fmt::format("{} rows of {} ranks: {:.1f} us and {:.2f} GB/s (S/t); worst {:+.1f} % at {}", fit.rows,
                       fit.ranks, fit.latency_us, fit.gbytes_per_s, 100.0 * fit.worst_error,
                       to_text(Bytes{fit.worst_bytes}));
}

void write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int calibrate_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    options.add_options()("output,o", po::value<std::string>()->value_name("ENGINE.toml"),
                          "where the engine goes (default: standard output)");
    options.add_options()("algorithm", po::value<std::string>()->default_value("in-switch")->value_name("NAME"),
                          "that ran: in-switch (NVLS) or ring");
    options.add_options()("rate", po::value<std::string>()->default_value("3600Gbps")->value_name("RATE"),
                          "of a GPU's port inside the node, one way");
    options.add_options()("least", po::value<std::string>()->default_value("1MiB")->value_name("SIZE"),
                          "rows below are left out: other protocols carry them");
    options.add_options()("nic-latency", po::value<std::string>()->default_value("0us")->value_name("TIME"),
                          "of a step across, beyond NCCL's constants");
    const Arguments arguments = parse_arguments(kHelp, options, words, {.name = "table"});
    if (arguments.count("help")) return kExitFine;
    const Algorithm algorithm = algorithm_of(arguments);
    const auto rate = quantity(arguments, "rate", BitRate{1'000'000'000}, BitRate{100'000'000'000'000});
    const auto least = quantity(arguments, "least", Bytes{1}, Bytes{std::int64_t{1} << 44});
    const auto nic_latency = quantity(arguments, "nic-latency", Duration{0}, Duration{kPicosecondsPerSecond / 10});
    const std::string file = arguments["table"].as<std::vector<std::string>>().front();

    const ParsedNcclTable table = table_in(file);
    if (!table.errors.empty()) {
        for (const InputError& error : table.errors) std::cerr << to_string(error) << '\n';
        return kExitUsersMistake;
    }
    const auto fitted = fit(table.rows, least);
    if (!fitted)
        throw UsageError(
            fmt::format("{} holds no all-reduce of two sizes from {} on that a latency and a rate could be "
                        "fitted to",
                        file, to_text(least)),
            "bus over algorithm bandwidth must be 2(n-1)/n, and time grow with size");
    const auto engine = engine_of(*fitted, algorithm, rate, nic_latency);
    if (!engine)
        throw UsageError(fmt::format("{:.1f} GB/s are more than a port of {} lets through by this algorithm",
                                     fitted->gbytes_per_s, to_text(rate)),
                         "--rate says what a GPU's port has, --algorithm what ran");
    const std::string text =
        engine_toml(*engine, {"Costs of a collective engine, made by lightloom calibrate of " + file,
                              fmt::format("{}: {}", arguments["algorithm"].as<std::string>(), told_of(*fitted)),
                              fmt::format("All else: NCCL's constants (src/graph/tuning.cc), and {} of the NIC across",
                                          to_text(nic_latency))});
    if (!arguments.count("output")) {
        std::cout << text;
        return kExitFine;
    }
    write(arguments["output"].as<std::string>(), text);
    std::cout << told_of(*fitted) << '\n';
    return kExitFine;
}

}  // namespace lightloom
