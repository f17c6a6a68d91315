// Hierarchical collectives: rank r is GPU l of node a. Blocks are a matrix, row per node and column per GPU; GPU l
// works across the nodes for column l, so that each rail carries its own share.
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

struct Grid {
    std::uint32_t g, k;  // GPUs of a node, nodes
    std::uint32_t a, l;  // node and GPU of the rank
    Grid(const CollectiveCall& call, std::uint32_t rank)
        : g(call.ranks_per_node), k(call.ranks / g), a(rank / g), l(rank % g) {}

    std::uint32_t rank(std::uint32_t node, std::uint32_t gpu) const { return node * g + gpu; }
    Blocks column(std::uint32_t gpu) const { return {.first = gpu, .count = k, .run = 1, .stride = g}; }
    Blocks row(std::uint32_t node) const { return {.first = node * g, .count = g}; }
    Blocks cell(std::uint32_t node) const { return {.first = rank(node, l), .count = 1}; }
};

// A ring's step, in positions, as a step of this rank.
template <class Rank, class Block>
Step placed(Step step, Rank rank, Block block) {
    if (step.from != kNobody) step.from = rank(step.from), step.received = block(step.received.first);
    if (step.to != kNobody) step.to = rank(step.to), step.sent = block(step.sent.first);
    return step;
}

Step inside(const Grid& grid, Pass pass, std::uint32_t j) {
    return placed(
        ring_pass(pass, grid.g, grid.l, j), [&](std::uint32_t gpu) { return grid.rank(grid.a, gpu); },
        [&](std::uint32_t gpu) { return grid.column(gpu); });
}

Step across(const Grid& grid, Pass pass, std::uint32_t j) {
    return placed(
        ring_pass(pass, grid.k, grid.a, j), [&](std::uint32_t node) { return grid.rank(node, grid.l); },
        [&](std::uint32_t node) { return grid.cell(node); });
}

Pass pass_across(Collective kind) {
    if (kind == Collective::all_gather) return Pass::all_gather;
    return kind == Collective::reduce_scatter ? Pass::reduce_scatter : Pass::all_reduce;
}

// First to the GPU of the own node that shares the destination's rail, then along the rail (NCCL's PXN).
// Block (i, j) has i nodes and j GPUs to go; what comes has the same before or behind it, and takes its place.
Step all_to_all_step(const Grid& grid, std::uint32_t step_of_loop) {
    Step step;
    if (step_of_loop + 1 < grid.g) {
        const std::uint32_t j = step_of_loop + 1;
        step.to = grid.rank(grid.a, (grid.l + j) % grid.g);
        step.from = grid.rank(grid.a, (grid.l + grid.g - j) % grid.g);
        step.sent = step.received = grid.column(j);
    } else {
        const std::uint32_t i = step_of_loop + 2 - grid.g;
        step.to = grid.rank((grid.a + i) % grid.k, grid.l);
        step.from = grid.rank((grid.a + grid.k - i) % grid.k, grid.l);
        step.sent = step.received = grid.row(i);
    }
    return step;
}

}  // namespace

Shape hierarchical_shape(const CollectiveCall& call) {
    const Grid grid(call, 0);
    const std::uint32_t inside_blocks = grid.g > 1 ? grid.k : 1;
    const std::uint32_t across_blocks = call.kind == Collective::all_to_all && grid.k > 1 ? grid.g : 1;
    return {.blocks = call.ranks,
            .largest = inside_blocks > across_blocks ? inside_blocks : across_blocks,
            .block_per_rank = call.kind != Collective::all_reduce};
}

std::uint32_t hierarchical_steps(const CollectiveCall& call, Place place) {
    const Grid grid(call, place.rank);
    if (call.kind == Collective::all_to_all) return grid.g - 1 + grid.k - 1;
    const std::uint32_t passes_inside = call.kind == Collective::all_reduce ? 2 : 1;
    return passes_inside * ring_pass_steps(Pass::reduce_scatter, grid.g) +
           ring_pass_steps(pass_across(call.kind), grid.k);
}

Step hierarchical_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const Grid grid(call, place.rank);
    if (call.kind == Collective::all_to_all) return all_to_all_step(grid, j);
    if (call.kind != Collective::all_gather) {
        const std::uint32_t scatter = ring_pass_steps(Pass::reduce_scatter, grid.g);
        if (j < scatter) return inside(grid, Pass::reduce_scatter, j);
        j -= scatter;
    }
    const Pass pass = pass_across(call.kind);
    if (j < ring_pass_steps(pass, grid.k)) return across(grid, pass, j);
    return inside(grid, Pass::all_gather, j - ring_pass_steps(pass, grid.k));
}

}  // namespace lightloom::collectives
