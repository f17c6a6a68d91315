// The keys of a scenario for transport, workload, seeds and end.
#include "scenarios/schema_parts.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

/// run.seed = 7: one number for the plant, the traffic and the faults.
ValueType<Scenario> one_seed_for_all() {
    auto type = S::seed(AT(seeds.plant));
    type.read = [read_plant = type.read](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) {
        auto complaint = read_plant(value, names, scenario);
        if (!complaint) scenario.seeds.traffic = scenario.seeds.faults = scenario.seeds.plant;
        return complaint;
    };
    return type;
}

/// transport.retry_preset: time-out and retries as NCCL sets them, by the release that brought them.
ValueType<Scenario> retry_preset() {
    static const std::vector<std::pair<std::string, RetryBudget>> kPresets{
        {"nccl-2.23", kNccl223}, {"nccl-2.14", kNccl214}, {"nccl-2.0", kNccl}};
    std::vector<std::string> names;
    for (const auto& [name, budget] : kPresets) names.push_back(name);
    return {fmt::format("\"{}\"", fmt::join(names, "\" or \"")),
            [names](const TomlValue& value, const ScenarioNames&, Scenario& scenario) -> std::optional<Complaint> {
                std::string name;
                if (auto complaint = read_name(value, "preset", names, name)) return complaint;
                const auto place = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
                scenario.transport.timeout = kPresets[place].second.timeout;
                scenario.transport.retries = kPresets[place].second.tries;
                return std::nullopt;
            },
            [](const Scenario&) { return std::string(); }, fmt::format(R"({{"enum": {}}})", json_list(names))};
}

/// workload.algorithm: one of them, the usual one, or what the tuner chooses.
ValueType<Scenario> algorithm() {
    std::vector<std::string> names{"usual", "auto"};
    names.insert(names.end(), algorithm_names().begin(), algorithm_names().end());
    return {fmt::format("\"{}\"", fmt::join(names, "\" or \"")),
            [names](const TomlValue& value, const ScenarioNames&, Scenario& scenario) -> std::optional<Complaint> {
                std::string name;
                if (auto complaint = read_name(value, "value", names, name)) return complaint;
                const auto place = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
                scenario.workload.tuned = place == 1;
                scenario.workload.algorithm.reset();
                if (place > 1) scenario.workload.algorithm = static_cast<Algorithm>(place - 2);
                return std::nullopt;
            },
            [names](const Scenario& scenario) {
                const auto& w = scenario.workload;
                const std::size_t place = w.algorithm ? 2 + static_cast<std::size_t>(*w.algorithm) : w.tuned;
                return toml_string(names[place]);
            },
            fmt::format(R"({{"enum": {}}})", json_list(names))};
}

}  // namespace

