// A scenario written out in full is the scenario: over defaults, hand-picked values and drawn ones.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "scenarios/schema.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

void expect_round_trip(const Scenario& scenario) {
    ScenarioNames names = kNames;
    names.captive_cables.clear();  // lengths and faults are drawn without a look at the module
    for (const Help help : {Help::without, Help::with}) {
        const std::string text = effective_toml(scenario, help);
        const auto parsed = parse_scenario(text, "s.toml", {}, names);
        ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]) << '\n' << text;
        ASSERT_EQ(*parsed.scenario, scenario) << text;
    }
}

/// Scenarios that are right by construction, and as different as that allows.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    Scenario scenario() {
        Scenario s;
        s.title = "seed \"7\" \\ \xc3\xa9 # = [";
        s.topology = {.servers = 0,
                      .gpus_per_server = from(1, 8),
                      .leaves = from(1, 20),
                      .spines = from(1, 20),
                      .links_per_pair = from(1, 4),
                      .radix = {},
                      .rate = {from(1, 3200) * 1'250'000'000}};
        s.topology.servers = s.topology.leaves * from(2, 9);
        s.host_leaf = tier();
        s.leaf_spine = tier();
        s.optics = optics();
        s.qualify = {{real(0, 9)}, {real(0, 9)}, real(0, 9), real(0.5, 0.99), {from(1, 9) * 86'400'000'000'000'000}};
        s.switches = {.forwarding = any<Forwarding>(2),
                      .latency = {from(1'000, 1'000'000'000)},
                      .buffer = {from(1 << 24, 1 << 30)},
                      .queue_limit = {from(1 << 17, 1 << 24)},
                      .ecn_threshold = {from(0, 1 << 24)}};
        s.nic.latency = {from(1'000, 1'000'000'000)};
        s.routing.policy = any<PathPolicy>(6);
        s.routing.weights = any<PortWeights>(2);
        s.routing.queue_pairs = from(1, 256);
        s.routing.flowlet_gap = {from(1'000, 1'000'000'000)};
        s.routing.hop_limit = from(1, 30);
        s.routing.failover = from(0, 1) == 1;
        s.routing.detection = {from(0, 1'000'000'000)};
        s.routing.convergence = {from(0, 1'000'000'000)};
        s.framing = {.preamble = {from(0, 64)},
                     .gap = {from(0, 1024)},
                     .header = {from(8, 535)},
                     .acknowledgement = {from(8, 9216)}};
        s.transport = {
            .payload = {from(64, 65'000)}, .window = from(1, 4096), .timeout = {from(1'000, 10'000'000'000'000)}};
        s.switches.ecn_full = {from(0, 1 << 24)};
        s.switches.ecn_probability = real(0, 1);
        s.switches.buffer_alpha = real(0, 100);
        s.switches.flow_control = any<FlowControl>(3);
        if (from(0, 1) == 1) s.switches.headroom = Bytes{from(1, 1 << 20)};
        s.switches.link_retries = from(0, 16);
        s.transport.kind = any<TransportKind>(3);
        s.switches.trimming = s.transport.kind == TransportKind::uec;
        s.transport.loss_recovery = any<LossRecovery>(2);
        if (s.transport.kind == TransportKind::rocev2 && s.transport.loss_recovery == LossRecovery::go_back_n)
            s.routing.queue_pairs = 1;
        s.transport.congestion = any<Control>(3);
        s.transport.dcqcn = any<DcqcnPreset>(3);
        s.transport.base_rtt = {from(1'000, 1'000'000'000)};
        if (from(0, 1) == 1) s.transport.retries = from(1, 1000);
        s.workload = {.kind = any<WorkloadKind>(3),
                      .algorithm = {},
                      .groups = any<Grouping>(2),
                      .placement = any<Placement>(2),
                      .bytes = {from(1000, 1 << 30)},
                      .channels = from(1, 64),
                      .chunk = {},
                      .iterations = from(1, 100),
                      .senders = from(0, 1)};
        if (from(0, 1) == 0) {
            s.series.interval = {from(100'000, 1'000'000'000'000)};
            s.series.select = Selector{.tier = "leaf-spine", .spine = from(0, s.topology.spines - 1)};
        }
        for (auto n = from(0, 3); n > 0; --n) s.faults.push_back(fault(s.topology));
        s.seeds = {static_cast<std::uint64_t>(from(0, INT64_MAX)), 0, static_cast<std::uint64_t>(from(0, INT64_MAX))};
        if (from(0, 1) == 0) s.until = Duration{from(1, 1'000'000'000'000'000'000)};
        return s;
    }

    /// Tiers that the drawn fabric does not have.
    void fill_unused(Scenario& s) {
        Scenario::Fabric& t = s.topology;
        for (std::int64_t* count : {&t.servers_per_unit, &t.units_per_group, &t.cores, &t.links_per_core, &t.pods,
                                    &t.leaves_per_pod, &t.spines_per_pod, &t.servers_per_leaf, &t.leaf_spine_links,
                                    &t.spine_core_links, &t.buildings, &t.segments, &t.servers_per_segment,
                                    &t.spines_per_plane, &t.cores_per_plane, &t.circuits_per_spine, &t.states})
            *count = from(2, 99);
        s.series = {microseconds(3), Selector{.spine = 1}};
        t.nics_per_gpu = 3;
        t.rails = t.planes = false;
        t.radix = {from(2, 99), from(2, 99), from(2, 99)};
        for (Scenario::Tier* of : {&s.spine_core, &s.campus, &s.circuit, &s.scale_up}) *of = tier();
    }

private:
    std::int64_t from(std::int64_t least, std::int64_t most) {
        const std::uint64_t span = static_cast<std::uint64_t>(most - least) + 1;
        return least + static_cast<std::int64_t>(random_() % span);
    }
    double real(double least, double most) {
        return least + (most - least) * static_cast<double>(random_() >> 11) * 0x1p-53;
    }
    template <class Enum>
    Enum any(int count) {
        return static_cast<Enum>(from(0, count - 1));
    }
    Scenario::Tier tier() {
        const double a = real(0.1, 1000), b = real(0, 1);
        const std::array lengths{
            Distribution{Distribution::Kind::fixed, a, 0}, Distribution{Distribution::Kind::uniform, a, a + b},
            Distribution{Distribution::Kind::normal, a + 10, b}, Distribution{Distribution::Kind::lognormal, a, b}};
        const auto any_module = [this] { return kNames.modules[static_cast<std::size_t>(from(0, 1))]; };
        Scenario::Tier tier{.rate = {},
                            .lower_module = any_module(),
                            .upper_module = any_module(),
                            .fibre = "os2",
                            .length = lengths[static_cast<std::size_t>(from(0, 3))],
                            .connectors = from(0, 64),
                            .connector_family = kNames.connector_families[static_cast<std::size_t>(from(0, 1))]};
        if (from(0, 1) == 0) tier.connector_loss = Distribution{Distribution::Kind::lognormal, real(0, 3), real(0, 3)};
        if (from(0, 1) == 0) tier.rate = BitRate{from(1, 3200) * 1'250'000'000};
        tier.splices = from(0, 9);
        if (from(0, 1) == 0) tier.parts = {kNames.parts[0], kNames.parts[0]};
        tier.bend_turns = real(1, 9);
        tier.bend_radius = {real(0.004, 0.02)};
        tier.lower_host_loss = host_loss();
        tier.upper_host_loss = from(0, 1) == 0 ? tier.lower_host_loss : host_loss();
        return tier;
    }
    HostLoss host_loss() {
        if (from(0, 2) == 0) return {};
        if (from(0, 1) == 0) return {Distribution{Distribution::Kind::uniform, real(0, 3), real(3, 9)}, {}};
        return {std::nullopt, {real(0, 9), real(0, 9)}};
    }
    Scenario::Optics optics() {
        Scenario::Optics o;
        o.basis = Basis::typical;
        o.noise_floor = {real(10, 40)};
        o.catalogue = "own.toml";
        o.allow_out_of_spec = from(0, 1) == 0;
        o.age = {real(0, 9)};
        o.inlet_temperature = {real(20, 40)};
        o.inlet_gradient = {real(1, 9)};
        o.daily_swing = {real(1, 9)};
        o.dirt = {real(0, 1), Dirt::Per::mating, {Distribution::Kind::uniform, real(0, 1), real(1, 2)}};
        o.lock = {from(0, 1) == 0,
                  {Distribution::Kind::fixed, static_cast<double>(from(1000, 1'000'000'000)), 0.0},
                  {from(0, 1'000'000'000)},
                  {from(0, 1'000'000'000)}};
        o.burst = {real(0, 0.75), from(0, 1) == 0};
        o.line = {.spans = from(1, 9),
                  .amplified = from(0, 1) == 0,
                  .noise_figure = {real(3, 9)},
                  .launch = {real(-9, 9)},
                  .channels = from(1, 96),
                  .nli = any<LineSettings::Nli>(2)};
        return o;
    }
    Scenario::Fault fault(const Scenario::Fabric& t) {
        Scenario::Fault fault;
        fault.kind = any<FaultKind>(8);  // no fabric here has circuits
        fault.at = {from(0, 1'000'000'000)};
        if (fault.kind == FaultKind::degrade) {
            fault.extra_loss = Decibel{real(0, 60)};
            if (from(0, 1) == 0) fault.lane = from(0, 15);
        }
        if (fault.kind == FaultKind::wander) {
            fault.rms = {real(0, 9)};
            fault.time_constant = {from(1'000, 1'000'000'000)};
            fault.step = {from(1'000, 1'000'000'000)};
        }
        if (fault.kind == FaultKind::lanes) {
            fault.lanes = from(1, 15);
            fault.retraining = {from(0, 1'000'000'000)};
        }
        if (fault.kind == FaultKind::swap) fault.end = any<End>(2);
        fault.select = selector(fault, t);
        occasion(fault);
        return fault;
    }
    Selector selector(Scenario::Fault& fault, const Scenario::Fabric& t) {
        Selector select;
        if (from(0, 1) == 0) select.random = from(1, 9);
        if (fault.kind == FaultKind::crash) {
            if (from(0, 1) == 0) select.spine = from(0, t.spines - 1);
            select.pod = 0;
            return select;
        }
        if (fault.kind == FaultKind::nic_loss) {
            select.server = from(0, t.servers - 1);
            if (from(0, 1) == 0) select.link = from(0, t.gpus_per_server - 1);
            return select;
        }
        if (fault.kind != FaultKind::swap) fault.way = any<Way>(3);
        select.leaf = from(0, t.leaves - 1);
        if (from(0, 1) == 0) {
            select.tier = "leaf-spine";
            select.spine = from(0, t.spines - 1);
            select.link = from(0, t.links_per_pair - 1);
        }
        if (from(0, 1) == 0) {
            select.group = any<RiskKind>(6);
            if (*select.group < RiskKind::route) select.per = from(1, 99);
        }
        return select;
    }
    void occasion(Scenario::Fault& fault) {
        const bool recurs = fault.kind == FaultKind::flaps || (fault.kind != FaultKind::wander && from(0, 1) == 0);
        if (recurs || fault.kind == FaultKind::wander) {
            fault.until = fault.at + Duration{from(1, 1'000'000'000)};
        } else if (from(0, 1) == 0 || fault.kind == FaultKind::swap) {
            fault.lasts = {from(1, 1'000'000'000)};
        }
        if (!recurs) return;
        const std::int64_t rate = from(0, 2);
        if (rate == 0) fault.mean_up = {from(1, 1'000'000'000)};
        if (rate == 1) fault.fit = real(1, 1e6);
        if (rate == 2) fault.monthly = real(0.0001, 1);
        fault.down_ps = {Distribution::Kind::lognormal, static_cast<double>(from(1000, 1'000'000'000)), real(0, 3)};
    }

    std::mt19937_64 random_;
};

TEST(ScenarioRoundTrip, DefaultsReadBack) { expect_round_trip(*parse(kLeast).scenario); }

TEST(ScenarioRoundTrip, DrawnScenariosReadBack) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        SCOPED_TRACE(seed);
        expect_round_trip(Draw(seed).scenario());
        if (HasFatalFailure()) return;
    }
}

TEST(ScenarioRoundTrip, EveryKeyIsReadWrittenAndExplained) {
    const std::string text = '\n' + effective_toml(*parse(kLeast).scenario), help = schema_help();
    for (const auto& key : scenario_keys()) {
        const bool is_written = text.find('\n' + std::string(key.name) + " = ") != std::string::npos;
        if (!misplaced(key, *parse(kLeast).scenario)) {
            EXPECT_EQ(is_written, key.presence != Presence::shorthand) << key.path();
        }
        EXPECT_NE(help.find("  " + std::string(key.name) + "  ("), std::string::npos) << key.path();
        EXPECT_FALSE(key.help.empty()) << key.path();
    }
    for (const auto& key : fault_keys())
        EXPECT_NE(help.find("  " + std::string(key.name) + "  ("), std::string::npos) << key.name;
}

/// A key bound to another key's field would pass the round trip of the defaults.
TEST(ScenarioRoundTrip, EveryKeyHasAFieldOfItsOwn) {
    Scenario scenario = Draw(3).scenario();
    Draw(3).fill_unused(scenario);
    for (const auto& changed : scenario_keys()) {
        if (changed.presence == Presence::shorthand) continue;
        Scenario other = *parse(kLeast).scenario;
        TomlValue value = parse_toml("x = " + changed.type.print(scenario)).root.members.at(0).value;
        ASSERT_FALSE(changed.type.read(value, kNames, other)) << changed.path();
        for (const auto& key : scenario_keys()) {
            if (key.presence == Presence::shorthand) continue;
            const Scenario& expected = key.path() == changed.path() ? scenario : *parse(kLeast).scenario;
            EXPECT_EQ(key.type.print(other), key.type.print(expected)) << changed.path() << " changed " << key.path();
        }
    }
}

}  // namespace
}  // namespace lightloom::test
