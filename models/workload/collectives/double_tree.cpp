#include "models/workload/collectives/schedule.hpp"

namespace lightloom {
namespace {

// The binary tree rooted at rank 0: the lowest set bit of a rank says how far its parent and children are.
TreePlace binary_tree(std::uint32_t n, std::uint32_t rank) {
    TreePlace place;
    if (rank == 0) {
        std::uint32_t child = 1;
        while (child * 2 < n) child *= 2;
        if (n > 1) place.children[0] = child;
        return place;
    }
    const std::uint32_t bit = rank & (~rank + 1);
    const std::uint32_t up = (rank ^ bit) | bit << 1;
    place.parent = up < n ? up : rank ^ bit;
    const std::uint32_t half = bit / 2;
    if (half == 0) return place;
    place.children[0] = rank - half;
    std::uint32_t reach = half;
    while (reach > 0 && rank + reach >= n) reach /= 2;
    if (reach > 0) place.children[1] = rank + reach;
    return place;
}

}  // namespace

TreePlace double_tree(std::uint32_t ranks, std::uint32_t rank, std::uint32_t tree) {
    if (tree == 0) return binary_tree(ranks, rank);
    const bool even = ranks % 2 == 0;
    const auto there = [&](std::uint32_t r) { return even ? ranks - 1 - r : (r + ranks - 1) % ranks; };
    const auto back = [&](std::uint32_t r) { return r == kNobody ? kNobody : even ? ranks - 1 - r : (r + 1) % ranks; };
    TreePlace place = binary_tree(ranks, there(rank));
    place.parent = back(place.parent);
    for (std::uint32_t& child : place.children) child = back(child);
    return place;
}

}  // namespace lightloom
