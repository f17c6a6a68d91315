// LinkErrors: from the bit error ratios of a link's lanes to codewords, frames and lock, by the link's code and lane
// map. Not here: where the bit errors come from (lane_budget.hpp), the codes themselves (fec.hpp, inner_code.hpp).
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "models/optics/catalogue_rows.hpp"
#include "models/optics/link_condition.hpp"
#include "models/optics/plant.hpp"

namespace lightloom {

/// MAC bits to a codeword in models/network/loss_budget.hpp; hazards of other codes are turned into it.
inline constexpr double kHazardBits = 5120.0;

class LinkErrors {
public:
    LinkErrors(const FecRow& fec, const LockSettings& lock, const BurstSettings& burst);

    /// Share of codewords that cannot be corrected. @param lane_ber  one per lane
    double codeword_error_ratio(std::span<const double> lane_ber) const;
    double frame_loss_ratio(double codeword_error_ratio, int frame_bytes) const;
    double lock_losses_per_second(double codeword_error_ratio) const;
    /// Of all time, at so many losses per second in lock: the rest is dark.
    double share_in_lock(double lock_losses_per_second) const;

    /// The columns of a row that follow from the lanes' error ratios.
    void fill(std::span<const double> lane_ber, int frame_bytes, std::size_t row, LinkConditions& into) const;

    const FecRow& fec() const { return fec_; }

private:
    void tabulate_bursts(const BurstSettings& burst);
    double random_equivalent(double ber) const;

    const FecRow& fec_;
    LockSettings lock_;
    double flap_share_;                                 // of lock losses: those that outlast the debounce
    double mean_dark_s_;                                // of one lock loss
    std::vector<std::pair<double, double>> burst_map_;  // ln BER -> ln of the random BER that loses as many codewords
};

}  // namespace lightloom
