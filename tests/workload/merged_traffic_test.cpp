// Several jobs in one traffic: what each refers to is still its own, and flows are by source.
#include <gtest/gtest.h>

#include "models/workload/loads.hpp"
#include "models/workload/traffic.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

const CollectiveCall kRing{.kind = Collective::all_reduce, .algorithm = Algorithm::ring, .ranks = 4, .bytes = 4096};

// GPUs 1, 3, 5, 7 run an all-reduce, 0, 2, 4, 6 a permutation that begins later.
std::vector<Traffic> two_jobs() {
    Ranks odd, even;
    for (std::size_t i = 0; i < 8; ++i) (i % 2 ? odd : even).emplace_back(i);
    std::vector<Traffic> jobs;
    jobs.push_back(collective(std::vector<Ranks>{odd}, kRing, 3));
    jobs.push_back(permutation(even, {1000}, 1, 1));
    put_off(jobs.back(), microseconds(7));
    return jobs;
}

TEST(MergedTraffic, OfOneJobIsThatJob) {
    const std::vector<Traffic> jobs = two_jobs();
    const Traffic merged_one = merged({jobs[0]});
    ASSERT_EQ(merged_one.flows.size(), jobs[0].flows.size());
    for (std::size_t i = 0; i < merged_one.flows.size(); ++i) {
        EXPECT_EQ(merged_one.flows[i].source, jobs[0].flows[i].source);
        EXPECT_EQ(merged_one.flows[i].lane, jobs[0].flows[i].lane);
    }
    for (std::size_t i = 0; i < merged_one.out.size(); ++i) EXPECT_EQ(merged_one.out[i].flow, jobs[0].out[i].flow);
}

TEST(MergedTraffic, KnowsWhoseEverythingIs) {
    const Traffic traffic = merged(two_jobs());
    ASSERT_EQ(traffic.flows.size(), 8u);
    for (std::uint32_t i = 0; i < 8; ++i) {
        const Traffic::Flow& flow = traffic.flows[i];
        EXPECT_EQ(flow.source.value, i);  // by source, though one job's are the odd ones
        EXPECT_EQ(traffic.groups[flow.group].job, i % 2 ? 0u : 1u);
        EXPECT_EQ(flow.start_ps, i % 2 ? 0 : microseconds(7).ps);
        EXPECT_EQ(flow.destination.value % 2, i % 2);
    }
    for (const Traffic::Worker& worker : traffic.workers) EXPECT_EQ(worker.job, 0u);
}

// Every lane's flows lead from its worker to the lane that they name, which knows them as coming in.
TEST(MergedTraffic, LanesKeepTheirFlows) {
    std::vector<Traffic> jobs = two_jobs();
    Ranks even;
    for (std::size_t i = 0; i < 8; i += 2) even.emplace_back(i);
    jobs[1] = collective(std::vector<Ranks>{even}, kRing, 1);
    const Traffic traffic = merged(jobs);
    ASSERT_EQ(traffic.workers.size(), 8u);
    for (std::uint32_t number = 0; number < traffic.lanes.size(); ++number) {
        const Traffic::Lane& lane = traffic.lanes[number];
        const Traffic::Worker& worker = traffic.workers[traffic.seats[lane.seat].worker];
        ASSERT_EQ(lane.outs, 1u);
        ASSERT_EQ(lane.ins, 1u);
        EXPECT_EQ(traffic.flows[traffic.out[lane.first_out].flow].source, worker.at);
        EXPECT_EQ(traffic.flows[traffic.in[lane.first_in].flow].destination, worker.at);
        EXPECT_EQ(traffic.flows[traffic.in[lane.first_in].flow].lane, number);
        EXPECT_EQ(worker.job, worker.at.value % 2 ? 0u : 1u);
    }
    // 2 (n - 1) messages a rank and iteration, of three and of one
    EXPECT_EQ(total_load(traffic, {4096}).messages, 4 * 6 * (3 + 1));
}

}  // namespace
}  // namespace lightloom
