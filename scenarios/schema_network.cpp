// The keys of a scenario for switches, NICs, routing and framing.
#include <array>

#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

constexpr std::int64_t kClasses = TrafficClasses::kCount;
constexpr std::int64_t kRoceClass = 3;
constexpr Framing kInfinibandFraming{.preamble = Bytes{0},
                                     .gap = Bytes{0},
                                     .header = Bytes{8 + 12 + 4 + 2},
                                     .acknowledgement = Bytes{8 + 12 + 4 + 4 + 2}};

std::optional<Complaint> read_numbers(const TomlValue& value, std::int64_t least, std::int64_t most,
                                      const std::string& form, std::vector<std::int64_t>& numbers) {
    if (value.kind != TomlValue::Kind::list) return Complaint{value.at, "found " + cited(value), form};
    numbers.resize(value.items.size());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (auto complaint = read_whole_number(value.items[i], least, most, numbers[i])) return complaint;
    return std::nullopt;
}

/// Some of the traffic classes. @param field  of a bit for each
template <class Field>
ValueType<Scenario> classes(Field field) {
    const std::string form = "a list of traffic classes, from 0 to 7";
    return {form,
            [=](const TomlValue& value, const ScenarioNames&, Scenario& scenario) {
                std::vector<std::int64_t> numbers;
                auto complaint = read_numbers(value, 0, kClasses - 1, form, numbers);
                unsigned bits = 0;
                for (const std::int64_t number : numbers) bits |= 1u << (number & (kClasses - 1));
                if (!complaint) field(scenario) = static_cast<ClassMask>(bits);
                return complaint;
            },
            [field](const Scenario& scenario) {
                std::vector<int> numbers;
                for (int c = 0; c < kClasses; ++c)
                    if (field(scenario) >> c & 1) numbers.push_back(c);
                return fmt::format("[{}]", fmt::join(numbers, ", "));
            },
            R"({"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 7}})"};
}

ValueType<Scenario> weights() {
    constexpr std::string_view kForm = "a list of 8 weights from 1 to 255, class 0 first";
    return {std::string(kForm),
            [=](const TomlValue& value, const ScenarioNames&, Scenario& scenario) -> std::optional<Complaint> {
                std::vector<std::int64_t> numbers;
                if (auto complaint = read_numbers(value, 1, 255, std::string(kForm), numbers)) return complaint;
                if (numbers.size() != kClasses)
                    return Complaint{value.at, fmt::format("found {} weights", numbers.size()), std::string(kForm)};
                std::ranges::transform(numbers, scenario.switches.weights.begin(),
                                       [](std::int64_t n) { return static_cast<std::uint8_t>(n); });
                return std::nullopt;
            },
            [](const Scenario& scenario) { return fmt::format("[{}]", fmt::join(scenario.switches.weights, ", ")); },
            R"({"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 255}, "minItems": 8, )"
            R"("maxItems": 8})"};
}

