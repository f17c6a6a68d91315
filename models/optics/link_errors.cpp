#include "models/optics/link_errors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "models/optics/fec.hpp"
#include "models/optics/fec_burst.hpp"
#include "models/optics/inner_code.hpp"
#include "models/optics/lock_loss.hpp"
#include "models/optics/threshold_code.hpp"

namespace lightloom {
namespace {

constexpr double kLeastLost = 1e-200, kMostLost = 0.999;  // between these a burst table has something to say

}  // namespace

LinkErrors::LinkErrors(const FecRow& fec, const LockSettings& lock, const BurstSettings& burst)
    : fec_(fec),
      lock_(lock),
      flap_share_(share_above(lock.relock_ps, static_cast<double>(lock.debounce.ps))),
      mean_dark_s_(mean_of(lock.relock_ps) * 1e-12 + flap_share_ * lock.link_up.seconds()) {
    if (burst.error_propagation > 0.0 || burst.precoding) tabulate_bursts(burst);
}

// Bursts change what a bit error ratio costs. Each ratio is replaced by the one whose independent errors lose as many
// codewords, so that lanes of differing quality add up as they do without bursts.
void LinkErrors::tabulate_bursts(const BurstSettings& burst) {
    if (fec_.kind != FecRow::Kind::reed_solomon) return;
    for (double log_ber = std::log(1e-8); log_ber < std::log(0.02); log_ber += 0.25) {
        const ErrorChain chain = feedback_chain(std::exp(log_ber), burst.error_propagation, burst.precoding);
        const double lost = std::pow(10.0, burst_loss(fec_.code, chain, fec_.interleave).log10_codeword_error_ratio);
        if (!(lost > kLeastLost && lost < kMostLost)) continue;
        burst_map_.push_back({log_ber, std::log(bit_error_ratio_for_codewords(fec_.code, lost))});
    }
}

double LinkErrors::random_equivalent(double ber) const {
    if (burst_map_.size() < 2 || ber <= 0.0) return ber;
    const double log_ber = std::log(ber);
    auto upper = std::ranges::lower_bound(burst_map_, log_ber, {}, [](const auto& point) { return point.first; });
    upper = std::clamp(upper, burst_map_.begin() + 1, burst_map_.end() - 1);
    const auto lower = upper - 1;
    const double slope = (upper->second - lower->second) / (upper->first - lower->first);
    return std::min(0.5, std::exp(lower->second + slope * (log_ber - lower->first)));
}

double LinkErrors::codeword_error_ratio(std::span<const double> lane_ber) const {
    std::array<double, LinkCondition::kMostLanes> equivalent;
    std::ranges::transform(lane_ber, equivalent.begin(), [this](double ber) { return random_equivalent(ber); });
    const std::span<const double> lanes(equivalent.data(), lane_ber.size());
    const auto mean_over_lanes = [lanes](auto of_lane) {
        double sum = 0.0;
        for (const double ber : lanes) sum += of_lane(ber);
        return sum / static_cast<double>(lanes.size());
    };
    switch (fec_.kind) {
        case FecRow::Kind::none:  // a "codeword" is lost with its first wrong bit
            return mean_over_lanes([this](double ber) { return -std::expm1(fec_.code.bits() * std::log1p(-ber)); });
        case FecRow::Kind::reed_solomon:
            if (fec_.striped) return striped_codeword_error_ratio(fec_.code, lanes);
            return mean_over_lanes([this](double ber) { return lightloom::codeword_error_ratio(fec_.code, ber); });
        case FecRow::Kind::hamming_reed_solomon:  // the interleaver spreads each lane's remainder over all codewords
            return codeword_error_ratio_of_symbols(
                fec_.code, mean_over_lanes([](double ber) { return inner_soft_decision(ber).symbol_error_ratio; }));
        case FecRow::Kind::threshold:
            return block_error_ratio({fec_.threshold_ber, fec_.target_ber, fec_.waterfall_decades_per_db},
                                     mean_over_lanes([](double ber) { return ber; }));
    }
    return 1.0;
}

double LinkErrors::frame_loss_ratio(double codeword_error_ratio, int frame_bytes) const {
    return lightloom::frame_loss_ratio(fec_.code, fec_.interleave, codeword_error_ratio, frame_bytes);
}

double LinkErrors::lock_losses_per_second(double codeword_error_ratio) const {
    if (!lock_.on || fec_.kind == FecRow::Kind::none) return 0.0;
    return lightloom::lock_losses_per_second({fec_.interleave, fec_.codeword_ns()}, codeword_error_ratio);
}

double LinkErrors::share_in_lock(double lock_losses_per_second) const {
    return 1.0 - dark_share(lock_losses_per_second, mean_dark_s_);
}

void LinkErrors::fill(std::span<const double> lane_ber, int frame_bytes, std::size_t row, LinkConditions& into) const {
    const double lost = codeword_error_ratio(lane_ber);
    into.pre_fec_ber[row] =
        std::accumulate(lane_ber.begin(), lane_ber.end(), 0.0) / static_cast<double>(lane_ber.size());
    into.worst_lane_ber[row] = *std::ranges::max_element(lane_ber);
    into.codeword_error_ratio[row] = lost;
    into.codeword_hazard[row] = -std::log1p(-lost) * kHazardBits / fec_.code.payload_bits();
    into.frame_loss_ratio[row] = frame_loss_ratio(lost, frame_bytes);
    into.lock_losses_per_second[row] = lock_losses_per_second(lost);
    into.flaps_per_second[row] = into.lock_losses_per_second[row] * flap_share_;
}

}  // namespace lightloom
