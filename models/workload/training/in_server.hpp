// What a collective among the GPUs of one server takes, as a formula: alpha-beta, with what a ring gets of NVLink. For
// groups whose messages need not be played packet by packet, so that large tensor parallelism is affordable.
// Not here: who is in one server (job.cpp).
#pragma once

#include <cstdint>

#include "models/workload/collectives/schedule.hpp"
#include "models/workload/training/model_catalogue.hpp"

namespace lightloom {

/// @pre gpu.link_bytes_per_s > 0
std::int64_t in_server_ps(const CollectiveCall& call, const GpuRow& gpu);

}  // namespace lightloom
