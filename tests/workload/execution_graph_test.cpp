// Programs that are graphs: a stream for every computation, units that do one at a time, joins. Oracle: the rules,
// looked up in the program at every start.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/random.hpp"
#include "models/workload/execution.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

// One worker without messages, whose computations end in any order.
class Player {
public:
    explicit Player(Program program) : traffic_(alone(std::move(program))), execution_(traffic_) {}

    const Program& program() const { return traffic_.programs[0]; }

    /// @return the computations in the order in which they started, of all iterations
    std::vector<std::uint32_t> play(std::uint64_t seed) {
        execution_.begin(0, *this);
        for (std::uint64_t draws = 0; !running_.empty(); ++draws) {
            std::swap(running_[draw(seed, 0, Purpose::arrival, draws) % running_.size()], running_.back());
            const std::uint32_t task = running_.back();
            running_.pop_back();
            ended_.insert(task);
            execution_.computed(0, program().tasks[task].stream, *this);
        }
        return started_;
    }
    bool is_done = false;

    void release(std::uint32_t, std::int64_t) { ADD_FAILURE(); }
    std::uint32_t delivered(std::uint32_t) const { return 0; }
    void call_back(std::uint32_t, std::uint32_t stream, std::int64_t) {
        const std::uint32_t number = program().streams[stream].first;
        const Program::Task& task = program().tasks[number];
        must_have_ended(task);
        for (const std::uint32_t other : running_)
            EXPECT_TRUE(task.unit == Program::kNone || task.unit != program().tasks[other].unit);
        EXPECT_FALSE(ended_.contains(number));
        running_.push_back(number);
        started_.push_back(number);
    }
    void note_task(std::uint32_t) {}
    void note_iteration(std::uint32_t) { ended_.clear(); }
    void note_end(std::uint32_t) { is_done = true; }

private:
    static Traffic alone(Program program) {
        TrafficBuilder builder;
        builder.add_worker(EndpointId{std::size_t{0}}, builder.add_program(std::move(program)));
        return builder.build();
    }
    // A join ends unseen: what it waits for must have ended.
    void must_have_ended(const Program::Task& task) {
        for (const std::uint32_t before : program().dependencies_of(task))
            if (program().tasks[before].call == Program::Task::kJoin)
                must_have_ended(program().tasks[before]);
            else
                EXPECT_TRUE(ended_.contains(before));
    }

    Traffic traffic_;
    Execution execution_;
    std::vector<std::uint32_t> running_, started_;
    std::set<std::uint32_t> ended_;
};

TEST(ExecutionGraph, AUnitDoesTheLowestStreamOfWhatCouldStart) {
    Program program;
    const std::uint32_t first = program.add({.duration_ps = 1, .stream = 0, .unit = 0});
    program.add({.duration_ps = 1, .stream = 1, .unit = 0}, std::vector{first});
    program.add({.duration_ps = 1, .stream = 2, .unit = 0});
    program.add({.duration_ps = 1, .stream = 3, .unit = 1});
    Player player(program);
    EXPECT_EQ(player.play(1), (std::vector<std::uint32_t>{0, 3, 1, 2}));
    EXPECT_TRUE(player.is_done);
}

TEST(ExecutionGraph, AChainOfJoinsEndsAtOnce) {
    constexpr std::uint32_t kLength = 200'000;
    Program program;
    std::uint32_t last = program.add({.duration_ps = 1, .stream = 0});
    for (std::uint32_t i = 1; i < kLength; ++i)
        last = program.add({.call = Program::Task::kJoin, .stream = i}, std::vector{last});
    Player player(program);
    EXPECT_EQ(player.play(1).size(), 1u);
    EXPECT_TRUE(player.is_done);
}

TEST(ExecutionGraph, EveryTaskRunsOncePerIterationAndAfterWhatItDependsOn) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        auto random = [&, n = std::uint64_t{0}]() mutable { return draw(seed, 1, Purpose::arrival, n++); };
        Program program;
        program.iterations = 2;
        std::size_t computations = 0;
        for (std::uint32_t i = 0; i < 60; ++i) {
            std::vector<std::uint32_t> after;  // some of them twice
            for (std::uint64_t k = i == 0 ? 0 : random() % 4; k > 0; --k)
                after.push_back(static_cast<std::uint32_t>(random() % i));
            if (random() % 4 == 0) {
                program.add({.call = Program::Task::kJoin, .stream = i}, after);
                continue;
            }
            const auto unit = static_cast<std::uint32_t>(random() % 3);
            program.add({.duration_ps = 1, .stream = i, .unit = unit == 2 ? Program::kNone : unit}, after);
            ++computations;
        }
        Player player(program);
        EXPECT_EQ(player.play(seed).size(), 2 * computations) << seed;
        EXPECT_TRUE(player.is_done);
    }
}

}  // namespace
}  // namespace lightloom
