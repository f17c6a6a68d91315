// The rows of the catalogue as types: what a scenario may name, and every figure that is known of it. The tables are
// models/optics/catalogue/*.csv, one per type. Columns are named as the fields, with their unit last.
// Not here: reading them, and figures that are only assumed (catalogue.hpp); what they come to (link_model.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/quantity.hpp"
#include "models/optics/fec.hpp"
#include "models/optics/laser.hpp"
#include "models/optics/modulation.hpp"

namespace lightloom {

/// What carries the signal; a module takes only cable of its own medium.
enum class Medium { single_mode, multimode, copper };

/// Where the electrical signal is sliced and timed anew. `half_retimed` (LRO) does so on the way out only; `linear`
/// (LPO) and `co_packaged` nowhere: host and optics share one slicer. `passive`: no electronics in the cable.
enum class HostInterface { passive, retimed, half_retimed, linear, co_packaged };
constexpr std::string_view name_of(HostInterface interface) {
    switch (interface) {
        case HostInterface::passive: return "passive";
        case HostInterface::retimed: return "retimed";
        case HostInterface::half_retimed: return "half-retimed";
        case HostInterface::linear: return "linear";
        case HostInterface::co_packaged: return "co-packaged";
    }
    return "";
}

/// A figure that depends on something named: "om3:70;om4:100" by fibre, "1310:0.40;1550:0.30" by wavelength in nm.
struct NamedFigures {
    std::vector<std::pair<std::string, double>> by_name;  // the name is empty where one figure serves all
    /// The figure for `name`; else the one that serves all; else none.
    std::optional<double> at(const std::string& name) const;
};

/// Figures over wavelength: straight lines between those given, constant outside.
struct SpectralFigures {
    std::vector<std::pair<double, double>> by_nm;  // ascending wavelength
    double at(double wavelength_nm) const;         // @pre not empty
};

/// Where a row comes from.
struct Provenance {
    std::string confidence, source, note;
};

/// The optical levels of one lane of a direct-detect module: limits of its standard, which hold over life and
/// temperature. Powers named `oma` are outer modulation amplitudes, `average` mean powers.
struct OpticalLevels {
    PowerDbm tx_oma_min, tx_oma_max;
    PowerDbm tx_oma_minus_tdecq_min;
    PowerDbm tx_average_min, tx_average_max;
    Decibel extinction_ratio_min;
    Decibel tdecq_max;  // transmitter and dispersion eye closure: holds its noise, jitter and dispersion to the reach
    PowerDbm rx_sensitivity_min;           // of OMA, at the closure where the limit stops improving
    PowerDbm rx_sensitivity_at_zero_secq;  // the limit is the larger of the former and this + SECQ
    PowerDbm rx_stressed_sensitivity;
    PowerDbm rx_average_min, rx_overload_average;

