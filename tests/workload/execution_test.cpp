// Programs and collectives executed over a network that delivers in any order it likes, message by message. Oracle: all
// workers end, with as many messages as the schedules have; tasks begin when what they depend on has ended.
#include "models/workload/execution.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <vector>

#include "core/random.hpp"
#include "models/workload/loads.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

/// A network without time: what is released is delivered some time later, in order on each flow.
class Network {
public:
    Network(const Traffic& traffic, std::uint64_t seed)
        : traffic_(traffic),
          seed_(seed),
          execution_(traffic),
          pending_(traffic.flows.size()),
          delivered_(traffic.flows.size()),
          released(traffic.flows.size()) {}

    void run() {
        for (std::uint32_t worker = 0; worker < traffic_.workers.size(); ++worker) execution_.begin(worker, *this);
        while (!waiting_.empty()) {
            std::swap(waiting_[random() % waiting_.size()], waiting_.back());
            const Event event = waiting_.back();
            waiting_.pop_back();
            if (event.flow == Traffic::kNone) {
                ended.push_back({event.worker, event.stream});
                execution_.computed(event.worker, event.stream, *this);
                continue;
            }
            ++delivered_[event.flow];
            if (traffic_.flows[event.flow].lane != Traffic::kNone)
                execution_.deliver(traffic_.flows[event.flow].lane, event.flow, *this);
        }
    }

    void release(std::uint32_t flow, std::int64_t bytes) {
        released[flow].add({1, bytes, 0});
        waiting_.push_back({.flow = flow});
    }
    std::uint32_t delivered(std::uint32_t flow) const { return delivered_[flow]; }
    void call_back(std::uint32_t worker, std::uint32_t stream, std::int64_t after_ps) {
        EXPECT_GE(after_ps, 0);
        waiting_.push_back({.worker = worker, .stream = stream});
    }
    void note_iteration(std::uint32_t worker) { iterations.push_back(worker); }
    void note_end(std::uint32_t worker) { EXPECT_TRUE(done.insert(worker).second); }

private:
    struct Event {
        std::uint32_t flow = Traffic::kNone, worker = 0, stream = 0;
    };
    std::uint64_t random() { return draw(seed_, 0, Purpose::arrival, draws_++); }

    const Traffic& traffic_;
    std::uint64_t seed_, draws_ = 0;
    Execution execution_;
    std::vector<Event> waiting_;
    std::vector<std::uint32_t> pending_, delivered_;

public:
    std::vector<Load> released;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ended;  // computations: worker and stream
    std::vector<std::uint32_t> iterations;
    std::set<std::uint32_t> done;
};

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
