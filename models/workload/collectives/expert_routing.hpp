// Expert routing: how many bytes each rank of a mixture-of-experts layer sends to each other one.
//
// Every token is drawn its experts, so that the sizes scatter as they do in a run instead of all being the mean; and
// experts can differ in popularity, so that some ranks are hot. Dispatch sends a token once per expert; combine is
// UnequalAllToAll::reversed, in the bytes of its own format. Not here: the router's training, capacity limits, routing
// limited to few nodes.
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
    std::uint64_t seed = 0;
};

/// Bytes from rank s to rank d at s * ranks + d, its own included: each row adds up to tokens * experts_of_token *
/// token_bytes. A function of the layer alone.
std::vector<std::int64_t> dispatch_bytes(const ExpertLayer& layer);

}  // namespace lightloom
