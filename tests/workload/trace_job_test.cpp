// Traces of several ranks as one job: what belongs together, what does not, and what they become. Oracle: a network
// that delivers in any order (tests/workload/free_network.hpp), and sizes by hand.
#include "models/workload/traces/trace_job.hpp"

#include <gtest/gtest.h>

#include "models/workload/loads.hpp"
#include "models/workload/traces/group_members.hpp"
#include "models/workload/traces/trace_traffic.hpp"
#include "tests/workload/chakra_bytes.hpp"
#include "tests/workload/free_network.hpp"

namespace lightloom {
namespace {

using namespace chakra_bytes;
using Ranks = std::vector<std::vector<std::string>>;

const TraceReplay kDirect{.algorithm_of = [](Collective kind) {
    return kind == Collective::all_reduce ? Algorithm::ring : Algorithm::direct;
}};

Traffic traffic_of(const TraceJob& job, const TraceReplay& replay = kDirect) {
    std::vector<EndpointId> endpoints;
    for (std::size_t i = 0; i < job.ranks; ++i) endpoints.push_back(EndpointId{i});
    return trace_traffic(job, endpoints, replay);
}

// Bytes that all flows carry, once it has been seen that every worker ends, whatever the order of delivery.
std::int64_t bytes_of(const TraceJob& job, const TraceReplay& replay = kDirect) {
    const Traffic traffic = traffic_of(job, replay);
    const Load planned = total_load(traffic, {1});
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Network network(traffic, seed);
        network.run();
        EXPECT_EQ(network.done.size(), job.ranks) << seed;
        Load released;
        for (const Load& load : network.released) released.add(load);
        EXPECT_EQ(released.bytes, planned.bytes);
        EXPECT_EQ(released.messages, planned.messages);
    }
    return planned.bytes;
}

std::string refused(const Ranks& ranks, const std::vector<ProcessGroup>& groups = {}) {
    return refusal([&] { job(ranks, groups); });
}

TEST(TraceJob, CountsAnAllGatherByItsConvention) {
    const Ranks ranks(4, {collective(1, 2, 1000)});
    EXPECT_EQ(bytes_of(job(ranks)), 4 * 3 * 1000);
    EXPECT_EQ(bytes_of(job(ranks, {}, {.all_gather = AllGatherSize::gathered})), 4 * 3 * 250);
    EXPECT_EQ(bytes_of(job(ranks, {}, {.element_bytes = 2})), 4 * 3 * 2000);
}

TEST(TraceJob, CountsTheOthersByWhatTheyBeginWith) {
    EXPECT_EQ(bytes_of(job(Ranks(4, {collective(1, 0, 1000)}))), 4 * 2 * 3 * 250);
    for (const int reduce_scatter : {7, 8})
        EXPECT_EQ(bytes_of(job(Ranks(4, {collective(1, reduce_scatter, 1000)}))), 4 * 3 * 250);
    EXPECT_EQ(bytes_of(job(Ranks(4, {collective(1, 6, 1000)}))), 4 * 3 * 250);
    EXPECT_EQ(bytes_of(job(Ranks(4, {collective(1, 5, 1000)}))), 3 * 1000);
    EXPECT_EQ(bytes_of(job(Ranks(4, {collective(1, 9, 1000)}), {}),
                       {.algorithm_of = [](Collective) { return Algorithm::bruck; }}),
              0);
}

TEST(TraceJob, RunsACollectiveAmongItsGroup) {
    const std::vector<ProcessGroup> groups{{"1", {0, 2}}, {"2", {1, 3}}, {"3", {1}}};
    const std::string alone = collective(2, 0, 1 << 20, "3");
    const Ranks ranks{{collective(1, 0, 1000, "1")},
                      {collective(1, 0, 600, "2"), alone},
                      {collective(9, 0, 1000, "1")},
                      {collective(1, 0, 600, "2")}};
    EXPECT_EQ(bytes_of(job(ranks, groups)), 2 * 1000 + 2 * 600);
}

TEST(TraceJob, TakesGroupsThatATraceDescribesAndAllRanksForOneWithout) {
    const std::string described = node(1, kMetadata, text(8, text(1, R"([{"pg_name": "a", "ranks": []}])")));
    const Ranks ranks(3, {described, collective(2, 0, 300, "a"), collective(3, 0, 300)});
    EXPECT_EQ(bytes_of(job(ranks)), 2 * (3 * 2 * 2 * 100));
}

// Names and members of groups are looked up, not searched for: with as many groups as nodes this would take minutes.
TEST(TraceJob, TakesAsManyGroupsAsNodes) {
    constexpr int kGroups = 100'000;
    std::vector<std::string> nodes;
    std::vector<ProcessGroup> groups;
    for (int i = 0; i < kGroups; ++i) {
        groups.push_back({"group " + std::to_string(i), {1, 0}});
        nodes.push_back(collective(static_cast<std::uint64_t>(i), 0, 1000, groups.back().name));
    }
    const TraceJob made = job(Ranks(2, nodes), groups);
    EXPECT_EQ(made.groups.size(), std::size_t{kGroups});
    EXPECT_EQ(total_load(traffic_of(made), {1}).bytes, std::int64_t{kGroups} * 2 * 1000);
}

// Which ranks they are is said in several ways, and the same name stands for others elsewhere.
TEST(TraceJob, TakesGroupsOfOneNameAndTheSameRanksForOne) {
    const auto rank = [](const std::string& ranks) {
        return std::vector<std::string>{
            node(1, kMetadata, text(8, text(1, R"([{"pg_name": "a", "ranks": )" + ranks + "}]"))),
            collective(2, 0, 300, "a")};
    };
    const TraceJob all = job({rank("[]"), rank("[0, 1, 2]"), rank("[]")});
    ASSERT_EQ(all.groups.size(), 1u);
    EXPECT_TRUE(all.groups[0].members.empty());
    const TraceJob pairs = job({rank("[0, 2]"), rank("[3, 1]"), rank("[0, 2]"), rank("[3, 1]")});
    ASSERT_EQ(pairs.groups.size(), 2u);
    EXPECT_EQ(pairs.groups[1].members, (std::vector<std::uint32_t>{3, 1}));
    const GroupMembers members(pairs.groups[1].members);
    EXPECT_EQ(members.place_of(1), 1u);
    EXPECT_EQ(members.place_of(2), std::nullopt);
}

TEST(TraceJob, RefusesGroupsThatDoNotFit) {
    EXPECT_EQ(refused({{collective(5, 0, 8, "x")}}),
              "r0: node 5: runs in group \"x\", of which nothing says the ranks");
    EXPECT_EQ(refused({{collective(5, 0, 8, "x")}}, {{"x", {0, 1}}}),
              "r0: node 5: runs in group \"x\" with rank 1, of which there is no trace");
    EXPECT_EQ(refused({{collective(5, 0, 8, "x")}, {}}, {{"x", {1}}}),
              "r0: node 5: runs in group \"x\", which rank 0 is not in");
    EXPECT_EQ(refused({{collective(5, 0, 8, "x")}, {}}, {{"x", {0, 0}}}),
              "r0: node 5: runs in group \"x\", which has a rank twice");
    EXPECT_EQ(
        refused(Ranks(2, {node(5, kCollective, whole("comm_type", 5) + whole("comm_size", 1) + whole("comm_src", 7))})),
        "r0: node 5: has root 7, which is not in group \"\"");
}

TEST(TraceJob, RefusesCollectivesThatDifferAmongRanks) {
    EXPECT_EQ(refused({{collective(1, 0, 800)}, {collective(4, 0, 900)}}),
              "r1: node 4: is collective 0 of group \"\", all-reduce of 900, but node 1 of r0 is all-reduce of 800");
    EXPECT_EQ(refused({{collective(1, 0, 8), collective(2, 7, 8)}, {collective(1, 7, 8), collective(2, 0, 8)}}),
              "r1: node 1: is collective 0 of group \"\", reduce-scatter of 8, but node 1 of r0 is all-reduce of 8");
    EXPECT_EQ(refused({{collective(1, 0, 8), collective(2, 0, 8)}, {collective(1, 0, 8)}}),
              "r0: node 2: is collective 1 of group \"\", in which rank 1 has fewer");
}

// Tags come in another order than they are waited for, and one of them twice.
TEST(TraceJob, MatchesMessagesByTag) {
    const Ranks ranks{{send(1, 1, 7, 100), send(2, 1, 8, 200, {1}), send(3, 1, 7, 300, {2})},
                      {receive(1, 0, 8, 200), receive(2, 0, 7, 100, {1}), receive(3, 0, 7, 300, {2})}};
    const TraceJob made = job(ranks);
    EXPECT_EQ(made.received_by[0], (std::vector<std::uint32_t>{1, 0, 2}));
    EXPECT_EQ(bytes_of(made), 600);
}

// In the order of ids, each rank's send would wait behind one that the other's must come before.
TEST(TraceJob, SendsInAnOrderThatCannotLock) {
    const Ranks ranks{{receive(1, 1, 0, 50), send(2, 1, 1, 60, {1}), send(3, 1, 2, 70)},
                      {receive(1, 0, 2, 70), send(2, 0, 0, 50, {1}), receive(3, 0, 1, 60)}};
    EXPECT_EQ(bytes_of(job(ranks)), 180);
}

TEST(TraceJob, RefusesMessagesWithoutAnOtherEnd) {
    EXPECT_EQ(refused({{send(3, 1, 7, 100)}, {}}), "r0: node 3: sends to rank 1 with tag 7, and no receive takes it");
    EXPECT_EQ(refused({{}, {receive(4, 0, 7, 100)}}),
              "r1: node 4: receives from rank 0 with tag 7, and no send gives it");
    EXPECT_EQ(refused({{send(3, 1, 7, 100)}, {receive(4, 0, 8, 100)}}),
              "r0: node 3: sends to rank 1 with tag 7, and no receive takes it");
    EXPECT_EQ(refused({{send(3, 1, 7, 100)}, {receive(4, 0, 7, 101)}}),
              "r1: node 4: receives 101, but node 3 of r0 sends 100");
    EXPECT_EQ(refused({{send(3, 2, 7, 100)}, {}}), "r0: node 3: sends to rank 2, of which there is no trace");
    EXPECT_EQ(refused({{send(3, 0, 7, 100)}}), "r0: node 3: sends to its own rank");
}

TEST(TraceJob, RefusesWhatWaitsForItself) {
    EXPECT_EQ(refused({{computation(1, 1), computation(2, 1, {3}), computation(3, 1, {1, 2})}}),
              "r0: node 2: waits for itself, by way of node 3 of r0");
    EXPECT_EQ(refused({{computation(1, 1, {1})}}), "r0: node 1: waits for itself, by way of node 1 of r0");
    EXPECT_NE(refused({{receive(1, 1, 0, 8), send(2, 1, 0, 8, {1})}, {receive(1, 0, 0, 8), send(2, 0, 0, 8, {1})}}),
              "");
    const std::vector<ProcessGroup> groups{{"a", {0, 1}}, {"b", {0, 1}}};
    EXPECT_NE(refused({{collective(1, 0, 8, "a"), collective(2, 0, 8, "b", {1})},
                       {collective(1, 0, 8, "a", {2}), collective(2, 0, 8, "b")}},
                      groups),
              "");
}

TEST(TraceJob, TimesComputationsAsAsked) {
    const std::string ops = whole("num_ops", 4'000'000) + whole("tensor_size", 1000);
    const Ranks ranks{{computation(1, 0), computation(2, 3), node(3, kComputation, ops + number(7, 5)),
                       node(4, kComputation, ops), node(5, kLoad, whole("tensor_size", 2'000'000))}};
    TraceConventions gpu{.flops_per_second = 1e12, .memory_bytes_per_second = 1e12};
    const auto times = [&](const TraceConventions& conventions) {
        const TraceJob made = job(ranks, {}, conventions);
        std::vector<std::int64_t> all;
        for (const TraceNode& one : made.traces[0].nodes) all.push_back(made.duration_ps(one));
        return all;
    };
    // What took less than a microsecond stands there as 0.
    EXPECT_EQ(times(gpu), (std::vector<std::int64_t>{1000, 3'000'000, 5'000'000, 4'000'000, 2'000'000}));
    gpu.compute = ComputeTime::roofline;
    EXPECT_EQ(times(gpu), (std::vector<std::int64_t>{1000, 3'000'000, 4'000'000, 4'000'000, 2'000'000}));
    gpu.element_bytes = 8000;  // 8 MB at 1 TB/s, longer than the operations
    gpu.compute_scale = 2.0;
    EXPECT_EQ(times(gpu)[2], 16'000'000);
}

TEST(TraceJob, RefusesWhatNoRunCouldEnd) {
    EXPECT_NE(refused({{computation(1, 3'000'000'000'000)}}), "");
    EXPECT_NE(refused(Ranks(2, {collective(1, 0, std::int64_t{1} << 45)})), "");
    EXPECT_EQ(refused({{computation(1, std::uint64_t{1} << 63)}}), "r0: node 1: lasts 9223372036854775808 us");
}

// No rank computes for long, but one after the other they do.
TEST(TraceJob, RefusesRanksThatTogetherTakeTooLong) {
    constexpr std::uint64_t kDay_us = 86'400'000'000;
    const auto chain = [](std::int64_t ranks, std::uint64_t us) {
        Ranks all;
        for (std::int64_t rank = 0; rank < ranks; ++rank) {
            std::vector<std::string>& nodes = all.emplace_back();
            nodes.push_back(rank == 0 ? computation(1, 1) : receive(1, rank - 1, 0, 8));
            nodes.push_back(computation(2, us, {1}));
            if (rank + 1 < ranks) nodes.push_back(send(3, rank + 1, 0, 8, {2}));
        }
        return all;
    };
    EXPECT_EQ(refused(chain(6, 25 * kDay_us)), "r1: node 2: ends more than 30 days after the job's beginning");
    EXPECT_EQ(job(chain(6, 4 * kDay_us)).ends_ps, static_cast<std::int64_t>(6 * 4 * kDay_us + 1) * 1'000'000);
    // What a rank's units do side by side takes no longer.
    const std::string on_cpu = number(7, 20 * kDay_us) + attribute("is_cpu_op", number(27, 1));
    EXPECT_EQ(job({{computation(1, 20 * kDay_us), node(2, kComputation, on_cpu)}}).ends_ps,
              static_cast<std::int64_t>(20 * kDay_us) * 1'000'000);
    EXPECT_EQ(refused({{computation(1, 31 * kDay_us)}}), "r0: node 1: computes for more than 30 days");
}

TEST(TraceJob, ReplicatesOneRank) {
    const TraceJob all =
        trace_job({read_nodes({collective(1, 0, 800, "0"), computation(2, 5, {1}), collective(3, 2, 10)})}, {}, {}, 8);
    EXPECT_EQ(all.ranks, 8u);
    EXPECT_EQ(bytes_of(all), 8 * 2 * 7 * 100 + 8 * 7 * 10);
    EXPECT_EQ(traffic_of(all).programs.size(), 1u);
    EXPECT_EQ(refusal([] { trace_job({read_nodes({send(1, 1, 0, 8)})}, {}, {}, 2); }),
              "f: node 1: sends to rank 1: ranks that all do the same cannot");
}

// Custom all-reduces are written so: a ring of 8, of whose 14 steps each sends and receives, and 7 reduce.
TEST(TraceJob, RunsARingOfMessages) {
    constexpr std::int64_t n = 8, kBlock = 131'072;
    Ranks ranks;
    for (std::int64_t rank = 0; rank < n; ++rank) {
        std::vector<std::string>& nodes = ranks.emplace_back();
        std::uint64_t id = 0;
        for (int step = 0; step < 14; ++step) {
            nodes.push_back(id == 0 ? send(id, (rank + 1) % n, 0, kBlock)
                                    : send(id, (rank + 1) % n, 0, kBlock, {id - 1}));
            nodes.push_back(receive(id + 1, (rank + n - 1) % n, 0, kBlock, {id}));
            id += 2;
            if (step < 7) nodes.push_back(computation(id, 7, {id - 1})), ++id;
        }
    }
    const Traffic traffic = traffic_of(job(ranks));
    EXPECT_EQ(traffic.flows.size(), 8u);
    EXPECT_EQ(bytes_of(job(ranks)), 8 * 14 * kBlock);
}

}  // namespace
}  // namespace lightloom
