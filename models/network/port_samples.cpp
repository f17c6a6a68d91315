#include "models/network/port_samples.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace lightloom {
namespace {

constexpr std::size_t kPlacesAhead = 1 << 16;  // that are made at a time: 1.5 MiB

}  // namespace

void PortSeries::resize(std::size_t samples) {
    const std::size_t places = samples * ports.size();
    utilisation.resize(places);
    queue_bytes.resize(places);
    paused_ps.resize(places);
    frames_dropped.resize(places);
    frames_marked.resize(places);
}

PortSamples::PortSamples(const Sampling& sampling, const Topology& topology, Duration longest_latency,
                         Duration shortest_latency)
    : longest_latency_(longest_latency), shortest_latency_(shortest_latency) {
    if (sampling.interval.ps == 0) return;
    series_.interval = sampling.interval;
    series_.ports.assign(sampling.ports.begin(), sampling.ports.end());
    before_.resize(series_.ports.size());
    for (std::uint32_t i = 0; i < series_.ports.size(); ++i) {
        const std::uint32_t node = topology.ports[series_.ports[i]].node.value;
        if (places_.empty() || places_.back().node != node) places_.push_back({node, i, i});
        places_.back().last = i + 1;
    }
}

Time PortSamples::first(Duration latency) const {
    const std::int64_t number = std::max<std::int64_t>(1, (latency.ps + interval().ps - 1) / interval().ps);
    return Time{number * interval().ps};
}

Time PortSamples::make_room(Time end) {
    const auto last = static_cast<std::size_t>((end + longest_latency_).ps / interval().ps);
    const std::size_t wanted = last + 1 + kPlacesAhead / series_.ports.size();
    if (wanted > series_.samples()) series_.resize(wanted);
    const auto room = static_cast<std::int64_t>(series_.samples() + 1);
    if (room > kNever.ps / interval().ps) return kNever;
    return Time{room * interval().ps} - longest_latency_;
}

// What a port is given is on its books at once, so a repetition over its link can put what it has sent back; and a gap
// counts with the frame before it. Neither may make an interval shorter than nothing or longer than itself: what is too
// much is the next one's.
void PortSamples::note(std::size_t place, Before& before, const Reading& now) {
    const std::int64_t sent_ps = std::clamp<std::int64_t>(now.sent_ps - before.sent_ps, 0, interval().ps);
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    series_.utilisation[place] = static_cast<float>(static_cast<double>(sent_ps) / static_cast<double>(interval().ps));
    series_.queue_bytes[place] = static_cast<std::uint32_t>(std::min(now.queue_bytes, kMost));
    series_.paused_ps[place] = now.paused_ps - before.paused_ps;
    series_.frames_dropped[place] = now.dropped - before.dropped;
    series_.frames_marked[place] = now.marked - before.marked;
    before = {before.sent_ps + sent_ps, now.paused_ps, now.dropped, now.marked};
}

// A sample is taken a node's latency before its instant, by events before `now` only.
std::size_t PortSamples::whole(Time now) const {
    if (!any()) return 0;
    const std::int64_t last_ps = now.ps - (shortest_latency_.ps == 0 ? 1 : 0);
    return std::min(series_.samples(), static_cast<std::size_t>(std::max<std::int64_t>(last_ps, 0) / interval().ps));
}

PortSeries PortSamples::take(Time end) {
    if (any()) series_.resize(whole(end));
    return std::move(series_);
}

}  // namespace lightloom
