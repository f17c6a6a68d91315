#include "models/optics/catalogue_rows.hpp"

#include <algorithm>
#include <cassert>

namespace lightloom {

std::optional<double> NamedFigures::at(const std::string& name) const {
    std::optional<double> for_all;
    for (const auto& [named, value] : by_name) {
        if (named == name) return value;
        if (named.empty()) for_all = value;
    }
    return for_all;
}

double SpectralFigures::at(double wavelength_nm) const {
    assert(!by_nm.empty());
    const auto above =
        std::find_if(by_nm.begin(), by_nm.end(), [=](const auto& p) { return p.first >= wavelength_nm; });
    if (above == by_nm.begin() || (above != by_nm.end() && above->first == wavelength_nm)) return above->second;
    const auto& below = *(above - 1);
    if (above == by_nm.end()) return below.second;
    const double share = (wavelength_nm - below.first) / (above->first - below.first);
    return below.second + share * (above->second - below.second);
}

PowerDbm OpticalLevels::tx_oma(Decibel tdecq) const { return std::max(tx_oma_min, tx_oma_minus_tdecq_min + tdecq); }

PowerDbm OpticalLevels::rx_sensitivity(Decibel tdecq) const {
    return std::max(rx_sensitivity_min, rx_sensitivity_at_zero_secq + tdecq);
}

}  // namespace lightloom
