// Joining two ends by facts: modules work together if their lanes, wavelengths, modulation, codes, fibre and powers
// fit, whatever their names. Unequal ends are normal: a port of a twin 2xDR4 with a DR4, a lane of a DR4 with a DR,
// a DR4 with a DR4-2. Not here: what the joined link comes to (link_model.hpp).
#pragma once

#include <string>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "models/optics/plant.hpp"

namespace lightloom {

/// Two ends that make a link, or the reasons why they do not.
struct Joint {
    const ModuleRow* lower = nullptr;
    const ModuleRow* upper = nullptr;
    const FibreRow* fibre = nullptr;
    const FecRow* fec = nullptr;
    int lanes = 0;                        // of the link, per direction
    int fibres = 0;                       // likewise
    double reach_m = 0;                   // the lesser of the two ends' over this fibre
    double channel_loss_max_db = 0;       // likewise; NaN: not stated
    std::vector<std::string> objections;  // why the standard does not have it so; empty: it does
    bool possible = true;                 // false: no figure could be computed, even out of specification

    bool specified_end_to_end() const { return lower != nullptr && !lower->is_optical(); }
};

/// Joins the ends of a class. @throws CatalogueError: an id that the catalogue does not hold
Joint join(const Catalogue& catalogue, const CableClass& kind);

/// The same, refusing what has objections, unless `allow_out_of_spec` and it can be computed at all.
/// @throws CatalogueError that names the class, its ends and every objection
Joint join_or_refuse(const Catalogue& catalogue, const CableClass& kind, bool allow_out_of_spec);

/// Lanes of one link of `rate` on `module`: all of a port, or one lane that is a link of its own; 0: cannot be.
int lanes_at(const ModuleRow& module, BitRate rate);

}  // namespace lightloom
