// Random faults on random small fabrics: whatever happens, nothing vanishes, execution does not show, and once the last
// fault has ended everything arrives. A case that fails is cut down, fault by fault, to the smallest that still does.
// Oracles: the sums of tests/support/conservation.hpp; the payload that was sent; the cutting, on planted failures.
#include <algorithm>

#include <gtest/gtest.h>

#include "models/faults/fault_timeline.hpp"
#include "models/faults/selection.hpp"
#include "tests/support/conservation.hpp"

namespace lightloom::testing {
namespace {

using Faults = std::vector<PlannedFault>;

/// Numbers in a row, for one case.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : seed_(seed) {}
    /// From 0 to sides - 1.
    std::uint64_t roll(std::uint64_t sides) { return draw(seed_, 0, Purpose::hash, n_++) % sides; }

private:
    std::uint64_t seed_, n_ = 0;
};

FabricCase random_fabric(Dice& dice) {
    const auto leaves = static_cast<std::int64_t>(1 + dice.roll(4));
    const Topology topology = leaf_spine({.servers = leaves * static_cast<std::int64_t>(1 + dice.roll(3)),
                                          .gpus_per_server = static_cast<std::int64_t>(2 + dice.roll(2)),
                                          .leaves = leaves,
                                          .spines = static_cast<std::int64_t>(1 + dice.roll(3)),
                                          .links_per_pair = static_cast<std::int64_t>(1 + dice.roll(2)),
                                          .rate = gigabits(400)});
    FabricCase parts(topology,
                     permutation(topology, {1 + static_cast<std::int64_t>(dice.roll(200'000))}, dice.roll(99)),
                     nanoseconds(static_cast<std::int64_t>(50 + dice.roll(900))));
    parts.network.forwarding = dice.roll(2) == 0 ? Forwarding::cut_through : Forwarding::store_and_forward;
    parts.network.path = dice.roll(2) == 0 ? PathPolicy::ecmp : PathPolicy::spray;
    parts.network.queue_limit = {static_cast<std::int64_t>(16'000 + dice.roll(200'000))};
    parts.transport = {.payload = {4096},
                       .window = static_cast<std::uint32_t>(4 + dice.roll(60)),
                       .timeout = microseconds(static_cast<std::int64_t>(15 + dice.roll(40)))};
    const double hazard = dice.roll(2) == 0 ? 0.0 : 1e-3;
    for (Channel& channel : parts.channels) channel.codeword_hazard = hazard;
    return parts;
}

PlannedFault random_fault(const Topology& topology, Dice& dice, std::uint32_t number) {
    PlannedFault fault{.effect = Dark{static_cast<OutageCause>(dice.roll(5))}, .targets = {}, .number = number};
    const CableId cable{dice.roll(topology.cables.size())};
    switch (dice.roll(3)) {
        case 0: fault.targets = {target_of(cable)}; break;
        case 1: fault.targets = {target_of(topology, NodeId{dice.roll(topology.nodes.size())})}; break;
        case 2:
            fault.targets = select_targets(
                topology, {.group = RiskGrouping{static_cast<RiskKind>(dice.roll(6)), 2}, .random = 1}, number + 1);
            break;
    }
    if (dice.roll(4) == 0) fault.effect = NewModule{dice.roll(2) == 0};
    fault.way = static_cast<Way>(dice.roll(3));
    const Time at{static_cast<std::int64_t>(dice.roll(30'000'000))};
    if (dice.roll(2) == 0)
        fault.when = Once{at, Duration{static_cast<std::int64_t>(1 + dice.roll(100'000'000))}};
    else
        fault.when = Train{at, at + microseconds(100), 5e6, {Distribution::Kind::lognormal, 3e6, 1.0}};
    return fault;
}

/// What does not hold of a fabric with these faults.
std::vector<std::string> broken(FabricCase parts, const Faults& faults, Time stop) {
    parts.outages = fault_timeline(parts.topology, faults, kNever, 5).outages;
    std::vector<std::string> wrong = leaks(run(parts, {.until = stop}));
    const FabricRun ended = run(parts, {.until = Time{} + milliseconds(20)});
    for (const std::string& leak : leaks(ended)) wrong.push_back(leak + " at the end");
    if (!ended.fabric.finished()) wrong.push_back("is not finished");
    if (ended.statistics.payload_bytes_delivered != total_load(parts.traffic, parts.transport.payload).bytes)
        wrong.push_back("has not delivered everything");
    const std::uint32_t partitions =
        std::min<std::uint32_t>(3, static_cast<std::uint32_t>(parts.topology.nodes.size()));
    if (run(parts, {2, partitions, 1, Time{} + milliseconds(20)}).fabric.digest() != ended.fabric.digest())
        wrong.push_back("depends on its execution");
    return wrong;
}

/// Without whatever is not needed for it to fail. @param fails  of a list of faults; it does of this one
template <class Fails>
Faults smallest(Faults faults, Fails&& fails) {
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (std::size_t i = 0; i < faults.size() && !smaller; ++i) {
            Faults without = faults;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            if ((smaller = fails(without))) faults = without;
        }
    }
    return faults;
}

std::string text_of(const Faults& faults) {
    std::string text;
    for (const PlannedFault& fault : faults) {
        text += "  effect " + std::to_string(fault.effect.index()) + ", way " +
                std::to_string(static_cast<int>(fault.way)) + ", number " + std::to_string(fault.number) + ", cables";
        for (const FaultTarget& target : fault.targets)
            for (const CableId cable : target.cables) text += " " + std::to_string(cable.value);
        if (const Once* once = std::get_if<Once>(&fault.when))
            text += ", " + std::to_string(once->at.ps) + " ps for " + std::to_string(once->lasting->ps) + " ps\n";
        else
            text += ", a train from " + std::to_string(std::get<Train>(fault.when).at.ps) + " ps\n";
    }
    return text;
}

TEST(RandomFaults, LoseNothingForGood) {
    std::uint64_t lost_in_dark = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        Dice dice(seed);
        const FabricCase parts = random_fabric(dice);
        Faults faults;
        for (std::uint64_t n = 1 + dice.roll(6); n > 0; --n)
            faults.push_back(random_fault(parts.topology, dice, static_cast<std::uint32_t>(n)));
        const Time stop{static_cast<std::int64_t>(1 + dice.roll(60'000'000))};
        if (const auto wrong = broken(parts, faults, stop); !wrong.empty()) {
            const Faults least = smallest(faults, [&](const Faults& f) { return !broken(parts, f, stop).empty(); });
            FAIL() << "seed " << seed << ": " << wrong[0] << "; the smallest faults that do it:\n" << text_of(least);
        }
        FabricCase faulty = parts;
        faulty.outages = fault_timeline(parts.topology, faults, kNever, 5).outages;
        const FabricRun ran = run(faulty);
        for (const Fabric::PortCounters& counters : ran.fabric.counters()) lost_in_dark += counters.frames_lost_in_dark;
    }
    EXPECT_GT(lost_in_dark, 1000u);  // else it would have shown nothing
}

TEST(RandomFaults, AreCutDownToWhatIsNeeded) {
    Faults faults(8);
    for (std::uint32_t i = 0; i < 8; ++i) faults[i].number = i;
    const auto has = [](const Faults& list, std::uint32_t number) {
        return std::ranges::any_of(list, [&](const PlannedFault& fault) { return fault.number == number; });
    };
    const Faults one = smallest(faults, [&](const Faults& list) { return has(list, 5); });
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].number, 5u);
    const Faults pair = smallest(faults, [&](const Faults& list) { return has(list, 2) && has(list, 7); });
    ASSERT_EQ(pair.size(), 2u);
    EXPECT_EQ(pair[0].number, 2u);
    EXPECT_EQ(pair[1].number, 7u);
    EXPECT_TRUE(smallest(faults, [](const Faults&) { return true; }).empty());
}

// The check itself: a fault that does not end is found, and so are frames that nobody counted.
TEST(RandomFaults, WouldBeFoundWrong) {
    Dice dice(3);
    const FabricCase parts = random_fabric(dice);
    Faults faults{random_fault(parts.topology, dice, 1)};
    faults.push_back({.effect = Dark{}, .targets = {target_of(CableId{0})}, .when = Once{Time{0}}});
    const auto fails = [&](const Faults& list) { return !broken(parts, list, Time{1'000'000}).empty(); };
    ASSERT_TRUE(fails(faults));
    const Faults least = smallest(faults, fails);
    ASSERT_EQ(least.size(), 1u);
    EXPECT_EQ(least[0].targets[0].cables[0], CableId{0});
    FabricRun ran = run(parts, {.until = Time{3'000'000}});
    EXPECT_TRUE(leaks(ran).empty());
    ran.left.travelling_frames[parts.nic(0).value] += 1;
    ran.left.travelling_packets[0] += 1;
    EXPECT_EQ(leaks(ran).size(), 2u);
}

}  // namespace
}  // namespace lightloom::testing
