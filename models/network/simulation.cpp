#include "models/network/simulation.hpp"

#include <algorithm>
#include <utility>

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

/// What must be done ahead of a run: what the caller foresees, and room for samples, which are the only events that
/// would go on for ever. So they end where nothing else is left to happen.
template <class RunningEngine>
std::function<Time(Time)> foresight(Fabric& fabric, const RunningEngine* const& engine,
                                    std::function<Time(Time)> foresee) {
    if (!fabric.samples().any()) return foresee;
    return [&fabric, &engine, foresee, foreseen = foresee ? Time{0} : kNever, room = Time{0}](Time end) mutable {
        if (end > foreseen) foreseen = foresee(end);
        if (end > room) {
            room = fabric.samples().make_room(end);
            bool anything_else = false;
            engine->for_each_pending([&](const Frame& frame) { anything_else |= frame.kind != Happening::sample; });
            if (!anything_else) fabric.samples().stop();
        }
        return std::min(foreseen, room);
    };
}

template <bool committed>
SimulationOutcome simulate_one_kind(Fabric& fabric, const SimulationOptions& options) {
    const std::vector<std::uint32_t> weights = fabric.ports_per_node();
    FabricOfOneKind<committed> model{fabric};
    using RunningEngine = Engine<FabricOfOneKind<committed>>;
    const RunningEngine* running = nullptr;
    RunningEngine engine(model, {.threads = options.threads,
                                 .partitions = options.partitions,
                                 .partition_of = options.partition_of,
                                 .weight_of = weights,
                                 .lookahead = fabric.lookahead().least,
                                 .cut_lookahead = fabric.lookahead(options.partition_of).least,
                                 .window_divisor = options.window_divisor,
                                 .until = options.until,
                                 .seed = options.seed,
                                 .foresee = foresight(fabric, running, options.foresee)});
    running = &engine;
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
