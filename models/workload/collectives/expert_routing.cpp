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

// Distinct experts: what a token has already is drawn again.
class Router {
public:
    explicit Router(const ExpertLayer& layer) : layer_(layer), cumulated_(cumulated_popularity(layer)) {}

    const std::vector<std::uint32_t>& experts_of(std::uint64_t token) {
        chosen_.clear();
        for (std::uint64_t n = 0; chosen_.size() < layer_.experts_of_token; ++n) {
            const std::uint64_t point = draw(layer_.seed, token, Purpose::expert, n) % cumulated_.back();
            const auto at = std::upper_bound(cumulated_.begin(), cumulated_.end(), point);
            const auto expert = static_cast<std::uint32_t>(at - cumulated_.begin());
            if (std::find(chosen_.begin(), chosen_.end(), expert) == chosen_.end()) chosen_.push_back(expert);
        }
        return chosen_;
    }

private:
    const ExpertLayer& layer_;
    std::vector<std::uint64_t> cumulated_;
    std::vector<std::uint32_t> chosen_;
};

}  // namespace

std::vector<std::int64_t> dispatch_bytes(const ExpertLayer& layer) {
    if (layer.ranks == 0 || layer.experts == 0 || layer.experts % layer.ranks != 0 ||
        layer.experts_of_token > layer.experts || layer.skew < 0)
        abort_run("{} of {} experts on {} ranks, skew {}", layer.experts_of_token, layer.experts, layer.ranks,
                  layer.skew);
    const std::uint32_t experts_of_rank = layer.experts / layer.ranks;
    std::vector<std::int64_t> bytes(std::size_t{layer.ranks} * layer.ranks, 0);
    Router router(layer);
    for (std::uint64_t token = 0; token < std::uint64_t{layer.ranks} * layer.tokens; ++token)
        for (const std::uint32_t expert : router.experts_of(token))
            bytes[token / layer.tokens * layer.ranks + expert / experts_of_rank] += layer.token_bytes;
    return bytes;
}

}  // namespace lightloom
