#include "scenarios/nccl_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/quantity_text.hpp"
#include "models/workload/collectives/nccl_model.hpp"
#include "scenarios/scenario_text.hpp"

namespace lightloom {
namespace {

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
    constexpr std::string_view kBlank = " \t\r";
    Words words;
    for (std::size_t at = 0; (at = line.find_first_not_of(kBlank, at)) != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(kBlank, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

template <class Number>
std::optional<Number> number_in(std::string_view word) {
    Number value{};
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || stop != word.data() + word.size()) return std::nullopt;
    return value;
}

// Where the columns stand: the header's words behind its "#".
struct Columns {
    static constexpr std::size_t kNone = SIZE_MAX;
    std::size_t size = kNone, time = kNone, algbw = kNone, busbw = kNone, count = 0;
    bool known() const { return std::max({size, time, algbw, busbw}) != kNone; }
};

Columns columns_of(const Words& header) {
    Columns columns;
    columns.count = header.size();
    const auto first = [&](std::string_view name) {
        const auto found = std::ranges::find(header, name);
        return found == header.end() ? Columns::kNone : static_cast<std::size_t>(found - header.begin());
    };
    columns.size = first("size");
    columns.time = first("time");
    columns.algbw = first("algbw");
    columns.busbw = first("busbw");
    return columns;
}

class Reader {
public:
    explicit Reader(const std::string& file) : file_(file) {}

    void read(std::string_view line) {
        ++line_;
        Words words = words_of(line);
        if (words.empty()) return;
        if (words.front().starts_with('#')) {
            if (words.front() == "#") words.erase(words.begin());
            if (const Columns columns = columns_of(words); columns.known()) columns_ = columns;
            return;
        }
        // Whatever else a launcher prints between the rows does not begin with a number.
        if (words.front().front() >= '0' && words.front().front() <= '9') row(words);
    }
    ParsedNcclTable result() && {
        if (table_.rows.empty() && table_.errors.empty()) {
            line_ = 1;
            complain("no row of an nccl-tests table", "a header with size, time, algbw and busbw, and rows of numbers");
        }
        return std::move(table_);
    }

private:
    void complain(std::string message, std::string hint) {
        if (table_.errors.size() < kMostErrors)
            table_.errors.push_back({file_, line_, 1, {}, std::move(message), std::move(hint)});
    }
    void row(const Words& words) {
        if (!columns_) return complain("a row before the header", "the line that begins with # size names the columns");
        if (words.size() != columns_->count)
            return complain(fmt::format("{} columns, where the header has {}", words.size(), columns_->count),
                            "the line may have been cut off");
        const auto bytes = number_in<std::int64_t>(words[columns_->size]);
        if (!bytes || *bytes < 0) return complain(cited("size", words[columns_->size]), "a whole number of bytes");
        NcclRow row{.line = line_, .bytes = *bytes};
        for (const auto& [name, column, figure] : {std::tuple{"time", columns_->time, &row.time_us},
                                                   std::tuple{"algbw", columns_->algbw, &row.algorithm_gbytes_per_s},
                                                   std::tuple{"busbw", columns_->busbw, &row.bus_gbytes_per_s}}) {
            const auto value = number_in<double>(words[column]);
            if (!value || !std::isfinite(*value) || *value < 0.0 || *value > 1e12)
                return complain(cited(name, words[column]), "a number, not negative");
            *figure = *value;
        }
        if (row.bytes > 0 && row.time_us == 0.0) return complain("no time", "microseconds, above 0");
        table_.rows.push_back(row);
    }
    static std::string cited(std::string_view column, std::string_view word) {
        return fmt::format("{} {}", column, quoted_for_display(word));
    }

    const std::string& file_;
    int line_ = 0;
    std::optional<Columns> columns_;
    ParsedNcclTable table_;
};

// Bus over algorithm bandwidth is 2(n-1)/n; both are printed to hundredths, so the largest rows tell best.
std::optional<std::uint32_t> ranks_of(const std::vector<NcclRow>& rows) {
    const auto fastest = std::ranges::max_element(rows, {}, &NcclRow::algorithm_gbytes_per_s);
    if (fastest == rows.end() || fastest->algorithm_gbytes_per_s <= 0.0) return std::nullopt;
    const double ratio = fastest->bus_gbytes_per_s / fastest->algorithm_gbytes_per_s;
    if (ratio < 0.99 || ratio >= 1.99998) return std::nullopt;
    const double n = 2.0 / (2.0 - ratio), whole = std::round(n);
    if (std::abs(2.0 * (whole - 1.0) / whole / ratio - 1.0) > 0.002) return std::nullopt;
    return static_cast<std::uint32_t>(whole);
}

Duration microseconds_of(double us) { return Duration{static_cast<std::int64_t>(std::llround(us * 1000.0)) * 1000}; }

}  // namespace

ParsedNcclTable parse_nccl_table(std::string_view text, const std::string& file_name) {
    Reader reader(file_name);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        reader.read(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(reader).result();
}

// Divided by T, a row is a u + c v = 1 with u = 1/T and v = S/T: two unknowns, linear.
std::optional<NcclFit> fit(const std::vector<NcclRow>& rows, Bytes least) {
    std::vector<NcclRow> used;
    for (const NcclRow& row : rows)
        if (row.bytes > 0 && row.bytes >= least.count) used.push_back(row);
    const auto ranks = ranks_of(used);
    if (!ranks || used.size() < 2) return std::nullopt;
    double uu = 0, uv = 0, vv = 0, u = 0, v = 0;
    for (const NcclRow& row : used) {
        const double of_latency = 1.0 / row.time_us, of_bytes = static_cast<double>(row.bytes) / row.time_us;
        uu += of_latency * of_latency;
        uv += of_latency * of_bytes;
        vv += of_bytes * of_bytes;
        u += of_latency;
        v += of_bytes;
    }
    const double determinant = uu * vv - uv * uv;
    double latency = determinant > 0 ? (u * vv - v * uv) / determinant : 0.0;
    double per_byte = determinant > 0 ? (v * uu - u * uv) / determinant : 0.0;
    if (latency < 0.0) latency = 0.0, per_byte = v / vv;
    if (!(per_byte > 0.0) || !std::isfinite(latency)) return std::nullopt;

    NcclFit found{.ranks = *ranks,
                  .latency_us = latency,
                  .gbytes_per_s = 1e-3 / per_byte,
                  .rows = used.size(),
                  .worst_error = 0.0,
                  .worst_bytes = 0};
    for (const NcclRow& row : used) {
        const double error = (latency + per_byte * static_cast<double>(row.bytes)) / row.time_us - 1.0;
        if (std::abs(error) < std::abs(found.worst_error)) continue;
        found.worst_error = error;
        found.worst_bytes = row.bytes;
    }
    return found;
}

std::optional<Scenario::Engine> engine_of(const NcclFit& fit, Algorithm algorithm, BitRate rate, Duration nic_latency) {
    const double nic_us = nic_latency.seconds() * 1e6;
    Scenario::Engine engine{.ll = nccl_costs(NcclProtocol::ll, nic_us),
                            .ll128 = nccl_costs(NcclProtocol::ll128, nic_us),
                            .simple = nccl_costs(NcclProtocol::simple, nic_us),
                            .in_switch = nccl_costs_in_switch(nic_us)};
    const double port = static_cast<double>(rate.bits_per_second) / 8e9, n = fit.ranks;
    const bool ring = algorithm == Algorithm::ring;
    const double sent = ring ? 2.0 * (n - 1.0) / n : 1.0;  // of S, by a GPU's port
    const double efficiency = fit.gbytes_per_s * sent / port;
    if (efficiency > 1.0) return std::nullopt;
    EngineCosts& costs = ring ? engine.simple : engine.in_switch;
    costs.efficiency = std::max(efficiency, 0.01);
    if (ring) {
        costs.launch = Duration{0};
        costs.step = microseconds_of(fit.latency_us / (2.0 * (n - 1.0)));
    } else {
        costs.launch = microseconds_of(fit.latency_us);
        costs.step = Duration{0};
    }
    return engine;
}

}  // namespace lightloom
