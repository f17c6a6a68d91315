// The cores above groups of spines (a pod's, a rail's): which core serves which spine.
// Not here: the tiers below them (folded_clos.cpp, rail_optimised.cpp).
#pragma once

#include <cstddef>

namespace lightloom {

/// Which of `cores` serve spine j of a group of `spines`: its own share. @param cores  a multiple of `spines`
struct CoreRange {
    std::size_t first, last;
};
constexpr CoreRange cores_of_spine(std::size_t cores, std::size_t spines, std::size_t j) {
    const std::size_t share = cores / spines;
    return {j * share, (j + 1) * share};
}

}  // namespace lightloom
