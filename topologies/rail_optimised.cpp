#include "topologies/rail_optimised.hpp"

#include "topologies/builder.hpp"
#include "topologies/core_tier.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

struct Shape {
    std::int64_t units, rails, units_per_group, groups, spines_per_group;
};

Shape shape_of(const RailParameters& p) {
    const std::int64_t units = p.servers / p.servers_per_unit;
    if (p.cores == 0) return {units, p.gpus_per_server, units, 1, p.spines};
    const std::int64_t together = p.units_per_group == 0 ? units : p.units_per_group;
    const std::int64_t groups = units / together * p.gpus_per_server;
    return {units, p.gpus_per_server, together, groups, p.spines / groups};
}

void check(const RailParameters& p) {
    const ParameterChecks checks("a rail-optimised fabric");
    checks.in_range("servers", p.servers);
    checks.in_range("GPUs per server", p.gpus_per_server);
    checks.in_range("servers per unit", p.servers_per_unit);
    checks.in_range("spines", p.spines);
    checks.in_range("links per pair", p.links_per_pair);
    checks.in_range("cores", p.cores, 0);
    checks.in_range("links per core", p.links_per_core);
    checks.in_range("units per group", p.units_per_group, 0);
    if (p.servers % p.servers_per_unit != 0)
        checks.refuse(std::to_string(p.servers) + " servers are not a whole number of units of " +
                      std::to_string(p.servers_per_unit));
    if (p.units_per_group > 0 && p.cores == 0)
        checks.refuse("units per group are for three tiers, but there are no cores");
    const std::int64_t units = p.servers / p.servers_per_unit;
    if (p.units_per_group > 0) {
        if (units % p.units_per_group != 0)
            checks.refuse(std::to_string(units) + " units are not a whole number of groups of " +
                          std::to_string(p.units_per_group));
    }
    const Shape s = shape_of(p);
    if (p.cores > 0) {
        checks.divides(s.groups, "groups of a rail", p.spines, "spines");
        checks.divides(s.spines_per_group, "spines of a group", p.cores, "cores");
    }
    const CoreRange cores = cores_of_spine(static_cast<std::size_t>(p.cores), count_of(s.spines_per_group), 0);
    checks.cables(static_cast<__int128>(p.servers) * p.gpus_per_server +
                  static_cast<__int128>(s.units) * s.rails * s.spines_per_group * p.links_per_pair +
                  static_cast<__int128>(p.spines) * static_cast<std::int64_t>(cores.last) * p.links_per_core);
}

class Fabric {
public:
    explicit Fabric(const RailParameters& p) : p_(p), s_(shape_of(p)) {
        const Rate uplink = p.uplink_rate.value_or(p.rate);
        host_leaf_ = builder_.add_tier("host-leaf", p.rate);
        leaf_spine_ = builder_.add_tier("leaf-spine", uplink);
        if (p.cores > 0) spine_core_ = builder_.add_tier("spine-core", p.core_rate.value_or(uplink));
        for (std::uint32_t unit = 0; unit < s_.units; ++unit) add_unit(unit);
        for (std::int64_t i = 0; i < p.spines; ++i) spines_.push_back(builder_.add_spine());
        for (std::int64_t i = 0; i < p.cores; ++i) cores_.push_back(builder_.add_core());
        for (std::uint32_t unit = 0; unit < s_.units; ++unit) connect_unit(unit);
        for (std::size_t i = 0; i < spines_.size(); ++i) connect_to_cores(i);
    }

    Topology build() const { return builder_.build(); }

private:
    void add_unit(std::uint32_t unit) {
        for (std::int64_t i = 0; i < p_.servers_per_unit; ++i)
            servers_.push_back(builder_.add_server(count_of(s_.rails), 1, unit));
        for (std::int64_t rail = 0; rail < s_.rails; ++rail) leaves_.push_back(builder_.add_leaf(unit));
    }

    void connect_unit(std::int64_t unit) {
        const auto leaf = [&](std::int64_t rail) { return leaves_[count_of(unit * s_.rails + rail)]; };
        for (std::int64_t i = 0; i < p_.servers_per_unit; ++i)
            for (std::int64_t rail = 0; rail < s_.rails; ++rail)
                builder_.connect(servers_[count_of(unit * p_.servers_per_unit + i)], leaf(rail), host_leaf_);
        for (std::int64_t rail = 0; rail < s_.rails; ++rail) {
            const std::int64_t group = p_.cores == 0 ? 0 : unit / s_.units_per_group * s_.rails + rail;
            for (std::int64_t j = 0; j < s_.spines_per_group; ++j)
                builder_.connect(leaf(rail), spines_[count_of(group * s_.spines_per_group + j)], leaf_spine_,
                                 count_of(p_.links_per_pair));
        }
    }

    void connect_to_cores(std::size_t spine) {
        const std::size_t together = count_of(s_.spines_per_group);
        const CoreRange range = cores_of_spine(cores_.size(), together, spine % together);
        for (std::size_t core = range.first; core < range.last; ++core)
            builder_.connect(spines_[spine], cores_[core], spine_core_, count_of(p_.links_per_core));
    }

    const RailParameters& p_;
    Shape s_;
    TopologyBuilder builder_;
    std::uint32_t host_leaf_ = 0, leaf_spine_ = 0, spine_core_ = 0;
    std::vector<NodeId> servers_, leaves_, spines_, cores_;
};

}  // namespace

Topology rail_optimised(const RailParameters& parameters) {
    check(parameters);
    return Fabric(parameters).build();
}

}  // namespace lightloom
