#include "models/network/simulation.hpp"

#include "core/engine.hpp"
#include "models/network/fabric_walk.hpp"

namespace lightloom {

SimulationOutcome simulate(Fabric& fabric, const SimulationOptions& options) {
    const std::vector<std::uint32_t> weights = fabric.ports_per_node();
    Engine<Fabric> engine(fabric, {.threads = options.threads,
                                   .partitions = options.partitions,
                                   .partition_of = options.partition_of,
                                   .weight_of = weights,
                                   .lookahead = fabric.lookahead().least,
                                   .cut_lookahead = fabric.lookahead(options.partition_of).least,
                                   .window_divisor = options.window_divisor,
                                   .until = options.until,
                                   .seed = options.seed});
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

}  // namespace lightloom
