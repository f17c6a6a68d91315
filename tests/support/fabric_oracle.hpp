// The same case as tests/support/fabric_harness.hpp runs, on the oracle: one queue, no windows, no partitions. In a
// file of its own, since it compiles the whole walk of a packet once more.
#pragma once

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

}  // namespace lightloom::testing
