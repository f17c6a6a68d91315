#include "models/workload/training/in_server.hpp"

#include "models/workload/collectives/cost.hpp"

namespace lightloom {
namespace {

// Of a step over NVLink. Source: NVIDIA/nccl 5067397, src/graph/tuning.cc: a ring's hop by the protocol Simple, which
// large messages take. Bandwidth in the catalogue: links times what that file takes for each.
constexpr double kHopSeconds = 3.4e-6;

}  // namespace

std::int64_t in_server_ps(const CollectiveCall& call, const GpuRow& gpu) {
    const AlphaBeta link{.alpha_s = kHopSeconds, .bytes_per_s = gpu.link_bytes_per_s};
    return static_cast<std::int64_t>(alpha_beta_seconds(call, link, link) * 1e12 + 0.5);
}

}  // namespace lightloom
