// CoherentLink: one direction of a class of coherent links, by the same terms as a lane that is detected directly.
// Unamplified, received power limits it; amplified, the signal-to-noise ratio of the light, and the margin is one of
// OSNR. Not here: the line and the receiver (coherent_line.hpp, coherent_receiver.hpp), intensity-modulated light
// (lane_budget.hpp).
#pragma once

#include <span>

#include "models/optics/coherent_line.hpp"
#include "models/optics/coherent_receiver.hpp"
#include "models/optics/joining.hpp"
#include "models/optics/lane_terms.hpp"
#include "models/optics/plant_draws.hpp"

namespace lightloom {

class CoherentLink {
public:
    /// @param direction  0: the lower end sends, 1: the upper
    CoherentLink(const Catalogue& catalogue, const Plant& plant, const CableClass& kind, const Joint& joint,
                 int direction);

    /// The one lane: terms, received power, margin and error ratio.
    void fill(const PlantDraws& draws, double length_m, std::span<const Reading> readings,
              const LinkCondition& condition, LaneBudgets& lanes) const;

private:
    // In the order of the walk
    double sent_dbm(const PlantDraws& draws) const;
    double lose(const PlantDraws& draws, LaneBudgets& lanes) const;
    LineOutcome propagated(double tx_dbm, double length_m, double ends_db, double extra_db) const;
    bool lose_as_read(std::span<const Reading> readings, int direction, double& level_dbm, LaneBudgets& lanes) const;
    void receive(const LineOutcome& outcome, Decibel osnr, double received_dbm, LaneBudgets& lanes) const;
    CoherentLine line_over(double length_m, double ends_db, double extra_db) const;
    ChannelGrid grid() const;
    double attenuation_db_per_km() const;

    const Plant& plant_;
    const CableClass& kind_;
    const ModuleRow& sender_;
    const TransmitterRow& transmitter_;
    const FibreRow& fibre_;
    std::optional<ConnectorLoss> connector_;
    double splice_mean_db_ = 0, parts_db_ = 0, spacing_ghz_ = 0, kelvin_per_watt_ = 0;
    double rx_overload_dbm_;
    CoherentCurve curve_;
};

}  // namespace lightloom
