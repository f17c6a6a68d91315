// The windows' barrier: nobody goes on before all have come, and the leader's step is done once, in between.
#include "core/barrier.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace lightloom {
namespace {

void expect_in_step(std::uint32_t threads, std::uint32_t generations) {
    WindowBarrier barrier(threads);
    struct alignas(64) Count {
        std::uint32_t value = 0;  // not atomic: the barrier orders it
    };
    std::vector<Count> counts(threads);
    std::uint32_t steps = 0, out_of_step = 0;
    const auto work = [&](std::uint32_t self) {
        for (std::uint32_t generation = 0; generation < generations; ++generation) {
            ++counts[self].value;
            barrier.arrive([&] {
                for (const Count& count : counts) out_of_step += count.value != generation + 1;
                ++steps;
            });
            if (steps != generation + 1) std::abort();  // the leader's step is seen by all
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::uint32_t i = 1; i < threads; ++i) others.emplace_back(work, i);
        work(0);
    }
    EXPECT_EQ(steps, generations);
    EXPECT_EQ(out_of_step, 0u);
}

TEST(WindowBarrier, KeepsTwoThreadsInStep) { expect_in_step(2, 10'000); }
TEST(WindowBarrier, KeepsFourThreadsInStep) { expect_in_step(4, 10'000); }
TEST(WindowBarrier, OneThreadIsItsOwnLeader) { expect_in_step(1, 10); }

}  // namespace
}  // namespace lightloom
