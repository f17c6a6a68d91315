// Ports whose rate changes in a run, because their link lost lanes or has them back. All changes are known before:
// no event tells of them, and a committed port takes up its new rate with the first frame whose turn comes then.
// Not here: when a link changes its width (models/faults/fault_timeline.hpp).
#include "models/network/fabric.hpp"

namespace lightloom {

// A frame that is sent again over its link, because that corrupted it, keeps the rate of its first try.
[[gnu::cold, gnu::noinline]] void Fabric::take_up_rate(std::uint32_t index, Time now) {
    Port& port = ports_[index];
    Unsteady& unsteady = unsteady_[hazards_[index].unsteady];
    if (unsteady.next_rate == unsteady.known.last_rate || rates_[unsteady.next_rate].at > now) return;
    const PortCounters& counters = counters_[index];
    const CommittedPort& committed = committed_[index];
    const std::int64_t bits = static_cast<std::int64_t>(counters.frames_sent) * (preamble_bits_ + gap_bits_) +
                              static_cast<std::int64_t>(counters.bytes_sent) * 8 - committed.waiting_bits +
                              committed.replayed_bits;
    unsteady.earlier_ps += port.clock.duration_of(bits - unsteady.earlier_bits).ps;
    unsteady.earlier_bits = bits;
    while (unsteady.next_rate < unsteady.known.last_rate && rates_[unsteady.next_rate].at <= now) ++unsteady.next_rate;
    port.clock.change_rate(rates_[unsteady.next_rate - 1].rate);
    look_ahead(index);
}

// What another node's port had as its clock: what is known of the future is immutable, so it may be asked.
PortClock Fabric::clock_at(std::uint32_t index, Time at) const {
    const Topology::Cable& cable = topology_.cables[topology_.ports[index].cable.value];
    Rate rate = topology_.tiers[cable.tier].rate;
    if (const std::uint32_t row = hazards_[index].unsteady; row != Hazard::kSteady) {
        const Known& known = unsteady_[row].known;
        for (std::uint32_t i = known.first_rate; i < known.last_rate && rates_[i].at <= at; ++i) rate = rates_[i].rate;
    }
    return {rate, gap_bits_};
}

Duration Fabric::busy(std::uint32_t index, std::int64_t frames, std::int64_t bytes) const {
    std::int64_t bits = frames * (preamble_bits_ + gap_bits_) + bytes * 8;
    if (const CommittedPort* row = committed(index)) bits += row->replayed_bits;
    Duration earlier{0};
    if (const std::uint32_t row = hazards_[index].unsteady; row != Hazard::kSteady) {
        bits = std::max<std::int64_t>(0, bits - unsteady_[row].earlier_bits);
        earlier = {unsteady_[row].earlier_ps};
    }
    return earlier + ports_[index].clock.duration_of(bits);
}

}  // namespace lightloom
