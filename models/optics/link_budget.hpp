// Link budget: from the parts of every cable to what each of its two directions does to frames. One walk, over arrays:
// transmitter - fibre - connectors - faults = received power; less the receiver's sensitivity = margin; margin -> bit
// error ratio -> codeword error ratio -> frame loss ratio.
//
// Basis `limit`: transmitter and receiver at their standard's limits, which hold over life and temperature, so that
// nothing is added for age or heat. Each physical effect has one term: dispersion, transmitter noise and jitter are in
// the eye closure (TDECQ); reflections and receiver-side noise are in `noise_floor`.
// A module with a captive cable (copper) has no budget: it is specified end to end by an error ratio, which holds here
// at any length up to its reach.
// Not here: bursts, loss of lock, ageing, temperature, dirt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "models/optics/catalogue.hpp"
#include "models/optics/link_condition.hpp"

namespace lightloom {

/// What the cables of one kind are made of. Catalogue ids.
struct CableClass {
    std::string module;            // at both ends
    std::string fibre;             // not read if the module has a captive cable
    Distribution length_m;         // one draw per cable, for both directions
    int connectors = 0;            // mated pairs in a row; not read if the module has a captive cable
    std::string connector_family;  // not read if there are none
};

/// Loss that something wrong adds to a cable, in both directions.
struct ExtraLoss {
    std::uint32_t cable;
    int lane;  // counted from 0; -1: every lane
    Decibel loss;
};

/// All cables of a fabric. The draws of a cable depend on `seed` and its number only: neither another cable nor one
/// connector more in its own chain changes them.
struct Plant {
    std::vector<CableClass> classes;
    std::vector<std::uint32_t> class_of_cable;
    std::vector<ExtraLoss> extra_losses;
    Decibel noise_floor{17.0};  // 20 log10 of the signal to noise that no optical power improves; infinite for none
    std::uint64_t seed = 1;
};

/// @param frame_bytes  MAC frame with its check sequence, for the frame loss ratio
/// @throws CatalogueError: an id that the catalogue does not hold, or parts that cannot be joined as asked
LinkConditions evaluate(const Catalogue& catalogue, const Plant& plant, int frame_bytes);

}  // namespace lightloom
