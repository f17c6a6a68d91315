// Keyed draws of a plant: what one cable, module, lot, lane or connector is like. Each number depends on the seed and
// on what it is of, and on nothing else: one connector more in a chain moves no other, and two designs with the same
// numbering of cables share a plant. Not here: what the figures are distributed like (catalogue, plant.hpp).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "core/distribution.hpp"
#include "core/random.hpp"
#include "models/optics/ber.hpp"
#include "models/optics/catalogue_rows.hpp"
#include "models/optics/plant.hpp"

namespace lightloom {

/// The draws of one direction of one cable. @param direction  0: from the cable's lower to its upper end, 1: back
class PlantDraws {
public:
    /// @param swaps  how often the module at either end was replaced: each time it is another, of another lot
    PlantDraws(std::uint64_t seed, std::uint32_t cable, int direction, std::array<std::uint32_t, 2> swaps = {})
        : seed_(seed), cable_(cable), direction_(static_cast<std::uint64_t>(direction)), swaps_(swaps) {}

    /// Both directions share the cable's length.
    double length_u() const { return uniform(draw(seed_, cable_, Purpose::fibre_length, 0)); }
    double connector_u(int fibre, int pair) const { return u(Purpose::connector_loss, fibre, pair); }
    double splice_u(int fibre, int splice) const { return u(Purpose::splice_loss, fibre, splice); }
    /// Dirt of one of the direction's fibres.
    DirtDraws dirt(int fibre) const {
        return DirtDraws(seed_, cable_,
                         static_cast<std::uint32_t>(direction_) << 8 | static_cast<std::uint32_t>(fibre));
    }

    // Modules are told apart by the cable end they sit at. A lot is 512 neighbouring modules of one make: they were
    // bought together.
    double lot_z(int end) const {
        // A spare is none of its neighbours' lot: its own stands where no lot's number does
        const std::uint64_t lot = swaps_of(end) == 0 ? cable_ / 512 : std::uint64_t{1} << 32 | cable_;
        return inverse_normal(uniform(draw(seed_, lot, Purpose::module_lot, of_module(end))));
    }
    double module_z(int end) const {
        return inverse_normal(uniform(draw(seed_, cable_, Purpose::module, of_module(end))));
    }
    double transmitter_z(int lane) const { return of_lane(Purpose::transmitter, sending_end(), lane, 0); }
    double eye_closure_z(int lane) const { return of_lane(Purpose::transmitter, sending_end(), lane, 1); }
    double receiver_z(int lane) const { return of_lane(Purpose::receiver, receiving_end(), lane, 0); }
    std::uint64_t swaps_of(int end) const { return swaps_[static_cast<std::size_t>(end)]; }
    /// Where in the room a cable's end is, from its coolest place (0) to its warmest (1).
    double place_u(int end) const { return uniform(draw(seed_, cable_, Purpose::place, static_cast<unsigned>(end))); }
    /// Both directions of an end's port share the way to the ASIC.
    double host_u(int end) const {
        return uniform(draw(seed_, cable_, Purpose::host_loss, static_cast<unsigned>(end)));
    }

    std::size_t port_of(const Plant& plant, int end) const {
        return plant.port_of_end.empty() ? 0
                                         : plant.port_of_end[2 * std::size_t{cable_} + static_cast<std::size_t>(end)];
    }
    int sending_end() const { return static_cast<int>(direction_); }
    int receiving_end() const { return 1 - sending_end(); }

private:
    // Direction, fibre and item have digits of their own, so that one item more moves no other draw.
    double u(Purpose purpose, int fibre, int item, std::uint64_t swaps = 0) const {
        const auto n =
            swaps << 41 | direction_ << 40 | static_cast<std::uint64_t>(fibre) << 20 | static_cast<std::uint64_t>(item);
        return uniform(draw(seed_, cable_, purpose, n));
    }
    double of_lane(Purpose purpose, int end, int lane, int item) const {
        return inverse_normal(u(purpose, lane, item, swaps_of(end)));
    }
    std::uint64_t of_module(int end) const { return swaps_of(end) << 1 | static_cast<std::uint64_t>(end); }
    std::uint64_t seed_;
    std::uint32_t cable_;
    std::uint64_t direction_;
    std::array<std::uint32_t, 2> swaps_;
};

/// A family's loss, ready to draw: the cut-off lognormal by its inverse, u squeezed into the part of (0, 1) that lies
/// below the maximum.
class ConnectorLoss {
public:
    explicit ConnectorLoss(const ConnectorRow& row)
        : median_db_(row.loss_median.value),
          sigma_(row.loss_sigma_ln),
          below_maximum_(1.0 - normal_tail(std::log(row.loss_max.value / median_db_) / sigma_)) {}
    double at(double u) const { return median_db_ * std::exp(sigma_ * inverse_normal(u * below_maximum_)); }

private:
    double median_db_, sigma_, below_maximum_;
};

}  // namespace lightloom
