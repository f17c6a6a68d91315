// CongestionControl: what holds a flow back beside its window, as one 64-byte row per flow at its sender. Without a
// control no row exists. Each control is a state machine of its own; here is which of them a run has, and its rows.
// Not here: how a NIC waits for a flow's time (models/network/fabric_walk.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/transport/dcqcn.hpp"
#include "models/transport/nscc.hpp"
#include "models/transport/parameters.hpp"
#include "models/transport/window_transport.hpp"

namespace lightloom {

class CongestionControl {
public:
    /// @param line_rates  of each flow's NIC port, in bits per second
    CongestionControl(const TransportParameters& parameters, std::span<const double> line_rates);

    bool active() const { return parameters_.control != Control::none; }
    /// The flow may not send before.
    Time next_send(std::uint32_t flow) const {
        return parameters_.control == Control::dcqcn ? dcqcn_[flow].next_send : Time{0};
    }
    /// May the flow have one packet more in flight? If not, an acknowledgement or a time-out will change that.
    bool has_room(std::uint32_t flow, const WindowTransport& transport) const {
        return parameters_.control != Control::nscc || bytes(transport.in_flight(flow)) < nscc_[flow].window;
    }
    /// A packet is sent. @param wire_bits  with preamble and gap
    /// @param leaves_at  when its first bit is to leave the NIC, but for the NIC's latency
    void note_sent(std::uint32_t flow, PacketNumber packet, std::int64_t wire_bits, Time now, Time leaves_at);
    /// The receiver's part: a marked packet has come. @return whether to tell the sender
    bool notifies(std::uint32_t flow, Time now) {
        if (parameters_.control != Control::dcqcn || now < next_notification_[flow]) return false;
        next_notification_[flow] = now + parameters_.dcqcn.notification_period;
        return true;
    }
    /// The receiver has told it.
    void note_notification(std::uint32_t flow, Time now);

    /// What a sender knew before an acknowledgement came.
    struct Before {
        std::uint32_t acknowledged, asked;
        explicit Before(const Sender& s) : acknowledged(s.base + s.held), asked(s.asked) {}
    };
    /// An acknowledgement of `packet` has been taken.
    void note_answer(std::uint32_t flow, const Before& before, PacketNumber packet, bool marked, Time now,
                     const WindowTransport& transport);

    void note_timeout(std::uint32_t flow) {
        if (parameters_.control == Control::nscc) nscc_[flow].lost = true;
    }

    /// In bits per second: what a flow with a rate may send at now.
    double rate(std::uint32_t flow) const {
        return parameters_.control == Control::dcqcn ? dcqcn_[flow].rate : line_rates_[flow];
    }
    /// In bytes: what a flow with a window of bytes may have in flight.
    double window(std::uint32_t flow) const { return nscc_[flow].window; }

private:
    std::uint32_t bytes(std::uint32_t packets) const {  // all of them counted as full
        return packets * static_cast<std::uint32_t>(parameters_.payload.count);
    }
    Time& sent(std::uint32_t flow, PacketNumber packet) {
        return sent_[(std::size_t{flow} << log2_window_) + (packet & ((1u << log2_window_) - 1))];
    }

    TransportParameters parameters_;
    std::vector<double> line_rates_;
    std::vector<DcqcnSender> dcqcn_;
    std::vector<Time> next_notification_;  // the receiver's
    std::vector<NsccSender> nscc_;
    std::vector<NsccScale> scales_;
    std::vector<Time> sent_;  // when each packet of a flow's window was sent last
    int log2_window_ = 0;
};

}  // namespace lightloom
