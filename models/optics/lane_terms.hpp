// LaneBudgets: the terms of every lane of one direction, and what they come to. Filled in by lane_budget.hpp (light
// that is detected directly) and coherent_link.hpp. Not here: the terms' names (link_condition.hpp).
#pragma once

#include <array>

#include "models/optics/link_condition.hpp"

namespace lightloom {

struct LaneBudgets {
    static constexpr int kMost = LinkCondition::kMostLanes;
    using PerLane = std::array<double, kMost>;
    int lanes = 0;
    std::array<PerLane, kTerms> terms_db{};
    PerLane received_dbm{}, margin_db{};
    PerLane optics_ber{};  // of the slicer behind the light; a linear host's noise is in it
    PerLane ber{};         // with the retimed segments of the hosts
    double sender_host_ber = 0.0, receiver_host_ber = 0.0;
    double sender_host_loss_db = 0.0, receiver_host_loss_db = 0.0;
    double osnr_db = 0.0, required_osnr_db = 0.0;     // of coherent light, in 12.5 GHz, at the received power
    double case_temperature_c = 0.0, tdecq_db = 0.0;  // of the sending module; of its worst lane

    PerLane& term(Term which) { return terms_db[static_cast<std::size_t>(which)]; }
    const PerLane& term(Term which) const { return terms_db[static_cast<std::size_t>(which)]; }
    /// The one with the least margin.
    int worst_lane() const {
        int worst = 0;
        for (int lane = 1; lane < lanes; ++lane)
            if (margin_db[static_cast<std::size_t>(lane)] < margin_db[static_cast<std::size_t>(worst)]) worst = lane;
        return worst;
    }
};

}  // namespace lightloom
