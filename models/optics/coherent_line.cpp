#include "models/optics/coherent_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "models/optics/catalogue.hpp"

namespace lightloom {
namespace {

using Eigen::ArrayXd;
using std::numbers::pi;

constexpr double kLightSpeedMetresPerSecond = 299'792'458.0;
constexpr double kPlanckJouleSeconds = 6.626'070'15e-34;
constexpr double kTenthNmGhz = 12.5;          // 0.1 nm at 1550 nm, as OSNR is quoted by convention
constexpr double kCoreRadiusMetres = 4.2e-6;  // of standard single-mode fibre, as GNPy

template <class... Figures>
[[noreturn]] void refuse(fmt::format_string<const Figures&...> text, const Figures&... figures) {
    throw CatalogueError(fmt::format(text, figures...));
}

bool positive(double figure) { return figure > 0.0 && std::isfinite(figure); }
bool not_negative(double figure) { return figure >= 0.0 && std::isfinite(figure); }

void check(const ChannelGrid& grid) {
    constexpr int kMostChannels = 1000;  // the C and L bands hold 240 at 50 GHz
    if (grid.channels < 1 || grid.channels > kMostChannels)
        refuse("a comb has 1 to {} channels, not {}", kMostChannels, grid.channels);
    constexpr double kLowest_thz = 150.0, kHighest_thz = 250.0;  // 2000 to 1200 nm: no amplifier works beyond
    if (!(grid.first_thz >= kLowest_thz && grid.first_thz <= kHighest_thz))
        refuse("a channel at {} THz; {} to {} THz is possible", grid.first_thz, kLowest_thz, kHighest_thz);
    if (!positive(grid.baud_gbd)) refuse("{} GBd is no symbol rate", grid.baud_gbd);
    if (grid.channels > 1 && !(grid.spacing_ghz >= grid.baud_gbd && std::isfinite(grid.spacing_ghz)))
        refuse("channels {} GHz apart overlap at {} GBd", grid.spacing_ghz, grid.baud_gbd);
}

void check(const LineFibre& fibre) {
    if (!positive(fibre.attenuation_db_per_km)) refuse("no fibre loses {} dB/km", fibre.attenuation_db_per_km);
    if (!positive(std::abs(fibre.dispersion_ps_per_nm_km)))
        refuse("no interference is known for a dispersion of {} ps/(nm km)", fibre.dispersion_ps_per_nm_km);
    if (!positive(fibre.effective_area_um2)) refuse("no fibre has a core of {} um^2", fibre.effective_area_um2);
    if (!not_negative(fibre.pmd_ps_per_sqrt_km)) refuse("{} ps/sqrt(km) is no PMD", fibre.pmd_ps_per_sqrt_km);
    if (!positive(fibre.nonlinear_index_m2_per_w))
        refuse("{} m^2/W is no non-linear index", fibre.nonlinear_index_m2_per_w);
    if (!positive(fibre.reference_thz)) refuse("{} THz is no reference frequency", fibre.reference_thz);
    if (!(fibre.group_index >= 1.0 && std::isfinite(fibre.group_index)))
        refuse("no fibre has a group index of {}", fibre.group_index);
}

void check_loss(Decibel loss) {
    if (!not_negative(loss.value)) refuse("{} dB is no loss", loss.value);
}

void check(const std::optional<LineAmplifier>& amplifier) {
    if (!amplifier) return;
    if (!not_negative(amplifier->gain.value)) refuse("{} dB is no gain of an amplifier", amplifier->gain.value);
    if (!not_negative(amplifier->noise_figure.value))
        refuse("no amplifier has a noise figure of {} dB", amplifier->noise_figure.value);
}

void check_losses_and_gains(const CoherentLine& line) {
    check_loss(line.mux_loss);
    check(line.booster);
    for (const LineSpan& span : line.spans) {
        for (const Decibel loss : {span.connector_in, span.padding, span.connector_out}) check_loss(loss);
        check(span.amplifier);
    }
    check_loss(line.demux_loss);
}

void check(const Comb& comb, const CoherentLine& line, Decibel nli_credit) {
    if (comb.tx_power.size() != static_cast<std::size_t>(comb.grid.channels))
        refuse("{} powers for {} channels", comb.tx_power.size(), comb.grid.channels);
    for (const PowerDbm power : comb.tx_power)
        if (!std::isfinite(power.value)) refuse("{} dBm is no power of a channel", power.value);
    if (std::isnan(comb.tx_osnr.value)) refuse("{} dB is no OSNR", comb.tx_osnr.value);
    if (!not_negative(nli_credit.value)) refuse("{} dB is no credit for a format", nli_credit.value);
    if (nli_credit.value > 0.0 && line.spans.size() > 1)
        refuse("a credit for the format is known for one span, not for {}", line.spans.size());
}

ArrayXd gammas_squared(const LineFibre& fibre, const ChannelGrid& grid) {
    constexpr double kCoreArea = pi * kCoreRadiusMetres * kCoreRadiusMetres;
    ArrayXd squared(grid.channels);
    for (int channel = 0; channel < grid.channels; ++channel) {
        const double frequency_hz = grid.frequency_hz(channel);
        // The mode grows with wavelength: Gaussian approximation, Aeff = core / (ln(f / f_ref) + core / Aeff_ref)
        const double area_m2 = kCoreArea / (std::log(frequency_hz / (fibre.reference_thz * 1e12)) +
                                            kCoreArea / (fibre.effective_area_um2 * 1e-12));
        const double gamma =
            2.0 * pi * fibre.nonlinear_index_m2_per_w * frequency_hz / (kLightSpeedMetresPerSecond * area_m2);
        squared(channel) = gamma * gamma;
    }
    return squared;
}

// weight * psi / baud^2 for two channels `distance` apart; the weights are those of one's own and of another channel.
// Source: P. Poggiolini, "The GN model of non-linear propagation in uncompensated coherent optical systems",
// J. Lightwave Technol. 30 (2012), closed form for rectangular channels, as in GNPy.
ArrayXd interference_by_distance(const LineFibre& fibre, Metres length, const ChannelGrid& grid, NliForm form) {
    const double alpha = fibre.attenuation_db_per_km * std::numbers::ln10 / 10.0 / 1e3;
    const double reference_hz = fibre.reference_thz * 1e12;
    const double dispersion_s_per_m2 = std::abs(fibre.dispersion_ps_per_nm_km) * 1e-6;
    const double beta2 = dispersion_s_per_m2 * kLightSpeedMetresPerSecond / (2.0 * pi * reference_hz * reference_hz);
    const double effective_m = -std::expm1(-alpha * length.value) / alpha;
    const double asymptotic_m = (form == NliForm::tanh ? std::tanh(alpha * length.value / 2.0) : 1.0) / alpha;

    const double baud_hz = grid.baud_gbd * 1e9;
    const double steepness = pi * pi * asymptotic_m * beta2 * baud_hz;
    const double height = effective_m * effective_m / (4.0 * pi * beta2 * asymptotic_m * baud_hz * baud_hz);
    const int n = grid.channels;
    ArrayXd by_distance(2 * n - 1);
    for (int distance = 0; distance < n; ++distance) {
        const double apart_hz = distance * grid.spacing_ghz * 1e9;
        const double psi = height * (std::asinh(steepness * (apart_hz + baud_hz / 2.0)) -
                                     std::asinh(steepness * (apart_hz - baud_hz / 2.0)));
        by_distance(n - 1 + distance) = by_distance(n - 1 - distance) = (distance == 0 ? 16.0 : 32.0) / 27.0 * psi;
    }
    return by_distance;
}

// The light on its way, by channel
struct Light {
    ArrayXd signal_w, ase_w, nli_w;

