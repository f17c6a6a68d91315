#include "scenarios/result_series.hpp"

#include <vector>

#include "scenarios/result_meanings.hpp"

namespace lightloom {

using hdf5::bytes;
using hdf5::count;
using hdf5::picoseconds;

SeriesGroup::SeriesGroup(const hdf5::Group& root, std::span<const std::uint32_t> ports)
    : grid_(root, "series", "time_ps", picoseconds("instant of a sample; what is counted is of the interval before it"),
            "port", count("port as a row of /ports"), ports) {
    grid_.add<float>("utilisation", {"1", "share of the interval that the port spent sending"});
    grid_.add<std::uint32_t>("queue_bytes", bytes("waiting or being sent at the instant, with preambles and gaps"));
    grid_.add<std::int64_t>("paused_ps", picoseconds("time that its peer let it not send, sum over classes"));
    grid_.add<std::uint32_t>("frames_dropped", count("frames dropped for lack of buffer"));
    grid_.add<std::uint32_t>("frames_marked", count("marks (ECN) that it set"));
}

void SeriesGroup::append(const PortSeries& series, std::size_t samples) {
    if (samples <= samples_) return;
    const auto part = [&](const auto& column) {
        const std::size_t ports = series.ports.size();
        return std::span(column).subspan(samples_ * ports, (samples - samples_) * ports);
    };
    grid_.append(0, part(series.utilisation));
    grid_.append(1, part(series.queue_bytes));
    grid_.append(2, part(series.paused_ps));
    grid_.append(3, part(series.frames_dropped));
    grid_.append(4, part(series.frames_marked));
    std::vector<std::int64_t> instants;
    for (std::size_t row = samples_; row < samples; ++row) instants.push_back(series.instant(row).ps);
    grid_.close_rows(instants);
    samples_ = samples;
}

void write_series(const hdf5::Group& root, const PortSeries& series) {
    if (series.samples() == 0) return;
    SeriesGroup group(root, series.ports);
    group.append(series, series.samples());
    group.close();
}

}  // namespace lightloom
