// Tiers of cables by name, and how much of everything a fabric has: what keys and selectors of a scenario are checked
// against before anything is built. Not here: how a shape follows from parameters (scenarios/fabric.hpp), what the
// cables of a tier are made of (Scenario::Tier).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lightloom {

enum class TierKind : std::uint8_t { host_leaf, leaf_spine, spine_core, campus, circuit, scale_up };
inline constexpr std::size_t kTierKinds = 6;

struct TierNames {
    std::string_view name;          // as the topology and the scenario call it
    std::string_view lower, upper;  // what its ends are called
};
inline constexpr std::array<TierNames, kTierKinds> kTiers{{{"host-leaf", "server", "leaf"},
                                                           {"leaf-spine", "leaf", "spine"},
                                                           {"spine-core", "spine", "core"},
                                                           {"campus", "spine", "core"},
                                                           {"circuit", "lower", "upper"},
                                                           {"scale-up", "server", "switch"}}};

constexpr const TierNames& names_of(TierKind tier) { return kTiers[static_cast<std::size_t>(tier)]; }

constexpr std::optional<TierKind> tier_named(std::string_view name) {
    for (std::size_t i = 0; i < kTierKinds; ++i)
        if (kTiers[i].name == name) return static_cast<TierKind>(i);
    return std::nullopt;
}

/// How much a fabric has of everything. Numbers too large for 63 bits stand as INT64_MAX.
struct FabricShape {
    std::int64_t servers = 0, gpus_per_server = 0, nics_per_gpu = 1;  // GPUs of the largest server
    std::int64_t leaves = 0, spines = 0, cores = 0, pods = 1;
    std::int64_t leaf_down = 0, leaf_up = 0, spine_ports = 0, core_ports = 0;  // of the largest of each
    std::int64_t cables = 0;
    std::array<bool, kTierKinds> has{};            // by TierKind
    std::array<std::int64_t, kTierKinds> links{};  // cables between one pair of nodes, at most

    bool has_tier(TierKind tier) const { return has[static_cast<std::size_t>(tier)]; }
    std::int64_t endpoints() const {
        constexpr std::int64_t kMost = INT64_MAX;
        return gpus_per_server > 0 && servers > kMost / gpus_per_server ? kMost : servers * gpus_per_server;
    }
    friend bool operator==(const FabricShape&, const FabricShape&) = default;
};

}  // namespace lightloom
