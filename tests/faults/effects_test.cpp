// What faults did: rows by hand with what they come to, and a fabric's own rows against its counters.
// Oracle: arithmetic; a port's frames lost in the dark, which are counted by the receiver of its cable.
#include <gtest/gtest.h>

#include "models/faults/effects.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

using Occurrence = FaultTimeline::Occurrence;

const std::vector<Occurrence> kOccurrences = {
    {0, 0, Time{100}, Time{200}}, {0, 0, Time{500}, Time{600}}, {1, 0, Time{150}, kNever}};
const std::vector<Outage> kOutages = {{Time{100}, Time{200}, 0, OutageCause::flap, 0},
                                      {Time{500}, Time{600}, 0, OutageCause::flap, 1},
                                      {Time{100}, Time{200}, 1, OutageCause::flap, 0},
                                      {Time{150}, kNever, 4, OutageCause::link_down, 2},
                                      {Time{0}, Time{900}, 6, OutageCause::circuit}};
const std::vector<OutageLosses> kLosses = {
    {3, Time{110}, Time{190}}, {0}, {2, Time{105}, Time{120}}, {7, Time{250}, Time{300}}, {50, Time{1}, Time{2}}};

FlowStall stall(std::uint32_t flow, std::size_t source, std::size_t destination, std::int64_t from, std::int64_t to) {
    return {flow, EndpointId{source}, EndpointId{destination}, Time{from}, Time{to}};
}

TEST(Effects, AddUpByOccurrence) {
    const std::vector<FlowStall> stalls = {stall(0, 0, 1, 90, 140),    // ended before the third began
                                           stall(1, 1, 2, 110, 230),   // overlaps the first and the third
                                           stall(2, 3, 4, 200, 260),   // the first is over by then
                                           stall(3, 5, 6, 520, 529)};  // too short
    const std::vector<FaultEffects> effects = fault_effects(kOccurrences, kOutages, kLosses, stalls, Duration{10});
    ASSERT_EQ(effects.size(), 3u);
    EXPECT_EQ(effects[0], (FaultEffects{5, Duration{5}, 2, 3, Duration{120}, Duration{130}}));
    EXPECT_EQ(effects[1], (FaultEffects{0, {}, 0, 0, Duration{0}, Duration{0}}));
    EXPECT_EQ(effects[2], (FaultEffects{7, Duration{100}, 2, 4, Duration{120}, Duration{110}}));
}

TEST(Effects, AddUpByFault) {
    std::vector<FlowStall> stalls = {stall(0, 0, 1, 110, 140), stall(0, 0, 1, 510, 640),
                                     stall(4, 0, 7, 700, kNever.ps)};
    stalls.back().seen_until = Time{950};
    const auto effects = effects_by_fault(3, kOccurrences, kOutages, kLosses, stalls, Duration{10});
    ASSERT_EQ(effects.size(), 3u);
    EXPECT_EQ(effects[0], (FaultEffects{5, Duration{5}, 1, 2, Duration{130}, Duration{140}}));
    EXPECT_EQ(effects[1], (FaultEffects{7, Duration{100}, 2, 3, Duration{250}, {}}));  // flow 4 never went on
    EXPECT_EQ(effects[2], (FaultEffects{0, {}, 0, 0, Duration{0}, Duration{0}}));      // it never happened
}

// A cable with a little more loss, which corrects all of it, stalls nobody beside one that is dark.
TEST(Effects, AreOfWhatTookSomething) {
    const std::vector<Outage> outages = {{Time{0}, kNever, 0, OutageCause::loss, 0},
                                         {Time{150}, kNever, 4, OutageCause::link_down, 2}};
    const auto stalled = [&](std::uint64_t frames, Time from, Time to) {
        const std::vector<OutageLosses> losses = {{frames, Time{120}, Time{130}}, {}};
        const std::vector<FlowStall> stalls = {{0, EndpointId{0}, EndpointId{1}, from, to}};
        const auto effects = fault_effects(kOccurrences, outages, losses, stalls, Duration{10});
        return std::pair(effects[0].flows_stalled, effects[2].flows_stalled);
    };
    EXPECT_EQ(stalled(0, Time{160}, Time{190}), std::pair(0u, 1u));
    EXPECT_EQ(stalled(1, Time{160}, Time{190}), std::pair(1u, 1u)) << "who lost which is not known";
    EXPECT_EQ(stalled(0, Time{110}, Time{140}), std::pair(1u, 0u)) << "there is no other";
}

