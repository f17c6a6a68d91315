// LaneBudget: the walk of light down the lanes of one direction of a cable, term by term, where intensity is modulated
// and detected directly. A class's constants are worked out once; what is left per link is draws and a handful of
// arithmetic per lane.
// Not here: what follows from the bit errors (link_errors.hpp), the terms' physics (dispersion.hpp, reflection.hpp,
// crosstalk.hpp, laser.hpp), coherent light (coherent_link.hpp).
#pragma once

#include <optional>
#include <span>

#include "models/optics/ber.hpp"
#include "models/optics/joining.hpp"
#include "models/optics/lane_terms.hpp"
#include "models/optics/passive_losses.hpp"
#include "models/optics/plant_draws.hpp"

namespace lightloom {

class LaneBudget {
public:
    /// @param direction  0: the lower end sends, 1: the upper
    LaneBudget(const Catalogue& catalogue, const Plant& plant, const CableClass& kind, const Joint& joint,
               int direction);

    /// All terms, received power, margin and error ratio of every lane.
    /// @param readings  of this cable; measured basis
    void fill(const PlantDraws& draws, double length_m, std::span<const Reading> readings,
              const LinkCondition& condition, LaneBudgets& lanes) const;

private:
    using PerLane = LaneBudgets::PerLane;

    void set_lanes(const GridRow& grid);
    // In the order of the walk
    void transmit(const PlantDraws& draws, const LinkCondition& condition, LaneBudgets& lanes, PerLane& tdecq) const;
    void lose(const PlantDraws& draws, int fibre, double length_m, const LinkCondition& condition,
              LaneBudgets& lanes) const;
    void lose_as_read(const Reading& reading, LaneBudgets& lanes) const;
    void penalise(double length_m, double case_c, LaneBudgets& lanes) const;
    void disperse(double length_m, LaneBudgets& lanes) const;
    void receive(const PlantDraws& draws, const PerLane& tdecq, LaneBudgets& lanes) const;
    double host_loss_db(const PlantDraws& draws, int end, const HostChannelRow* host) const;
    double host_noise(double sender_loss_db, double receiver_loss_db) const;
    void err(const PlantDraws& draws, LaneBudgets& lanes) const;
    int fibre_of(int lane) const { return lane * fibres_ / lanes_; }

    const Plant& plant_;
    const CableClass& kind_;
    const ModuleRow &sender_, &receiver_;
    const TransmitterRow& transmitter_;
    const ReceiverRow& receiver_row_;
    const HostChannelRow *sender_host_, *receiver_host_;
    const FibreRow& fibre_;
    int lanes_, fibres_, levels_;
    double kelvin_per_watt_, reach_m_, allocation_db_ = 0.0, isolation_db_ = 0.0, filter_edge_db_per_nm_ = 0.0;
    PassiveLosses passive_;
    LaserPhysics laser_;
    std::optional<double> sender_snr_db_, receiver_snr_db_;  // of retimed hosts, at their loss budget
    ErrorCurve curve_;
    PerLane wavelength_nm_{}, window_half_nm_{}, attenuation_db_per_m_{}, eta_per_m_{}, dispersion_ps_nm_km_{},
        bends_db_{};
};

}  // namespace lightloom
