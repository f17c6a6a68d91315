// Launches and steps of a collective's engine are events of their own: one digest, however a run is cut.
#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

TEST(EngineCosts, LeaveOneDigest) {
    for (const Algorithm algorithm : {Algorithm::ring, Algorithm::tree, Algorithm::in_switch}) {
        const Topology topology = leaf_spine(
            {.servers = 4, .gpus_per_server = 4, .leaves = 2, .spines = 2, .links_per_pair = 2, .rate = gigabits(400)});
        Traffic traffic = collective(groups_of(topology, Grouping::all, Placement::packed),
                                     {.algorithm = algorithm,
                                      .ranks = 16,
                                      .bytes = 1 << 18,
                                      .channels = 2,
                                      .chunk_bytes = 20'000,
                                      .ranks_per_node = 4},
                                     2);
        add_engine(traffic, topology,
                   {.launch = nanoseconds(900),
                    .step = nanoseconds(0),
                    .step_across = nanoseconds(1300),
                    .efficiency = 0.5,
                    .efficiency_across = 0.9375},
                   true);
        FabricCase parts(topology, std::move(traffic), nanoseconds(100));
        parts.scale_up = {.rate_per_gpu = gigabits(3600), .latency = nanoseconds(25), .header = Bytes{16}};
        for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-5;  // some are lost and sent again
        const FabricRun oracle = expect_one_digest(parts);
        EXPECT_EQ(oracle.statistics.workers_done, 16);
    }
}

}  // namespace
}  // namespace lightloom::testing
