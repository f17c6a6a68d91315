#include "topologies/pod.hpp"

#include "topologies/parameter_checks.hpp"

namespace lightloom {

std::vector<NodeId> add_pod(TopologyBuilder& builder, const PodShape& shape, std::uint32_t pod) {
    std::vector<NodeId> servers, leaves, spines;
    const std::size_t per_leaf = count_of(shape.servers_per_leaf);
    const std::uint32_t gpus = count_of(shape.gpus_per_server);
    for (std::int64_t leaf = 0; leaf < shape.leaves; ++leaf) {
        for (std::size_t i = 0; i < per_leaf; ++i) servers.push_back(builder.add_server(gpus, 1, pod));
        leaves.push_back(builder.add_leaf(pod));
    }
    for (std::int64_t i = 0; i < shape.spines; ++i) spines.push_back(builder.add_spine(pod));
    for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
        for (std::size_t i = 0; i < per_leaf; ++i)
            builder.connect(servers[leaf * per_leaf + i], leaves[leaf], shape.host_leaf, gpus);
        for (const NodeId spine : spines)
            builder.connect(leaves[leaf], spine, shape.leaf_spine, count_of(shape.leaf_spine_links));
    }
    return spines;
}

}  // namespace lightloom
