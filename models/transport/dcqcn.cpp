#include "models/transport/dcqcn.hpp"

#include <algorithm>

namespace lightloom {

void DcqcnSender::send(std::int64_t wire_bits, Time now, double line_rate, const DcqcnParameters& p) {
    if (rate == line_rate) {  // the port itself is the limit
        next_send = now;
        return;
    }
    run_timer(now, line_rate, p);
    bytes += static_cast<std::uint32_t>(wire_bits / 8);
    for (; p.increase_bytes != 0 && bytes >= p.increase_bytes; bytes -= static_cast<std::uint32_t>(p.increase_bytes)) {
        if (byte_stage != UINT16_MAX) ++byte_stage;
        increase(line_rate, p);
    }
    const double picoseconds = static_cast<double>(wire_bits) * (static_cast<double>(kPicosecondsPerSecond) / rate);
    next_send = std::max(next_send, now) + Duration{static_cast<std::int64_t>(picoseconds)};
}

void DcqcnSender::notify(Time now, double line_rate, const DcqcnParameters& p) {
    run_timer(now, line_rate, p);
    forget(now, p);
    if (now - cut >= p.cut_period) {
        const bool increased = timer_stage != 0 || byte_stage != 0 || rate == line_rate;
        if (p.always_lowers_target || increased) target = rate;
        rate = std::max(rate * (1.0 - alpha / 2.0), static_cast<double>(p.least.bits_per_second));
        timer_stage = byte_stage = 0;
        bytes = 0;
        timer_since = cut = now;
    }
    alpha = (1.0 - p.gain) * alpha + p.gain;
    alpha_since = now;
}

void DcqcnSender::run_timer(Time now, double line_rate, const DcqcnParameters& p) {
    for (; rate != line_rate && now - timer_since >= p.increase_period; timer_since = timer_since + p.increase_period) {
        if (timer_stage != UINT16_MAX) ++timer_stage;
        increase(line_rate, p);
    }
}

// alpha after n periods without a notification: (1 - g)^n alpha, by squaring, since idle flows have many of them.
void DcqcnSender::forget(Time now, const DcqcnParameters& p) {
    if (cut.ps < 0) return;  // never notified: alpha stands at its first value
    const std::int64_t periods = (now - alpha_since).ps / p.alpha_period.ps;
    double factor = 1.0 - p.gain;
    for (std::int64_t n = periods; n != 0; n >>= 1, factor *= factor)
        if (n & 1) alpha *= factor;
}

void DcqcnSender::increase(double line_rate, const DcqcnParameters& p) {
    const std::uint32_t least = std::min(timer_stage, byte_stage), most = std::max(timer_stage, byte_stage);
    if (least > p.fast_recoveries)
        target += static_cast<double>(p.hyper.bits_per_second) * (least - p.fast_recoveries);
    else if (most > p.fast_recoveries)
        target += static_cast<double>(p.additive.bits_per_second);
    target = std::min(target, line_rate);
    rate = (rate + target) / 2.0;
    if (target - rate < target * 1e-4) rate = target;  // halving would never reach it
}

}  // namespace lightloom
