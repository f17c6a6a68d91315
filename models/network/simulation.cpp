#include "models/network/simulation.hpp"

#include "core/engine.hpp"
#include "models/network/fabric_walk.hpp"

namespace lightloom {
namespace {

/// A fabric whose ports are all of one kind: what the engine runs, compiled once for each.
template <bool committed>
struct FabricOfOneKind {
    static constexpr bool kCommitted = committed;
    using Event = Frame;
    Fabric& fabric;

    static bool is_progress(const Frame& frame) { return Fabric::is_progress(frame); }
    bool finished() const { return fabric.finished(); }
    void prefetch(const Frame& frame) const { fabric.prefetch(frame); }
    template <class Context>
    [[gnu::always_inline]] void handle(Context& context, const Frame& frame) {
        fabric.handle(context, frame);
    }
    template <class Context>
    void end_of_window(Context& context, std::uint32_t node, Time end) requires committed {
        fabric.end_of_window(context, node, end);
    }
};

template <bool committed>
SimulationOutcome simulate_one_kind(Fabric& fabric, const SimulationOptions& options) {
    const std::vector<std::uint32_t> weights = fabric.ports_per_node();
    FabricOfOneKind<committed> model{fabric};
    Engine<FabricOfOneKind<committed>> engine(model, {.threads = options.threads,
                                                      .partitions = options.partitions,
                                                      .partition_of = options.partition_of,
                                                      .weight_of = weights,
                                                      .lookahead = fabric.lookahead().least,
                                                      .cut_lookahead = fabric.lookahead(options.partition_of).least,
                                                      .window_divisor = options.window_divisor,
                                                      .until = options.until,
                                                      .seed = options.seed,
                                                      .foresee = options.foresee});
    fabric.post_starts(engine);
    Time now{0};
    engine.run([&](Time at) {
        now = at;
        return !options.between_windows || options.between_windows(at, engine.events());
    });
    return {.interrupted = engine.interrupted(),
            .windows = engine.periods(),
            .events = engine.events(),
            .threads = engine.threads(),
            .window_length = engine.window_length(),
            .period_length = engine.period_length(),
            .in_flight = in_flight(fabric, engine, engine.interrupted() ? now : options.until)};
}

}  // namespace

SimulationOutcome simulate(Fabric& fabric, const SimulationOptions& options) {
    return fabric.has_committed_ports() ? simulate_one_kind<true>(fabric, options)
                                        : simulate_one_kind<false>(fabric, options);
}

}  // namespace lightloom
