// Programs and collectives executed over a network that delivers in any order it likes, message by message. Oracle: all
// workers end, with as many messages as the schedules have; tasks begin when what they depend on has ended.
#include "models/workload/execution.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "models/workload/loads.hpp"
#include "models/workload/traffic_builder.hpp"
#include "tests/workload/free_network.hpp"

namespace lightloom {
namespace {

Ranks endpoints(std::uint32_t n) {
    Ranks all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(EndpointId{i});
    return all;
}

TEST(Execution, EveryCollectiveEndsAtEveryRank) {
    for (const std::uint32_t n : {2u, 3u, 8u, 12u})
        for (int kind = 0; kind <= static_cast<int>(Collective::send_receive); ++kind)
            for (int algorithm = 0; algorithm <= static_cast<int>(Algorithm::bruck); ++algorithm) {
                CollectiveCall call{.kind = static_cast<Collective>(kind),
                                    .algorithm = static_cast<Algorithm>(algorithm),
                                    .ranks = n,
                                    .bytes = 1000,
                                    .channels = 2,
                                    .chunk_bytes = 37};
                if (call.algorithm == Algorithm::hierarchical) call.ranks_per_node = n / 2 < 2 ? 1 : n / 2;
                if (!is_implemented(call.kind, call.algorithm)) continue;
                const std::vector<Ranks> groups{endpoints(n)};
                const Traffic traffic = collective(groups, call, 3);
                const std::vector<Load> loads = loads_of(traffic, {1});
                for (std::uint64_t seed = 1; seed <= 5; ++seed) {
                    Network network(traffic, seed);
                    network.run();
                    EXPECT_EQ(network.done.size(), n) << kind << ' ' << algorithm;
                    EXPECT_EQ(network.iterations.size(), 3 * n);
                    for (std::uint32_t flow = 0; flow < loads.size(); ++flow) {
                        EXPECT_EQ(network.released[flow].messages, loads[flow].messages);
                        EXPECT_EQ(network.released[flow].bytes, loads[flow].bytes);
                    }
                }
            }
}

// Two ranks; each computes, exchanges, and computes on while a second exchange goes on beside it.
TEST(Execution, TasksWaitForWhatTheyDependOn) {
    TrafficBuilder builder;
    const std::uint32_t call = builder.add_call({.ranks = 2, .bytes = 1000});
    Program program;
    program.iterations = 2;
    const std::uint32_t forward = program.add({.duration_ps = 5, .stream = 0});
    const std::uint32_t first = program.add({.call = call, .seat = 0, .stream = 1}, std::vector{forward});
    const std::uint32_t backward = program.add({.duration_ps = 7, .stream = 0});
    const std::uint32_t second = program.add({.call = call, .seat = 1, .stream = 2}, std::vector{first});
    program.add({.duration_ps = 1, .stream = 3}, std::vector{backward, second});
    const std::uint32_t shared = builder.add_program(program);
    const std::uint32_t groups[] = {builder.add_group({.ranks = 2}), builder.add_group({.ranks = 2})};
    for (std::uint32_t rank = 0; rank < 2; ++rank) {
        const std::uint32_t worker = builder.add_worker(EndpointId{std::size_t{rank}}, shared);
        for (const std::uint32_t group : groups) builder.add_seat(worker, group, rank);
    }
    const Traffic traffic = builder.build();
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Network network(traffic, seed);
        network.run();
        ASSERT_EQ(network.done.size(), 2u);
        for (std::uint32_t worker = 0; worker < 2; ++worker) {
            std::vector<std::uint32_t> streams;
            for (const auto& [who, stream] : network.ended)
                if (who == worker) streams.push_back(stream);
            EXPECT_EQ(streams, (std::vector<std::uint32_t>{0, 0, 3, 0, 0, 3}));
        }
    }
}

// Two workers meet in every second of five iterations, and send in every third from the second on.
TEST(Execution, TasksTakePartInSomeIterations) {
    TrafficBuilder builder;
    const std::uint32_t call = builder.add_call({.kind = Collective::broadcast, .ranks = 2, .bytes = 10});
    Program program;
    program.iterations = 5;
    const std::uint32_t first = program.add({.duration_ps = 5});
    const std::uint32_t meeting =
        program.add({.call = Program::Task::kMeet, .seat = 0, .duration_ps = 3, .stream = 1, .first = 1, .every = 2},
                    std::vector{first});
    program.add({.call = call, .seat = 1, .stream = 2, .first = 1, .every = 3}, std::vector{meeting});
    const std::uint32_t shared = builder.add_program(program);
    const std::uint32_t groups[] = {builder.add_group({.ranks = 2}), builder.add_group({.ranks = 2})};
    for (std::uint32_t rank = 0; rank < 2; ++rank) {
        const std::uint32_t worker = builder.add_worker(EndpointId{std::size_t{rank}}, shared);
        for (const std::uint32_t group : groups) builder.add_seat(worker, group, rank);
    }
    const Traffic traffic = builder.build();
    EXPECT_EQ(total_load(traffic, {1}).messages, 2);
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Network network(traffic, seed);
        network.run();
        ASSERT_EQ(network.done.size(), 2u);
        EXPECT_EQ(network.released[0].messages, 2);
        for (std::uint32_t worker = 0; worker < 2; ++worker) {
            std::vector<std::uint32_t> streams;
            for (const auto& [who, stream] : network.ended)
                if (who == worker) streams.push_back(stream);
            EXPECT_EQ(streams, (std::vector<std::uint32_t>{0, 0, 1, 0, 0, 1, 0}));
        }
    }
}

TEST(Execution, AWorkerWithNothingToDoIsDone) {
    TrafficBuilder builder;
    builder.add_worker(EndpointId{std::size_t{0}}, builder.add_program({}));
    const Traffic traffic = builder.build();
    Network network(traffic, 1);
    network.run();
    EXPECT_EQ(network.done.size(), 1u);
}

}  // namespace
}  // namespace lightloom
