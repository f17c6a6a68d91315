#include "models/workload/training/run_metrics.hpp"

#include <cmath>

namespace lightloom {

double flops_utilisation(double flops_per_token, double tokens, std::int64_t gpus, double peak_flops, double seconds) {
    return flops_per_token * tokens / (static_cast<double>(gpus) * peak_flops * seconds);
}

double tokens_per_gpu_second(double tokens, std::int64_t gpus, double seconds) {
    return tokens / (static_cast<double>(gpus) * seconds);
}

double checkpoint_bytes(std::int64_t parameters) {
    return static_cast<double>(kCheckpointBytes) * static_cast<double>(parameters);
}

double young_interval(double write_s, double mtti_s) { return std::sqrt(2.0 * write_s * mtti_s); }

double daly_interval(double write_s, double mtti_s) {
    if (write_s >= 2.0 * mtti_s) return mtti_s;
    const double ratio = write_s / (2.0 * mtti_s);
    return young_interval(write_s, mtti_s) * (1.0 + std::sqrt(ratio) / 3.0 + ratio / 9.0) - write_s;
}

double checkpoint_waste(double write_s, double mtti_s, double interval_s) {
    return write_s / interval_s + interval_s / (2.0 * mtti_s);
}

}  // namespace lightloom
