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

// Weights laid end to end, of which some have been taken out: what is drawn once is not drawn again.
class Urn {
public:
    void clear() { left_.clear(), total_ = 0; }
    void put_in(std::uint64_t begin, std::uint64_t end) {
        left_.push_back({begin, end});
        total_ += end - begin;
    }
    /// @param random  any number. @return a point of what is left
    std::uint64_t point(std::uint64_t random) const {
        std::uint64_t at = random % total_;
        for (const Span& span : left_) {
            if (at < span.end - span.begin) return span.begin + at;
            at -= span.end - span.begin;
        }
        abort_run("nothing is left at {} of {}", random % total_, total_);
    }
    /// @pre [begin, end) is in the urn
    void take_out(std::uint64_t begin, std::uint64_t end) {
        const auto span = std::ranges::find_if(left_, [&](const Span& s) { return s.begin <= begin && end <= s.end; });
        const Span behind{end, std::exchange(span->end, begin)};
        left_.push_back(behind);
        total_ -= end - begin;
    }

private:
    struct Span {
        std::uint64_t begin, end;
    };
    std::vector<Span> left_;
    std::uint64_t total_ = 0;
};

// Distinct nodes first, where there is a limit, and distinct experts within them.
class Router {
public:
    explicit Router(const ExpertLayer& layer)
        : layer_(layer),
          cumulated_(cumulated_popularity(layer)),
          experts_of_node_(layer.experts / (layer.ranks / layer.ranks_per_node)) {}

    const std::vector<std::uint32_t>& experts_of(std::uint64_t token) {
        put_in_experts(token);
        chosen_.clear();
        for (std::uint64_t n = 0; chosen_.size() < layer_.experts_of_token; ++n) {
            const std::uint32_t expert = expert_at(experts_.point(draw(layer_.seed, token, Purpose::expert, n)));
            experts_.take_out(begin_of(expert), begin_of(expert + 1));
            chosen_.push_back(expert);
        }
        return chosen_;
    }

private:
    /// Of experts: the popularity of all before one.
    std::uint64_t begin_of(std::size_t expert) const { return expert == 0 ? 0 : cumulated_[expert - 1]; }
    std::uint32_t expert_at(std::uint64_t point) const {
        return static_cast<std::uint32_t>(std::ranges::upper_bound(cumulated_, point) - cumulated_.begin());
    }
    void put_in_experts(std::uint64_t token) {
        const std::uint32_t nodes = layer_.ranks / layer_.ranks_per_node;
        experts_.clear();
        if (layer_.nodes_of_token == 0 || layer_.nodes_of_token >= nodes) return experts_.put_in(0, cumulated_.back());
        nodes_.clear();
        nodes_.put_in(0, cumulated_.back());
        for (std::uint64_t n = 0; n < layer_.nodes_of_token; ++n) {
            const std::uint64_t point = nodes_.point(draw(layer_.seed, token, Purpose::expert_node, n));
            const std::size_t node = expert_at(point) / experts_of_node_;
            const std::uint64_t begin = begin_of(node * experts_of_node_),
                                end = begin_of((node + 1) * experts_of_node_);
            nodes_.take_out(begin, end);
            experts_.put_in(begin, end);
        }
    }

    const ExpertLayer& layer_;
    std::vector<std::uint64_t> cumulated_;
    std::uint32_t experts_of_node_;
    Urn nodes_, experts_;
    std::vector<std::uint32_t> chosen_;
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
