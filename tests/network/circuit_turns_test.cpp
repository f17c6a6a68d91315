// A flow over a circuit that takes turns moves while the circuit is lit, at the link's rate, and not at all else.
// Oracle: the lit time of the schedule, by hand, over the time of a packet on the wire.
#include <gtest/gtest.h>

#include "models/faults/circuit_schedule.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kPacketPs = (8 + 64 + 4096 + 12) * 20;  // on the wire, at 400 Gb/s
constexpr Duration kPeriod = milliseconds(1), kDark = microseconds(10), kTimeout = microseconds(10);
constexpr std::int64_t kStates = 3, kTurns = 4;

// The cable between the leaves is lit in the first of three states.
FabricCase by_turns(Time until) {
    FabricCase parts(chain({gigabits(400), gigabits(400), gigabits(400)}), messages({{0, 1}}, {1 << 30}),
                     nanoseconds(100));
    parts.transport = {.payload = {4096}, .window = 64, .timeout = kTimeout};
    const Topology::Circuit circuit{CableId{1}, 0};
    parts.outages = circuit_outages({&circuit, 1}, {.states = kStates, .period = kPeriod, .dark = kDark}, until);
    return parts;
}

TEST(CircuitTurns, GiveAFlowTheShareOfTheTimeThatItsCircuitIsLit) {
    const Time end = Time{} + kPeriod * (kStates * kTurns);
    const FabricCase parts = by_turns(end);
    const FabricRun ran = run(parts, {.until = end});
    const Duration lit = kPeriod * kTurns - kDark * (kTurns - 1);  // the first turn has no mirrors to wait for
    const double closed = static_cast<double>(lit.ps) / static_cast<double>(kPacketPs);
    const auto arrived = static_cast<double>(ran.fabric.transport().receiver(0).base);
    EXPECT_LE(arrived, closed);
    EXPECT_GE(arrived, closed * (1.0 - 0.02)) << "after each dark a flow waits for a time-out, 1 % of a turn";
}

TEST(CircuitTurns, LetNothingArriveInTheDark) {
    const FabricCase parts = by_turns(Time{} + kPeriod * (kStates * kTurns));
    const auto arrived = [&](Time at) { return run(parts, {.until = at}).fabric.transport().receiver(0).base; };
    for (std::int64_t turn = 1; turn < kTurns; ++turn) {
        const Time lit = Time{} + kPeriod * (kStates * turn);
        const Time dark = lit - kPeriod * (kStates - 1);
        const auto at_its_end = arrived(dark + microseconds(5));  // what was past the circuit has arrived by then
        EXPECT_EQ(arrived(lit + kDark), at_its_end) << turn;
        EXPECT_GT(arrived(lit + kDark + kTimeout * 3), at_its_end) << turn;
    }
}

}  // namespace
}  // namespace lightloom::testing
