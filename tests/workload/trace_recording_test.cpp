// Traffic as traces: what a node cannot say for itself is written in other words, or refused, and never dropped.
// Oracle: the traffic that was written, and what a network of any order makes of the trace (free_network.hpp).
#include "models/workload/traces/recording.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "models/workload/collectives/unequal_all_to_all.hpp"
#include "models/workload/traces/trace_traffic.hpp"
#include "models/workload/traces/trace_writer.hpp"
#include "models/workload/traffic_builder.hpp"
#include "tests/workload/chakra_bytes.hpp"
#include "tests/workload/free_network.hpp"

namespace lightloom {
namespace {

using Kind = TraceNode::Kind;
using Task = Program::Task;

std::vector<EndpointId> endpoints(std::uint32_t ranks) {
    std::vector<EndpointId> all;
    for (std::uint32_t rank = 0; rank < ranks; ++rank) all.push_back(EndpointId{rank});
    return all;
}

// As it is read again.
TraceJob written_and_read(const Traffic& traffic, std::uint32_t ranks) {
    const Recording recording = recorded(traffic, endpoints(ranks));
    std::vector<RankTrace> traces;
    for (const RankTrace& trace : recording.traces) {
        std::ostringstream out;
        write_trace(trace, out);
        traces.push_back(chakra_bytes::read(out.str()));
    }
    return trace_job(std::move(traces), recording.groups, {});
}

// All ranks compute, do something together, and compute again.
class Together {
public:
    explicit Together(std::uint32_t ranks) : ranks_(ranks) {}

    TrafficBuilder builder;
    Program program;

