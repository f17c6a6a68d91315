// The same case as tests/support/fabric_harness.hpp runs, on the oracle: one queue, no windows, no partitions. In a
// file of its own, since it compiles the whole walk of a packet once more.
#pragma once

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "models/network/fabric_walk.hpp"
#include "tests/support/fabric_harness.hpp"
#include "tests/support/reference_engine.hpp"

namespace lightloom::testing {

/// A fabric as the oracle runs it. It has one way to send an event; the real engine's second way only saves a copy.
struct OracleModel {
    using Event = Frame;
    Fabric& fabric;

    template <class Engine>
    struct Context {
        Engine& engine;

        std::uint32_t index() const { return engine.index(); }
        void post(const Frame& frame) { engine.post(frame); }
        template <class Change>
        void post_changed(Frame frame, Time at, std::uint32_t node, Change&& change) {
            frame.at = at;
            frame.node = node;
            change(frame);
            engine.post(frame);
        }
    };

    static bool is_progress(const Frame& frame) { return Fabric::is_progress(frame); }
    bool finished() const { return fabric.finished(); }
    template <class Engine>
    void handle(Engine& engine, const Frame& frame) {
        Context<Engine> context{engine};
        fabric.handle(context, frame);
        fabric.end_of_window(context, frame.node, frame.at + Duration{1});  // a window of its own for every event
    }
};

inline FabricRun run_on_oracle(const FabricCase& parts, Time until = kNever) {
    FabricRun result(parts, 1);
    OracleModel model{result.fabric};
    ReferenceEngine<OracleModel> engine(model, parts.order_seed, until);
    result.fabric.post_starts(engine);
    engine.run();
    result.left = in_flight(result.fabric, engine, until);
    result.statistics = result.fabric.merged_statistics();
    return result;
}

/// Expects that no number of threads, partitions or windows shows in a run: neither in its digest nor, where it is
/// stopped, in what is on its way. @return the oracle's run
inline FabricRun expect_one_digest(const FabricCase& parts, Time until = kNever) {
    FabricRun oracle = run_on_oracle(parts, until);
    for (const std::uint32_t threads : {1u, 2u, 4u})
        for (const std::uint32_t partitions : {1u, 3u, 16u})
            for (const std::uint32_t window_divisor : {1u, 2u, 8u}) {
                const auto nodes = static_cast<std::uint32_t>(parts.topology.nodes.size());
                const FabricRun other = run(parts, {threads, std::min(partitions, nodes), window_divisor, until});
                SCOPED_TRACE(std::to_string(threads) + " threads, " + std::to_string(partitions) +
                             " partitions, window / " + std::to_string(window_divisor) + ", until " +
                             std::to_string(until.ps) + " ps");
                EXPECT_EQ(other.fabric.digest(), oracle.fabric.digest());
                EXPECT_EQ(other.left.queued_packets, oracle.left.queued_packets);
                EXPECT_EQ(other.left.travelling_packets, oracle.left.travelling_packets);
                EXPECT_EQ(other.left.queued_bytes, oracle.left.queued_bytes);
                if (::testing::Test::HasFailure()) return oracle;  // one is enough
            }
    return oracle;
}

}  // namespace lightloom::testing
