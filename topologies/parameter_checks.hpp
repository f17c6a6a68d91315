// ParameterChecks: what the generators ask of their parameters before they build anything, and in which words they
// refuse. Not here: what must hold of what they built (topologies/validation.hpp).
#pragma once

#include <cstdint>
#include <string>

namespace lightloom {

/// Of a fabric: what is counted per port has to fit into memory.
inline constexpr std::int64_t kMostPorts = 1 << 24;

class ParameterChecks {
public:
    /// @param fabric  "a leaf-spine"
    explicit ParameterChecks(std::string fabric) : fabric_(std::move(fabric)) {}

    /// @throws TopologyError naming the parameter, unless value lies in [least, 2^24]
    void in_range(const char* name, std::int64_t value, std::int64_t least = 1) const;

    /// @throws TopologyError naming both, unless parts divides whole. @param parts  checked before
    void divides(std::int64_t parts, const char* parts_name, std::int64_t whole, const char* whole_name) const;

    /// @throws TopologyError beyond 2^23 cables: 1 GB while they are put together, and larger than any cluster
    void cables(__int128 count) const;

    [[noreturn]] void refuse(const std::string& reason) const;

private:
    std::string fabric_;
};

/// Of a parameter that was checked.
constexpr std::uint32_t count_of(std::int64_t parameter) { return static_cast<std::uint32_t>(parameter); }

}  // namespace lightloom
