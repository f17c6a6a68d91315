// What the checks of a scenario have in common: which keys could be read, and what was complained of so far.
// Not here: the checks themselves (scenario_checks.cpp, workload_checks.cpp).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/fabric.hpp"
#include "scenarios/scenario_checks.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {

class CheckBase {
protected:
    CheckBase(const Scenario& scenario, const FabricShape& shape, const ScenarioNames& names,
              const std::function<bool(std::string_view)>& is_sound)
        : s_(scenario), shape_(shape), names_(names), is_sound_(is_sound) {}

    bool sound(std::initializer_list<std::string_view> keys) const { return std::ranges::all_of(keys, is_sound_); }
    bool topology_is_sound() const {
        return std::ranges::all_of(scenario_keys(), [this](const auto& key) {
            return key.section != "topology" || misplaced(key, s_) || sound({key.path()});
        });
    }
    /// The key that decides how many ports a switch has, by kind of fabric.
    std::string key_of(std::string_view of_leaf_spine, std::string_view of_rails, std::string_view of_pods,
                       std::string_view of_planes) const {
        const auto key = [](std::string_view name) { return fmt::format("topology.{}", name); };
        switch (s_.topology.kind) {
            case TopologyKind::leaf_spine: return key(of_leaf_spine);
            case TopologyKind::rail_optimised: return key(of_rails);
            case TopologyKind::folded_clos:
            case TopologyKind::ocs_pods: return key(of_pods);
            case TopologyKind::multi_plane: return key(of_planes);
            case TopologyKind::graph: return key("file");
        }
        return {};
    }
    std::string servers_key() const { return key_of("servers", "servers", "pods", "segments"); }
    void complain(std::string key, std::string message, std::string hint) {
        found_.push_back({std::move(key), std::move(message), std::move(hint)});
    }

    const Scenario& s_;
    const FabricShape shape_;
    const ScenarioNames& names_;
    const std::function<bool(std::string_view)>& is_sound_;
    std::vector<Contradiction> found_;
};

}  // namespace lightloom
