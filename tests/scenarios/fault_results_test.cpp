// What a run says its faults did: who stood still, how long, when it was noticed, who gave up. Oracles: whose traffic
// passes a cable, counted by hand; the definitions of detection, convergence and retry budget; the flows' own columns.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "scenarios/assembly.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kMicrosecond = 1'000'000, kMillisecond = 1'000'000'000;
constexpr std::int64_t kTimeout = 250 * kMicrosecond;  // of the scenario: the default
constexpr std::int64_t kAt = 500 * kMicrosecond;       // when its spine goes down
constexpr std::int64_t kSlack = 100 * kMicrosecond;    // queues and round trips

RunResult run_with(const std::vector<Override>& overrides, const RunOptions& how = {.threads = 2}) {
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/spine-down.toml", overrides);
    const LoadedScenario& input = loading.loaded.value();
    return run(input.scenario, plan(input.scenario, input.context()), how, nullptr);
}
// Server 3 of 8 with its four GPUs: each of the four rings has one flow into it and one out of it.
const Override kServer{"fault.0.select", "tier=host-leaf & server=3"};

std::int64_t events_of(const RunResult& result, FaultEvent kind) {
    return std::ranges::count(result.events.kind, static_cast<std::uint8_t>(kind));
}
std::int64_t time_of(const RunResult& result, FaultEvent kind) {
    const auto found = std::ranges::find(result.events.kind, static_cast<std::uint8_t>(kind));
    return found == result.events.kind.end()
               ? -1
               : result.events.time_ps[static_cast<std::size_t>(found - result.events.kind.begin())];
}

TEST(FaultResults, AnOutageWithinTheRetryBudgetStallsTheFlowsOverItsCablesAndNoMore) {
    const RunResult ran = run_with({kServer, {"transport.retries", "20"}});
    ASSERT_TRUE(ran.complete);
    const RunResult::Faults& f = ran.faults;
    ASSERT_EQ(f.kind.size(), 1u);
    EXPECT_EQ(f.kind[0], "down");
    EXPECT_EQ(f.cables[0], 4u);
    EXPECT_EQ(f.occurrences[0], 1u);
    EXPECT_EQ(f.from_ps[0], kAt);
    EXPECT_EQ(f.to_ps[0], kAt + 3 * kMillisecond);
    EXPECT_EQ(f.flows_stalled[0], 8u) << "in and out, of four rings";
    EXPECT_EQ(f.endpoints_affected[0], 12u) << "the server's GPUs and those before and after it";
    EXPECT_EQ(f.groups_stalled[0], 4u);
    EXPECT_EQ(f.groups_failed[0], 0u);
    EXPECT_EQ(f.flows_failed[0], 0u);
    EXPECT_EQ(ran.summary.groups, 4);
    EXPECT_GT(f.frames_lost[0], 0);
    EXPECT_EQ(f.frames_lost[0], ran.summary.frames_lost_in_dark);
    EXPECT_GE(f.to_first_loss_ps[0], 0);
    EXPECT_LT(f.to_first_loss_ps[0], kSlack);
    EXPECT_GE(f.to_recover_ps[0], 3 * kMillisecond);
    EXPECT_LE(f.to_recover_ps[0], 3 * kMillisecond + 2 * kTimeout + kSlack);
    EXPECT_GE(f.longest_stall_ps[0], 3 * kMillisecond - kSlack);
    EXPECT_LE(f.longest_stall_ps[0], f.to_recover_ps[0] + kSlack);
    EXPECT_EQ(f.longest_stall_ps[0], std::ranges::max(ran.flows.longest_stall_ps));
    EXPECT_EQ(f.to_detect_ps[0], -1) << "no route leads round the cable of a server";
    EXPECT_EQ(std::ranges::count_if(ran.flows.stalled_ps, [](auto ps) { return ps > 0; }), 8);
    EXPECT_EQ(std::ranges::count(ran.flows.failed_ps, -1), 32);
    EXPECT_EQ(ran.events.time_ps, (std::vector<std::int64_t>{kAt, kAt + 3 * kMillisecond}));
}

