#include "models/transport/nscc.hpp"

#include <algorithm>

namespace lightloom {
namespace {

constexpr double kReferenceRate = 100e9, kReferenceRtt_ps = 12e6;  // for which the increases are given
constexpr double kNoQueue_ps = 1e6;
constexpr std::uint32_t kPacketsPerAdjustment = 8;

}  // namespace

NsccScale::NsccScale(double line_rate, Bytes payload_bytes, const NsccParameters& p)
    : base_rtt_ps(static_cast<double>(p.base_rtt.ps)),
      target_ps(base_rtt_ps * p.target),
      largest(p.largest * line_rate / 8e12 * base_rtt_ps),
      payload(static_cast<double>(payload_bytes.count)) {
    largest = std::max(largest, payload);
    const double pipe = line_rate * base_rtt_ps / (kReferenceRate * kReferenceRtt_ps);
    proportional = p.proportional * payload * pipe * target_ps / kReferenceRtt_ps;
    fair = p.fair * payload * pipe;
    probe = p.probe * payload * pipe;
    fast = p.fast * pipe;
}

void NsccSender::acknowledge(std::uint32_t bytes, Duration rtt, bool marked, std::uint32_t in_flight, Time now,
                             const NsccScale& scale, const NsccParameters& p) {
    const double delay_ps = std::max(0.0, static_cast<double>(rtt.ps) - scale.base_rtt_ps);
    note_delay(delay_ps, marked, scale, p);
    achieved += bytes;
    if (ignored != 0) {
        ignored -= std::min(ignored, bytes);
        return;
    }
    if (adapts_quickly(delay_ps, in_flight, now, scale, p)) return;
    if (!marked && delay_ps < scale.target_ps)
        grow(bytes, delay_ps, scale);
    else if (!marked)
        increase += scale.fair * bytes;
    else if (delay_ps >= scale.target_ps)
        shrink(now, scale, p);
    acknowledged += bytes;
    if (acknowledged >= kPacketsPerAdjustment * scale.payload || now - adjusted >= p.base_rtt) adjust(now, scale);
}

void NsccSender::lose(std::uint32_t bytes, std::uint32_t in_flight, Time now, const NsccScale& scale,
                      const NsccParameters& p) {
    lost = true;
    if (ignored != 0) {
        ignored -= std::min(ignored, bytes);
        return;
    }
    if (!adapts_quickly(0.0, in_flight, now, scale, p)) window = std::max(scale.payload, window - bytes);
}

// Once per base round trip and target: a window that brought next to nothing home, while packets are lost or the queue
// is far too long, is cut to what it did bring home.
bool NsccSender::adapts_quickly(double delay_ps, std::uint32_t in_flight, Time now, const NsccScale& scale,
                                const NsccParameters& p) {
    if (now < quick_end) return false;
    const bool bad = quick_end.ps != 0 && (lost || delay_ps > 4.0 * scale.target_ps) &&
                     achieved < scale.largest / static_cast<double>(1u << p.quick_gate);
    if (bad) {
        window = std::max(static_cast<double>(achieved), scale.payload);
        ignored = in_flight;
        increase = 0;
    }
    lost = false;
    achieved = 0;
    quick_end = now + Duration{static_cast<std::int64_t>(scale.base_rtt_ps + scale.target_ps)};
    return bad;
}

// A delay without a mark was not met where marks are made, and one of many round trips is no measure of a queue: both
// count as a quarter of a round trip.
void NsccSender::note_delay(double delay_ps, bool marked, const NsccScale& scale, const NsccParameters& p) {
    const bool odd = (!marked && delay_ps > scale.target_ps) || delay_ps > 5.0 * scale.base_rtt_ps;
    const double counted = odd ? scale.base_rtt_ps / 4.0 : delay_ps;
    mean_delay_ps = static_cast<float>(p.delay_gain * counted + (1.0 - p.delay_gain) * double{mean_delay_ps});
}

void NsccSender::grow(double bytes, double delay_ps, const NsccScale& scale) {
    if (delay_ps < kNoQueue_ps) {
        unqueued += static_cast<std::uint32_t>(bytes);
        grows_fast = grows_fast || unqueued > window;
    } else {
        unqueued = 0;
        grows_fast = false;
    }
    if (grows_fast)
        window = std::min(window + bytes * scale.fast, scale.largest);
    else
        increase += scale.proportional * bytes * (1.0 - delay_ps / scale.target_ps);
}

void NsccSender::shrink(Time now, const NsccScale& scale, const NsccParameters& p) {
    unqueued = 0;
    grows_fast = false;
    const double mean = double{mean_delay_ps};
    if (mean <= scale.target_ps || now - cut < p.base_rtt) return;
    window = std::max(window * std::max(1.0 - p.gamma * (mean - scale.target_ps) / mean, 0.5), scale.payload);
    cut = now;
}

void NsccSender::adjust(Time now, const NsccScale& scale) {
    window += increase / window + scale.probe * acknowledged / window;
    window = std::clamp(window, scale.payload, scale.largest);
    increase = 0;
    acknowledged = 0;
    adjusted = now;
}

}  // namespace lightloom
