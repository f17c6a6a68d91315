#include "topologies/multi_plane.hpp"

#include "topologies/builder.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

std::int64_t planes_of(const PlaneParameters& p) { return p.planes ? p.nics_per_gpu : 1; }
std::int64_t leaves_per_segment(const PlaneParameters& p) {
    return p.rails ? p.gpus_per_server * p.nics_per_gpu : p.nics_per_gpu;
}

void check(const PlaneParameters& p) {
    const ParameterChecks checks("a multi-plane fabric");
    checks.in_range("segments", p.segments);
    checks.in_range("servers per segment", p.servers_per_segment);
    checks.in_range("GPUs per server", p.gpus_per_server);
    checks.in_range("NICs per GPU", p.nics_per_gpu);
    checks.in_range("spines per plane", p.spines_per_plane);
    checks.in_range("links per pair", p.links_per_pair);
    checks.in_range("cores per plane", p.cores_per_plane, 0);
    checks.in_range("links per core", p.links_per_core);
    checks.cables(static_cast<__int128>(p.segments) * p.servers_per_segment * p.gpus_per_server * p.nics_per_gpu +
                  static_cast<__int128>(p.segments) * leaves_per_segment(p) * p.spines_per_plane * p.links_per_pair +
                  static_cast<__int128>(planes_of(p)) * p.spines_per_plane * p.cores_per_plane * p.links_per_core);
}

// Spines, or cores, plane by plane.
using Planes = std::vector<std::vector<NodeId>>;

class Fabric {
public:
    explicit Fabric(const PlaneParameters& p) : p_(p) {
        const Rate uplink = p.uplink_rate.value_or(p.rate);
        host_leaf_ = builder_.add_tier("host-leaf", p.rate);
        leaf_spine_ = builder_.add_tier("leaf-spine", uplink);
        if (p.cores_per_plane > 0) spine_core_ = builder_.add_tier("spine-core", p.core_rate.value_or(uplink));
        for (std::uint32_t segment = 0; segment < p.segments; ++segment) add_segment(segment);
        spines_.resize(count_of(planes_of(p)));
        cores_.resize(spines_.size());
        for (auto& plane : spines_)
            for (std::int64_t i = 0; i < p.spines_per_plane; ++i)
                plane.push_back(builder_.add_spine(Topology::Node::kNoPod));
        for (auto& plane : cores_)
            for (std::int64_t i = 0; i < p.cores_per_plane; ++i) plane.push_back(builder_.add_core());
        for (std::uint32_t segment = 0; segment < p.segments; ++segment) connect_segment(segment);
        for (std::size_t plane = 0; plane < spines_.size(); ++plane) connect_plane(plane);
    }

    Topology build() const { return builder_.build(); }

private:
    void add_segment(std::uint32_t segment) {
        for (std::int64_t i = 0; i < p_.servers_per_segment; ++i)
            servers_.push_back(builder_.add_server(count_of(p_.gpus_per_server), count_of(p_.nics_per_gpu), segment));
        for (std::int64_t i = 0; i < leaves_per_segment(p_); ++i) leaves_.push_back(builder_.add_leaf(segment));
    }

    void connect_segment(std::int64_t segment) {
        const auto leaf = [&](std::int64_t i) { return leaves_[count_of(segment * leaves_per_segment(p_) + i)]; };
        for (std::int64_t i = 0; i < p_.servers_per_segment; ++i) {
            const NodeId server = servers_[count_of(segment * p_.servers_per_segment + i)];
            for (std::int64_t gpu = 0; gpu < p_.gpus_per_server; ++gpu)
                for (std::int64_t port = 0; port < p_.nics_per_gpu; ++port)
                    builder_.connect(server, leaf(p_.rails ? gpu * p_.nics_per_gpu + port : port), host_leaf_);
        }
        for (std::int64_t i = 0; i < leaves_per_segment(p_); ++i)
            for (const NodeId spine : spines_[p_.planes ? count_of(i % p_.nics_per_gpu) : 0])
                builder_.connect(leaf(i), spine, leaf_spine_, count_of(p_.links_per_pair));
    }

    void connect_plane(std::size_t plane) {
        for (const NodeId spine : spines_[plane])
            for (const NodeId core : cores_[plane])
                builder_.connect(spine, core, spine_core_, count_of(p_.links_per_core));
    }

    const PlaneParameters& p_;
    TopologyBuilder builder_;
    std::uint32_t host_leaf_ = 0, leaf_spine_ = 0, spine_core_ = 0;
    std::vector<NodeId> servers_, leaves_;
    Planes spines_, cores_;
};

}  // namespace

Topology multi_plane(const PlaneParameters& parameters) {
    check(parameters);
    return Fabric(parameters).build();
}

}  // namespace lightloom
