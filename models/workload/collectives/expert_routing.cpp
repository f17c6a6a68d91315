#include "models/workload/collectives/expert_routing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/abort.hpp"
#include "core/random.hpp"

namespace lightloom {
namespace {

// Cumulated weights, in integers, so that a last digit of libm does not move a token.
std::vector<std::uint64_t> cumulated_popularity(const ExpertLayer& layer) {
    std::vector<std::uint32_t> order(layer.experts);
    std::iota(order.begin(), order.end(), 0u);
    for (std::size_t i = order.size() - 1; i > 0; --i)  // which expert is popular is nothing of its number
        std::swap(order[i], order[draw(layer.seed, i, Purpose::popularity, 0) % (i + 1)]);
    std::vector<std::uint64_t> cumulated(layer.experts);
    for (std::uint32_t place = 0; place < layer.experts; ++place)
        cumulated[order[place]] =
            static_cast<std::uint64_t>(std::llround(0x1p24 * std::pow(place + 1.0, -layer.skew))) + 1;
    std::partial_sum(cumulated.begin(), cumulated.end(), cumulated.begin());
    return cumulated;
}

// Distinct nodes first, where there is a limit, and distinct experts within them: what a token has is drawn again.
class Router {
public:
    explicit Router(const ExpertLayer& layer)
        : layer_(layer),
          cumulated_(cumulated_popularity(layer)),
          experts_of_node_(layer.experts / (layer.ranks / layer.ranks_per_node)) {}

    const std::vector<std::uint32_t>& experts_of(std::uint64_t token) {
        choose_nodes(token);
        std::uint64_t total = 0;
        for (const std::uint32_t node : nodes_) total += end_of(node) - begin_of(node);
        chosen_.clear();
        for (std::uint64_t n = 0; chosen_.size() < layer_.experts_of_token; ++n)
            keep_new(chosen_, expert_at(draw(layer_.seed, token, Purpose::expert, n) % total));
        return chosen_;
    }

private:
    std::uint64_t begin_of(std::uint32_t node) const {
        return node == 0 ? 0 : cumulated_[std::size_t{node} * experts_of_node_ - 1];
    }
    std::uint64_t end_of(std::uint32_t node) const { return begin_of(node + 1); }
    static void keep_new(std::vector<std::uint32_t>& values, std::uint32_t value) {
        if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    std::uint32_t expert_with(std::uint64_t point) const {
        return static_cast<std::uint32_t>(std::upper_bound(cumulated_.begin(), cumulated_.end(), point) -
                                          cumulated_.begin());
    }
    /// @param point  below the popularity of all experts of the chosen nodes
    std::uint32_t expert_at(std::uint64_t point) const {
        for (const std::uint32_t node : nodes_) {
            const std::uint64_t size = end_of(node) - begin_of(node);
            if (point < size) return expert_with(begin_of(node) + point);
            point -= size;
        }
        abort_run("no expert at {}", point);
    }
    void choose_nodes(std::uint64_t token) {
        const std::uint32_t nodes = layer_.ranks / layer_.ranks_per_node;
        nodes_.clear();
        if (layer_.nodes_of_token == 0 || layer_.nodes_of_token >= nodes) {
            for (std::uint32_t node = 0; node < nodes; ++node) nodes_.push_back(node);
            return;
        }
        for (std::uint64_t n = 0; nodes_.size() < layer_.nodes_of_token; ++n) {
            const std::uint64_t point = draw(layer_.seed, token, Purpose::expert_node, n) % cumulated_.back();
            keep_new(nodes_, expert_with(point) / experts_of_node_);
        }
    }

    const ExpertLayer& layer_;
    std::vector<std::uint64_t> cumulated_;
    std::uint32_t experts_of_node_;
    std::vector<std::uint32_t> nodes_, chosen_;
};

}  // namespace

std::vector<std::int64_t> dispatch_bytes(const ExpertLayer& layer) {
    if (layer.ranks == 0 || layer.experts == 0 || layer.experts % layer.ranks != 0 ||
        layer.experts_of_token > layer.experts || layer.skew < 0)
        abort_run("{} of {} experts on {} ranks, skew {}", layer.experts_of_token, layer.experts, layer.ranks,
                  layer.skew);
    const std::uint32_t experts_of_rank = layer.experts / layer.ranks;
    if (layer.ranks_per_node == 0 || layer.ranks % layer.ranks_per_node != 0 ||
        (layer.nodes_of_token > 0 &&
         std::uint64_t{layer.nodes_of_token} * experts_of_rank * layer.ranks_per_node < layer.experts_of_token))
        abort_run("{} experts of {} nodes of {} ranks", layer.experts_of_token, layer.nodes_of_token,
                  layer.ranks_per_node);
    std::vector<std::int64_t> bytes(std::size_t{layer.ranks} * layer.ranks, 0);
    Router router(layer);
    for (std::uint64_t token = 0; token < std::uint64_t{layer.ranks} * layer.tokens; ++token)
        for (const std::uint32_t expert : router.experts_of(token))
            bytes[token / layer.tokens * layer.ranks + expert / experts_of_rank] += layer.token_bytes;
    return bytes;
}

}  // namespace lightloom
