// Loss of a channel as planners add it up: fibre by length, mated pairs and splices by count; and the length that a
// budget leaves room for.
// Not here: losses that are drawn per cable (link_model.hpp), dirt and bends (contamination.hpp).
#pragma once

#include <algorithm>

#include "core/quantity.hpp"

namespace lightloom {

struct ChannelParts {
    Metres length;
    double attenuation_db_per_km = 0.0;
    int connectors = 0;  // mated pairs
    Decibel connector_loss;
    int splices = 0;
    Decibel splice_loss;

    Decibel loss() const {
        return Decibel{length.value / 1000.0 * attenuation_db_per_km} + double(connectors) * connector_loss +
               double(splices) * splice_loss;
    }
};

/// The length at which fibre uses up what is left of `loss_max` after `other_losses`, at most `reach`, which other
/// effects than loss set. @param attenuation_db_per_km > 0
inline Metres longest_channel(Decibel loss_max, Decibel other_losses, double attenuation_db_per_km, Metres reach) {
    const double left_db = std::max(0.0, (loss_max - other_losses).value);
    return std::min(reach, Metres{1000.0 * left_db / attenuation_db_per_km});
}

}  // namespace lightloom
