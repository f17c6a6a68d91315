#include "models/transport/congestion_control.hpp"

#include <bit>

#include "core/abort.hpp"

namespace lightloom {

CongestionControl::CongestionControl(const TransportParameters& parameters, std::span<const double> line_rates)
    : parameters_(parameters), line_rates_(line_rates.begin(), line_rates.end()) {
    switch (parameters_.control) {
        case Control::none: return;
        case Control::dcqcn:
            for (const double rate : line_rates) dcqcn_.emplace_back(rate, parameters_.dcqcn);
            next_notification_.resize(line_rates.size());
            return;
        case Control::nscc:
            if (parameters_.nscc.base_rtt.ps <= 0) abort_run("NSCC needs the round trip of an idle fabric");
            for (const double rate : line_rates) {
                scales_.emplace_back(rate, parameters_.payload, parameters_.nscc);
                nscc_.emplace_back(scales_.back());
            }
            log2_window_ = std::bit_width(parameters_.window - 1);
            sent_.resize(line_rates.size() << log2_window_);
            return;
    }
}

void CongestionControl::note_sent(std::uint32_t flow, PacketNumber packet, std::int64_t wire_bits, Time now,
                                  Time leaves_at) {
    switch (parameters_.control) {
        case Control::none: return;
        case Control::dcqcn: dcqcn_[flow].send(wire_bits, now, line_rates_[flow], parameters_.dcqcn); return;
        case Control::nscc: sent(flow, packet) = leaves_at; return;
    }
}

void CongestionControl::note_notification(std::uint32_t flow, Time now) {
    dcqcn_[flow].notify(now, line_rates_[flow], parameters_.dcqcn);
}

void CongestionControl::note_answer(std::uint32_t flow, const Before& before, PacketNumber packet, bool marked,
                                    Time now, const WindowTransport& transport) {
    if (parameters_.control != Control::nscc) return;
    const Before after(transport.sender(flow));
    const std::uint32_t in_flight = bytes(transport.in_flight(flow));
    if (const std::uint32_t packets = after.acknowledged - before.acknowledged; packets != 0)
        nscc_[flow].acknowledge(bytes(packets), now - sent(flow, packet), marked, in_flight, now, scales_[flow],
                                parameters_.nscc);
    if (after.asked > before.asked)
        nscc_[flow].lose(bytes(after.asked - before.asked), in_flight, now, scales_[flow], parameters_.nscc);
}

}  // namespace lightloom