    Traffic traffic(Task together, std::uint32_t slowdown_of_1 = kFactorOne) {
        program.add({.duration_ps = 5'000'000});
        program.add(together);
        program.add({.duration_ps = 7'000'000});
        const std::uint32_t number = builder.add_program(std::move(program));
        const std::uint32_t group = builder.add_group({.ranks = ranks_});
        for (std::uint32_t rank = 0; rank < ranks_; ++rank) {
            const std::uint32_t slowdown = rank == 1 ? slowdown_of_1 : kFactorOne;
            builder.add_seat(builder.add_worker(EndpointId{rank}, number, slowdown), group, rank);
        }
        return builder.build();
    }

private:
    std::uint32_t ranks_;
};

TEST(TraceRecording, WritesAnAllToAllOfUnequalSizesAsItsMessages) {
    constexpr std::uint32_t n = 5;
    std::vector<std::int64_t> bytes(n * n);
    for (std::uint32_t s = 0; s < n; ++s)
        for (std::uint32_t d = 0; d < n; ++d) bytes[s * n + d] = s == 3 || d == 4 ? 0 : 1000 * s + d + 1;
    Together all(n);
    const std::uint32_t call = all.builder.add_call(Schedule(UnequalAllToAll(n, bytes)));
    const TraceJob job = written_and_read(all.traffic({.call = call}), n);
    const Traffic traffic =
        trace_traffic(job, endpoints(n), {.algorithm_of = [](Collective) { return Algorithm::ring; }});
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Network network(traffic, seed);
        network.run();
        EXPECT_EQ(network.done.size(), n);
        std::vector<std::int64_t> sent(n * n);
        for (std::size_t flow = 0; flow < traffic.flows.size(); ++flow)
            sent[traffic.flows[flow].source.value * n + traffic.flows[flow].destination.value] +=
                network.released[flow].bytes;
        for (std::uint32_t rank = 0; rank < n; ++rank) bytes[rank * n + rank] = 0;  // that it keeps
        EXPECT_EQ(sent, bytes);
    }
    // Whoever sends and receives nothing goes on all the same; the second computation waits for all the rest.
    for (const RankTrace& trace : job.traces) {
        const TraceNode& last = trace.nodes.back();
        ASSERT_EQ(trace.dependencies_of(last).size(), 1u);
        const TraceNode& joined = trace.nodes[trace.dependencies_of(last)[0]];
        EXPECT_EQ(joined.kind, Kind::join);
        EXPECT_EQ(joined.dependencies, std::max<std::size_t>(1, trace.nodes.size() - 3));
    }
}

TEST(TraceRecording, WritesAnExchangeOfNeighboursAsItsMessages) {
    Together three(3);
    const std::uint32_t call = three.builder.add_call(
        {.kind = Collective::send_receive, .algorithm = Algorithm::direct, .ranks = 3, .bytes = 1000});
    const TraceJob job = written_and_read(three.traffic({.call = call}), 3);
    for (std::uint32_t rank = 0; rank < 3; ++rank) {
        const std::vector<TraceNode>& nodes = job.traces[rank].nodes;
        ASSERT_EQ(nodes.size(), 5u);
        EXPECT_EQ(nodes[1].kind, Kind::send);
        EXPECT_EQ(nodes[1].peer, (rank + 1) % 3);
        EXPECT_EQ(nodes[2].kind, Kind::receive);
        EXPECT_EQ(nodes[2].peer, (rank + 2) % 3);
        EXPECT_EQ(nodes[1].bytes + nodes[2].bytes, 2000);
    }
}

TEST(TraceRecording, WritesComputationsAsLongAsTheyTakeInTheFirstIteration) {
    const auto times = [](const TraceJob& job, std::uint32_t rank) {
        return std::pair(job.traces[rank].nodes.front().duration_ps, job.traces[rank].nodes.back().duration_ps);
    };
    Together two(2);
    const std::uint32_t call = two.builder.add_call({.ranks = 2, .bytes = 8});
    const TraceJob slow = written_and_read(two.traffic({.call = call}, factor_of(3.0)), 2);
    EXPECT_EQ(times(slow, 0), std::pair(std::int64_t{5'000'000}, std::int64_t{7'000'000}));
    EXPECT_EQ(times(slow, 1), std::pair(std::int64_t{15'000'000}, std::int64_t{21'000'000}));

    Together shaken(2);
    const std::uint32_t same = shaken.builder.add_call({.ranks = 2, .bytes = 8});
    const auto jitter = std::make_shared<const Jitter>(0.3, 7);
    shaken.program.jitter = jitter;
    const TraceJob scattered = written_and_read(shaken.traffic({.call = same}), 2);
    for (std::uint32_t rank = 0; rank < 2; ++rank) {
        EXPECT_EQ(times(scattered, rank),
                  std::pair(jitter->stretched(5'000'000, rank, 0, 0), jitter->stretched(7'000'000, rank, 0, 2)));
        EXPECT_NE(times(scattered, rank).first, 5'000'000);
    }
}

TEST(TraceRecording, RefusesWhatNoTraceHolds) {
    const auto refused = [](const Traffic& traffic) {
        return chakra_bytes::refusal([&] { recorded(traffic, endpoints(2)); });
    };
    const auto two_ranks = [](Role role) {
        Together two(2);
        two.program.role = role;
        const std::uint32_t call = two.builder.add_call({.ranks = 2, .bytes = 8});
        return two.traffic({.call = call});
    };
    Together met(2);
    EXPECT_EQ(refused(met.traffic({.call = Task::kMeet, .duration_ps = 9'000'000})),
              "the workload: has meetings, which no trace holds");
    EXPECT_EQ(refused(two_ranks(Role::writer)), "the workload: writes or reads checkpoints, which no trace holds");
    Traffic later = two_ranks(Role::rank);
    put_off(later, Duration{5});
    EXPECT_EQ(refused(later), "the workload: has jobs that begin later, which no trace holds");
    EXPECT_EQ(refused(incast(1, Bytes{8})), "the workload: has messages that are no rank's step, which no trace holds");
}

}  // namespace
}  // namespace lightloom
