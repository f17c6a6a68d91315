// Circuits by turns: who is dark when. Oracle: the state at an instant, (t / period) mod states, sampled.
#include <algorithm>

#include <gtest/gtest.h>

#include "models/faults/circuit_schedule.hpp"
#include "models/faults/fault_timeline.hpp"

namespace lightloom {
namespace {

bool is_dark(const std::vector<Outage>& outages, std::uint32_t direction, Time at) {
    return std::ranges::any_of(outages, [&](const Outage& outage) {
        return outage.direction == direction && outage.from <= at && at < outage.to;
    });
}

TEST(CircuitSchedule, LightsEachCircuitInItsStates) {
    const std::vector<Topology::Circuit> circuits = {{CableId{0}, 0}, {CableId{1}, 1}, {CableId{2}, 2},
                                                     {CableId{3}, 0}, {CableId{3}, 1}, {CableId{4}, 0},
                                                     {CableId{4}, 1}, {CableId{4}, 2}};
    const CircuitSchedule schedule{.states = 3, .period = Duration{100}, .dark = Duration{20}};
    const Time until{1050};
    const std::vector<Outage> outages = circuit_outages(circuits, schedule, until);
    const auto lit_in = [&](std::uint32_t cable, std::int64_t state) {
        return std::ranges::any_of(circuits, [&](const Topology::Circuit& circuit) {
            return circuit.cable.value == cable && circuit.state == state;
        });
    };
    for (std::uint32_t cable = 0; cable < 5; ++cable)
        for (std::int64_t t = 0; t < until.ps; ++t) {
            const std::int64_t state = t / 100 % 3, before = t < 100 ? state : (state + 2) % 3;
            const bool lit = lit_in(cable, state) && (t % 100 >= 20 || lit_in(cable, before));
            EXPECT_EQ(is_dark(outages, 2 * cable, Time{t}), !lit) << "cable " << cable << " at " << t;
            EXPECT_EQ(is_dark(outages, 2 * cable + 1, Time{t}), !lit);
        }
    for (const Outage& outage : outages) EXPECT_NE(outage.direction / 2, 4u);  // in every state
    // In state 1 at the horizon; those of states 2 and 0 are dark until their turn.
    EXPECT_FALSE(is_dark(outages, 2 * 1, Time{1099}));
    EXPECT_TRUE(is_dark(outages, 2 * 2, Time{1119}));
    EXPECT_FALSE(is_dark(outages, 2 * 2, Time{1120}));
    EXPECT_TRUE(is_dark(outages, 2 * 0, Time{1219}));
    EXPECT_FALSE(is_dark(outages, 2 * 0, Time{1220}));
    EXPECT_TRUE(std::ranges::is_sorted(outages, {}, [](const Outage& o) { return std::pair(o.direction, o.from); }));
    for (std::size_t i = 1; i < outages.size(); ++i)
        EXPECT_TRUE(outages[i - 1].direction != outages[i].direction || outages[i - 1].to < outages[i].from);
}

TEST(CircuitSchedule, OfOneStateNeverGoesDark) {
    const std::vector<Topology::Circuit> circuits = {{CableId{0}, 0}};
    EXPECT_TRUE(circuit_outages(circuits, {.states = 1, .period = Duration{100}}, kNever).empty());
    EXPECT_TRUE(circuit_outages({}, {.states = 4, .period = Duration{100}}, Time{1'000'000}).empty());
}

TEST(CircuitSchedule, RefusesWhatCannotBe) {
    const std::vector<Topology::Circuit> circuits = {{CableId{0}, 1}};
    const auto refuses = [&](const CircuitSchedule& schedule, Time until, const char* what) {
        try {
            circuit_outages(circuits, schedule, until);
            ADD_FAILURE() << "accepted, not: " << what;
        } catch (const FaultError& error) {
            EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
        }
    };
    refuses({.states = 0, .period = Duration{100}}, Time{1000}, "at least one state");
    refuses({.states = 1, .period = Duration{100}}, Time{1000}, "lit in state 1");
    refuses({.states = 2, .period = Duration{0}}, Time{1000}, "longer than");
    refuses({.states = 2, .period = Duration{100}, .dark = Duration{100}}, Time{1000}, "longer than");
    refuses({.states = 2, .period = Duration{100}, .dark = Duration{-1}}, Time{1000}, "longer than");
    refuses({.states = 2, .period = Duration{100}}, kNever, "horizon");
    refuses({.states = 2, .period = Duration{1}}, Time{1'000'000'000}, "more than");
}

}  // namespace
}  // namespace lightloom