Keys traffic_keys() {
    return {
        {"transport", "kind", S::choice(AT(transport.kind), {"window", "rocev2", "uec"}),
         "how loss is found: by time-out; by a gap, as RDMA NICs do; or by trimmed headers, in any order"},
        {"transport", "loss_recovery", S::choice(AT(transport.loss_recovery), {"go-back-n", "selective-repeat"}),
         "rocev2: send everything again from a gap on, or only what is missing"},
        {"transport", "congestion", S::choice(AT(transport.congestion), {"none", "dcqcn", "nscc"}),
         "what holds flows back beside the window: rates from marks, or a window from marks and delay"},
        {"transport", "dcqcn", S::choice(AT(transport.dcqcn), {"paper-2015", "connectx", "simai"}), "whose parameters"},
        {"transport", "base_rtt", S::quantity(AT(transport.base_rtt), nanoseconds(1), seconds(1)),
         "nscc: of an idle fabric"},
        {"transport", "payload", S::quantity(AT(transport.payload), kByte, Bytes{65'000}), "of a full data packet"},
        {"transport", "window", S::whole_number(AT(transport.window), 1, 4096), "packets in flight per flow"},
        {"transport", "retry_preset", retry_preset(),
         "time-out and retries at once, as NCCL sets them since that release: 30 s, 7.5 s or 0.47 s to a failure",
         Presence::shorthand},
        {"transport", "timeout", S::quantity(AT(transport.timeout), nanoseconds(1), seconds(100)),
         "until an unacknowledged packet is sent again"},
        {"transport", "retries",
         S::optional(AT(transport.retries), "unlimited", TypesOf<std::int64_t>::whole_number(kItself, 1, 1000)),
         "time-outs in a row after which a flow fails"},
        {"transport", "acknowledgement_class", S::whole_number(AT(transport.acknowledgement_class), 0, 7),
         "traffic class of acknowledgements"},

        {"workload", "kind", S::choice(AT(workload.kind), workload_kind_names()), "who sends to whom"},
        {"workload", "groups", S::choice(AT(workload.groups), {"rails", "all", "servers"}),
         "who runs a collective together: a GPU of every server, all GPUs, or those of one server"},
        {"workload", "algorithm", algorithm(),
         "of a collective; usual: ring where there is one, all-to-all direct; auto: with protocol, channels and chunk, "
         "what NCCL's tuner would choose"},
        {"workload", "protocol",
         S::optional(AT(workload.protocol), "usual", TypesOf<NcclProtocol>::choice(kItself, {"ll", "ll128", "simple"})),
         "whose costs in [engine] a collective has; usual: simple, or the tuner's"},
        {"workload", "placement", S::choice(AT(workload.placement), {"packed", "spread"}),
         "neighbours in rank under one leaf, or under different ones"},
        {"workload", "bytes", S::quantity(AT(workload.bytes), kByte, Bytes{std::int64_t{1} << 44}),
         "of a collective per GPU, as nccl-tests counts them: what it reduces, sends, or has gathered; else per flow"},
        {"workload", "channels", S::whole_number(AT(workload.channels), 1, 64),
         "parts of a collective's buffer that go their way side by side; 1 leaves them to an algorithm = \"auto\""},
        {"workload", "chunk",
         S::optional(AT(workload.chunk), "whole",
                     TypesOf<Bytes>::quantity(kItself, kByte, Bytes{std::int64_t{1} << 44})),
         "of a channel's block at most, so that ranks work on one while they wait for the next; whole: of in-network "
         "sums a packet"},
        {"workload", "root", S::whole_number(AT(workload.root), 0, 64'000'000), "rank that a broadcast starts from"},
        {"workload", "iterations", S::whole_number(AT(workload.iterations), 1, 1'000'000),
         "of a collective: how often, one after the other"},
        {"workload", "sizes.from",
         S::optional(AT(workload.smallest), "bytes",
                     TypesOf<Bytes>::quantity(kItself, kByte, Bytes{std::int64_t{1} << 44})),
         "of a collective: run it at this size and up to bytes, each on an idle fabric, as nccl-tests does"},
        {"workload", "sizes.factor", S::whole_number(AT(workload.factor), 2, 1'000'000), "of each size to the last"},
        {"workload", "traffic_class", S::whole_number(AT(workload.traffic_class), 0, 7), "of its data"},
        {"workload", "senders", S::whole_number(AT(workload.senders), 0, 64'000'000),
         "of an incast: GPUs that send to the first one; 0 for all others"},

        {"run", "seed", one_seed_for_all(), "plant, traffic and faults at once", Presence::shorthand},
        {"run", "seed.plant", S::seed(AT(seeds.plant)),
         "for lengths and losses: the same plant under different traffic"},
        {"run", "seed.traffic", S::seed(AT(seeds.traffic)), "for the workload and its packets"},
        {"run", "seed.faults", S::seed(AT(seeds.faults)), "for what goes wrong"},
        {"run", "until",
         S::optional(AT(until), "done", TypesOf<Duration>::quantity(kItself, picoseconds(1), seconds(1'000'000))),
         "when to stop"},
        {"run", "alone", S::truth(AT(alone)),
         "run each job by itself, too, and report how much longer it took beside the others"},
    };
}

#undef AT

}  // namespace lightloom
