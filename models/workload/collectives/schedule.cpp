#include "models/workload/collectives/schedule.hpp"

#include <algorithm>
#include <bit>

#include "core/abort.hpp"

namespace lightloom {

/// Step `k` of a loop of `rank`, to be filled in.
struct Schedule::Turn {
    std::uint32_t rank;
    std::uint32_t part;  // the lane's number in its slice
    std::uint32_t k;
    std::uint32_t number = 0;   // of a rank that is not folded
    std::uint32_t sources = 1;  // whose blocks go together
    Step step{};

    void send(std::uint32_t to, Blocks blocks) {
        step.to = to;
        step.sent = blocks;
    }
    void receive(std::uint32_t from, Blocks blocks, bool reduces = false) {
        step.from = from;
        step.received = blocks;
        step.reduces = reduces;
    }
};

namespace {

bool is_power_of_two(std::uint32_t n) { return std::has_single_bit(n); }

}  // namespace

std::string_view Schedule::refusal(const CollectiveCall& call) {
    const std::uint32_t n = call.ranks;
    const auto only = [&](std::initializer_list<Algorithm> algorithms, std::string_view which) {
        return std::ranges::find(algorithms, call.algorithm) != algorithms.end() ? std::string_view() : which;
    };
    if (call.algorithm == Algorithm::hierarchical && (call.ranks_per_node == 0 || n % call.ranks_per_node != 0))
        return "as many ranks in every node";
    switch (call.kind) {
        case Collective::all_reduce:
            return only({Algorithm::ring, Algorithm::halving_doubling, Algorithm::recursive_doubling, Algorithm::tree,
                         Algorithm::hierarchical},
                        "ring, halving-doubling, recursive-doubling, tree or hierarchical");
        case Collective::all_gather:
            return only({Algorithm::ring, Algorithm::bruck, Algorithm::direct}, "ring, bruck or direct");
        case Collective::reduce_scatter:
            if (call.algorithm == Algorithm::halving_doubling && !is_power_of_two(n))
                return "ring or direct, unless the ranks are a power of two";
            return only({Algorithm::ring, Algorithm::direct, Algorithm::halving_doubling},
                        "ring, direct or halving-doubling");
        case Collective::broadcast:
        case Collective::reduce: return only({Algorithm::ring, Algorithm::tree}, "ring or tree");
        case Collective::all_to_all:
            return only({Algorithm::direct, Algorithm::pairwise, Algorithm::hierarchical},
                        "direct, pairwise or hierarchical");
        case Collective::barrier: return only({Algorithm::recursive_doubling}, "recursive-doubling");
        case Collective::send_receive: return n == 2 ? only({Algorithm::direct}, "direct") : "two ranks";
    }
    return {};
}

Schedule::Schedule(const CollectiveCall& call) : call_(call) {
    const std::uint32_t n = call.ranks;
    if (n == 0 || call.bytes < 0 || call.channels == 0 || call.chunk_bytes <= 0 || call.root >= n)
        abort_run("a collective of {} ranks, {} bytes, {} channels, {} bytes a chunk and root {}", n, call.bytes,
                  call.channels, call.chunk_bytes, call.root);
    if (const std::string_view why = refusal(call); !why.empty()) abort_run("a collective wants {}", why);
    log2_power_ = static_cast<std::uint32_t>(std::bit_width(n) - 1);
    power_ = 1u << log2_power_;
    slices_ = call.channels;
    blocks_ = n;
    switch (call.algorithm) {
        case Algorithm::ring:
            if (call.kind == Collective::broadcast || call.kind == Collective::reduce) blocks_ = 1;
            break;
        case Algorithm::halving_doubling: blocks_ = power_; break;
        case Algorithm::recursive_doubling: blocks_ = 1; break;
        case Algorithm::tree:  // two trees, and in each the way up and the way down
            slices_ = 2 * call.channels;
            lanes_per_slice_ = 2;
            blocks_ = 1;
            break;
        case Algorithm::hierarchical: nodes_ = n / call.ranks_per_node; break;
        case Algorithm::direct:
            lanes_per_slice_ = std::max(n, 2u) - 1;
            if (call.kind == Collective::send_receive) blocks_ = 1;
            break;
        case Algorithm::pairwise:
        case Algorithm::bruck: break;
    }
}

std::int64_t Schedule::slice_start(std::uint32_t slice) const {
    return call_.bytes / slices_ * slice + call_.bytes % slices_ * slice / slices_;
}

std::uint64_t Schedule::loops(std::uint32_t slice) const {
    const __int128 loop = static_cast<__int128>(call_.chunk_bytes) * blocks_;
    const __int128 bytes = slice_start(slice + 1) - slice_start(slice);
    return bytes == 0 ? 1 : static_cast<std::uint64_t>((bytes + loop - 1) / loop);
}

// Blocks of a loop differ by a byte at most. The last loop has what is left, in as many blocks.
std::int64_t Schedule::bytes_of(std::uint32_t slice, std::uint64_t loop, Blocks which) const {
    const __int128 full = static_cast<__int128>(call_.chunk_bytes) * blocks_;
    const __int128 slice_bytes = slice_start(slice + 1) - slice_start(slice);
    const auto bytes = static_cast<std::int64_t>(std::min(full, slice_bytes - full * static_cast<__int128>(loop)));
    const auto cut = [&](std::uint32_t b) { return bytes / blocks_ * b + bytes % blocks_ * b / blocks_; };
    const std::uint32_t end = which.first + which.count;
    if (end <= blocks_) return cut(end) - cut(which.first);
    return bytes - cut(which.first) + cut(end - blocks_);
}

std::uint32_t Schedule::block_of(std::uint32_t rank) const {
    if (call_.algorithm != Algorithm::hierarchical || call_.kind != Collective::all_to_all) return rank;
    return rank % call_.ranks_per_node * nodes_ + rank / call_.ranks_per_node;  // rail by rail
}

std::uint64_t Schedule::steps(std::uint32_t rank, std::uint32_t lane) const {
    if (call_.ranks == 1) return 0;
    return steps_per_loop(rank, lane % lanes_per_slice_) * loops(lane / lanes_per_slice_);
}

Step Schedule::step(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const {
    const std::uint32_t slice = lane / lanes_per_slice_, part = lane % lanes_per_slice_;
    const std::uint64_t per_loop = steps_per_loop(rank, part);
    Turn turn{.rank = rank, .part = part, .k = static_cast<std::uint32_t>(k % per_loop)};
    turn.step.slice = slice;
    turn.step.loop = k / per_loop;
    turn.step.to_lane = turn.step.from_lane = part;
    fill(turn);
    Step& step = turn.step;
    step.to_lane += slice * lanes_per_slice_;
    step.from_lane += slice * lanes_per_slice_;
    if (step.to != kNobody) step.sent_bytes = turn.sources * bytes_of(slice, step.loop, step.sent);
    if (step.from != kNobody) step.received_bytes = turn.sources * bytes_of(slice, step.loop, step.received);
    return step;
}

std::uint64_t Schedule::steps_per_loop(std::uint32_t rank, std::uint32_t part) const {
    const std::uint32_t n = call_.ranks, folded = n - power_;
    switch (call_.algorithm) {
        case Algorithm::ring:
            if (call_.kind == Collective::all_reduce) return 2 * (n - 1);
            if (blocks_ > 1) return n - 1;
            return relative(rank) == 0 || relative(rank) == (call_.kind == Collective::broadcast ? n - 1 : 1) ? 1 : 2;
        case Algorithm::halving_doubling:
            if (call_.kind == Collective::reduce_scatter) return log2_power_;
            if (rank >= 2 * folded) return 2 * log2_power_;
            return rank % 2 == 0 ? 2 : 2 * log2_power_ + 2;
        case Algorithm::recursive_doubling:
            if (call_.kind == Collective::barrier) return static_cast<std::uint64_t>(std::bit_width(n - 1));
            if (rank >= 2 * folded) return log2_power_;
            return rank % 2 == 0 ? 2 : log2_power_ + 2;
        case Algorithm::tree: return 3;
        case Algorithm::hierarchical:
            if (call_.kind == Collective::all_reduce) return 2 * (call_.ranks_per_node - 1) + 2 * (nodes_ - 1);
            return call_.ranks_per_node - 1 + nodes_ - 1;
        case Algorithm::direct: return call_.kind == Collective::send_receive || part < n - 1;
        case Algorithm::pairwise: return n - 1;
        case Algorithm::bruck: return static_cast<std::uint64_t>(std::bit_width(n - 1));
    }
    return 0;
}

void Schedule::fill(Turn& turn) const {
    switch (call_.algorithm) {
        case Algorithm::ring: return blocks_ > 1 ? ring(turn) : chain(turn);
        case Algorithm::halving_doubling: return halving_doubling(turn);
        case Algorithm::recursive_doubling:
            return call_.kind == Collective::barrier ? dissemination(turn) : recursive_doubling(turn);
        case Algorithm::tree: return tree(turn);
        case Algorithm::hierarchical:
            return call_.kind == Collective::all_reduce ? hierarchical_all_reduce(turn) : hierarchical_all_to_all(turn);
        case Algorithm::direct: return pairwise(turn, turn.part + 1);
        case Algorithm::pairwise: return pairwise(turn, turn.k + 1);
        case Algorithm::bruck: return bruck(turn);
    }
}

// Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009.
void Schedule::ring(Turn& turn) const {
    const std::uint32_t n = call_.ranks, lead = call_.kind == Collective::reduce_scatter ? 1 : 0;
    const std::uint32_t sent = (turn.rank + 2 * n - lead - turn.k) % n;
    const bool reduces = call_.kind != Collective::all_gather && turn.k < n - 1;
    turn.send((turn.rank + 1) % n, {sent, 1});
    turn.receive((turn.rank + n - 1) % n, {(sent + n - 1) % n, 1}, reduces);
}

// A broadcast begins at the root; a reduction at the rank after it, and comes to the root last.
void Schedule::chain(Turn& turn) const {
    const bool reduces = call_.kind == Collective::reduce;
    const std::uint32_t n = call_.ranks, place = (relative(turn.rank) + (reduces ? n - 1 : 0)) % n;  // in the chain
    if (place > 0 && turn.k == 0) return turn.receive((turn.rank + n - 1) % n, {0, 1}, reduces);
    turn.send((turn.rank + 1) % n, {0, 1});
}

// Lane 0 of a slice goes up its tree, lane 1 down. What comes up to the root goes down from there, in the same lane.
void Schedule::tree(Turn& turn) const {
    // Only an all-reduce has no root of its own, so that its second tree may have another than its first.
    const std::uint32_t tree = call_.kind == Collective::all_reduce ? turn.step.slice % 2 : 0;
    const TreePlace place = double_tree(call_.ranks, relative(turn.rank), tree);
    const std::uint32_t child = turn.k < 2 ? place.children[turn.k] : kNobody;
    const bool is_root = place.parent == kNobody;
    if (turn.part == 0 && call_.kind != Collective::broadcast) {
        if (child != kNobody && (!is_root || turn.k == 0)) return turn.receive(absolute(child), {0, 1}, true);
        if (turn.k < 2) return;
        if (!is_root) return turn.send(absolute(place.parent), {0, 1});
        if (call_.kind == Collective::reduce) return;
        turn.step.to_lane = 1;
        turn.send(absolute(place.children[0]), {0, 1});
    } else if (turn.part == 1 && call_.kind != Collective::reduce) {
        if (is_root && call_.kind == Collective::all_reduce) return;
        if (turn.k == 0 && !is_root) {
            const TreePlace above = double_tree(call_.ranks, place.parent, tree);
            if (above.parent == kNobody && call_.kind == Collective::all_reduce) turn.step.from_lane = 0;
            return turn.receive(absolute(place.parent), {0, 1});
        }
        if (turn.k > 0 && place.children[turn.k - 1] != kNobody)
            turn.send(absolute(place.children[turn.k - 1]), {0, 1});
    }
}

// The ranks that are too many for a power of two: of the first 2 x folded, each even one gives its buffer to the odd
// one after it and gets the result back. The others act under numbers from 0 on.
// Source: Rabenseifner, "Optimization of collective reduction operations", 2004; Thakur et al., "Optimization of
// collective communication operations in MPICH", 2005.
bool Schedule::fold(Turn& turn) const {
    const std::uint32_t folded = call_.ranks - power_;
    if (turn.rank >= 2 * folded) {
        turn.number = turn.rank - folded;
        return false;
    }
    const Blocks all{0, blocks_};
    const bool is_last = turn.k + 1 == steps_per_loop(turn.rank, turn.part);
    if (turn.rank % 2 == 0) {
        turn.k == 0 ? turn.send(turn.rank + 1, all) : turn.receive(turn.rank + 1, all);
    } else if (turn.k == 0) {
        turn.receive(turn.rank - 1, all, true);
    } else if (is_last) {
        turn.send(turn.rank - 1, all);
    } else {
        --turn.k;
        turn.number = turn.rank / 2;
        return false;
    }
    return true;
}

std::uint32_t Schedule::unfolded(std::uint32_t number) const {
    const std::uint32_t folded = call_.ranks - power_;
    return number < folded ? 2 * number + 1 : number + folded;
}

// The half that its own number is not in goes to the partner, until one block is left; then the other way round.
void Schedule::halving_doubling(Turn& turn) const {
    if (fold(turn)) return;
    const bool halves = turn.k < log2_power_;
    const std::uint32_t bit = halves ? power_ >> (turn.k + 1) : 1u << (turn.k - log2_power_);
    const std::uint32_t partner = turn.number ^ bit;
    const Blocks own{turn.number & ~(bit - 1), bit}, others{partner & ~(bit - 1), bit};
    turn.send(unfolded(partner), halves ? others : own);
    turn.receive(unfolded(partner), halves ? own : others, halves);
}

void Schedule::recursive_doubling(Turn& turn) const {
    if (fold(turn)) return;
    const std::uint32_t partner = unfolded(turn.number ^ 1u << turn.k);
    turn.send(partner, {0, 1});
    turn.receive(partner, {0, 1}, true);
}

// Source: Hensgen, Finkel and Manber, "Two algorithms for barrier synchronization", 1988.
void Schedule::dissemination(Turn& turn) const {
    const std::uint32_t n = call_.ranks, distance = 1u << turn.k;
    turn.send((turn.rank + distance) % n, {0, 1});
    turn.receive((turn.rank + n - distance) % n, {0, 1}, true);
}

// Source: Bruck et al., "Efficient algorithms for all-to-all communications in multiport message-passing systems", 1997.
void Schedule::bruck(Turn& turn) const {
    const std::uint32_t n = call_.ranks, distance = 1u << turn.k, from = (turn.rank + distance) % n;
    const std::uint32_t count = std::min(distance, n - distance);
    turn.send((turn.rank + n - distance) % n, {turn.rank, count});
    turn.receive(from, {from, count});
}

void Schedule::pairwise(Turn& turn, std::uint32_t distance) const {
    const std::uint32_t n = call_.ranks, to = (turn.rank + distance) % n, from = (turn.rank + n - distance) % n;
    if (call_.kind == Collective::send_receive) {
        turn.rank == call_.root ? turn.send(to, {0, 1}) : turn.receive(from, {0, 1});
    } else if (call_.kind == Collective::all_gather) {
        turn.send(to, {turn.rank, 1});
        turn.receive(from, {from, 1});
    } else {
        turn.send(to, {to, 1});
        turn.receive(from, {turn.rank, 1}, call_.kind == Collective::reduce_scatter);
    }
}

// Inside each node a ring scatters sums of as many parts as it has ranks; ranks of one place in their nodes reduce
// theirs in a ring of their own; a ring inside the node gathers the parts.
void Schedule::hierarchical_all_reduce(Turn& turn) const {
    const std::uint32_t g = call_.ranks_per_node, place = turn.rank % g, node = turn.rank / g;
    const auto part = [&](std::uint32_t i) { return Blocks{(place + 2 * g - i) % g * nodes_, nodes_}; };
    const std::uint32_t next = node * g + (place + 1) % g, previous = node * g + (place + g - 1) % g;
    if (turn.k < g - 1) {
        turn.send(next, part(turn.k + 1));
        turn.receive(previous, part(turn.k + 2), true);
    } else if (const std::uint32_t k = turn.k - (g - 1); k < 2 * (nodes_ - 1)) {
        const auto block = [&](std::uint32_t i) {
            return Blocks{place * nodes_ + (node + 2 * nodes_ - i) % nodes_, 1};
        };
        turn.send((node + 1) % nodes_ * g + place, block(k));
        turn.receive((node + nodes_ - 1) % nodes_ * g + place, block(k + 1), k < nodes_ - 1);
    } else {
        const std::uint32_t last = k - 2 * (nodes_ - 1);
        turn.send(next, part(last));
        turn.receive(previous, part(last + 1));
    }
}

// First to the rank of the node that has the place of the destination in its own node, then straight to it.
void Schedule::hierarchical_all_to_all(Turn& turn) const {
    const std::uint32_t g = call_.ranks_per_node, place = turn.rank % g, node = turn.rank / g;
    if (turn.k < g - 1) {
        const std::uint32_t to = (place + turn.k + 1) % g, from = (place + g - turn.k - 1) % g;
        turn.send(node * g + to, {to * nodes_, nodes_});
        turn.receive(node * g + from, {place * nodes_, nodes_});
        return;
    }
    const std::uint32_t distance = turn.k - (g - 1) + 1;
    const std::uint32_t to = (node + distance) % nodes_, from = (node + nodes_ - distance) % nodes_;
    turn.sources = g;
    turn.send(to * g + place, {place * nodes_ + to, 1});
    turn.receive(from * g + place, {place * nodes_ + node, 1});
}

}  // namespace lightloom
