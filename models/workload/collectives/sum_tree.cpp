#include "models/workload/collectives/sum_tree.hpp"

#include <algorithm>
#include <utility>

#include "core/abort.hpp"

namespace lightloom {

SumTree::SumTree(std::uint32_t ranks, std::vector<std::uint32_t> parent, std::uint64_t outstanding)
    : ranks_(ranks), outstanding_(outstanding), parent_(std::move(parent)) {
    if (ranks == 0 || ranks >= nodes() || outstanding == 0)
        abort_run("a tree of {} nodes for {} ranks, {} chunks outstanding", nodes(), ranks, outstanding);
    first_child_.assign(nodes() + 1, 0);
    for (std::uint32_t node = 0; node < nodes(); ++node) {
        if (parent_[node] == kNobody && !is_rank(node) && root_ == kNobody) {
            root_ = node;
            continue;
        }
        if (parent_[node] < ranks || parent_[node] >= nodes())
            abort_run("node {} of a tree of {} has the parent {}", node, nodes(), parent_[node]);
        ++first_child_[parent_[node] + 1];
    }
    for (std::uint32_t node = 0; node < nodes(); ++node) first_child_[node + 1] += first_child_[node];
    std::vector<std::uint32_t> next(first_child_.begin(), first_child_.end() - 1);
    child_.resize(first_child_.back());
    for (std::uint32_t node = 0; node < nodes(); ++node)
        if (node != root_) child_[next[parent_[node]]++] = node;
}

std::uint64_t SumTree::steps_per_loop(std::uint32_t node, std::uint32_t lane) const {
    if (is_rank(node)) return lane == kUp ? 1 : 0;
    if (node == root_) return lane == kUp ? 2 * std::uint64_t{children(node)} - 1 : 0;
    return children(node);
}

std::uint64_t SumTree::steps(std::uint32_t node, std::uint32_t lane, std::uint64_t loops) const {
    if (is_rank(node) && lane == kUp) return loops + std::min(loops, outstanding_ - 1);
    return loops * steps_per_loop(node, lane);
}

SumTree::StepOfLoops SumTree::step(std::uint32_t node, std::uint32_t lane, std::uint64_t k, std::uint64_t loops) const {
    if (is_rank(node)) {
        const std::uint64_t behind = std::min(loops, outstanding_ - 1);
        StepOfLoops made{.step = {}, .sent = k, .received = k - behind};
        if (k < loops) {
            made.step.to = parent_[node];
            made.step.to_lane = kUp;
            made.step.sent = {0, 1};
        }
        if (k >= behind) {
            made.step.from = parent_[node];
            made.step.from_lane = lane_down(parent_[node]);
            made.step.received = {0, 1};
        }
        return made;
    }
    const std::uint64_t per_loop = steps_per_loop(node, lane), loop = k / per_loop;
    const auto j = static_cast<std::uint32_t>(k % per_loop);
    return {.step = lane == kUp ? up(node, j) : down(node, j), .sent = loop, .received = loop};
}

// What each child sends; with the last of it the sum goes on.
Step SumTree::up(std::uint32_t node, std::uint32_t j) const {
    Step step;
    const std::uint32_t last = children(node) - 1;
    if (j <= last) {
        step.from = child(node, j);
        step.from_lane = kUp;
        step.received = {0, 1};
        step.reduces = true;
    }
    if (j >= last && node == root_) hand_down(step, node, j - last);
    if (j == last && node != root_) {
        step.to = parent_[node];
        step.to_lane = kUp;
        step.sent = {0, 1};
    }
    step.forwards = j == last;
    return step;
}

Step SumTree::down(std::uint32_t node, std::uint32_t j) const {
    Step step;
    if (j == 0) {
        step.from = parent_[node];
        step.from_lane = lane_down(parent_[node]);
        step.received = {0, 1};
        step.forwards = true;
    }
    hand_down(step, node, j);
    return step;
}

void SumTree::hand_down(Step& step, std::uint32_t node, std::uint32_t i) const {
    step.to = child(node, i);
    step.to_lane = is_rank(step.to) ? kUp : kDown;
    step.sent = {0, 1};
}

}  // namespace lightloom
