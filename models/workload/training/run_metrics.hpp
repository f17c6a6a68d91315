// How a training run is judged, and what it loses to failures: model FLOPs utilisation, tokens per GPU, checkpoints and
// how often to write them.
// Not here: failures themselves (models/faults), what a step needs (demand.hpp).
#pragma once

#include <cstdint>

namespace lightloom {

/// Share of the GPUs' peak that the model's own operations come to.
/// @param flops_per_token  training_flops() without what is recomputed: MFU; with it: HFU; 6 x parameters: the usual
///                         short form, without attention
/// @param peak_flops       of one GPU, per second
double flops_utilisation(double flops_per_token, double tokens, std::int64_t gpus, double peak_flops, double seconds);
double tokens_per_gpu_second(double tokens, std::int64_t gpus, double seconds);

/// Per parameter, in mixed precision with Adam, without gradients: bf16 parameter, fp32 master copy and two moments.
inline constexpr std::int64_t kCheckpointBytes = 2 + 4 + 4 + 4;
/// Of a whole model.
double checkpoint_bytes(std::int64_t parameters);

/// Between checkpoints, so that least is lost to writing and to repetition.
/// @param write_s  one checkpoint, > 0  @param mtti_s  mean time to interruption, > 0
/// Source: Young, "A first order approximation to the optimum checkpoint interval", 1974.
double young_interval(double write_s, double mtti_s);
/// Source: Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", 2006.
double daly_interval(double write_s, double mtti_s);
/// Share of the time that is lost at an interval, to first order: writing, and half an interval per interruption.
double checkpoint_waste(double write_s, double mtti_s, double interval_s);

}  // namespace lightloom
