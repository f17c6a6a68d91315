// Targets: what a link must do to pass. Input of models/optics/qualification.hpp; the scenario's [qualify].
#pragma once

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

struct Targets {
    Decibel margin{1.0};  // of the worst link; less is marginal, below 0 a failure
    Years life{5.0};      // that it must hold for, where the basis knows age
    double flaps_per_link_year = 0.1;
    double confidence = 0.95;                                   // of acceptance tests and spares
    Duration replacement = milliseconds(1000) * (30 * 86'400);  // until a spare that was used is replaced
    friend bool operator==(const Targets&, const Targets&) = default;
};

}  // namespace lightloom
