// Random faults of every kind, as a user would write them, on small random fabrics: a text is read, planned and run.
// Nothing vanishes, nothing is delivered twice, every flow ends, execution does not show. A text that fails is cut
// down, fault by fault, to the least that still does. Oracles: the sums of tests/support/conservation.hpp; the payload
// that was to be sent; the cutting, on a planted failure.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "tests/support/conservation.hpp"

namespace lightloom::testing {
namespace {

/// A scenario in pieces, so that faults can be left out.
struct Text {
    std::string fabric;
    std::vector<std::string> faults;

    std::string whole() const {
        std::string text = fabric;
        for (const std::string& fault : faults) text += "[[fault]]\n" + fault;
        return text;
    }
};

class Dice {
public:
    explicit Dice(std::uint64_t seed) : seed_(seed) {}
    /// From 0 to sides - 1.
    std::int64_t roll(std::int64_t sides) {
        return static_cast<std::int64_t>(draw(seed_, 0, Purpose::hash, n_++) % static_cast<std::uint64_t>(sides));
    }
    template <std::size_t N>
    std::string any(const std::array<const char*, N>& of) {
        return of[static_cast<std::size_t>(roll(N))];
    }

private:
    std::uint64_t seed_, n_ = 0;
};

Text random_fabric(Dice& dice) {
    const std::int64_t leaves = 2 + dice.roll(2);
    Text text;
    text.fabric = fmt::format("[topology]\nservers = {}\ngpus_per_server = {}\nleaves = {}\nspines = {}\n",
                              leaves * (1 + dice.roll(2)), 1 + dice.roll(2), leaves, 1 + dice.roll(3));
    text.fabric += fmt::format("links_per_pair = {}\n", 1 + dice.roll(2));
    if (dice.roll(3) == 0)  // spines that serve several units
        text.fabric = fmt::format(
            "[topology]\nkind = \"rail-optimised\"\nservers = {}\ngpus_per_server = 2\n"
            "servers_per_unit = 2\nspines = {}\n",
            4 + 2 * dice.roll(2), 1 + dice.roll(3));
    text.fabric += fmt::format("[optics]\nbasis = \"{}\"\n", dice.any(std::array{"limit", "typical"}));
    text.fabric += fmt::format("[switch]\nforwarding = \"{}\"\nflow_control = \"{}\"\n",
                               dice.any(std::array{"store-and-forward", "cut-through"}),
                               dice.any(std::array{"none", "none", "pause"}));
    text.fabric += fmt::format("[routing]\npolicy = \"{}\"\ndetection = \"{}us\"\nconvergence = \"{}us\"\n",
                               dice.any(std::array{"ecmp", "spray", "flowlet"}), 1 + dice.roll(20), dice.roll(60));
    const std::string kind = dice.any(std::array{"window", "rocev2", "uec"});
    text.fabric += fmt::format("[transport]\nkind = \"{}\"\nwindow = {}\ntimeout = \"{}us\"\nretries = {}\n", kind,
                               8 + dice.roll(60), 30 + dice.roll(40), dice.roll(2) == 0 ? "3" : "\"unlimited\"");
    text.fabric += fmt::format("[workload]\nkind = \"{}\"\nbytes = \"{}KiB\"\n",
                               dice.any(std::array{"permutation", "all-reduce", "incast"}), 64 + dice.roll(300));
    text.fabric += fmt::format("[run]\nseed = {}\nuntil = \"40ms\"\n", 1 + dice.roll(99));
    return text;
}

std::string random_selector(Dice& dice, const std::string& kind) {
    const std::string random = dice.roll(2) == 0 ? " & random 1" : "";
    if (kind == "crash") return dice.any(std::array{"spine=0", "leaf=1", "pod=0 & random 1", "random 1", "random 2"});
    if (kind == "nic-loss") return dice.any(std::array{"server=0", "server=1 & link=0", "random 1"});
    const std::string group = dice.any(std::array{"", "", " & group=module", " & group=trunk & per=2",
                                                  " & group=panel & per=3", " & group=line-card & per=2"});
    const bool is_optical = kind == "degrade" || kind == "wander";
    if (!is_optical && kind != "swap" && dice.roll(4) == 0) return "tier=host-leaf & random 1";
    return dice.any(std::array{"leaf=0", "spine=0", "tier=leaf-spine", "leaf=1 & link=0", "pod=0"}) +
           (is_optical ? "" : group) + random;
}

std::string random_fault(Dice& dice) {
    const std::string kind =
        dice.any(std::array{"degrade", "down", "flaps", "wander", "lanes", "swap", "crash", "nic-loss"});
    const std::int64_t at = dice.roll(30);
    std::string text =
        fmt::format("kind = \"{}\"\nselect = \"{}\"\nat = \"{}us\"\n", kind, random_selector(dice, kind), at);
    if (kind == "degrade") text += fmt::format("extra_loss = \"{}dB\"\n", 1 + dice.roll(6));
    if (kind == "wander")
        text += fmt::format("rms = \"{}dB\"\ntime_constant = \"9us\"\nstep = \"3us\"\n", 1 + dice.roll(4));
    if (kind == "lanes") text += fmt::format("lanes = {}\nretraining = \"{}us\"\n", 1 + dice.roll(3), dice.roll(20));
    if (kind == "swap") text += fmt::format("end = \"{}\"\n", dice.any(std::array{"lower", "upper"}));
    if (kind != "swap" && kind != "crash" && kind != "nic-loss")
        text += fmt::format("way = \"{}\"\n", dice.any(std::array{"both", "up", "down"}));
    const bool recurs = kind == "flaps" || (kind != "wander" && dice.roll(3) == 0);
    if (recurs || kind == "wander") text += fmt::format("until = \"{}us\"\n", at + 20 + dice.roll(150));
    if (recurs)
        text += dice.any(std::array{"mean_up = \"8us\"\n", "fit = 4e17\n", "monthly = 2e11\n"}) +
                "down = { lognormal = [\"4us\", 1] }\n";
    else if (kind != "wander")
        text += fmt::format("lasts = \"{}us\"\n", 1 + dice.roll(120));
    return text;
}

/// What faults did, over all scenarios: they must not have been harmless.
struct Harm {
    std::uint64_t lost_in_dark = 0;
    std::int64_t stalled_flows = 0, failed_flows = 0;
};

/// What does not hold of a scenario, first of all that it is one.
std::vector<std::string> broken(const std::string& text, Harm* harm = nullptr) {
    const auto input = parse_scenario(text, "s.toml", {}, names_of(Catalogue::built_in()));
    if (!input.scenario) return {"cannot be read: " + to_string(input.errors[0])};
    const Scenario& scenario = *input.scenario;
    const Plan prepared = plan(scenario);
    FabricCase parts(prepared.topology, traffic_of(scenario, prepared), Duration{0});
    parts.channels = channels_of(prepared.links, scenario.optics.lock);
    const FabricInput made = fabric_input(scenario, prepared, parts.traffic, parts.channels, 1);
    parts.network = made.network;
    parts.transport = made.transport;
    parts.fault_seed = made.fault_seed;
    parts.changes = prepared.changes;
    parts.outages = prepared.outages;
    parts.rates = prepared.rates;
    parts.order_seed = scenario.seeds.traffic;
    if (!prepared.outages.empty())
        parts.reroutes = std::make_shared<RouteTimeline>(route_timeline(scenario, prepared, kNever));
    const Time until{scenario.until->ps};
    std::vector<std::string> wrong;
    const auto check_sums = [&](const FabricRun& ran, const char* when) {
        for (const std::string& leak : leaks(ran))  // a RoCE receiver does not answer every packet
            if (scenario.transport.kind != TransportKind::rocev2 || !leak.starts_with("acknowledgements"))
                wrong.push_back(leak + when);
    };
    check_sums(run(parts, {.until = Time{25'000'000}}), " in between");
    const FabricRun ended = run(parts, {.until = until});
    check_sums(ended, " at the end");
    for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow) {
        const bool is_done = ended.fabric.flow_times(flow).acknowledged_ps >= 0;
        const bool has_failed = ended.fabric.failed(parts.traffic.flows[flow].group) != kNever;
        if (!is_done && !has_failed) wrong.push_back(fmt::format("flow {} neither ended nor failed", flow));
    }
    const std::int64_t delivered = ended.statistics.payload_bytes_delivered;
    const std::int64_t all = total_load(parts.traffic, parts.transport.payload).bytes;
    if (delivered > all || (ended.fabric.all_acknowledged() && delivered != all))
        wrong.push_back(fmt::format("{} bytes delivered", delivered));
    const RunResult other = run(scenario, prepared, {.threads = 2, .partitions = 3, .window_divisor = 2}, nullptr);
    if (other.digest != ended.fabric.digest()) wrong.push_back("depends on its execution");
    if (harm != nullptr) {
        harm->lost_in_dark += static_cast<std::uint64_t>(other.summary.frames_lost_in_dark);
        harm->failed_flows += other.summary.flows_failed;
        for (const std::int64_t stalled_ps : other.flows.stalled_ps) harm->stalled_flows += stalled_ps > 0;
    }
    return wrong;
}

/// Without the faults that are not needed for it to fail.
template <class Fails>
Text least(Text text, Fails&& fails) {
    for (std::size_t i = 0; i < text.faults.size();) {
        Text without = text;
        without.faults.erase(without.faults.begin() + static_cast<std::ptrdiff_t>(i));
        if (fails(without)) {
            text = std::move(without);
            i = 0;
        } else {
            ++i;
        }
    }
    return text;
}

TEST(RandomFaultScenarios, KeepTheirPromises) {
    Harm harm;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        Dice dice(seed);
        Text text = random_fabric(dice);
        for (std::int64_t n = 1 + dice.roll(4); n > 0; --n) text.faults.push_back(random_fault(dice));
        if (const auto wrong = broken(text.whole(), &harm); !wrong.empty()) {
            const Text cut = least(text, [](const Text& t) { return !broken(t.whole()).empty(); });
            FAIL() << "seed " << seed << ": " << wrong[0] << "; the least that fails (" << broken(cut.whole())[0]
                   << "):\n"
                   << cut.whole();
        }
    }
    EXPECT_GT(harm.lost_in_dark, 1000u);
    EXPECT_GT(harm.stalled_flows, 100);
    EXPECT_GT(harm.failed_flows, 10);
}

TEST(RandomFaultScenarios, AreCutDownToWhatIsNeeded) {
    Text text{"", {"a", "b", "c", "d"}};
    const auto has = [](const Text& t, const char* fault) { return std::ranges::count(t.faults, fault) > 0; };
    EXPECT_EQ(least(text, [&](const Text& t) { return has(t, "b") && has(t, "d"); }).whole(),
              "[[fault]]\nb[[fault]]\nd");
    // A fault that cannot be is found, and named alone.
    Dice dice(1);
    text = random_fabric(dice);
    text.faults = {random_fault(dice), "kind = \"down\"\nselect = \"leaf=99\"\n", random_fault(dice)};
    const Text cut = least(text, [](const Text& t) { return !broken(t.whole()).empty(); });
    EXPECT_EQ(cut.faults, std::vector<std::string>{text.faults[1]});
}

}  // namespace
}  // namespace lightloom::testing