TEST(FaultResults, ALongerOneFailsThem) {
    const RunResult ran = run_with({kServer, {"transport.retries", "2"}});
    EXPECT_EQ(ran.stopped_by, "failure");
    const RunResult::Faults& f = ran.faults;
    EXPECT_EQ(f.flows_stalled[0], 8u);
    EXPECT_EQ(f.flows_failed[0], 8u);
    EXPECT_EQ(f.groups_stalled[0], 4u);
    EXPECT_EQ(f.groups_failed[0], 4u);
    EXPECT_EQ(f.to_recover_ps[0], -1);
    EXPECT_EQ(events_of(ran, FaultEvent::flow_failed), 8);
    EXPECT_EQ(events_of(ran, FaultEvent::repaired), 0) << "all had ended by then";
    for (std::size_t i = 0; i < ran.events.kind.size(); ++i) {
        if (ran.events.kind[i] != static_cast<std::uint8_t>(FaultEvent::flow_failed)) continue;
        const std::int64_t failed = ran.events.time_ps[i];
        EXPECT_EQ(failed, ran.flows.failed_ps[ran.events.subject[i]]);
        EXPECT_GE(failed, kAt + 2 * kTimeout - kSlack);
        EXPECT_LE(failed, kAt + 4 * kTimeout + kSlack) << "two time-outs, each seen within another";
    }
    EXPECT_GE(f.longest_stall_ps[0], 2 * kTimeout);
}

TEST(FaultResults, WithFailoverTrafficMovesWithinDetectionAndConvergence) {
    const RunResult ran = run_with({});
    const RunResult::Faults& f = ran.faults;
    EXPECT_EQ(f.cables[0], 8u);
    EXPECT_EQ(f.to_detect_ps[0], 100 * kMicrosecond);
    EXPECT_EQ(f.to_reroute_ps[0], kMillisecond);
    EXPECT_GT(f.flows_stalled[0], 0u);
    EXPECT_GT(f.to_recover_ps[0], kTimeout);
    EXPECT_LE(f.to_recover_ps[0], kMillisecond + 2 * kTimeout + kSlack);
    EXPECT_EQ(time_of(ran, FaultEvent::fault), kAt);
    EXPECT_EQ(time_of(ran, FaultEvent::detected), kAt + 100 * kMicrosecond);
    EXPECT_EQ(time_of(ran, FaultEvent::rerouted), kAt + kMillisecond);
    EXPECT_TRUE(std::ranges::is_sorted(ran.events.time_ps));
    const RunResult left_alone = run_with({{"routing.failover", "false"}});
    EXPECT_EQ(left_alone.faults.to_detect_ps[0], -1);
    EXPECT_EQ(left_alone.faults.to_reroute_ps[0], -1);
    EXPECT_GT(left_alone.faults.frames_lost[0], f.frames_lost[0]);
}

// Both cables between a leaf and a spine: the spine finds no other way to the leaf until all route around it.
TEST(FaultResults, SwitchesTellWhatTheyBlackHole) {
    const RunResult ran =
        run_with({{"fault.0.select", "tier=leaf-spine & leaf=1 & spine=2"}, {"routing.policy", "spray"}});
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < ran.switches.node.size(); ++i) {
        const Topology::Node& node = ran.topology.nodes[ran.switches.node[i]];
        EXPECT_EQ(ran.switches.frames_black_holed[i] > 0, node.kind == NodeKind::spine && node.index == 2);
        EXPECT_EQ(ran.switches.frames_looped[i], 0) << "all change their routes at one instant";
        sum += ran.switches.frames_black_holed[i];
    }
    EXPECT_GT(sum, 0);
    EXPECT_EQ(ran.summary.frames_black_holed, sum);
    EXPECT_EQ(ran.summary.frames_unrouted, sum);
    EXPECT_EQ(ran.switches.node.size(), 8u);
}

// Of a cable that loses lock while it is degraded, for 20 us: all that the run lost and all that stalled in it, up to
// the end of 1 ms of darkness, is the fault's. Nothing else loses a frame.
TEST(FaultResults, ADegradeThatLosesLockLastsUntilItIsFoundAgain) {
    const std::vector<Override> overrides = {{"fault.0.lane", "all"},
                                             {"fault.0.extra_loss", "12dB"},
                                             {"fault.0.lasts", "20us"},
                                             {"optics.relock", "1ms"},
                                             {"optics.debounce", "1s"}};
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/degrade-in-a-run.toml", overrides);
    const LoadedScenario& input = loading.loaded.value();
    const RunResult ran = run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
    ASSERT_TRUE(ran.complete);
    const RunResult::Faults& f = ran.faults;
    const std::int64_t from = 200 * kMicrosecond;
    EXPECT_EQ(ran.summary.lock_losses, 2);
    EXPECT_EQ(f.to_ps[0], from + 20 * kMicrosecond) << "when it was lifted";
    EXPECT_GT(time_of(ran, FaultEvent::repaired), from + kMillisecond);
    EXPECT_LE(time_of(ran, FaultEvent::repaired), from + kMillisecond + 20 * kMicrosecond);
    EXPECT_GT(ran.summary.frames_lost, 0);
    EXPECT_EQ(f.frames_lost[0], ran.summary.frames_lost);
    EXPECT_GE(f.to_first_loss_ps[0], 0);
    EXPECT_LT(f.to_first_loss_ps[0], kSlack);
    EXPECT_GT(f.flows_stalled[0], 0u);
    EXPECT_EQ(f.flows_stalled[0], std::ranges::count_if(ran.flows.stalled_ps, [](auto ps) { return ps > 0; }));
    EXPECT_EQ(f.to_detect_ps[0], -1) << "switches are told of outages only";
}

