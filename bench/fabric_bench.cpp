// The fabric against its targets. All with queues, shared buffer, marks, spraying, loss budgets, histograms and digest
// on. bench/README.md says how to read the figures beside the yardstick's.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>

#include "models/network/simulation.hpp"
#include "models/workload/loads.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/partition_plan.hpp"

namespace lightloom {
namespace {

struct Shape {
    std::int64_t hosts_per_leaf, leaves, spines;
    std::int64_t gpus = 1, links_per_pair = 1;
    std::int64_t hosts() const { return hosts_per_leaf * leaves; }
};

// The yardstick's fabric: 500 ns nodes, 150 and 400 ns links, 4,160-byte packets, 64-byte acknowledgements, no preamble
// or gap. Every link has a small hazard, so that the loss budget is spent as in any run.
struct Bench {
    Topology topology;
    Routes routes;
    std::vector<Channel> channels;

    explicit Bench(const Shape& shape)
        : topology(leaf_spine({.servers = shape.hosts(),
                               .gpus_per_server = shape.gpus,
                               .leaves = shape.leaves,
                               .spines = shape.spines,
                               .links_per_pair = shape.links_per_pair,
                               .rate = *Rate::from({400'000'000'000})})),
          routes(equal_cost_routes(topology)) {
        for (const Topology::Cable& cable : topology.cables)
            for (int direction = 0; direction < 2; ++direction)
                channels.push_back(
                    {.delay = nanoseconds(cable.tier == 0 ? 150 : 400), .codeword_hazard = 1e-16, .interleave = 2});
    }

    struct Run {
        double seconds;  // of the simulation alone: tables are built before
        std::int64_t packet_hops;
    };
    Run run(const Traffic& traffic, std::uint32_t threads) const {
        return run(traffic, threads, {}, {.window = 64, .timeout = milliseconds(1)});
    }
    Run run(const Traffic& traffic, std::uint32_t threads, NetworkParameters network,
            const TransportParameters& transport, std::span<const Outage> outages = {}) const {
        const PartitionPlan plan = plan_partitions(topology, threads);
        network.framing.preamble = network.framing.gap = Bytes{0};
        Fabric fabric({.topology = topology,
                       .routes = routes,
                       .traffic = traffic,
                       .channels = channels,
                       .network = network,
                       .transport = transport,
                       .partitions = threads,
                       .outages = outages});
        const auto start = std::chrono::steady_clock::now();
        simulate(fabric,
                 {.threads = threads, .partitions = threads, .partition_of = plan.of_node, .between_windows = nullptr});
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::int64_t packet_hops = 0;
        for (const Fabric::PortCounters& counters : fabric.counters())
            packet_hops += static_cast<std::int64_t>(counters.frames_sent);
        return {seconds, packet_hops};
    }
};

double peak_resident_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024.0;
}

void report(benchmark::State& state, std::int64_t packet_hops) {
    state.counters["hops/s"] = benchmark::Counter(static_cast<double>(packet_hops), benchmark::Counter::kIsRate);
}

// A permutation of 16 MiB messages. Arguments: hosts per leaf, leaves, spines, packets per host, threads.
void permutation_rate(benchmark::State& state) {
    const Shape shape{state.range(0), state.range(1), state.range(2)};
    const Bench bench(shape);
    const Traffic traffic = permutation(bench.topology, Bytes{state.range(3) * 4096}, 1);
    std::int64_t packet_hops = 0;
    for (auto _ : state) {
        const Bench::Run run = bench.run(traffic, static_cast<std::uint32_t>(state.range(4)));
        state.SetIterationTime(run.seconds);
        packet_hops += run.packet_hops;
    }
    report(state, packet_hops);
    state.counters["KiB/host"] = (peak_resident_bytes() - (32 << 20)) / 1024.0 / static_cast<double>(shape.hosts());
}
BENCHMARK(permutation_rate)
    ->ArgNames({"hosts_per_leaf", "leaves", "spines", "packets", "threads"})
    ->Args({32, 32, 32, 4096, 1})
    ->Args({32, 32, 32, 4096, 2})
    ->Args({64, 256, 64, 512, 1})
    ->Args({64, 1024, 64, 64, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// A permutation over links that cannot lose, and over links that could: a hazard, and lock losses that never come.
void loss_model(benchmark::State& state) {
    Bench bench({32, 32, 32});
    for (Channel& channel : bench.channels) {
        const double codeword_error_ratio = state.range(0) != 0 ? 1e-12 : 0.0;
        channel.codeword_hazard = codeword_error_ratio;  // to 1e-12 of itself
        channel.lock_loss_per_second = 1e-3 * static_cast<double>(state.range(0));
        channel.relock = {.a = 2e9};
    }
    const Traffic traffic = permutation(bench.topology, Bytes{1024 * 4096}, 1);
    std::int64_t packet_hops = 0;
    for (auto _ : state) {
        const Bench::Run run = bench.run(traffic, 1);
        state.SetIterationTime(run.seconds);
        packet_hops += run.packet_hops;
    }
    report(state, packet_hops);
}
BENCHMARK(loss_model)->ArgName("on")->Arg(0)->Arg(1)->UseManualTime()->Unit(benchmark::kMillisecond);

// What each choice costs a packet-hop, beside the plain window transport on the same kind of port.
enum Choice : std::int64_t {
    plain,
    go_back_n,
    selective_repeat,
    unordered,
    dcqcn,
    nscc,
    round_robin,
    flowlet,
    adaptive,
    outage,  // arithmetic
    committed,
    pause,
    credit,
    trimming,
    link_retries,
    eight_classes,
    everything  // committed
};
constexpr const char* kChoices[] = {"plain",         "go-back-n",   "selective-repeat", "unordered", "dcqcn",
                                    "nscc",          "round-robin", "flowlet",          "adaptive",  "outage",
                                    "committed",     "pause",       "credit",           "trimming",  "link-retries",
                                    "eight-classes", "everything"};

struct Chosen {
    NetworkParameters network{};
    TransportParameters transport{.window = 64, .timeout = milliseconds(1)};
    std::vector<Outage> outages{};
    bool eight_classes = false;
};

Chosen chosen(std::int64_t choice) {
    Chosen c;
    c.network.commit_all_ports = choice >= committed;
    c.transport.nscc.base_rtt = microseconds(6);
    switch (static_cast<Choice>(choice)) {
        case plain:
        case committed: break;
        case go_back_n: c.transport.reliability = Reliability::go_back_n; break;
        case selective_repeat: c.transport.reliability = Reliability::selective_repeat; break;
        case unordered: c.transport.reliability = Reliability::unordered; break;
        case dcqcn: c.transport.control = Control::dcqcn; break;
        case nscc: c.transport.control = Control::nscc; break;
        case round_robin: c.network.path = PathPolicy::round_robin; break;
        case flowlet: c.network.path = PathPolicy::flowlet; break;
        case adaptive: c.network.path = PathPolicy::adaptive; break;
        case outage: c.outages.push_back({.from = Time{50'000'000}, .to = Time{60'000'000}, .direction = 2047}); break;
        case pause: c.network.flow_control = FlowControl::pause; break;
        case credit: c.network.flow_control = FlowControl::credit; break;
        case trimming:
            c.network.trimming = true;
            c.transport.reliability = Reliability::unordered;
            break;
        case link_retries: c.network.link_retries = 3; break;
        case eight_classes: c.eight_classes = true; break;
        case everything:
            c.network.flow_control = FlowControl::pause;
            c.network.ecn_full = Bytes{1 << 20};
            c.network.ecn_probability = 0.2;
            c.network.acknowledgement_class = 7;
            c.transport.control = Control::dcqcn;
            c.eight_classes = true;
            break;
    }
    if (c.network.flow_control != FlowControl::none) {
        c.network.buffer = Bytes{128 << 20};
        c.network.buffer_alpha = 0.0625;
    }
    return c;
}

void choice_rate(benchmark::State& state) {
    const Bench bench({32, 32, 32});
    const Chosen choice = chosen(state.range(0));
    Traffic traffic = permutation(bench.topology, Bytes{1024 * 4096}, 1);
    if (choice.eight_classes) {
        traffic.groups.assign(8, traffic.groups.front());
        for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) traffic.flows[i].group = i % 8;
        for (std::uint8_t i = 0; i < 8; ++i) traffic.groups[i].traffic_class = i;
    }
    std::int64_t packet_hops = 0;
    for (auto _ : state) {
        const Bench::Run run = bench.run(traffic, 1, choice.network, choice.transport, choice.outages);
        state.SetIterationTime(run.seconds);
        packet_hops += run.packet_hops;
    }
    report(state, packet_hops);
    state.SetLabel(kChoices[state.range(0)]);
}
BENCHMARK(choice_rate)
    ->ArgName("choice")
    ->DenseRange(plain, everything)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// One flow of 256 MiB among many idle hosts: what the idle ones cost.
void one_flow(benchmark::State& state) {
    const Shape shape{state.range(0), state.range(1), state.range(2)};
    const Bench bench(shape);
    const Traffic traffic = incast(1, Bytes{256 << 20});
    std::int64_t packet_hops = 0;
    for (auto _ : state) {
        const Bench::Run run = bench.run(traffic, static_cast<std::uint32_t>(state.range(3)));
        state.SetIterationTime(run.seconds);
        packet_hops += run.packet_hops;
    }
    report(state, packet_hops);
}
BENCHMARK(one_flow)
    ->ArgNames({"hosts_per_leaf", "leaves", "spines", "threads"})
    ->Args({8, 8, 8, 1})
    ->Args({8, 8, 8, 2})
    ->Args({32, 256, 32, 1})
    ->Args({32, 256, 32, 2})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// A multi-rail ring all-reduce at 400 Gb/s: eight rings, each hop through a spine. Arguments: servers of eight GPUs,
// MiB per GPU, threads. `build_ms` is what making the traffic and its tables takes, `loads_ms` counting what it will
// carry.
void ring_all_reduce_rate(benchmark::State& state) {
    const std::int64_t servers = state.range(0);
    const Bench bench({.hosts_per_leaf = servers / 16, .leaves = 16, .spines = 16, .gpus = 8, .links_per_pair = 4});
    using Clock = std::chrono::steady_clock;
    const auto milliseconds_since = [](Clock::time_point then) {
        return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
    };
    const auto began = Clock::now();
    const Traffic traffic = collective(groups_of(bench.topology, Grouping::rails, Placement::spread),
                                       {.kind = Collective::all_reduce,
                                        .algorithm = Algorithm::ring,
                                        .ranks = static_cast<std::uint32_t>(servers),
                                        .bytes = state.range(1) << 20},
                                       1);
    state.counters["build_ms"] = milliseconds_since(began);
    const auto built = Clock::now();
    benchmark::DoNotOptimize(total_load(traffic, Bytes{4096}));
    state.counters["loads_ms"] = milliseconds_since(built);
    std::int64_t packet_hops = 0;
    for (auto _ : state) {
        const Bench::Run run = bench.run(traffic, static_cast<std::uint32_t>(state.range(2)));
        state.SetIterationTime(run.seconds);
        packet_hops += run.packet_hops;
    }
    report(state, packet_hops);
}
BENCHMARK(ring_all_reduce_rate)
    ->ArgNames({"servers", "MiB", "threads"})
    ->Args({128, 256, 1})
    ->Args({128, 256, 2})
    ->Args({1024, 16, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

// Topology, routes and tables. Arguments: hosts per leaf, leaves, spines.
void build(benchmark::State& state) {
    for (auto _ : state) {
        const Bench bench({state.range(0), state.range(1), state.range(2)});
        const Traffic traffic = permutation(bench.topology, Bytes{4096}, 1);
        const Fabric fabric({.topology = bench.topology,
                             .routes = bench.routes,
                             .traffic = traffic,
                             .channels = bench.channels,
                             .network = {},
                             .transport = {}});
        benchmark::DoNotOptimize(fabric.counters().data());
    }
}
BENCHMARK(build)->Args({64, 256, 64})->Args({64, 1024, 64})->Unit(benchmark::kMillisecond);

// Ring all-reduces too long for a test, against the closed form. Arguments: ranks, MiB. `off` is the relative excess.
void ring_closed_form(benchmark::State& state) {
    Scenario scenario;
    scenario.topology.servers = state.range(0);
    scenario.topology.gpus_per_server = 1;
    scenario.topology.leaves = scenario.topology.spines = 1;
    scenario.workload.bytes = Bytes{state.range(1) << 20};
    const Plan prepared = plan(scenario);
    const double expected = expect(scenario, prepared).ring->completion.seconds();
    double completion = 0.0;
    for (auto _ : state) completion = Time{run(scenario, prepared, {}, nullptr).summary.completion_ps}.seconds();
    state.counters["off"] = completion / expected - 1.0;
}
BENCHMARK(ring_closed_form)
    ->Args({8, 256})
    ->Args({64, 256})
    ->Args({256, 64})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace lightloom
