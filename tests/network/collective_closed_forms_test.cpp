// Collectives on an idle fabric against closed forms: the textbook's alpha-beta times, and the rows that ASTRA-sim's
// analytical back end gives (astra-sim 518bd51, astra-network-analytical 599a047).
//
// One leaf joins all ranks, so nothing collides. ASTRA-sim's "GB" is 2^30 bytes, and its system layer adds endpoint and
// memory times that no network has: rows of its full stack are held against their network part, and the whole row is
// recorded as a property beside ours.
#include <gtest/gtest.h>

#include "models/workload/collectives/cost.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kMiB = 1 << 20, kPayload = 4096, kHeader = 8;

Topology one_leaf(std::int64_t ranks, Rate rate) {
    return leaf_spine(
        {.servers = ranks, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = rate});
}

/// Nodes that take no time, cables of `hop` each, next to no headers.
FabricCase idle(Topology topology, Traffic traffic, Duration hop) {
    FabricCase parts(std::move(topology), std::move(traffic), hop);
    parts.network.nic_latency = parts.network.switch_latency = Duration{0};
    parts.network.framing = {
        .preamble = Bytes{0}, .gap = Bytes{0}, .header = Bytes{kHeader}, .acknowledgement = Bytes{kHeader}};
    parts.network.buffer = parts.network.queue_limit = Bytes{1 << 30};
    parts.transport.payload = Bytes{kPayload};
    parts.transport.window = 4096;
    parts.transport.timeout = milliseconds(100);
    return parts;
}

double last_delivery_ns(const FabricRun& result) {
    std::int64_t last = 0;
    for (std::uint32_t flow = 0; flow < result.fabric.traffic().flows.size(); ++flow)
        last = std::max(last, result.delivered(flow).ps);
    return static_cast<double>(last) * 1e-3;
}

double time_ns(Topology topology, const CollectiveCall& call, Duration hop) {
    const auto groups = groups_of(topology, Grouping::all, Placement::packed);
    Traffic traffic = collective(groups, call, 1);
    const FabricCase parts = idle(std::move(topology), std::move(traffic), hop);
    return last_delivery_ns(run(parts));
}

constexpr double kPerNs50 = 50.0 * (1 << 30) / 1e9;  // bytes, ASTRA-sim's 50 GB/s
Rate astra(double gigabytes) { return *Rate::from({static_cast<std::int64_t>(gigabytes * 8.0 * (1 << 30))}); }

// One message over a row of switches: packets overlap on the hops, so its bytes count once.
double message_ns(const std::vector<Rate>& rates, Duration hop) {
    const FabricCase parts = idle(chain(rates), messages({{0, 1}}, Bytes{kMiB}), hop);
    return last_delivery_ns(run(parts));
}