/// switch.preset: several keys of [switch] at once.
/// Thresholds of RoCE by rate: the map of SimAI.conf (alibaba/SimAI). Its traffic, with its answers, is in priority 3,
/// the one that RoCE fabrics use to pause.
/// InfiniBand: credits for every data lane and cut-through (InfiniBand Architecture Specification 1.4, section 7.9),
/// and no marks; a packet of the greatest MTU, 4,096 bytes, has LRH 8, BTH 12, ICRC 4 and VCRC 2 around it, and an
/// acknowledgement AETH 4 besides (chapters 6, 7 and 9). There is neither preamble nor gap as Ethernet has them; the
/// symbols that delimit packets are left out.
ValueType<Scenario> switch_preset() {
    struct Preset {
        std::string name;
        FlowControl flow_control;
        Forwarding forwarding;
        Bytes ecn_threshold, ecn_full;
        double ecn_probability;
    };
    constexpr auto kPause = FlowControl::pause;
    constexpr auto kWhole = Forwarding::store_and_forward;
    static const std::array<Preset, 4> kPresets{
        {{"roce-100g", kPause, kWhole, Bytes{400'000}, Bytes{1'600'000}, 0.2},
         {"roce-200g", kPause, kWhole, Bytes{300'000}, Bytes{1'200'000}, 0.8},
         {"roce-400g", kPause, kWhole, Bytes{800'000}, Bytes{3'200'000}, 0.2},
         {"infiniband", FlowControl::credit, Forwarding::cut_through, kLargestBuffer, Bytes{0}, 1.0}}};
    std::vector<std::string> names;
    for (const Preset& preset : kPresets) names.push_back(preset.name);
    return {fmt::format("\"{}\"", fmt::join(names, "\" or \"")),
            [names](const TomlValue& value, const ScenarioNames&, Scenario& scenario) -> std::optional<Complaint> {
                std::string name;
                if (auto complaint = read_name(value, "preset", names, name)) return complaint;
                const Preset& preset = *std::ranges::find(kPresets, name, &Preset::name);
                Scenario::Switch& sw = scenario.switches;
                sw.flow_control = preset.flow_control;
                sw.forwarding = preset.forwarding;
                sw.ecn_threshold = preset.ecn_threshold;
                sw.ecn_full = preset.ecn_full;
                sw.ecn_probability = preset.ecn_probability;
                if (preset.flow_control == FlowControl::pause) {
                    sw.buffer_alpha = 0.0625;
                    sw.lossless = 1u << kRoceClass;
                    scenario.workload.traffic_class = scenario.transport.acknowledgement_class = kRoceClass;
                    for (Scenario::Job& job : scenario.jobs) job.workload.traffic_class = kRoceClass;
                } else {
                    scenario.framing = kInfinibandFraming;
                    scenario.transport.payload = Bytes{4096};
                }
                return std::nullopt;
            },
            [](const Scenario&) { return std::string(); }, fmt::format(R"({{"enum": {}}})", json_list(names))};
}

}  // namespace

Keys network_keys() {
    return {
        {"switch", "preset", switch_preset(),
         "flow control, forwarding, marks, lossless class (RoCE) or framing (InfiniBand) at once; keys of their own go "
         "before it",
         Presence::shorthand},
        {"switch", "forwarding", S::choice(AT(switches.forwarding), {"store-and-forward", "cut-through"}),
         "when a frame may leave"},
        {"switch", "latency", S::quantity(AT(switches.latency), nanoseconds(1), milliseconds(1)),
         "from its last bit in, or first if cut through, to the queue"},
        {"switch", "buffer", S::quantity(AT(switches.buffer), kByte, kLargestBuffer),
         "shared by all ports of a switch"},
        {"switch", "queue_limit", S::quantity(AT(switches.queue_limit), kByte, kLargestBuffer),
         "what one port may hold of it"},
        {"switch", "ecn_threshold", S::quantity(AT(switches.ecn_threshold), Bytes{0}, kLargestBuffer),
         "a frame that finds more ahead of it may be marked"},
        {"switch", "ecn_full", S::quantity(AT(switches.ecn_full), Bytes{0}, kLargestBuffer),
         "one that finds more than this is marked; below the threshold: at once"},
        {"switch", "ecn_probability", S::number(AT(switches.ecn_probability), 0.0, 1.0),
         "of a mark where the queue is nearly ecn_full; it rises to this from 0"},
        {"switch", "buffer_alpha", S::number(AT(switches.buffer_alpha), 0.0, 128.0),
         "times the free buffer is what a queue, or with pause an ingress, may hold; 0 for no such limit"},
        {"switch", "flow_control", S::choice(AT(switches.flow_control), {"none", "pause", "credit"}),
         "what keeps it from dropping: PFC, or credits as in InfiniBand"},
        {"switch", "headroom",
         S::optional(AT(switches.headroom), "auto", TypesOf<Bytes>::quantity(kItself, kByte, kLargestBuffer)),
         "per port for what comes in after a pause; auto: from the delays of its link"},
        {"switch", "lossless", classes(AT(switches.lossless)), "that flow control protects; the others are dropped"},
        {"switch", "strict", classes(AT(switches.strict)), "that go before all classes below them"},
        {"switch", "weights", weights(), "by which the other classes of a port share it (deficit round robin)"},
        {"switch", "trimming", S::truth(AT(switches.trimming)),
         "a packet without room loses its payload instead, and its header hurries on"},
        {"switch", "link_retries", S::whole_number(AT(switches.link_retries), 0, 16),
         "how often a port sends again what its link corrupted"},

        {"nic", "latency", S::quantity(AT(nic.latency), nanoseconds(1), milliseconds(1)),
         "from the decision to send a frame to its first bit, where the port is free"},

        {"routing", "policy",
         S::choice(AT(routing.policy), {"ecmp", "spray", "round-robin", "entropy", "flowlet", "adaptive"}),
         "one path per flow, every packet its own, in turn, as the sender says, per burst, or the shortest queue"},
        {"routing", "weights", S::choice(AT(routing.weights), {"equal", "capacity"}),
         "of the ports that a switch picks among: all alike, or by what the cables behind them can still carry"},
        {"routing", "queue_pairs", S::whole_number(AT(routing.queue_pairs), 1, 256),
         "that a flow's messages are dealt out to, each with a path of its own under ecmp"},
        {"routing", "hash", S::flags(AT(routing.hash), {"flow", "entropy", "attempt"}),
         "what a path hash reads; without the attempt, what is sent again takes the same path"},
        {"routing", "flowlet_gap", S::quantity(AT(routing.flowlet_gap), nanoseconds(1), seconds(1)),
         "a flow that pauses for longer may take another path"},
        {"routing", "staleness",
         S::optional(AT(routing.staleness), "off",
                     TypesOf<Duration>::quantity(kItself, nanoseconds(100), milliseconds(10))),
         "how often switches tell adaptive ones before them of their queues; off: these see their own only"},
        {"routing", "hop_limit", S::whole_number(AT(routing.hop_limit), 1, 30), "cables that a frame may pass"},
        {"routing", "failover", S::truth(AT(routing.failover)), "traffic leaves cables that are down"},
        {"routing", "detection", S::quantity(AT(routing.detection), Duration{0}, seconds(1000)),
         "until the switches at the ends of a cable know that it is down, or up"},
        {"routing", "convergence", S::quantity(AT(routing.convergence), Duration{0}, seconds(1000)),
         "until all others know, after that"},

        {"framing", "preamble", S::quantity(AT(framing.preamble), Bytes{0}, Bytes{64}), "ahead of each frame"},
        {"framing", "gap", S::quantity(AT(framing.gap), Bytes{0}, Bytes{1024}), "after each frame, at least"},
        {"framing", "header", S::quantity(AT(framing.header), kLeastFrame, Bytes{535}),
         "headers and check sums of a data packet"},
        {"framing", "acknowledgement", S::quantity(AT(framing.acknowledgement), kLeastFrame, Bytes{9216}),
         "a whole acknowledgement"},

    };
}

#undef AT

}  // namespace lightloom
