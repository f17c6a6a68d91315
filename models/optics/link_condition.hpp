// LinkConditions: what the optics of every direction of every cable come to, as one table that the fabric, the result
// file and the summary read. Made by models/optics/link_model.hpp. Plain vectors: whoever reads a link's loss ratio
// needs no linear algebra.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lightloom {

/// The terms of a lane's budget, in the order in which light meets them. Each physical effect is in exactly one:
/// received = transmitter - (ageing + ... + fault), margin = received - (dispersion + ... + allocation) - sensitivity.
enum class Term {
    transmitter,  // OMA launched, dBm; coherent: average power
    ageing,       // power lost to age (under constant bias; else age is a hazard)
    heat,         // power lost to temperature (likewise)
    fibre,        // attenuation of the whole length
    connectors,   // clean mated pairs
    splices,      // fusion splices
    parts,        // circuit switches, panels, multiplexers
    bends,        // of the fibre
    amplifiers,   // what they give back, negative
    dirt,         // on mated surfaces
    fault,        // what a fault adds
    dispersion,   // chromatic, beyond what the eye closure holds already; and of polarisation
    modal,        // multimode: bandwidth of a fibre longer than the eye closure holds
    reflections,  // interference of light that was reflected twice
    crosstalk,    // from neighbouring wavelengths
    host,         // noise of linear hosts before the optical slicer
    wavelength,   // drift out of the channel's window
    overload,     // more light than the receiver takes
    allocation,   // what a standard sets aside for reflections and delay spread; on limits only
    sensitivity,  // what the receiver needs, dBm, behind the eye closure (TDECQ)
};
inline constexpr int kTerms = 20;
/// Before this one terms are losses, from it on penalties; the last is the sensitivity.
inline constexpr Term kFirstPenalty = Term::dispersion;

constexpr std::string_view name_of(Term term) {
    constexpr std::array<std::string_view, kTerms> names{
        "transmitter", "ageing",     "heat",       "fibre",    "connectors", "splices",    "parts",
        "bends",       "amplifiers", "dirt",       "fault",    "dispersion", "modal",      "reflections",
        "crosstalk",   "host",       "wavelength", "overload", "allocation", "sensitivity"};
    return names[static_cast<std::size_t>(term)];
}

/// What holds of a direction at an instant, beside what its parts are. Faults change it during a run.
struct LinkCondition {
    static constexpr int kMostLanes = 16;
    double age_years = 0.0;
    double inlet_c = 25.0;
    std::array<double, kMostLanes> extra_loss_db{};
    std::array<std::uint32_t, 2> swaps{};  // how often the module at its cable's lower and upper end was replaced
};

/// Row = 2 x cable + d: d = 0 from the cable's lower to its upper end, 1 back.
/// Terms, power and margin are those of the lane with the least margin, so they add up. All are NaN on a cable that is
/// specified end to end by its error ratio (copper, active optical cables).
struct LinkConditions {
    std::array<std::vector<double>, kTerms> terms_db;  // transmitter and sensitivity: dBm
    std::vector<double> received_dbm;  // optical modulation amplitude (coherent: average power) after all losses
    std::vector<double> margin_db;     // over the receiver's sensitivity, after all penalties
    std::vector<std::int64_t> worst_lane;
    std::vector<double> length_m;
    std::vector<double> case_temperature_c;  // of the module that sends
    std::vector<double> host_ber;            // of the retimed electrical segments at both ends
    std::vector<double> pre_fec_ber;         // mean over the lanes, hosts included: what a receiver's counter shows
    std::vector<double> worst_lane_ber;
    std::vector<double> codeword_error_ratio;
    std::vector<double> frame_loss_ratio;  // of the frame size asked for, while in lock
    std::vector<double> codeword_hazard;   // per 5,120 MAC bits, as models/network/loss_budget.hpp counts
    std::vector<double> lock_losses_per_second;
    std::vector<double> flaps_per_second;     // lock losses that outlast the host's debounce
    std::vector<std::int64_t> interleave;     // codewords per group: one bad word spoils them all
    std::vector<std::int64_t> codeword_bits;  // MAC bits in one codeword
    std::vector<std::int64_t> propagation_ps;
    std::vector<std::int64_t> phy_ps;  // both modules and the error correction
    std::vector<double> power_watt;    // half of each end's share of its module; a cable's two rows add up to the cable
    std::vector<double> price_usd;     // likewise, with the fibre; NaN where no price is known

    LinkConditions() = default;
    explicit LinkConditions(std::size_t directions) {
        for (auto& term : terms_db) term.resize(directions);
        for (auto* column : {&received_dbm, &margin_db, &length_m, &case_temperature_c, &host_ber, &pre_fec_ber,
                             &worst_lane_ber, &codeword_error_ratio, &frame_loss_ratio, &codeword_hazard,
                             &lock_losses_per_second, &flaps_per_second, &power_watt, &price_usd})
            column->resize(directions);
        for (auto* column : {&worst_lane, &interleave, &codeword_bits, &propagation_ps, &phy_ps})
            column->resize(directions);
    }

    std::vector<double>& term(Term which) { return terms_db[static_cast<std::size_t>(which)]; }
    const std::vector<double>& term(Term which) const { return terms_db[static_cast<std::size_t>(which)]; }
    std::size_t directions() const { return length_m.size(); }
};

}  // namespace lightloom
