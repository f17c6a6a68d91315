#include "tools/lightloom/sizes_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "scenarios/tuner.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kFloat = 4;  // bytes of an element, as nccl-tests reckons if it is told nothing

// Elements of a rank: where the size is that of all ranks together, its share.
std::int64_t elements(Collective kind, std::int64_t bytes, std::int64_t ranks) {
    switch (kind) {
        case Collective::all_gather:
        case Collective::reduce_scatter:
        case Collective::all_to_all: return bytes / ranks / kFloat;
        case Collective::all_reduce:
        case Collective::broadcast:
        case Collective::reduce:
        case Collective::barrier:
        case Collective::send_receive: break;
    }
    return bytes / kFloat;
}

bool adds_up(Collective kind) {
    return kind == Collective::all_reduce || kind == Collective::reduce || kind == Collective::reduce_scatter;
}

std::string_view algorithm_of(const RunResult::Sizes& sizes, std::size_t row) {
    return name_of(static_cast<Algorithm>(sizes.algorithm[row]));
}

std::string_view protocol_of(const RunResult::Sizes& sizes, std::size_t row) {
    return name_of(static_cast<NcclProtocol>(sizes.protocol[row]));
}

}  // namespace

std::string sizes_table(const Scenario& scenario, const RunResult::Sizes& sizes) {
    if (sizes.bytes.empty()) return {};
    const Collective kind = collective_of(scenario.workload.kind).value();
    std::string text = fmt::format("#{:>13}{:>14}{:>10}{:>8}{:>12}{:>9}{:>9}  algorithm\n", "size", "count", "type",
                                   "redop", "time", "algbw", "busbw");
    text += fmt::format("#{:>13}{:>14}{:>10}{:>8}{:>12}{:>9}{:>9}  protocol, channels\n", "(B)", "(elements)", "", "",
                        "(us)", "(GB/s)", "(GB/s)");
    for (std::size_t i = 0; i < sizes.bytes.size(); ++i) {
        const double us = static_cast<double>(sizes.time_ps[i]) / 1e6;
        text +=
            fmt::format(" {:>13}{:>14}{:>10}{:>8}{:>12}{:>9.2f}{:>9.2f}  {},{},{}\n", sizes.bytes[i],
                        elements(kind, sizes.bytes[i], sizes.ranks[i]), "float", adds_up(kind) ? "sum" : "none",
                        sizes.time_ps[i] < 0 ? "-" : fmt::format("{:.2f}", us), sizes.algorithm_bandwidth[i] / 1e9,
                        sizes.bus_bandwidth[i] / 1e9, algorithm_of(sizes, i), protocol_of(sizes, i), sizes.channels[i]);
    }
    return text;
}

std::vector<JsonObject> size_objects(const RunResult::Sizes& sizes) {
    std::vector<JsonObject> rows;
    for (std::size_t i = 0; i < sizes.bytes.size(); ++i) {
        const bool ended = sizes.time_ps[i] >= 0;
        const auto measured = [&](double value) { return ended ? value : NAN; };
        JsonObject row;
        row.add("bytes", sizes.bytes[i]).add("ranks", std::int64_t{sizes.ranks[i]});
        row.add("algorithm", algorithm_of(sizes, i)).add("protocol", protocol_of(sizes, i));
        row.add("channels", sizes.channels[i]);
        ended ? row.add("time_ps", sizes.time_ps[i]) : row.add("time_ps", NAN);
        row.add("algorithm_bandwidth_bytes_per_second", measured(sizes.algorithm_bandwidth[i]));
        row.add("bus_bandwidth_bytes_per_second", measured(sizes.bus_bandwidth[i]));
        row.add("straggler_ratio", measured(sizes.straggler_ratio[i]));
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace lightloom
