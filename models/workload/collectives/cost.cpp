#include "models/workload/collectives/cost.hpp"

#include <algorithm>
#include <bit>

#include "core/abort.hpp"
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom {
namespace {

using collectives::log2_ceil;
using collectives::log2_floor;

double cost(AlphaBeta link, double steps, double bytes) { return steps * link.alpha_s + bytes / link.bytes_per_s; }

// A pass of a ring over `members`, each of whom holds `bytes` at one of its ends.
double ring_pass(AlphaBeta link, double members, double bytes) {
    return cost(link, members - 1, (members - 1) / members * bytes);
}

// Halving or doubling over all ranks; those beyond a power of two are folded, with `folded_bytes` there and back.
double doubling(AlphaBeta link, std::uint32_t ranks, double passes, double bytes_of_pass, double folded_bytes) {
    const double folded = std::has_single_bit(ranks) ? 0.0 : cost(link, 2, folded_bytes);
    return passes * cost(link, log2_floor(ranks), bytes_of_pass) + folded;
}

// The first chunk travels `depth` levels, in each of which it is sent `fan` times; what follows is the busiest rank's
// bytes.
double pipeline(AlphaBeta link, double depth, double fan, double chunk, double bytes) {
    return depth * cost(link, 1, fan * chunk) + bytes / link.bytes_per_s;
}

// Up the chains, up the tree, and down again, while the busier of the two kinds of link goes on carrying the rest. The
// heads that the channels choose share out a node's traffic; inside, every GPU but the last of a chain sends each way.
double tree_all_reduce(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    const std::uint32_t g = call.ranks_per_node, nodes = call.ranks / g;
    const double bytes = static_cast<double>(call.bytes);
    const double chunk = std::min(static_cast<double>(call.chunk_bytes), bytes / 2);
    const double bytes_across = nodes > 1 ? 2 * bytes / std::min(call.channels, g) : 0;
    const double bytes_inside = 2 * bytes * (g - 1) / g;
    return pipeline(inside, 2 * (g - 1), 1, chunk, 0) + pipeline(across, 2 * log2_ceil(nodes), 2, chunk, 0) +
           std::max(bytes_across / across.bytes_per_s, bytes_inside / inside.bytes_per_s);
}

// Blocks to their heads, up the trees and down again, copies back. A GPU's port into its node carries the whole buffer,
// its NIC twice its own block: once where there are but two nodes, each of which is a root.
double in_switch_all_reduce(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    const std::uint32_t g = call.ranks_per_node, nodes = call.ranks / g;
    const double bytes = static_cast<double>(call.bytes);
    const double chunk = std::min(static_cast<double>(call.chunk_bytes), bytes / 2 / g);
    const double bytes_across = nodes > 1 ? (nodes == 2 ? 1 : 2) * bytes / g : 0;
    const double time_inside = g > 1 ? cost(inside, 2, bytes) : 0;
    if (nodes == 1) return time_inside;
    const double filling = pipeline(across, 2 * log2_ceil(nodes), nodes == 2 ? 1 : 2, chunk, 0);
    return filling + std::max(time_inside, bytes_across / across.bytes_per_s);
}

double all_reduce(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    const std::uint32_t n = call.ranks, core = std::bit_floor(n);
    const double bytes = static_cast<double>(call.bytes), nodes = n / call.ranks_per_node;
    switch (call.algorithm) {
        case Algorithm::ring: return 2 * ring_pass(across, n, bytes);
        case Algorithm::halving_doubling: return doubling(across, n, 2, (core - 1) * bytes / core, 2 * bytes);
        case Algorithm::recursive_doubling: return doubling(across, n, 1, log2_floor(n) * bytes, 2 * bytes);
        case Algorithm::tree: return tree_all_reduce(call, across, inside);
        case Algorithm::in_switch: return in_switch_all_reduce(call, across, inside);
        case Algorithm::in_network: return cost(across, 2, bytes);  // alpha: from a rank to the root, or back
        case Algorithm::hierarchical:
            return 2 * ring_pass(inside, call.ranks_per_node, bytes) +
                   2 * ring_pass(across, nodes, bytes / call.ranks_per_node);
        case Algorithm::bruck: return cost(across, log2_ceil(n), 0);  // the dissemination barrier
        case Algorithm::direct:
        case Algorithm::pairwise: break;
    }
    abort_run("no such all-reduce");
}

// All-gather; and reduce-scatter, which is the same backwards.
double gather(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    const std::uint32_t n = call.ranks;
    const double bytes = static_cast<double>(call.bytes), moved = (n - 1) * bytes / n;
    switch (call.algorithm) {
        case Algorithm::ring:
        case Algorithm::pairwise: return cost(across, n - 1, moved);
        case Algorithm::direct: return cost(across, 1, moved);
        case Algorithm::bruck: return cost(across, log2_ceil(n), moved);
        case Algorithm::halving_doubling:
        case Algorithm::recursive_doubling:
            // A rank's own block one way, all others the other way; in between the pass is over all blocks.
            return doubling(across, n, 1, moved, bytes);
        case Algorithm::hierarchical:
            return ring_pass(inside, call.ranks_per_node, bytes) +
                   ring_pass(across, n / call.ranks_per_node, bytes / call.ranks_per_node);
        case Algorithm::tree:
        case Algorithm::in_switch:
        case Algorithm::in_network: break;
    }
    abort_run("no such all-gather or reduce-scatter");
}

double all_to_all(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    const std::uint32_t n = call.ranks;
    const double bytes = static_cast<double>(call.bytes);
    switch (call.algorithm) {
        case Algorithm::direct: return cost(across, 1, (n - 1) * bytes / n);
        case Algorithm::pairwise: return cost(across, n - 1, (n - 1) * bytes / n);
        case Algorithm::bruck: {  // a block is sent once for each bit of its distance
            double blocks = 0;
            for (std::uint32_t distance = 1; distance < n; ++distance) blocks += std::popcount(distance);
            return cost(across, log2_ceil(n), blocks * bytes / n);
        }
        case Algorithm::hierarchical:
            return ring_pass(inside, call.ranks_per_node, bytes) + ring_pass(across, n / call.ranks_per_node, bytes);
        case Algorithm::ring:
        case Algorithm::halving_doubling:
        case Algorithm::recursive_doubling:
        case Algorithm::tree:
        case Algorithm::in_switch:
        case Algorithm::in_network: break;
    }
    abort_run("no such all-to-all");
}

// Broadcast; and reduce, which is the same backwards.
double rooted(const CollectiveCall& call, AlphaBeta across) {
    const std::uint32_t n = call.ranks;
    const double bytes = static_cast<double>(call.bytes);
    const double chunk = std::min(static_cast<double>(call.chunk_bytes), bytes);
    if (call.algorithm == Algorithm::ring) return pipeline(across, n - 1, 1, chunk, bytes - chunk);
    if (call.algorithm == Algorithm::direct) return cost(across, 1, (n - 1) * bytes);
    return pipeline(across, log2_ceil(n), 2, std::min(chunk, bytes / 2), bytes);
}

}  // namespace

double alpha_beta_seconds(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside) {
    if (call.ranks == 1) return 0.0;
    switch (call.kind) {
        case Collective::all_reduce: return all_reduce(call, across, inside);
        case Collective::barrier: {
            CollectiveCall of_nothing = call;
            of_nothing.bytes = 0;
            return all_reduce(of_nothing, across, inside);
        }
        case Collective::all_gather:
        case Collective::reduce_scatter: return gather(call, across, inside);
        case Collective::all_to_all: return all_to_all(call, across, inside);
        case Collective::broadcast:
        case Collective::reduce: return rooted(call, across);
        case Collective::send_receive: return cost(across, 1, static_cast<double>(call.bytes));
    }
    abort_run("no such collective");
}

}  // namespace lightloom