    ArrayXd total_w() const { return signal_w + ase_w + nli_w; }
    template <class Factor>
    void scale(const Factor& factor) {
        signal_w *= factor;
        ase_w *= factor;
        nli_w *= factor;
    }
    void lose(Decibel loss) { scale(1.0 / loss.linear()); }
    void amplify(const std::optional<LineAmplifier>& amplifier, const ArrayXd& photon_w, AmplifierNoise form) {
        if (!amplifier) return;
        const double gain = amplifier->gain.linear(), factor = amplifier->noise_figure.linear();
        ase_w += photon_w * (form == AmplifierNoise::textbook ? factor - 1.0 / gain : factor);
        scale(gain);
    }
    // Interference takes its power from the channel, so that the total stays.
    void interfere(const ArrayXd& noise_w) {
        const ArrayXd share = noise_w / total_w();
        if (!(share < 1.0).all())
            refuse("{:.1f} dBm in a channel is more than the model of interference bears",
                   10.0 * std::log10(total_w().maxCoeff() * 1e3));
        scale((1.0 - share).eval());
        nli_w += noise_w;
    }
};

Decibel ratio(double signal, double noise, double baud_gbd, NoiseBand band) {
    const double width = band == NoiseBand::tenth_nm ? baud_gbd / kTenthNmGhz : 1.0;
    return {10.0 * std::log10(signal / noise * width)};
}

}  // namespace

NliEfficiency::NliEfficiency(const CoherentLine& line, const ChannelGrid& grid, NliForm form) : grid_(grid) {
    check(grid);
    if (line.spans.empty()) refuse("a line has at least one span");
    for (const LineSpan& span : line.spans) {
        check(span.fibre);
        if (!positive(span.length.value)) refuse("a span of {} m is none", span.length.value);
        const auto known = std::find_if(kernels_.begin(), kernels_.end(), [&](const Kernel& kernel) {
            return kernel.fibre == span.fibre && kernel.length == span.length;
        });
        kernel_of_span_.push_back(static_cast<std::size_t>(known - kernels_.begin()));
        if (known == kernels_.end())
            kernels_.push_back({span.fibre, span.length, interference_by_distance(span.fibre, span.length, grid, form),
                                gammas_squared(span.fibre, grid)});
    }
}

ArrayXd NliEfficiency::noise_w(std::size_t span, const ArrayXd& power_w) const {
    assert(power_w.size() == grid_.channels);
    const Kernel& kernel = kernels_[kernel_of_span_.at(span)];
    const Eigen::Index n = grid_.channels;
    // A column at a time: the sum's order, hence its last bit, is then the same on every processor.
    ArrayXd sum = ArrayXd::Zero(n);
    for (Eigen::Index from = 0; from < n; ++from)
        sum += power_w(from) * power_w(from) * kernel.by_distance.segment(n - 1 - from, n);
    return kernel.gamma_squared * power_w * sum;
}

bool NliEfficiency::fits(const CoherentLine& line, const ChannelGrid& grid) const {
    const auto same = [&](const LineSpan& span, std::size_t kernel) {
        return span.fibre == kernels_[kernel].fibre && span.length == kernels_[kernel].length;
    };
    return grid == grid_ &&
           std::equal(line.spans.begin(), line.spans.end(), kernel_of_span_.begin(), kernel_of_span_.end(), same);
}

LineOutcome propagate(const CoherentLine& line, const Comb& comb, const NliEfficiency& efficiency,
                      const LineOptions& options) {
    assert(efficiency.fits(line, comb.grid));
    check_losses_and_gains(line);
    check(comb, line, options.nli_credit);

    const int n = comb.grid.channels;
    Light light{ArrayXd(n), ArrayXd::Zero(n), ArrayXd::Zero(n)};
    ArrayXd photon_w(n);  // h f R: the noise of one photon per symbol, in both polarisations together
    for (int channel = 0; channel < n; ++channel) {
        light.signal_w(channel) = comb.tx_power[static_cast<std::size_t>(channel)].milliwatts().value * 1e-3;
        photon_w(channel) = kPlanckJouleSeconds * comb.grid.frequency_hz(channel) * comb.grid.baud_gbd * 1e9;
    }

    LineOutcome outcome{};
    outcome.baud_gbd = comb.grid.baud_gbd;
    outcome.tx_osnr = comb.tx_osnr;
    double pmd_squared = 0.0;
    light.lose(line.mux_loss);
    light.amplify(line.booster, photon_w, options.amplifier_noise);
    for (std::size_t n_span = 0; n_span < line.spans.size(); ++n_span) {
        const LineSpan& span = line.spans[n_span];
        const double length_km = span.length.value / 1e3;
        light.lose(span.connector_in + span.padding);
        const ArrayXd launch_w = light.total_w();
        if (n_span == 0) outcome.launch_w = launch_w;
        outcome.span_nli_w.push_back(efficiency.noise_w(n_span, launch_w) / options.nli_credit.linear());
        light.interfere(outcome.span_nli_w.back());
        light.lose(Decibel{span.fibre.attenuation_db_per_km * length_km} + span.connector_out);
        light.amplify(span.amplifier, photon_w, options.amplifier_noise);

        outcome.dispersion_ps_per_nm += span.fibre.dispersion_ps_per_nm_km * length_km;
        pmd_squared += span.fibre.pmd_ps_per_sqrt_km * span.fibre.pmd_ps_per_sqrt_km * length_km;
        outcome.latency_us += span.length.value * span.fibre.group_index / kLightSpeedMetresPerSecond * 1e6;
    }
    light.lose(line.demux_loss);
    outcome.pmd_ps = std::sqrt(pmd_squared);
    outcome.signal_w = std::move(light.signal_w);
    outcome.ase_w = std::move(light.ase_w);
    outcome.nli_w = std::move(light.nli_w);
    return outcome;
}

Decibel LineOutcome::osnr_ase(int channel, NoiseBand band) const {
    return ratio(signal_w(channel), ase_w(channel), baud_gbd, band);
}

Decibel LineOutcome::snr_nli(int channel, NoiseBand band) const {
    return ratio(signal_w(channel), nli_w(channel), baud_gbd, band);
}

Decibel LineOutcome::gsnr(int channel, NoiseBand band) const {
    return ratio(signal_w(channel), ase_w(channel) + nli_w(channel), baud_gbd, band);
}

Decibel LineOutcome::with_transmitter(Decibel line, NoiseBand band) const {
    const double transmitter = tx_osnr.linear() * (band == NoiseBand::tenth_nm ? 1.0 : kTenthNmGhz / baud_gbd);
    return {-10.0 * std::log10(1.0 / line.linear() + 1.0 / transmitter)};
}

PowerDbm LineOutcome::received(int channel) const {
    return PowerDbm::from({(signal_w(channel) + ase_w(channel) + nli_w(channel)) * 1e3});
}

}  // namespace lightloom