TEST(FaultResults, AreTheSameForAnyThreadsAndWindows) {
    const RunResult one = run_with({{"transport.retries", "3"}}, {.threads = 1});
    for (const RunOptions& how : {RunOptions{.threads = 2}, RunOptions{.threads = 2, .partitions = 5},
                                  RunOptions{.threads = 1, .partitions = 3, .window_divisor = 4}}) {
        const RunResult other = run_with({{"transport.retries", "3"}}, how);
        EXPECT_EQ(other.digest, one.digest);
        EXPECT_EQ(other.events.time_ps, one.events.time_ps);
        EXPECT_EQ(other.events.subject, one.events.subject);
        EXPECT_EQ(other.flows.stalled_ps, one.flows.stalled_ps);
        EXPECT_EQ(other.faults.to_recover_ps, one.faults.to_recover_ps);
        EXPECT_EQ(other.faults.flows_stalled, one.faults.flows_stalled);
    }
}

TEST(FaultResults, AStallThatOutlastsTheRunLastsTillItsEnd) {
    const RunResult ran = run_with({kServer, {"run.until", "2ms"}});
    EXPECT_EQ(ran.stopped_by, "until");
    EXPECT_EQ(ran.faults.to_recover_ps[0], -1);
    EXPECT_GE(ran.faults.longest_stall_ps[0], 2 * kMillisecond - kAt - kSlack);
    EXPECT_EQ(ran.faults.longest_stall_ps[0], std::ranges::max(ran.flows.longest_stall_ps));
}

TEST(FaultResults, OneThatNeverBeginsDidNothing) {
    const RunResult ran = run_with({{"fault.0.at", "900s"}});
    EXPECT_EQ(ran.faults.occurrences[0], 0u);
    EXPECT_EQ(ran.faults.flows_stalled[0], 0u);
    EXPECT_EQ(ran.faults.to_recover_ps[0], -1);
    EXPECT_TRUE(ran.events.time_ps.empty());
    EXPECT_EQ(ran.summary.frames_black_holed + ran.summary.frames_looped, 0);
}

std::int64_t first_of(hid_t file, const char* name) {
    std::int64_t values[64] = {};
    const hid_t data = H5Dopen2(file, name, H5P_DEFAULT);
    EXPECT_GE(data, 0) << name;
    EXPECT_GE(H5Dread(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
    H5Dclose(data);
    return values[0];
}

TEST(FaultResults, AreInTheFile) {
    const RunResult ran = run_with({});
    const std::string path = ::testing::TempDir() + "fault_results.h5";
    ResultFile::create(path, {.title = "",
                              .program_version = "",
                              .build_type = "",
                              .scenario_text = "",
                              .effective_scenario = "",
                              .plant_seed = 1,
                              .traffic_seed = 1,
                              .faults_seed = 1,
                              .topology = ran.topology,
                              .links = ran.links})
        .finish(ran);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    EXPECT_EQ(first_of(file, "faults/flows_stalled"), ran.faults.flows_stalled[0]);
    EXPECT_EQ(first_of(file, "faults/to_recover_ps"), ran.faults.to_recover_ps[0]);
    EXPECT_EQ(first_of(file, "faults/frames_lost"), ran.faults.frames_lost[0]);
    EXPECT_EQ(first_of(file, "events/time_ps"), kAt);
    EXPECT_EQ(first_of(file, "switches/node"), ran.switches.node[0]);
    H5Fclose(file);
    std::remove(path.c_str());
}

}  // namespace
}  // namespace lightloom