    /// The weakest transmitter that is allowed, when its eye closure is `tdecq`.
    PowerDbm tx_oma(Decibel tdecq) const;
    /// The power that the worst receiver allowed needs to reach the module's `specified_ber` behind that eye closure.
    PowerDbm rx_sensitivity(Decibel tdecq) const;
};

/// Levels of a coherent module, per channel.
struct CoherentLevels {
    PowerDbm tx_power_min, tx_power_max;
    PowerDbm rx_power_min_amplified;  // with the required OSNR
    double required_osnr_db = 0;      // in 12.5 GHz, at rx_power_min_amplified
    std::optional<PowerDbm> rx_power_min_unamplified;
    std::optional<double> unamplified_osnr_db;  // the transmitter's own, with which the former holds
    double tx_osnr_db = 0;
    double cd_tolerance_ps_nm = 0, pmd_tolerance_ps = 0;
    PowerDbm rx_overload;
};

/// What a module costs; a range, of the year that the source says.
struct Price {
    double low_usd = 0, high_usd = 0;
    std::string year;
    double middle_usd() const { return 0.5 * (low_usd + high_usd); }
};

struct ModuleRow {
    std::string id, name, form_factors;
    Medium medium;
    std::string captive_cable;  // fibre id of a cable that is part of the assembly; empty: takes a separate one
    BitRate rate;               // of the module, all ports
    int ports;                  // independent links: 2 for a twin 2xDR4
    int lanes;                  // per direction, all ports
    int fibres_per_direction;   // all ports; fewer than lanes where wavelengths share a fibre
    double baud_gbd;            // of a lane
    Modulation modulation;
    std::string grid;          // wavelength plan; empty for copper
    std::string fec;           // of one port
    std::string breakout_fec;  // of one lane that is a link of its own; empty: no breakout
    double specified_ber;      // before correction: with `levels`, at the receiver's sensitivity; without, end to end
    NamedFigures reach_m;      // by fibre
    NamedFigures channel_loss_max_db;         // by fibre
    std::string transmitter, receiver, host;  // ids; empty where there is none (passive copper)
    HostInterface host_interface;
    std::string connector;                   // the mating face: "mpo-apc", "mpo-pc", "lc", "none"
    std::string reflectance_class;           // ids in reflectances.csv; empty: none stated
    std::optional<OpticalLevels> levels;     // direct-detect modules whose levels are known
    std::optional<CoherentLevels> coherent;  // coherent ones
    std::vector<std::string> missing;        // columns that a budget needs and this row does not give
    double latency_ns;                       // of one module, one way
    Watt power_typical, power_max;
    std::optional<Price> price;
    std::optional<double> mtbf_hours;
    Provenance from;

    /// The first form factor names the cage.
    std::string cage() const { return form_factors.substr(0, form_factors.find(';')); }
    int lanes_per_port() const { return lanes / ports; }
    BitRate port_rate() const { return {rate.bits_per_second / ports}; }
    bool is_optical() const { return medium != Medium::copper && captive_cable.empty(); }
};

struct FibreRow {
    std::string id, name;
    Medium medium;
    SpectralFigures attenuation_max_db_per_km, attenuation_typical_db_per_km;  // empty for copper
    SpectralFigures group_index;
    double zero_dispersion_min_nm = 0, zero_dispersion_max_nm = 0;  // 0: not stated
    double dispersion_slope_max = 0;                                // S0, ps/(nm^2 km)
    double pmd_ps_per_sqrt_km = 0;
    SpectralFigures modal_bandwidth_mhz_km;  // multimode: effective modal bandwidth
    // Long haul, at 1550 nm; 0 where the fibre is not used so
    double dispersion_1550_ps_nm_km = 0, effective_area_um2 = 0, nonlinear_index_m2_per_w = 0;
    std::optional<double> price_usd_per_m;  // of one fibre
    Provenance from;
};

/// Loss of one mated pair on one fibre: lognormal, cut off at `loss_max`.
struct ConnectorRow {
    std::string id, name;
    Medium medium;
    std::string face;  // "mpo-apc", "mpo-pc", "lc": what a module's `connector` says
    bool angled;       // an angled face does not send light back, whatever lies on it
    Decibel loss_median;
    double loss_sigma_ln;  // standard deviation of ln(loss / dB)
    Decibel loss_max;
    Decibel reflectance;  // of a clean pair, negative
    Provenance from;
};

/// A part in the path that is no connector: its kind decides where it may stand.
struct PassiveRow {
    enum class Kind { splice, panel, mux, ocs, circulator, wss };
    std::string id, name;
    Kind kind;
    Decibel loss_typical, loss_max;
    Decibel reflectance;         // negative
    Decibel adjacent_isolation;  // mux; 0: not stated
    double power_watt = 0;
    double switching_ms = 0;  // of a circuit switch; 0 otherwise
    int ports = 0;            // of a circuit switch
    Provenance from;
};

/// A code as a rate uses it.
struct FecRow {
    /// none; Reed-Solomon; a soft inner Hamming code under Reed-Solomon (802.3dj); or known by its threshold only.
    enum class Kind { none, reed_solomon, hamming_reed_solomon, threshold };
    std::string id, name;
    Kind kind;
    ReedSolomon code;       // of the outer code; for the others a codeword's bits as length x 1 symbol
    int interleave;         // codewords sent symbol by symbol in turn
    bool striped;           // a codeword's symbols are dealt to all lanes; else each lane has codewords of its own
    double threshold_ber;   // before correction, what the code is specified for
    double target_ber = 0;  // after it, for a threshold code
    double waterfall_decades_per_db = 0;  // of a threshold code: how steep, in decades of errors per dB of Q^2
    double line_rate_gbps;                // of all lanes of a port together
    double processing_ns;                 // encoding and correction, beside waiting for the codewords to be complete
    Provenance from;

