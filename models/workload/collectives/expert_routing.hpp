// Expert routing: how many bytes each rank of a mixture-of-experts layer sends to each other one.
//
// Every token is drawn its experts, so that the sizes scatter as they do in a run instead of all being the mean; and
// experts can differ in popularity, so that some ranks are hot. Dispatch sends a token once per expert; combine is
// UnequalAllToAll::reversed, in the bytes of its own format. A router may be limited to few nodes: it takes these
// first, by the popularity of all their experts, and experts within them (DeepSeek-V3, arXiv 2412.19437, 2.1.2).
// Not here: the router's training, capacity limits, tokens sent once to a node and copied there.
#pragma once

#include <cstdint>
#include <vector>

namespace lightloom {

struct ExpertLayer {
    std::uint32_t ranks = 1;
    std::uint32_t experts = 1;           // a multiple of ranks: expert e is on rank e / (experts / ranks)
    std::uint32_t experts_of_token = 1;  // top-k, distinct, <= experts
    std::uint32_t tokens = 0;            // of each rank
    std::int64_t token_bytes = 0;        // as it is sent: hidden size times bytes per element
    /// Zipf exponent, >= 0: the r-th most popular expert is chosen in proportion to r^-skew. 0: all alike.
    double skew = 0.0;
    std::uint32_t nodes_of_token = 0;  // whose experts a token may be given to, at most; 0: of all
    std::uint32_t ranks_per_node = 1;  // consecutive ones, a divisor of ranks
    std::uint64_t seed = 0;
};

/// Bytes from rank s to rank d at s * ranks + d, its own included: each row adds up to tokens * experts_of_token *
/// token_bytes. A function of the layer alone.
std::vector<std::int64_t> dispatch_bytes(const ExpertLayer& layer);

}  // namespace lightloom
