// Histograms of a result: read from it, and asked for quantiles. Not here: all else that is read (result_reader.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/result_reader.hpp"

namespace lightloom {

std::int64_t ResultHistogram::quantile(double q) const {
    if (samples == 0) return 0;
    const double wanted = std::ceil(q * static_cast<double>(samples));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(wanted, 1.0)), 1, samples);
    if (rank == 1) return min;
    if (rank == samples) return max;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < count.size(); ++i) {
        seen += count[i];
        if (seen >= rank) return std::clamp(lower[i] + (upper[i] - lower[i]) / 2, min, max);
    }
    return max;
}

std::optional<ResultHistogram> ResultReader::histogram(const std::string& name) const {
    const std::string group = "histograms/" + name;
    const auto refuse = [&](const char* what) {
        throw ResultUnreadable(fmt::format("{}: /{} {}", path(), group, what));
    };
    if (!has(group)) return std::nullopt;
    ResultHistogram histogram{.title = long_name(group),
                              .lower = whole_column(group + "/lower"),
                              .upper = whole_column(group + "/upper"),
                              .count = {},
                              .samples = static_cast<std::uint64_t>(whole(group + "/samples")),
                              .min = whole(group + "/min"),
                              .max = whole(group + "/max"),
                              .mean = scalar(group + "/mean")};
    for (const std::int64_t count : whole_column(group + "/count"))
        histogram.count.push_back(static_cast<std::uint64_t>(count));
    for (std::size_t i = 0; i < histogram.lower.size(); ++i)
        if (histogram.lower[i] < 0 || histogram.upper[i] <= histogram.lower[i]) refuse("has a bin without width");
    if (histogram.max < histogram.min) refuse("has its least sample above its greatest");
    return histogram;
}

}  // namespace lightloom
