// CongestionControl: what holds a flow back beside its window, as one 64-byte row per flow at its sender. Without a
// control no row exists. Each control is a state machine of its own; here is which of them a run has, and its rows.
// Not here: how a NIC waits for a flow's time (models/network/fabric_walk.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/transport/dcqcn.hpp"
#include "models/transport/parameters.hpp"

namespace lightloom {

class CongestionControl {
public:
    /// @param line_rates  of each flow's NIC port, in bits per second
    CongestionControl(const TransportParameters& parameters, std::vector<double> line_rates)
        : parameters_(parameters), line_rates_(std::move(line_rates)) {
        switch (parameters_.control) {
            case Control::none: return;
            case Control::dcqcn:
                for (const double rate : line_rates_) dcqcn_.emplace_back(rate, parameters_.dcqcn);
                next_notification_.resize(line_rates_.size());
                return;
        }
    }

    bool active() const { return parameters_.control != Control::none; }
    /// The flow may not send before.
    Time next_send(std::uint32_t flow) const {
        return parameters_.control == Control::dcqcn ? dcqcn_[flow].next_send : Time{0};
    }
    void note_sent(std::uint32_t flow, std::int64_t wire_bits, Time now) {
        if (parameters_.control == Control::dcqcn)
            dcqcn_[flow].send(wire_bits, now, line_rates_[flow], parameters_.dcqcn);
    }
    /// The receiver's part: a marked packet has come. @return whether to tell the sender
    bool notifies(std::uint32_t flow, Time now) {
        if (parameters_.control != Control::dcqcn || now < next_notification_[flow]) return false;
        next_notification_[flow] = now + parameters_.dcqcn.notification_period;
        return true;
    }
    void note_notification(std::uint32_t flow, Time now) {
        if (parameters_.control == Control::dcqcn) dcqcn_[flow].notify(now, line_rates_[flow], parameters_.dcqcn);
    }
    /// In bits per second: what a flow with a rate may send at now.
    double rate(std::uint32_t flow) const {
        return parameters_.control == Control::dcqcn ? dcqcn_[flow].rate : line_rates_[flow];
    }

private:
    TransportParameters parameters_;
    std::vector<double> line_rates_;
    std::vector<DcqcnSender> dcqcn_;
    std::vector<Time> next_notification_;  // the receiver's
};

}  // namespace lightloom
