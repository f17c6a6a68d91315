// A wavelength-division line for coherent light, from the transmitters to the receivers: losses, amplifiers and their
// noise, and the interference that the channels make for one another in the fibre (the Gaussian-noise model). The order
// of elements and the formulas are GNPy's, so that its results are met to the printed digit where its form is chosen.
// Assumes Gaussian-like symbols, which for 16QAM on one span of 80 km overstates the interference by at least 3.5 dB
// against a split-step calculation: conservative. Not here: Raman scattering between the channels (a tilt of about
// +-0.4 dB over the C band at 0 dBm a channel and 80 km), filters and their ripple, the slope of dispersion,
// polarisation-dependent loss; what a receiver makes of it all (coherent_receiver.hpp).
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/quantity.hpp"

namespace lightloom {

/// The length La that sets the bandwidth over which channels interfere, in the closed form of GNPy
/// (Leff^2 / (1 + (dbeta La)^2) for the efficiency of four-wave mixing):
/// tanh: tanh(a L / 2) / a, with which the efficiency's integral over dbeta is the true one (Parseval), and short spans
///       come within 0.2 dB of the integrated model; gnpy: 1 / a, GNPy's default, which reports 5.6 dB too little
///       interference at 10 km, 1.2 dB at 40 km and is as good from 80 km on.
enum class NliForm { tanh, gnpy };

/// Noise that an amplifier of gain G and noise figure F adds, at its output, in the bandwidth R:
/// gnpy: h f R F G; textbook: h f R (F G - 1). 0.03 dB apart at 17 dB of gain, 1.1 dB at 1.4 dB.
enum class AmplifierNoise { gnpy, textbook };

struct LineFibre {
    double attenuation_db_per_km;                  // > 0
    double dispersion_ps_per_nm_km;                // at the reference frequency, for all channels; not 0
    double effective_area_um2;                     // at the reference frequency
    double pmd_ps_per_sqrt_km;                     // >= 0
    double nonlinear_index_m2_per_w = 2.6e-20;     // silica; GNPy's default
    double reference_thz = 299'792.458 / 1'550.0;  // 1550 nm
    double group_index = 1.468;                    // GNPy's default
    friend bool operator==(const LineFibre&, const LineFibre&) = default;
};

/// Flat in gain and noise figure. @param gain >= 0 dB @param noise_figure >= 0 dB
struct LineAmplifier {
    Decibel gain, noise_figure;
};

struct LineSpan {
    Decibel connector_in, padding;
    Metres length;
    LineFibre fibre;
    Decibel connector_out;
    std::optional<LineAmplifier> amplifier;
};

/// In the order in which light passes them; at least one span.
struct CoherentLine {
    Decibel mux_loss;
    std::optional<LineAmplifier> booster;
    std::vector<LineSpan> spans;
    Decibel demux_loss;
};

/// Equally spaced channels, counted from 0 at the lowest frequency; rectangular spectra as wide as the symbol rate.
struct ChannelGrid {
    double first_thz;
    double spacing_ghz;  // at least the symbol rate
    int channels;
    double baud_gbd;
    double frequency_hz(int channel) const { return first_thz * 1e12 + channel * spacing_ghz * 1e9; }
    friend bool operator==(const ChannelGrid&, const ChannelGrid&) = default;
};

struct Comb {
    ChannelGrid grid;
    std::vector<PowerDbm> tx_power;  // of each channel, at its transmitter
    Decibel tx_osnr;                 // the transmitters' own, in 12.5 GHz; infinite for none
};

/// How strongly the channels of a grid interfere in each span of a line. It depends on fibre, length and grid alone, so
/// whoever evaluates a line for several powers, losses or gains keeps it. All channels having the same symbol rate, the
/// efficiency between two of them depends on their distance only: a number per distance, not per pair.
class NliEfficiency {
public:
    /// @throws CatalogueError naming the figure that no line or grid can have
    NliEfficiency(const CoherentLine& line, const ChannelGrid& grid, NliForm form = NliForm::tanh);

    /// Interference made in a span, in the symbol-rate bandwidth, referred to the fibre's input.
    /// @param power_w  of each channel at the fibre's input, noise included
    Eigen::ArrayXd noise_w(std::size_t span, const Eigen::ArrayXd& power_w) const;

    /// Was it made for this grid and the fibres of this line?
    bool fits(const CoherentLine& line, const ChannelGrid& grid) const;

private:
    struct Kernel {
        LineFibre fibre;
        Metres length;
        Eigen::ArrayXd by_distance;    // 1/W^2 over gamma^2: weight times psi / baud^2, from -(n - 1) to n - 1 channels
        Eigen::ArrayXd gamma_squared;  // of each channel, 1/(W m)^2
    };
    ChannelGrid grid_;
    std::vector<Kernel> kernels_;  // one per distinct pair of fibre and length
    std::vector<std::size_t> kernel_of_span_;
};

struct LineOptions {
    AmplifierNoise amplifier_noise = AmplifierNoise::gnpy;
    /// By how much the symbols' format lowers the interference. Known here for one span only, and refused for more:
    /// 3.5 dB for 16QAM over 80 km (split-step, see the opening); on spans of other lengths nobody measured it.
    Decibel nli_credit{0.0};
};

/// What a signal-to-noise ratio counts the noise in: a width equal to the symbol rate, or 0.1 nm (12.5 GHz).
enum class NoiseBand { symbol_rate, tenth_nm };

/// What arrives, by channel; powers in the symbol-rate bandwidth.
struct LineOutcome {
    double baud_gbd;
    Decibel tx_osnr;
    Eigen::ArrayXd launch_w;                 // just inside the first fibre, noise included
    std::vector<Eigen::ArrayXd> span_nli_w;  // made by each span, referred to its fibre's input
    Eigen::ArrayXd signal_w, ase_w, nli_w;   // at the receiver
    double dispersion_ps_per_nm, pmd_ps, latency_us;

    /// Signal over amplifier noise, over interference, over both; of the line alone. Infinite where there is none.
    Decibel osnr_ase(int channel, NoiseBand band) const;
    Decibel snr_nli(int channel, NoiseBand band) const;
    Decibel gsnr(int channel, NoiseBand band) const;
    /// One of these with the transmitter's own noise added.
    Decibel with_transmitter(Decibel line, NoiseBand band) const;

    PowerDbm received(int channel) const;  // signal and noise together, as a power meter would read it
};

/// @throws CatalogueError naming the figure that no line can have, or a power at which the model ends
LineOutcome propagate(const CoherentLine& line, const Comb& comb, const NliEfficiency& efficiency,
                      const LineOptions& options = {});

}  // namespace lightloom
