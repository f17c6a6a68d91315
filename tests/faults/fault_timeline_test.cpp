// From faults to outages and changes: exact instants of what is given, the laws of what is drawn, and what is refused.
// Oracles: arithmetic on the faults; exponential, lognormal and normal laws at 99.9 % with seeds fixed; the link
// failures that Alibaba publishes (HPN, SIGCOMM 2024: 0.057 % of NIC links per month, so 780 FIT, and 9.3 a month of
// 16,384); the Ornstein-Uhlenbeck process's autocorrelation e^(-t/T).
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "models/faults/fault_timeline.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

constexpr Duration kSecond{kPicosecondsPerSecond};
constexpr Duration kHour = kSecond * 3600;
constexpr Time kHorizon = Time{} + kHour * 24;

Topology fabric() {
    return leaf_spine({.servers = 8,
                       .gpus_per_server = 2,
                       .leaves = 2,
                       .spines = 3,
                       .links_per_pair = 1,
                       .rate = *Rate::from({400'000'000'000})});
}

FaultTimeline timeline_of(const std::vector<PlannedFault>& faults, Time horizon = kHorizon, std::uint64_t seed = 1) {
    return fault_timeline(fabric(), faults, horizon, seed);
}

PlannedFault fault_of(FaultEffect effect, Occasion when, std::size_t cable = 3) {
    return {.effect = effect, .targets = {target_of(CableId{cable})}, .when = when};
}

TEST(FaultTimeline, TakesACableDownAndUp) {
    const Time at{1'000'001};
    const FaultTimeline both = timeline_of({fault_of(Dark{}, Once{at, Duration{500}})});
    EXPECT_EQ(both.outages, (std::vector<Outage>{{at, Time{1'000'501}, 6, OutageCause::link_down, 0},
                                                 {at, Time{1'000'501}, 7, OutageCause::link_down, 0}}));
    ASSERT_EQ(both.occurrences.size(), 1u);
    EXPECT_EQ(both.occurrences[0].from, at);
    EXPECT_EQ(both.occurrences[0].to, Time{1'000'501});
    PlannedFault one = fault_of(Dark{OutageCause::one_direction}, Once{at});
    one.way = Way::down;
    EXPECT_EQ(timeline_of({one}).outages, (std::vector<Outage>{{at, kNever, 7, OutageCause::one_direction, 0}}));
    one.way = Way::up;
    EXPECT_EQ(timeline_of({one}).outages, (std::vector<Outage>{{at, kNever, 6, OutageCause::one_direction, 0}}));
    EXPECT_TRUE(timeline_of({one}, at).outages.empty());  // begins at the horizon
    EXPECT_TRUE(timeline_of({}).outages.empty());
}

TEST(FaultTimeline, TakesAllCablesOfASwitchDown) {
    const Topology topology = fabric();
    for (std::size_t n = 0; n < topology.nodes.size(); ++n) {
        const FaultTarget target = target_of(topology, NodeId{n});
        std::set<std::uint32_t> expected, dark;
        for (std::uint32_t c = 0; c < topology.cables.size(); ++c)
            for (const PortId end : {topology.cables[c].lower, topology.cables[c].upper})
                if (topology.ports[end.value].node == NodeId{n}) expected.insert({2 * c, 2 * c + 1});
        const FaultTimeline crash = timeline_of(
            {{.effect = Dark{OutageCause::switch_crash}, .targets = {target}, .when = Once{Time{5}, kHour * 10}}});
        for (const Outage& outage : crash.outages) dark.insert(outage.direction);
        EXPECT_EQ(dark, expected);
        EXPECT_EQ(crash.outages.size(), expected.size());  // one row each, however long it lasts
        EXPECT_EQ(crash.outages[0].to, Time{5} + kHour * 10);
    }
}

TEST(FaultTimeline, DrawsFlapsByTheirLaws) {
    const double mean_ps = 2e12, median_ps = 3e10;
    const Train train{Time{7}, {}, mean_ps, {Distribution::Kind::lognormal, median_ps, 0.8}};
    const FaultTimeline flaps = timeline_of({fault_of(Dark{OutageCause::flap}, train)});
    const auto count = static_cast<double>(flaps.occurrences.size());
    ASSERT_GT(count, 40'000.0);
    double up = 0.0;
    int longer_up = 0, longer_down = 0, much_longer_down = 0;
    Time good{7};
    for (const FaultTimeline::Occurrence& flap : flaps.occurrences) {
        ASSERT_GT(flap.from, good);
        ASSERT_LT(flap.from, kHorizon);
        const auto up_ps = static_cast<double>((flap.from - good).ps),
                   down_ps = static_cast<double>((flap.to - flap.from).ps);
        up += up_ps;
        longer_up += up_ps > 2 * mean_ps;
        longer_down += down_ps > median_ps;
        much_longer_down += down_ps > median_ps * std::exp(0.8);
        good = flap.to;
    }
    const auto near_share = [&](int n, double share) {
        EXPECT_NEAR(n, count * share, 3.29 * std::sqrt(count * share * (1.0 - share)));
    };
    EXPECT_NEAR(up / count, mean_ps, 3.29 * mean_ps / std::sqrt(count));
    near_share(longer_up, std::exp(-2.0));
    near_share(longer_down, 0.5);
    near_share(much_longer_down, 0.158655);  // above one standard deviation
    ASSERT_EQ(flaps.outages.size(), 2 * flaps.occurrences.size());
    EXPECT_EQ(flaps.outages[1].from, flaps.occurrences[1].from);  // direction 6, then 7
    EXPECT_EQ(flaps.outages[flaps.occurrences.size()].direction, 7u);
}

TEST(FaultTimeline, EndsATrainWhereItIsToEnd) {
    const Time until = Time{} + kSecond * 10;
    const Train train{Time{} + kSecond, until, 1e11, {.a = 5e11}};
    const FaultTimeline flaps = timeline_of({fault_of(Dark{}, train)}, kNever);
    ASSERT_GT(flaps.occurrences.size(), 5u);
    for (const FaultTimeline::Occurrence& flap : flaps.occurrences) {
        EXPECT_GT(flap.from, train.at);
        EXPECT_LE(flap.to, until);
    }
    EXPECT_EQ(flaps.occurrences.back().to, until);  // with this seed the end finds it bad
    const FaultTimeline open = timeline_of({fault_of(Dark{}, Train{train.at, {}, 1e11, {.a = 5e11}})}, until);
    EXPECT_GT(open.occurrences.back().to, until);  // a horizon only says what need not be known
    EXPECT_EQ(open.occurrences.size(), flaps.occurrences.size());
}

TEST(FaultTimeline, DrawsForEachEntityFaultAndSeedAnew) {
    const Train train{Time{0}, {}, 1e13, {.a = 1e11}};
    const auto first = [&](std::size_t cable, std::uint32_t number, std::uint64_t seed) {
        PlannedFault fault = fault_of(Dark{}, train, cable);
        fault.number = number;
        return timeline_of({fault}, kHorizon, seed).occurrences.at(0).from.ps;
    };
    std::set<std::int64_t> instants{first(3, 0, 1), first(4, 0, 1), first(3, 1, 1), first(3, 0, 2)};
    EXPECT_EQ(instants.size(), 4u);
    EXPECT_EQ(first(3, 0, 1), first(3, 0, 1));
    // What else fails does not move it.
    PlannedFault two = fault_of(Dark{}, train, 9);
    two.targets.push_back(target_of(CableId{3}));
    const FaultTimeline both = timeline_of({fault_of(Dark{}, Once{}, 0), two});
    const auto found =
        std::ranges::find_if(both.occurrences, [](const auto& o) { return o.fault == 1 && o.target == 1; });
    EXPECT_EQ(found->from.ps, first(3, 0, 1));
}

TEST(FaultTimeline, DrawsAsManyFailuresAsARateMakes) {
    EXPECT_NEAR(mean_up_of_monthly(0.00057) / 3.6e15, 1.28e6, 0.005e6);  // hours
    EXPECT_NEAR(mean_up_of_fit(780) / mean_up_of_monthly(0.00057), 1.0, 2e-3);
    PlannedFault failures{
        .effect = Dark{}, .targets = {}, .when = Train{Time{0}, {}, mean_up_of_monthly(0.00057), {.a = 3.6e15}}};
    for (std::uint64_t link = 0; link < 16'384; ++link)
        failures.targets.push_back({.entity = link, .cables = {CableId{link % 16}}});
    int months = 0;
    double count = 0.0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed, ++months)
        count += static_cast<double>(
            timeline_of({failures}, Time{static_cast<std::int64_t>(730.5 * 3.6e15)}, seed).occurrences.size());
    EXPECT_NEAR(count / months, 9.34, 3.29 * std::sqrt(9.34 / months));
}

TEST(FaultTimeline, AddsLossAndTakesItAway) {
    PlannedFault worse = fault_of(AddedLoss{1.5, 2}, Once{Time{100}, Duration{50}});
    worse.way = Way::up;
    const FaultTimeline changes = timeline_of({worse, fault_of(AddedLoss{0.5}, Once{Time{120}})});
    ASSERT_EQ(changes.losses.size(), 4u);
    const auto expect = [&](std::size_t i, std::int64_t at, std::uint32_t direction, int lane, double db) {
        EXPECT_EQ(changes.losses[i].at, Time{at}) << i;
        EXPECT_EQ(changes.losses[i].direction, direction) << i;
        EXPECT_EQ(changes.losses[i].lane, lane) << i;
        EXPECT_EQ(changes.losses[i].added_db, db) << i;
    };
    expect(0, 100, 6, 2, 1.5);
    expect(1, 120, 6, -1, 0.5);
    expect(2, 120, 7, -1, 0.5);
    expect(3, 150, 6, 2, -1.5);
    EXPECT_TRUE(changes.outages.empty());
}

TEST(FaultTimeline, LetsAMarginWanderByItsLaw) {
    for (const double step : {0.05, 1.0}) {  // of the time constant
        const Wander wander{0.7, kSecond, Duration{static_cast<std::int64_t>(step * 1e12)}};
        PlannedFault fault = fault_of(wander, Once{Time{0}});
        fault.way = Way::up;
        constexpr int steps = 40'000;
        const FaultTimeline wanders = timeline_of({fault}, Time{} + wander.step * steps);
        ASSERT_EQ(wanders.losses.size(), static_cast<std::size_t>(steps));
        std::vector<double> db;
        double sum = 0.0;
        for (int k = 0; k < steps; ++k) {
            ASSERT_EQ(wanders.losses[static_cast<std::size_t>(k)].at, Time{} + wander.step * k);
            db.push_back(sum += wanders.losses[static_cast<std::size_t>(k)].added_db);
        }
        const int lag = step < 0.5 ? 20 : 1;  // one time constant
        double squares = 0.0, products = 0.0;
        for (int k = 0; k + lag < steps; ++k) {
            squares += db[static_cast<std::size_t>(k)] * db[static_cast<std::size_t>(k)];
            products += db[static_cast<std::size_t>(k)] * db[static_cast<std::size_t>(k + lag)];
        }
        // An estimate of the variance from n samples of correlation r has n (1 - r^2) / (1 + r^2) independent ones.
        const double r = std::exp(-step), independent = steps * (1 - r * r) / (1 + r * r);
        EXPECT_NEAR(squares / (steps - lag), 0.49, 3.29 * 0.49 * std::sqrt(2.0 / independent)) << step;
        EXPECT_NEAR(products / squares, std::exp(-1.0), 3.29 / std::sqrt(independent)) << step;
    }
}

TEST(FaultTimeline, EndsAWanderWhereItBegan) {
    const Wander wander{0.5, kSecond, kSecond};
    const FaultTimeline wanders = timeline_of({fault_of(wander, Once{Time{3}, kSecond * 10})}, kNever);
    double up = 0.0, down = 0.0, down_at_first = 0.0;
    for (const LossChange& change : wanders.losses) (change.direction == 6 ? up : down) += change.added_db;
    for (const LossChange& change : wanders.losses)
        if (change.direction == 7 && change.at == Time{3}) down_at_first = change.added_db;
    EXPECT_NEAR(up, 0.0, 1e-12);
    EXPECT_NEAR(down, 0.0, 1e-12);
    EXPECT_EQ(wanders.losses.size(), 22u);
    EXPECT_EQ(wanders.losses.back().at, Time{3} + kSecond * 10);
    EXPECT_NE(wanders.losses[0].added_db, down_at_first);  // each direction wanders by itself
}

std::int64_t gigabits_at(const FaultTimeline& timeline, std::uint32_t direction, Time at) {
    std::int64_t bits = 400'000'000'000;
    for (const RateChange& change : timeline.rates)
        if (change.direction == direction && change.at <= at) bits = change.rate.bit_rate().bits_per_second;
    return bits / 1'000'000'000;
}

TEST(FaultTimeline, LosesLanesAndAddsThemUp) {
    const auto lanes = [&](std::int64_t at, std::int64_t lasting, std::uint32_t lost) {
        return fault_of(LostLanes{4, lost, Duration{10}}, Once{Time{at}, Duration{lasting}});
    };
    const FaultTimeline one = timeline_of({lanes(1000, 500, 1)});
    for (const std::uint32_t direction : {6u, 7u}) {
        EXPECT_EQ(gigabits_at(one, direction, Time{1009}), 400);
        EXPECT_EQ(gigabits_at(one, direction, Time{1010}), 300);
        EXPECT_EQ(gigabits_at(one, direction, Time{1509}), 300);
        EXPECT_EQ(gigabits_at(one, direction, Time{1510}), 400);
    }
    ASSERT_EQ(one.outages.size(), 4u);
    EXPECT_EQ(one.outages[1], (Outage{Time{1500}, Time{1510}, 6, OutageCause::lane_change, 0}));
    // 1 + 3 of 4 in [1200, 1300): nothing is left.
    const FaultTimeline two = timeline_of({lanes(1000, 500, 1), lanes(1200, 100, 3), lanes(1400, 9000, 1)});
    for (const auto& [at, rate] :
         {std::pair{1010, 300}, {1309, 300}, {1310, 300}, {1410, 200}, {1510, 300}, {10410, 400}})
        EXPECT_EQ(gigabits_at(two, 6, Time{at}), rate) << at;
    EXPECT_EQ(std::ranges::count(two.outages, Outage{Time{1210}, Time{1310}, 6, OutageCause::lane_change, 1}), 1);
}

TEST(FaultTimeline, ReplacesModules) {
    const FaultTimeline swaps = timeline_of({fault_of(NewModule{true}, Once{Time{500}, Duration{20}}),
                                             fault_of(NewModule{true}, Once{Time{100}, Duration{30}}),
                                             fault_of(NewModule{false}, Once{Time{300}, Duration{40}})});
    ASSERT_EQ(swaps.modules.size(), 3u);
    const auto expect = [&](std::size_t i, std::int64_t at, bool upper, std::uint32_t times) {
        EXPECT_EQ(swaps.modules[i].at, Time{at});
        EXPECT_EQ(swaps.modules[i].cable, CableId{3});
        EXPECT_EQ(swaps.modules[i].upper, upper);
        EXPECT_EQ(swaps.modules[i].times, times);
    };
    expect(0, 130, true, 1);
    expect(1, 340, false, 1);
    expect(2, 520, true, 2);
    EXPECT_EQ(swaps.outages.size(), 6u);
    EXPECT_EQ(swaps.outages[0], (Outage{Time{100}, Time{130}, 6, OutageCause::module_swap, 1}));
}

TEST(FaultTimeline, RefusesWhatCannotBe) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Once once{Time{1}, Duration{1}};
    const Train train{Time{0}, {}, 1e12, {.a = 1e9}};
    const auto refuses = [](const PlannedFault& fault, const char* what, Time horizon = kHorizon) {
        try {
            timeline_of({fault}, horizon);
            ADD_FAILURE() << "accepted, not: " << what;
        } catch (const FaultError& error) {
            EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
        }
    };
    refuses(fault_of(Dark{}, once, 22), "no cable 22, only 22");
    refuses(fault_of(Dark{}, Once{Time{-1}}), "before the start");
    refuses(fault_of(Dark{}, Once{Time{1}, Duration{0}}), "longer than nothing");
    refuses(fault_of(Dark{}, Train{Time{-1}, {}, 1e12, {}}), "before the start");
    refuses(fault_of(Dark{}, Train{Time{0}, {}, 0.0, {}}), "mean time between failures");
    refuses(fault_of(Dark{}, Train{Time{0}, {}, nan, {}}), "mean time between failures");
    refuses(fault_of(Dark{}, Train{Time{5}, Time{5}, 1e12, {}}), "end after its beginning");
    refuses(fault_of(Dark{}, train), "needs a horizon", kNever);
    refuses(fault_of(Dark{}, Train{Time{0}, {}, 1.0, {}}), "more than");
    refuses(fault_of(AddedLoss{nan}, once), "number of dB");
    refuses(fault_of(AddedLoss{1.0, -2}, once), "lane");
    refuses(fault_of(Wander{-1.0, kSecond, kSecond}, once), "rms");
    refuses(fault_of(Wander{1.0, Duration{0}, kSecond}, once), "time constant");
    refuses(fault_of(Wander{1.0, kSecond, Duration{0}}, once), "step");
    refuses(fault_of(Wander{1.0, kSecond, kSecond}, Once{}), "needs a horizon", kNever);
    refuses(fault_of(Wander{1.0, kSecond, Duration{1}}, Once{}), "more than");
    refuses(fault_of(LostLanes{0, 0, {}}, once), "at least one lane");
    refuses(fault_of(LostLanes{4, 0, {}}, once), "some lanes");
    refuses(fault_of(LostLanes{4, 4, {}}, once), "some lanes");
    refuses(fault_of(LostLanes{4, 1, Duration{-1}}, once), "retraining");
    refuses(fault_of(LostLanes{7, 1, {}}, once), "no rate of a port");
    refuses(fault_of(NewModule{}, Once{Time{1}}), "back after a while");
    EXPECT_THROW(mean_up_of_fit(0.0), FaultError);
    EXPECT_THROW(mean_up_of_monthly(-1.0), FaultError);
    EXPECT_THROW(timeline_of({fault_of(LostLanes{4, 1, {}}, once), fault_of(LostLanes{8, 1, {}}, once)}), FaultError);
}

}  // namespace
}  // namespace lightloom
