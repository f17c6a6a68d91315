#include "topologies/ocs_pods.hpp"

#include <algorithm>

#include "topologies/parameter_checks.hpp"
#include "topologies/pod.hpp"

namespace lightloom {
namespace {

void check(const OcsParameters& p) {
    const ParameterChecks checks("a fabric of pods and circuits");
    checks.in_range("pods", p.pods, 2);
    checks.in_range("leaves per pod", p.leaves_per_pod);
    checks.in_range("spines per pod", p.spines_per_pod);
    checks.in_range("servers per leaf", p.servers_per_leaf);
    checks.in_range("GPUs per server", p.gpus_per_server);
    checks.in_range("leaf-spine links", p.leaf_spine_links);
    checks.in_range("circuits per spine", p.circuits_per_spine);
    checks.in_range("states", p.states);
    const std::int64_t rounds = rounds_of(count_of(p.pods));
    if (p.states > rounds)
        checks.refuse(std::to_string(p.pods) + " pods meet in " + std::to_string(rounds) +
                      " different matchings, not in " + std::to_string(p.states) + " states");
    if (p.pods > 2 && p.states == 1 && p.circuits_per_spine == 1)
        checks.refuse("one circuit per spine in one state cannot join " + std::to_string(p.pods) + " pods");
    const auto pods = static_cast<__int128>(p.pods);
    checks.cables(pods * p.leaves_per_pod * p.servers_per_leaf * p.gpus_per_server +
                  pods * p.leaves_per_pod * p.spines_per_pod * p.leaf_spine_links +
                  pods / 2 * p.spines_per_pod * p.circuits_per_spine * p.states);
}

}  // namespace

std::vector<std::pair<std::uint32_t, std::uint32_t>> pods_that_meet(std::uint32_t pods, std::uint32_t round) {
    // The last place stands still and the others turn by one per round; with an odd number of pods it is empty.
    const std::uint32_t turning = rounds_of(pods);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    if (pods % 2 == 0) pairs.emplace_back(round, pods - 1);
    for (std::uint32_t i = 1; 2 * i < turning; ++i) {
        const std::uint32_t a = (round + i) % turning, b = (round + turning - i) % turning;
        pairs.emplace_back(std::min(a, b), std::max(a, b));
    }
    return pairs;
}

Topology ocs_pods(const OcsParameters& parameters) {
    check(parameters);
    const OcsParameters& p = parameters;
    TopologyBuilder builder;
    const Rate uplink = p.uplink_rate.value_or(p.rate);
    const std::uint32_t host_leaf = builder.add_tier("host-leaf", p.rate);
    const std::uint32_t leaf_spine = builder.add_tier("leaf-spine", uplink);
    const std::uint32_t circuit = builder.add_tier("circuit", p.circuit_rate.value_or(uplink));

    const PodShape shape{p.leaves_per_pod,   p.spines_per_pod, p.servers_per_leaf, p.gpus_per_server,
                         p.leaf_spine_links, host_leaf,        leaf_spine};
    std::vector<std::vector<NodeId>> spines;
    for (std::uint32_t pod = 0; pod < p.pods; ++pod) spines.push_back(add_pod(builder, shape, pod));

    const std::uint32_t pods = count_of(p.pods);
    for (std::uint32_t state = 0; state < p.states; ++state)
        for (std::uint32_t k = 0; k < p.circuits_per_spine; ++k)
            for (const auto& [a, b] : pods_that_meet(pods, (state + k) % rounds_of(pods)))
                for (std::size_t j = 0; j < spines[a].size(); ++j) {
                    if (p.states == 1)
                        builder.connect(spines[a][j], spines[b][j], circuit);
                    else
                        builder.connect_circuit(spines[a][j], spines[b][j], circuit, state);
                }
    return builder.build();
}

}  // namespace lightloom
