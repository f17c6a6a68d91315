// Passive losses: what the connectors, splices, parts and dirt of a cable take, link by link, and how warm its modules
// run. Shared by lane_budget.cpp and coherent_link.cpp. Not here: the fibre itself, reflections (reflection.hpp).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "models/optics/link_condition.hpp"
#include "models/optics/plant.hpp"
#include "models/optics/plant_draws.hpp"

namespace lightloom {

/// @throws CatalogueError: "no fibre "os9" in the catalogue"
template <class Row>
const Row& known_row(const Row* row, std::string_view what, const std::string& id) {
    if (row == nullptr) throw CatalogueError(fmt::format("no {} \"{}\" in the catalogue", what, id));
    return *row;
}

/// What all cables of a class share.
struct PassiveLosses {
    std::optional<ConnectorLoss> connector;  // none without connectors
    double reflectance_db = -100.0;          // of a clean pair
    bool angled = true;
    double splice_mean_db = 0.0, parts_db = 0.0;
    std::vector<std::pair<double, double>> parts;  // loss and reflectance of each, dB
};
PassiveLosses passive_losses(const Catalogue& catalogue, const Plant& plant, const CableClass& kind,
                             const ModuleRow& module);

/// One mated pair, clean.
inline double pair_loss_db(const CableClass& kind, const std::optional<ConnectorLoss>& connector,
                           const PlantDraws& draws, int fibre, int pair) {
    const double u = draws.connector_u(fibre, pair);
    return kind.connector_loss_db ? std::max(0.0, kind.connector_loss_db->at(u)) : connector->at(u);
}

/// Exponential: fusion splices are made anew until their estimate is low.
inline double splice_loss_db(double mean_db, const PlantDraws& draws, int fibre, int splice) {
    return -mean_db * std::log(draws.splice_u(fibre, splice));
}

/// What dirt adds to a pair, if there is any; on the typical basis only.
inline std::optional<DirtySpot> dirty_spot(const Plant& plant, const CableClass& kind, const PlantDraws& draws,
                                           int fibre, int pair, bool angled) {
    if (plant.basis != Basis::typical || plant.life.dirt.fraction <= 0.0) return std::nullopt;
    return dirt_on(plant.life.dirt, draws.dirt(fibre), pair, kind.connectors, angled);
}

/// Of all bends of a cable at a wavelength. Only single-mode fibre is told of; multimode of today bends freely.
double bend_loss_db(const CableClass& kind, const FibreRow& fibre, double wavelength_nm);

/// Penalty of more average power than a receiver takes. A photodiode and its amplifier compress; that a decibel too
/// much costs three is an assumption.
inline double overload_penalty_db(double received_dbm, double overload_dbm) {
    return 3.0 * std::max(0.0, received_dbm - overload_dbm);
}

/// Of the cage that the module's first form factor names; 0 where none is known.
double kelvin_per_watt(const Catalogue& catalogue, const ModuleRow& module);

/// Of the sending module, where it sits, in the warmest hour.
double case_temperature_c(const Plant& plant, const ModuleRow& module, double kelvin_per_watt, const PlantDraws& draws,
                          const LinkCondition& condition);

/// A transmitter's row as the physics of its laser.
LaserPhysics laser_of(const TransmitterRow& row);

}  // namespace lightloom
