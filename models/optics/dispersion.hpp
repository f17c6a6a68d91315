// Dispersion: how a fibre smears symbols into each other, and what that costs at a receiver. Single-mode fibre does it
// by wavelength (chromatic) and polarisation (PMD), multimode fibre by mode and wavelength.
// A standard's TDECQ is measured behind a test fibre of the whole reach, so the penalties that go into a budget
// (`*_excess_*`) are only what lies beyond the reach: every effect once.
// Not here: dispersion of coherent links, which their receivers undo; fibre loss (channel_loss.hpp).
#pragma once

#include "core/quantity.hpp"
#include "models/optics/modulation.hpp"

namespace lightloom {

struct WavelengthRange {
    double least_nm = 0.0, most_nm = 0.0;
};

/// Chromatic dispersion, ps/(nm km), of a fibre whose dispersion is zero at `zero_nm` with slope S0 there:
/// D = S0/4 (lambda - lambda0^4 / lambda^3). Source: ITU-T G.652 6.10; IEC 60793-2-10 for multimode.
double fibre_dispersion_ps_nm_km(double wavelength_nm, double zero_nm, double slope_ps_nm2_km);

/// Dispersion that a wavelength anywhere in a window can meet, ps/(nm km).
struct DispersionRange {
    double least = 0.0, typical = 0.0, most = 0.0;
    /// The larger magnitude of the two ends.
    double worst() const;
};

/// @param slope_ps_nm2_km  the largest allowed: both extremes grow with it
/// @param zero             where the fibre's zero may lie; `typical` takes the middle of it and of the window
DispersionRange fibre_dispersion(double slope_ps_nm2_km, WavelengthRange zero, WavelengthRange window);

double accumulated_dispersion_ps_nm(double dispersion_ps_nm_km, Metres length);

/// Accumulated dispersion in units of the symbol: |D| L lambda^2 Baud^2 / c, dimensionless. 0.2 is little, 0.8 much.
double dispersion_eta(double dispersion_ps_nm_km, Metres length, double wavelength_nm, double baud_gbd);

/// Penalty per eta^2 of a transmitter of low chirp. An engineering assumption of low confidence: chirp of either sign
/// changes it. It gives 0.16 dB for CWDM4 over 2 km and 4 dB over 10 km, where IEEE stopped at 6 km.
inline constexpr double kDispersionPenalty_db = 5.0;

/// Penalty beyond the dispersion that TDECQ holds: coefficient (eta^2 - eta_covered^2), never below 0.
/// The law holds for eta < 0.8. At 2 the eye is closed by power fading; the law then gives 20 dB, as good as closed.
double dispersion_excess_penalty_db(double eta, double eta_covered, double coefficient_db = kDispersionPenalty_db);

/// A multimode fibre and the light in it.
struct MultimodeLight {
    double modal_bandwidth_mhz_km = 0.0;  // effective modal bandwidth (EMB) at this wavelength
    double dispersion_ps_nm_km = 0.0;     // at this wavelength
    double spectral_width_nm = 0.0;       // of the laser, root mean square
};

/// EMB of a wideband fibre (OM5) between the two wavelengths at which TIA-492AAAE states it, by a straight line;
/// constant outside. A fibre stated at 850 nm alone (OM3, OM4) says nothing about other wavelengths.
double wideband_modal_bandwidth_mhz_km(double wavelength_nm, double at_850_nm, double at_953_nm);

/// Optical -3 dB bandwidth of `length` of fibre: EMB/L for the modes, 0.187/(L |D| sigma) for the colours, added as
/// inverse squares (both Gaussian). Infinite for no fibre. Source: the IEEE 802.3 10GbE link model.
double multimode_bandwidth_ghz(const MultimodeLight& light, Metres length);

/// Penalty of a Gaussian low-pass of this optical -3 dB bandwidth, dB; infinite where the eye is closed.
/// NRZ (no equaliser): closure of the worst pattern's eye in its middle, 1 - 2 erfc(pi f T / (2 sqrt(ln 2))); the 10GbE
/// link model's 1 - 1.425 exp(-1.28 (T/Tc)^2) agrees to 0.15 dB.
/// PAM4: its reference receivers have an equaliser, so the eye is opened again and noise pays: C_eq of IEEE 802.3
/// 121.8.5 for an equaliser that inverts the low-pass up to half the baud, sqrt(mean of 1/|H|^2).
/// @param modulation  nrz or pam4
double bandwidth_penalty_db(double bandwidth_ghz, double baud_gbd, Modulation modulation);

/// What `length` costs beyond the reach that TDECQ covers; 0 up to that reach.
double multimode_excess_penalty_db(const MultimodeLight& light, Metres length, Metres covered, double baud_gbd,
                                   Modulation modulation);

/// Mean differential group delay: coefficient x sqrt(length).
double mean_dgd_ps(double pmd_ps_per_sqrt_km, Metres length);

/// Share of time, or of fibres, with more than `dgd_ps`: Maxwellian about its mean. Source: ITU-T G.691 appendix I.
double dgd_exceedance(double dgd_ps, double mean_dgd_ps);

/// Penalty of first-order PMD on direct detection when light splits evenly between the two axes (the worst case),
/// behind the equaliser of bandwidth_penalty_db: |H| = cos(pi f dgd). 0.02 dB at a tenth of a symbol; infinite at one.
double pmd_penalty_db(double dgd_ps, double baud_gbd);

/// Time that light takes.
double group_delay_ps(Metres length, double group_index);

}  // namespace lightloom
