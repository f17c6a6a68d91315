#include "models/optics/contamination.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lightloom {
namespace {

bool is_dirty(const Dirt& dirt, const DirtDraws& draws, int pair, int pairs) {
    if (dirt.per == Dirt::Per::mating) return draws.pair_is_dirty(pair) < dirt.fraction;
    if (!(draws.fibre_is_dirty() < dirt.fraction)) return false;
    return pair == std::min(pairs - 1, static_cast<int>(draws.place_on_fibre() * pairs));
}

}  // namespace

std::optional<DirtySpot> dirt_on(const Dirt& dirt, const DirtDraws& draws, int pair, int pairs, bool angled) {
    assert(pair >= 0 && pair < pairs);
    if (!is_dirty(dirt, draws, pair, pairs)) return std::nullopt;
    DirtySpot spot{.loss = {std::max(0.0, dirt.loss_db.at(draws.loss(pair)))}, .reflectance = std::nullopt};
    if (!angled) spot.reflectance = Decibel{std::min(0.0, dirt.reflectance_db.at(draws.reflectance(pair)))};
    return spot;
}

bool survives_cleaning(const DirtDraws& draws, int pair, int cleanings, double success) {
    return draws.cleaning(pair) < std::pow(1.0 - success, cleanings);
}

Decibel bend_loss(const BendLaw& law, double radius_mm, double turns, double wavelength_nm) {
    assert(turns >= 0.0);
    return {law.db_per_turn * turns *
            std::exp((law.radius_mm - radius_mm) / law.e_radius_mm +
                     (wavelength_nm - law.wavelength_nm) / law.e_wavelength_nm)};
}

}  // namespace lightloom
