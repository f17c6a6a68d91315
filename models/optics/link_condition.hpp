// LinkConditions: what the optics of every direction of every cable come to, as one table that the fabric, the result
// file and the summary read. Made by models/optics/link_budget.hpp, which says what each term holds and does not hold.
// Plain vectors: whoever reads a link's loss ratio needs no linear algebra.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lightloom {

/// Row = 2 x cable + d: d = 0 from the cable's lower to its upper end, 1 back.
/// "Worst lane" is the one that receives least: the three losses, the power and the margin are that lane's, so they add
/// up. All five are NaN on a cable that is specified end to end by its error ratio (copper).
struct LinkConditions {
    std::vector<double> length_m;
    std::vector<double> fibre_loss_db;      // attenuation of the whole length
    std::vector<double> connector_loss_db;  // all mated pairs on the worst lane
    std::vector<double> extra_loss_db;      // what a fault adds on the worst lane
    std::vector<double> received_oma_dbm;   // outer modulation amplitude, worst lane
    std::vector<double> margin_db;          // received_oma over the receiver's sensitivity, worst lane
    std::vector<double> pre_fec_ber;        // mean over the lanes: what a receiver's counter shows
    std::vector<double> worst_lane_ber;
    std::vector<double> codeword_error_ratio;
    std::vector<double> frame_loss_ratio;  // of the frame size asked for
    std::vector<double> codeword_hazard;   // h = -ln(1 - codeword_error_ratio): n codewords survive with exp(-n h)
    std::vector<std::int64_t> interleave;  // codewords per group: one bad word spoils them all
    std::vector<std::int64_t> propagation_ps;
    std::vector<std::int64_t> phy_ps;  // both modules and the error correction
    std::vector<double> power_watt;    // half of each end's module; a cable's two rows add up to the cable

    LinkConditions() = default;
    explicit LinkConditions(std::size_t directions)
        : length_m(directions),
          fibre_loss_db(directions),
          connector_loss_db(directions),
          extra_loss_db(directions),
          received_oma_dbm(directions),
          margin_db(directions),
          pre_fec_ber(directions),
          worst_lane_ber(directions),
          codeword_error_ratio(directions),
          frame_loss_ratio(directions),
          codeword_hazard(directions),
          interleave(directions),
          propagation_ps(directions),
          phy_ps(directions),
          power_watt(directions) {}

    std::size_t directions() const { return length_m.size(); }
};

}  // namespace lightloom
