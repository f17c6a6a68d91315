#include "models/optics/crosstalk.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace lightloom {

double incoherent_crosstalk_penalty_db(double leak, int levels) {
    assert(levels >= 2 && leak >= 0.0);
    const double eye = 1.0 - (levels - 1) * leak;
    return eye > 0.0 ? -10.0 * std::log10(eye) : std::numeric_limits<double>::infinity();
}

double coherent_crosstalk_penalty_db(double amplitude_sum, int levels, Decibel extinction_ratio) {
    assert(extinction_ratio > Decibel{0.0});
    const double er = extinction_ratio.linear();
    return incoherent_crosstalk_penalty_db(2.0 * amplitude_sum * er / (er - 1.0), levels);
}

double leak_of(std::span<const PowerDbm> power, std::size_t channel, const ChannelIsolation& isolation) {
    assert(channel < power.size());
    double leak = 0.0;
    for (std::size_t other = 0; other < power.size(); ++other) {
        if (other == channel) continue;
        const bool adjacent = other + 1 == channel || channel + 1 == other;
        leak += (power[other] - power[channel] - (adjacent ? isolation.adjacent : isolation.others)).linear();
    }
    return leak;
}

}  // namespace lightloom
