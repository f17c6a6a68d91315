// A coherent receiver: from the signal-to-noise ratio of the light and its power to the bit error ratio of DP-QPSK and
// DP-16QAM. Three noises add (1/SNR = sum of 1/SNR_i): what the light brings (amplifiers, interference, transmitter),
// what the detector adds to a weak signal, and what no signal mends (converters, equaliser, lasers), the floor.
// A module's specification names points at which it just works; the latter two follow from these, as the direct
// detection curve of ber.hpp follows from sensitivity. Not here: the light's noise (coherent_line.hpp), what the code
// corrects (fec.hpp), polarisation-dependent loss, loss of lock, a laser that drifts.
#pragma once

#include <limits>

#include "core/quantity.hpp"
#include "models/optics/modulation.hpp"

namespace lightloom {

/// Bit error ratio of Gray-coded symbols in white Gaussian noise, ideal carrier and equaliser, no differential coding:
/// QPSK erfc(sqrt(s/2)) / 2; 16QAM, exact, 3/8 erfc(x) + 1/4 erfc(3x) - 1/8 erfc(5x) with x = sqrt(s/10).
/// @param modulation  dp_qpsk or dp_16qam
/// @param snr         s, per symbol and polarisation, linear, >= 0
double coherent_bit_error_ratio(Modulation modulation, double snr);

/// The inverse. @param bit_error_ratio in (0, 0.5)
Decibel required_snr(Modulation modulation, double bit_error_ratio);

/// OSNR counts the noise of both polarisations in 12.5 GHz against the signal in both: SNR = OSNR 12.5 GHz / baud.
Decibel snr_from_osnr(Decibel osnr, double baud_gbd);
Decibel osnr_from_snr(Decibel snr, double baud_gbd);

/// What a receiver tolerates, and what that costs: `penalty_at_most` at the most, and less by the square below it, as
/// small impairments of dispersion do. Beyond the most the equaliser is not built for it.
struct Tolerance {
    double most;
    Decibel penalty_at_most;
};

/// The points of a module's specification at which it reaches `fec_threshold_ber`.
/// 400ZR (OIF-400ZR-01.0): DP-16QAM, 59.84375 GBd, 1.25e-2; 26 dB at -12 dBm; 34 dB at -20 dBm; 2400 ps/nm, its penalty
/// not stated and so inside the floor; 10 ps at 0.5 dB.
struct CoherentReceiver {
    Modulation modulation;
    double baud_gbd;
    double fec_threshold_ber;
    Decibel required_osnr;  // amplified, in 12.5 GHz
    PowerDbm rx_power_min;  // unamplified
    Decibel osnr_at_rx_power_min;
    Tolerance dispersion_ps_per_nm;
    Tolerance pmd_ps;
    /// The least power at which `required_osnr` holds; infinite where it is stated for power in plenty.
    PowerDbm rx_power_at_required_osnr{std::numeric_limits<double>::infinity()};
};

/// Error ratio of a receiver. Its power noise is SNR_power = k P: the signal beats with a local laser, so its current
/// goes with sqrt(P P_local), and neither the shot noise of that much stronger laser nor thermal noise depends on P (in
/// direct detection thermal noise gives P^2). k and the floor are such that both specified points lie on the curve.
class CoherentCurve {
public:
    /// @throws CatalogueError if no such receiver exists, naming the figure
    explicit CoherentCurve(const CoherentReceiver& receiver);

    /// @param osnr      of the light, in 12.5 GHz: amplifiers, interference and transmitter together
    /// @param received  power of the channel
    /// @throws CatalogueError for more dispersion or PMD than the receiver tolerates
    double bit_error_ratio(Decibel osnr, PowerDbm received, double dispersion_ps_per_nm, double pmd_ps) const;

    /// By how much dispersion and PMD raise the noise of light and detector: what they cost in OSNR.
    Decibel penalty(double dispersion_ps_per_nm, double pmd_ps) const;

    /// Without dispersion: the OSNR that the threshold takes at this power, and the power that it takes at this OSNR;
    /// infinite where none suffices.
    Decibel required_osnr(PowerDbm received) const;
    PowerDbm sensitivity(Decibel osnr) const;

    Decibel noise_floor() const;  // SNR_floor in the symbol-rate bandwidth

private:
    CoherentReceiver receiver_;
    double inverse_threshold_snr_;
    double inverse_floor_;
    double power_noise_mw_;  // 1/k
};

}  // namespace lightloom