    double codeword_ns() const { return accumulation_ns(code, interleave, line_rate_gbps); }
    double latency_ns() const { return codeword_ns() + processing_ns; }
};

/// A wavelength plan: the window of each channel.
struct GridRow {
    struct Channel {
        double wavelength_nm, least_nm, most_nm;
    };
    std::string id, name;
    std::vector<Channel> channels;
    double spacing_ghz = 0;  // 0: given by wavelength
    Provenance from;
};

/// The electrical way between ASIC and module, per lane rate.
struct HostChannelRow {
    std::string id, name;
    double nyquist_ghz;
    Decibel loss_budget;       // at Nyquist, what the interface is specified for
    double ber_at_budget;      // a retimed segment's error ratio there
    double snr_per_loss;       // dB of SNR that a dB of loss below or above the budget is worth
    Decibel linear_snr;        // 20 log10 of x that a linear path leaves at its loss budget, one end; 0: not linear
    double burst_probability;  // that an error follows an error (decision feedback)
    Provenance from;
};

/// Discrete reflectances that a standard allows, by how many there are.
struct ReflectanceRow {
    std::string id;                               // of the class
    std::vector<std::pair<int, double>> most_db;  // count -> dB each, ascending
    Provenance from;
};

/// A transmitter technology: how heat and age act on it, and how its start of life lies against the limits.
struct TransmitterRow {
    std::string id, name;
    BiasControl bias_control;
    double threshold_ma, bias_ma;                         // at 25 C case, start of life
    double threshold_t0_k, slope_t1_k;                    // exponential laws; T0 is 0 where the threshold is parabolic
    double parabola_minimum_c = 0, parabola_width_k = 0;  // VCSEL threshold; width 0: exponential
    double spectral_width_nm;                             // root mean square
    double wavelength_drift_nm_per_c;
    double junction_rise_c;
    double tdecq_per_c_db;  // rise of TDECQ per degree above 25 C
    // Wear at 55 C junction: the bias that constant power takes grows by A (t / 1000 h)^m; under constant bias the same
    // wear is missing power
    double wear_growth, wear_exponent, wear_sigma_ln;
    double activation_energy_ev;
    double random_fit;  // of laser and driver
    // Typical basis: start of life against the module's limits, and spread
    double oma_above_min_db, oma_sigma_lot_db, oma_sigma_module_db, oma_sigma_lane_db;
    double tdecq_below_max_db, tdecq_sigma_db;
    double rin_db_per_hz;  // typical, for first-principles receivers
    Provenance from;
};

struct ReceiverRow {
    std::string id, name;
    double responsivity_a_per_w, thermal_pa_per_sqrt_hz, bandwidth_over_baud, dark_current_na;
    double apd_gain, apd_k;                              // gain 1: a PIN
    double sensitivity_better_db, sensitivity_sigma_db;  // typical basis: below the limit, and spread per lane
    Provenance from;
};

/// Thermal environment of a form factor.
struct CageRow {
    std::string id;          // a form factor
    double kelvin_per_watt;  // case over inlet air
    double case_max_c;
    Provenance from;
};

}  // namespace lightloom
