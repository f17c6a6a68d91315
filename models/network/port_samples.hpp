// PortSamples: what ports were doing at regular instants of simulated time. A node that has such ports sends itself an
// event per instant, the last of its own instant, and notes what its counters say: the walk of a frame knows nothing of
// it, and a run that samples nothing pays nothing. Rows are made between periods, by one thread, as far ahead as the
// next period can reach; a node fills in its own places, so nobody locks, and the order of nodes does not matter.
// Not here: when the event comes and what it reads (models/network/sampling_walk.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// What is to be sampled.
struct Sampling {
    Duration interval{0};                       // 0: nothing
    std::span<const std::uint32_t> ports = {};  // ascending
};

/// One row per sample and, inside it, one place per port. The n-th sample, from 1, is of the instant n x interval.
struct PortSeries {
    static constexpr std::size_t kBytesPerPlace = 24;

    Duration interval{0};
    std::vector<std::uint32_t> ports;
    std::vector<float> utilisation;          // share of the interval that the port spent sending
    std::vector<std::uint32_t> queue_bytes;  // at the instant, with preambles and gaps; of a frame being sent, its rest
    std::vector<std::int64_t> paused_ps;     // in the interval, summed over classes
    std::vector<std::uint32_t> frames_dropped, frames_marked;  // in the interval

    std::size_t samples() const { return ports.empty() ? 0 : utilisation.size() / ports.size(); }
    Time instant(std::size_t row) const { return Time{interval.ps * static_cast<std::int64_t>(row + 1)}; }
    void resize(std::size_t samples);
};

class PortSamples {
public:
    /// Of a port at an instant; counters since the start of the run.
    struct Reading {
        std::int64_t sent_ps, paused_ps, queue_bytes;
        std::uint32_t dropped, marked;
    };
    /// Ports [first, last) of the sampled ones belong to a node.
    struct Place {
        std::uint32_t node, first, last;
    };

    PortSamples() = default;
    /// @param longest_latency, shortest_latency  of a node, from an event to its effect at a port
    PortSamples(const Sampling& sampling, const Topology& topology, Duration longest_latency,
                Duration shortest_latency);

    bool any() const { return !places_.empty(); }
    std::span<const Place> places() const { return places_; }
    Duration interval() const { return series_.interval; }
    /// The first instant of a sample that a node of such a latency can take; earlier ones are of idle ports.
    Time first(Duration latency) const;

    /// Between periods: room for what can be noted before `end`. @return until when there is room
    Time make_room(Time end);
    /// Notes the ports of a place. @param read  a port's index to its Reading
    template <class Read>
    void note(std::uint32_t place, Time at, Read&& read) {
        const std::size_t row = static_cast<std::size_t>(at.ps / series_.interval.ps - 1) * series_.ports.size();
        for (std::uint32_t i = places_[place].first; i < places_[place].last; ++i)
            note(row + i, before_[i], read(series_.ports[i]));
    }

    /// Nothing else will happen, so there is nothing more to be seen.
    void stop() { goes_on_ = false; }
    bool goes_on() const { return goes_on_; }

    /// How many samples are whole once everything before `now` has happened.
    std::size_t whole(Time now) const;
    const PortSeries& series() const { return series_; }
    /// Those up to the end of the run. To be called once.
    PortSeries take(Time end);

private:
    struct Before {
        std::int64_t sent_ps = 0, paused_ps = 0;
        std::uint32_t dropped = 0, marked = 0;
    };
    void note(std::size_t place, Before& before, const Reading& now);

    PortSeries series_;
    std::vector<Place> places_;
    std::vector<Before> before_;  // by sampled port: as of its last sample
    Duration longest_latency_{0}, shortest_latency_{0};
    bool goes_on_ = true;
};

}  // namespace lightloom