// A flow that gives up stops suffering: what happens to the fabric afterwards does not concern it.
TEST(Effects, OfFlowsThatFailEndThere) {
    std::vector<FlowStall> stalls = {stall(0, 0, 1, 110, kNever.ps), stall(1, 1, 2, 120, 140),
                                     stall(2, 3, 4, 130, 170)};
    stalls[0].failed = Time{180};
    stalls[0].group = stalls[1].group = 5;
    stalls[2].group = 6;
    const auto effects = fault_effects(kOccurrences, {}, {}, stalls, Duration{10});
    EXPECT_EQ(effects[0].flows_stalled, 3u);
    EXPECT_EQ(effects[0].flows_failed, 1u);
    EXPECT_EQ(effects[0].groups_stalled, 2u);
    EXPECT_EQ(effects[0].groups_failed, 1u);
    EXPECT_EQ(effects[0].longest_stall, Duration{70});
    EXPECT_EQ(effects[0].to_recovery, std::nullopt);
    EXPECT_EQ(effects[1], (FaultEffects{.to_recovery = Duration{0}})) << "at 500, long after it failed";
    EXPECT_EQ(effects[2].flows_stalled, 2u);
}

TEST(Effects, OfNothingAreNone) {
    EXPECT_TRUE(fault_effects({}, kOutages, kLosses, {}, Duration{0}).empty());
    const auto quiet = fault_effects(kOccurrences, {}, {}, {}, Duration{0});
    for (const FaultEffects& effects : quiet) EXPECT_EQ(effects, (FaultEffects{.to_recovery = Duration{0}}));
}

// Every frame lost in the dark is lost to one outage, and the first of them not before it.
TEST(Effects, AgreeWithTheCountersOfAFabric) {
    const Topology topology = leaf_spine(
        {.servers = 8, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 2, .rate = gigabits(400)});
    FabricCase parts(topology, permutation(topology, {256 << 10}, 7), nanoseconds(300));
    parts.transport = {.payload = {4096}, .window = 32, .timeout = microseconds(20)};
    std::vector<PlannedFault> faults;
    for (std::uint32_t i = 0; i < 20; ++i)
        faults.push_back({.effect = Dark{},
                          .targets = {target_of(CableId{7 * i % topology.cables.size()})},
                          .when = Once{Time{i * 500'000}, microseconds(8)}});
    faults.push_back({.effect = Dark{OutageCause::switch_crash},
                      .targets = {target_of(topology, NodeId{topology.nodes.size() - 1})},
                      .when = Once{Time{} + microseconds(3), microseconds(9)}});
    const FaultTimeline timeline = fault_timeline(topology, faults, kNever, 1);
    parts.outages = timeline.outages;
    for (const Forwarding forwarding : {Forwarding::store_and_forward, Forwarding::cut_through}) {
        parts.network.forwarding = forwarding;
        const FabricRun ran = run(parts);
        ASSERT_TRUE(ran.fabric.finished());
        const auto outages = ran.fabric.outages();
        const auto losses = ran.fabric.outage_losses();
        ASSERT_EQ(outages.size(), timeline.outages.size());
        std::vector<std::uint64_t> per_direction(parts.channels.size());
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < outages.size(); ++i) {
            per_direction[outages[i].direction] += losses[i].frames;
            total += losses[i].frames;
            if (losses[i].frames == 0) continue;
            EXPECT_GE(losses[i].first, outages[i].from);
            EXPECT_LE(losses[i].first, losses[i].last);
            EXPECT_LT(losses[i].last, outages[i].to);
        }
        for (std::uint32_t d = 0; d < per_direction.size(); ++d) {
            const Topology::Cable& cable = topology.cables[d / 2];
            const PortId receiver = d % 2 == 0 ? cable.upper : cable.lower;
            EXPECT_EQ(per_direction[d], ran.fabric.counters()[receiver.value].frames_lost_in_dark) << d;
        }
        EXPECT_GT(total, 200u);
        std::uint64_t by_fault = 0;
        for (const FaultEffects& effects :
             effects_by_fault(faults.size(), timeline.occurrences, outages, losses, {}, Duration{0}))
            by_fault += effects.frames_lost;
        EXPECT_EQ(by_fault, total);
        const FabricRun shared = run(parts, {2, 5});
        for (std::size_t i = 0; i < losses.size(); ++i) {
            EXPECT_EQ(shared.fabric.outage_losses()[i].frames, losses[i].frames);
            EXPECT_EQ(shared.fabric.outage_losses()[i].first, losses[i].first);
        }
    }
}

}  // namespace
}  // namespace lightloom::testing
