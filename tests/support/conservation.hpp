// Conservation: nothing vanishes, as sentences about a run, so that a test can expect none and a search can ask whether
// there are any. Per link sent = delivered + lost + in flight; per flow sent = delivered + lost + dropped + in flight.
#pragma once

#include <string>
#include <vector>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {

inline std::uint64_t data_sent(const FabricRun& stopped, std::uint32_t flow) {
    const Sender& sender = stopped.fabric.transport().sender(flow);
    return std::uint64_t{sender.next} + sender.retransmissions - stopped.left.queued_packets[flow];
}

/// Every link and flow whose sums do not agree; acknowledgements over all flows.
inline std::vector<std::string> leaks(const FabricRun& stopped) {
    std::vector<std::string> found;
    const auto compare = [&](const std::string& what, std::uint64_t sent, std::uint64_t accounted) {
        if (sent != accounted)
            found.push_back(what + ": " + std::to_string(sent) + " sent, " + std::to_string(accounted) + " accounted");
    };
    for (std::uint32_t port = 0; port < stopped.fabric.counters().size(); ++port) {
        const Fabric::PortCounters& there = stopped.received(PortId{port});
        compare("port " + std::to_string(port), stopped.sent(PortId{port}),
                there.frames_delivered + there.frames_lost + stopped.left.travelling_frames[port]);
    }
    std::uint64_t answers = 0, answers_gone = stopped.statistics.acknowledgement_latency.count();
    for (std::uint32_t flow = 0; flow < stopped.fabric.traffic().flows.size(); ++flow) {
        const Fabric::FlowLosses& losses = stopped.statistics.losses[flow];
        const std::uint64_t arrived = stopped.fabric.transport().receiver(flow).delivered;
        compare("flow " + std::to_string(flow), data_sent(stopped, flow),
                arrived + losses.lost + losses.dropped + losses.unrouted + stopped.left.travelling_packets[flow]);
        answers += arrived;
        answers_gone += losses.lost_acknowledgements + losses.dropped_acknowledgements +
                        losses.unrouted_acknowledgements + stopped.left.queued_acknowledgements[flow] +
                        stopped.left.travelling_acknowledgements[flow];
    }
    compare("acknowledgements", answers, answers_gone);
    return found;
}

}  // namespace lightloom::testing