TEST(AstraSim, PointToPointRowsAgreeWherePacketsOverlapOnTheirHops) {
    const Rate r50 = astra(50);
    EXPECT_NEAR(message_ns({r50, r50, r50}, nanoseconds(500)) / 21'031, 1.0, 0.02);  // A1: three hops of a ring
    EXPECT_NEAR(message_ns({r50, r50}, nanoseconds(250)) / 20'031, 1.0, 0.02);       // A2: one hop, cut in two
    EXPECT_NEAR(message_ns({r50, r50}, nanoseconds(500)) / 20'531, 1.0, 0.02);       // A3: to a switch and from it
    // A4: three pairs, each of which differs in one dimension of Ring(2) x FC(8) x Switch(4).
    EXPECT_NEAR(message_ns({astra(200), astra(200)}, nanoseconds(25)) / 4'932, 1.0, 0.02);
    EXPECT_NEAR(message_ns({astra(100), astra(100)}, nanoseconds(250)) / 10'265, 1.0, 0.02);
    EXPECT_NEAR(message_ns({r50, r50}, nanoseconds(2000)) / 23'531, 1.0, 0.02);
}

// A5: the congestion-aware back end stores the whole message at each hop. So it is where endpoints pass it on.
TEST(AstraSim, MessagesThatEndpointsPassOnAreStoredAtEach) {
    const Bytes bytes{kMiB};
    const Traffic traffic = relayed({{1, 2, bytes}, {2, 3, bytes, 0}, {3, 4, bytes, 1}});
    const FabricCase parts = idle(one_leaf(16, astra(50)), traffic, nanoseconds(250));
    EXPECT_NEAR(last_delivery_ns(run(parts)) / 60'093, 1.0, 0.02);
}

// A6: "aware, fully connected" is A2. "Aware, switch" doubles the serialisation, because that switch stores a message
// of 1 MiB before it sends its first byte; a switch stores packets, so we must come out at A3, half of it.
TEST(AstraSim, ASwitchDoesNotStoreWholeMessages) {
    const double ours = message_ns({astra(50), astra(50)}, nanoseconds(500));
    EXPECT_NEAR(ours / 20'531, 1.0, 0.02);
    EXPECT_LT(ours / 40'062, 0.53);
}

struct AstraRow {
    const char* name;
    CollectiveCall call;
    std::int64_t hop_ns;  // of each of the two cables
    double network_ns;    // its decomposition: steps x (latency + bytes / bandwidth)
    double full_stack_ns;
};

TEST(AstraSim, CollectivesTakeTheNetworksPartOfItsRows) {
    using enum Collective;
    const double step = kMiB / 8 / kPerNs50, whole = kMiB / kPerNs50;
    const AstraRow rows[] = {
        {"A9 all-reduce, ring", {all_reduce, Algorithm::ring, 8, kMiB}, 250, 14 * (500 + step), 43'025},
        {"A9 all-gather, ring", {all_gather, Algorithm::ring, 8, 8 * kMiB}, 250, 7 * (500 + whole), 140'297},
        {"A9 reduce-scatter, ring", {reduce_scatter, Algorithm::ring, 8, kMiB}, 250, 7 * (500 + step), 22'368},
        {"A10 all-reduce, ring, switch", {all_reduce, Algorithm::ring, 8, kMiB}, 500, 14 * (1000 + step), 50'025},
        {"A10 reduce-scatter, ring, switch",
         {reduce_scatter, Algorithm::ring, 8, kMiB},
         500,
         7 * (1000 + step),
         25'868},
        {"A11 all-reduce, halving-doubling",
         {all_reduce, Algorithm::halving_doubling, 8, kMiB},
         250,
         6 * 500 + 14 * step,
         37'978},
        {"A11 all-gather, doubling",
         {all_gather, Algorithm::recursive_doubling, 8, 8 * kMiB},
         250,
         3 * 500 + 7 * whole,
         138'258},
        {"A11 reduce-scatter, halving",
         {reduce_scatter, Algorithm::halving_doubling, 8, kMiB},
         250,
         3 * 500 + 7 * step,
         19'360},
        {"A13 all-reduce, ring, 16 ranks",
         {all_reduce, Algorithm::ring, 16, kMiB},
         250,
         30 * (500 + step / 2),
         53'710}};
    for (const AstraRow& row : rows) {
        const double ours = time_ns(one_leaf(row.call.ranks, astra(50)), row.call, nanoseconds(row.hop_ns));
        EXPECT_NEAR(ours / row.network_ns, 1.0, row.call.ranks == 16 ? 0.06 : 0.04) << row.name;
        EXPECT_LT(ours, row.full_stack_ns * 1.02) << row.name << ": endpoints and memory are beside the network";
        std::cout << fmt::format("{:<34} {:>9.0f} ns, network part {:>9.0f}, full stack {:>9.0f} ({:+.1f} %)\n",
                                 row.name, ours, row.network_ns, row.full_stack_ns,
                                 100 * (ours / row.full_stack_ns - 1));
    }
}

// A12: "direct" without contention has all seven messages of a rank on one port at once, each as if alone, which no
// port can do. Ours are as long as the port takes for all of them.
TEST(AstraSim, DirectMessagesShareTheirPort) {
    const double port_ns = 7.0 * kMiB / 8 / kPerNs50;
    for (const auto& [kind, algorithm] : {std::pair(Collective::reduce_scatter, Algorithm::direct),
                                          std::pair(Collective::all_to_all, Algorithm::direct)}) {
        const double ours = time_ns(one_leaf(8, astra(50)), {kind, algorithm, 8, kMiB}, nanoseconds(250));
        EXPECT_GT(ours, port_ns);
        EXPECT_LT(ours, (port_ns + 500) * 1.05);
        EXPECT_GT(ours, 3'204 * 5) << "its unaware value on fully connected ranks";
    }
}

// The textbook's time of every algorithm, with what a step's first packet needs besides as alpha.
TEST(AlphaBetaOfAFabric, IsWhatCollectivesTakeOnAnIdleOne) {
    using C = Collective;
    using A = Algorithm;
    const std::pair<C, A> calls[] = {{C::all_reduce, A::ring},
                                     {C::all_reduce, A::halving_doubling},
                                     {C::all_reduce, A::recursive_doubling},
                                     {C::all_gather, A::ring},
                                     {C::all_gather, A::recursive_doubling},
                                     {C::all_gather, A::direct},
                                     {C::all_gather, A::pairwise},
                                     {C::all_gather, A::bruck},
                                     {C::reduce_scatter, A::ring},
                                     {C::reduce_scatter, A::halving_doubling},
                                     {C::reduce_scatter, A::direct},
                                     {C::reduce_scatter, A::pairwise},
                                     {C::all_to_all, A::direct},
                                     {C::all_to_all, A::pairwise},
                                     {C::all_to_all, A::bruck},
                                     {C::send_receive, A::direct},
                                     {C::broadcast, A::ring},
                                     {C::reduce, A::ring},
                                     {C::broadcast, A::direct},
                                     {C::barrier, A::bruck},
                                     {C::barrier, A::ring},
                                     {C::barrier, A::recursive_doubling}};
    const Rate rate = gigabits(400);
    const double bit_s = 1.0 / 400e9;
    for (const auto& [kind, algorithm] : calls)
        for (const std::uint32_t ranks : {4u, 8u}) {
            CollectiveCall call{.kind = kind, .algorithm = algorithm, .ranks = ranks, .bytes = ranks * kMiB};
            if (kind == C::barrier) call.bytes = 0;
            // A rank receives while it sends, and acknowledges each packet by the same port.
            const bool both_ways = kind != C::broadcast && kind != C::reduce;
            const double wire = static_cast<double>(kPayload + kHeader * (both_ways ? 2 : 1));
            const double stored = kind == C::barrier ? kHeader : kPayload + kHeader;
            const AlphaBeta link{.alpha_s = 2 * 700e-9 + stored * 8 * bit_s,
                                 .bytes_per_s = kPayload / (wire * 8 * bit_s)};
            const double expected = alpha_beta_seconds(call, link, link) * 1e9;
            const double ours = time_ns(one_leaf(ranks, rate), call, nanoseconds(700));
            EXPECT_NEAR(ours / expected, 1.0, 0.01) << "collective " << static_cast<int>(kind) << ", algorithm "
                                                    << static_cast<int>(algorithm) << ", " << ranks << " ranks";
        }
}

// Costs of an engine: a launch once, a step's latency each time, bytes by the share of data. Whatever runs them.
TEST(EngineCosts, LengthenACollectiveByWhatTheySay) {
    const CollectiveCall call{.ranks = 8, .bytes = 8 * kMiB};
    Topology topology = one_leaf(8, gigabits(400));
    const auto groups = groups_of(topology, Grouping::all, Placement::packed);
    const auto traffic = [&](const EngineCosts& costs) {
        Traffic made = collective(groups, call, 1);
        add_engine(made, topology, costs, false);
        return made;
    };
    const auto ns = [&](const EngineCosts& costs) {
        return last_delivery_ns(run(idle(topology, traffic(costs), nanoseconds(700))));
    };
    const double plain = ns({});
    EXPECT_DOUBLE_EQ(ns({.launch = microseconds(8)}), plain + 8'000);
    EXPECT_DOUBLE_EQ(ns({.step = microseconds(3)}), plain) << "nothing stays inside a server";
    // Acknowledgements have a pause to go in.
    EXPECT_NEAR(ns({.step_across = microseconds(3)}), plain + 14 * 3'000, 10);
    const double steps = 14 * (2 * 700 + 82.08);
    EXPECT_NEAR((ns({.efficiency_across = 0.5}) - steps) / (plain - steps), 2.0, 0.001);
}

}  // namespace
}  // namespace lightloom::testing
