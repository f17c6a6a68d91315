#include "tools/lightloom/report_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace lightloom {
namespace {

constexpr std::size_t kMostPoints = 240;
constexpr std::size_t kBusiest = 3;
constexpr const char* kMeasures[] = {"utilisation", "queue_bytes", "paused_ps"};

/// Samples of the file, read many at a time, some of which share a point.
class Samples {
public:
    Samples(const ResultReader& result, std::size_t samples, std::size_t ports)
        : result_(result),
          samples_(samples),
          ports_(ports),
          share_((samples + kMostPoints - 1) / kMostPoints),
          at_once_(std::max<std::size_t>(1, kRowsAtOnce / share_) * share_) {}

    std::size_t share() const { return share_; }
    /// Calls visit(values, last) for each point: its values, sample by sample, and the number after its last sample.
    template <class Visit>
    void for_each_point(const char* measure, Visit&& visit) const {
        for (std::size_t first = 0; first < samples_; first += at_once_) {
            const std::size_t count = std::min(at_once_, samples_ - first);
            const std::vector<double> rows = result_.grid_rows(std::string("series/") + measure, first, count, ports_);
            for (std::size_t row = 0; row < count; row += share_) {
                const std::size_t end = std::min(row + share_, count);
                visit(std::vector<double>(rows.begin() + static_cast<std::ptrdiff_t>(row * ports_),
                                          rows.begin() + static_cast<std::ptrdiff_t>(end * ports_)),
                      first + end);
            }
        }
    }

private:
    static constexpr std::size_t kRowsAtOnce = 64;  // as the file has them together

    const ResultReader& result_;
    std::size_t samples_, ports_, share_, at_once_;
};

std::string sender_of(const ReportedFabric& fabric, std::int64_t port) {
    for (std::size_t cable = 0; cable < fabric.lower_port.size(); ++cable) {
        if (fabric.lower_port[cable] == port) return fabric.sender_name(2 * cable);
        if (fabric.upper_port[cable] == port) return fabric.sender_name(2 * cable + 1);
    }
    return fmt::format("port {}", port);
}

/// One measure over all points: of its values of all ports and samples of a point.
class Summary {
public:
    explicit Summary(std::size_t ports) : total_(ports) {}

    void take(std::vector<double> values) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            sum += values[i];
            total_[i % total_.size()] += values[i];
        }
        samples_ += values.size() / total_.size();
        mean_.push_back(sum / static_cast<double>(values.size()));
        // Nearest rank, as everywhere
        const auto rank = static_cast<std::size_t>(std::ceil(0.99 * static_cast<double>(values.size()))) - 1;
        std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(rank));
        p99_.push_back(values[rank]);
        max_.push_back(*std::max_element(values.begin() + static_cast<std::ptrdiff_t>(rank), values.end()));
    }
    /// Of one port over all samples.
    double mean_of(std::size_t port) const { return total_[port] / static_cast<double>(samples_); }
    JsonObject json() const { return JsonObject().add("mean", mean_).add("p99", p99_).add("max", max_); }

private:
    std::vector<double> total_;  // by port
    std::size_t samples_ = 0;
    std::vector<double> mean_, p99_, max_;
};

/// Columns of the ports that were busy longest, the busiest first; of equal ones the first.
std::vector<std::size_t> busiest_of(const Summary& utilisation, std::size_t ports) {
    std::vector<std::size_t> order(ports);
    for (std::size_t i = 0; i < ports; ++i) order[i] = i;
    const std::size_t shown = std::min(kBusiest, ports);
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(shown), [&](auto a, auto b) {
        const double left = utilisation.mean_of(a), right = utilisation.mean_of(b);
        return left != right ? left > right : a < b;
    });
    order.resize(shown);
    return order;
}

}  // namespace

void add_series(JsonObject& json, const ResultReader& result, const ReportedFabric& fabric) {
    if (!result.has("series/utilisation")) return;
    const std::vector<std::int64_t> instants = result.whole_column("series/time_ps");
    const std::vector<std::int64_t> ports = result.whole_column("series/port");
    if (instants.empty() || ports.empty()) return;
    const Samples samples(result, instants.size(), ports.size());

    std::vector<std::int64_t> times;
    std::vector<Summary> summaries(std::size(kMeasures), Summary(ports.size()));
    for (std::size_t m = 0; m < summaries.size(); ++m)
        samples.for_each_point(kMeasures[m], [&](std::vector<double> values, std::size_t last) {
            summaries[m].take(std::move(values));
            if (m == 0) times.push_back(instants[last - 1]);
        });

    const std::vector<std::size_t> busiest = busiest_of(summaries[0], ports.size());
    std::vector<std::vector<std::vector<double>>> lines(busiest.size(), {{}, {}, {}});  // by port and measure
    for (std::size_t m = 0; m < std::size(kMeasures); ++m)
        samples.for_each_point(kMeasures[m], [&](const std::vector<double>& values, std::size_t) {
            for (std::size_t n = 0; n < busiest.size(); ++n) {
                double sum = 0;
                for (std::size_t i = busiest[n]; i < values.size(); i += ports.size()) sum += values[i];
                lines[n][m].push_back(sum * static_cast<double>(ports.size()) / static_cast<double>(values.size()));
            }
        });

    JsonObject series;
    series.add("interval_ps", instants[0]).add("samples", static_cast<std::int64_t>(instants.size()));
    series.add("ports", static_cast<std::int64_t>(ports.size()));
    series.add("samples_a_point", static_cast<std::int64_t>(samples.share())).add("time_ps", times);
    for (std::size_t m = 0; m < summaries.size(); ++m) series.add(kMeasures[m], summaries[m].json());
    std::vector<JsonObject> list;
    for (std::size_t n = 0; n < busiest.size(); ++n) {
        JsonObject line;
        line.add("name", sender_of(fabric, ports[busiest[n]])).add("mean", summaries[0].mean_of(busiest[n]));
        for (std::size_t m = 0; m < std::size(kMeasures); ++m) line.add(kMeasures[m], lines[n][m]);
        list.push_back(std::move(line));
    }
    json.add("series", series.add("busiest", list));
}

}  // namespace lightloom
