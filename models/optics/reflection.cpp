#include "models/optics/reflection.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace lightloom {

void StrayLight::reflect(Decibel reflectance) {
    const double amplitude = std::sqrt(reflectance.linear());
    pair_sum_ += amplitudes_ * amplitude;
    amplitudes_ += amplitude;
}

void StrayLight::lose(Decibel loss) { amplitudes_ *= Decibel{-loss.value}.linear(); }  // in amplitude, there and back

double stray_light(std::span<const Reflector> reflectors) {
    StrayLight light;
    for (std::size_t n = 0; n < reflectors.size(); ++n) {
        if (n > 0) {
            assert(reflectors[n].loss_before >= reflectors[n - 1].loss_before);
            light.lose(reflectors[n].loss_before - reflectors[n - 1].loss_before);
        }
        light.reflect(reflectors[n].reflectance);
    }
    return light.pair_sum();
}

double mpi_upper_bound_db(double pair_sum, int levels, Decibel extinction_ratio) {
    assert(levels >= 2 && extinction_ratio > Decibel{0.0});
    const double er = extinction_ratio.linear();
    const double eye = 1.0 - 4.0 * (levels - 1) * pair_sum * er / (er - 1.0);
    return eye > 0.0 ? -10.0 * std::log10(eye) : std::numeric_limits<double>::infinity();
}

double mpi_penalty_db(double pair_sum, int levels, Decibel extinction_ratio) {
    return kMpiDiscount * mpi_upper_bound_db(pair_sum, levels, extinction_ratio);
}

Decibel glass_air_reflectance(double group_index) {
    return {20.0 * std::log10((group_index - 1.0) / (group_index + 1.0))};
}

AirGap worst_air_gap(double group_index) {
    const double surface = glass_air_reflectance(group_index).linear();
    const double reflected = 4.0 * surface / ((1.0 + surface) * (1.0 + surface));
    return {.reflectance = {10.0 * std::log10(reflected)}, .loss = {-10.0 * std::log10(1.0 - reflected)}};
}

std::optional<Decibel> allowed_reflectance(std::span<const AllowedReflectance> table, int count) {
    const auto row = std::lower_bound(table.begin(), table.end(), count,
                                      [](const AllowedReflectance& entry, int n) { return entry.count < n; });
    if (row == table.end()) return std::nullopt;
    return row->most_each;
}

}  // namespace lightloom
