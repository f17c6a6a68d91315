// Plant: what the cables of a fabric are made of, where they hang, and how old, warm and dirty they are. Input of
// models/optics/link_model.hpp; filled in by scenarios/. Not here: the parts' own figures (catalogue_rows.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/optics/contamination.hpp"

namespace lightloom {

/// Which figures a budget adds up; they are never mixed.
///   limit     the limits of the standards, which hold over life and temperature: nothing is added to them. They are
///             limits of modules, fibre and parts; connectors and splices are drawn as their families are made
///   typical   start of life by mean and spread; heat, age and dirt are added
///   measured  limits for the modules, and readings of the user's own plant for what lies between them
enum class Basis { limit, typical, measured };

constexpr std::string_view name_of(Basis basis) {
    switch (basis) {
        case Basis::limit: return "limit";
        case Basis::typical: return "typical";
        case Basis::measured: return "measured";
    }
    return "";
}

/// Loss of the electrical way between ASIC and module at Nyquist, dB: a draw for each port, or what stands for it in a
/// list that repeats over the ports of a node. Neither: limits take the interface's budget, the typical basis a share.
struct HostLoss {
    std::optional<Distribution> drawn_db = {};
    std::vector<double> by_port_db = {};
    friend bool operator==(const HostLoss&, const HostLoss&) = default;
};

/// What the cables of one kind are made of. Names are catalogue ids.
struct CableClass {
    std::string name;                        // of the tier
    std::string lower_module, upper_module;  // at its two ends
    std::string fibre;                       // not read if the modules have a captive cable; nor is what follows
    Distribution length_m;                   // one draw per cable, for both directions
    int connectors = 0;                      // mated pairs in a row
    std::string connector_family = {};       // not read if there are none
    std::optional<Distribution> connector_loss_db = {};  // of one pair; replaces what the family says
    int splices = 0;
    std::string splice = "fusion-splice";
    std::vector<std::string> parts = {};  // circuit switches, panels, multiplexers in the way
    double bend_turns = 0.0;              // of 360 degrees, of each fibre
    Metres bend_radius{0.03};
    HostLoss lower_host_loss = {}, upper_host_loss = {};
    BitRate rate = {};  // of the link, each way
};

/// Heat and age. Read on the typical basis only.
struct Life {
    double age_years = 0.0;
    Celsius inlet{25.0};
    double gradient_k = 0.0;     // from the coolest place to the warmest; each cable end has its own place
    double daily_swing_k = 0.0;  // the warmest hour lies half of this above the mean
    Dirt dirt = {};
    friend bool operator==(const Life&, const Life&) = default;
};

/// One reading of the user's plant. What is not given was not measured.
struct Reading {
    std::uint32_t cable = 0;
    int direction = -1;                  // 0 up, 1 down, -1 both
    int fibre = -1;                      // of the direction, counted from 0; -1: every one
    std::optional<double> loss_db = {};  // of the whole channel, in place of fibre, connectors, splices and parts
    std::optional<double> length_m = {};
    std::optional<double> reflectance_db = {};  // of the worst pair, in place of the connectors'
    std::optional<double> received_dbm = {};    // average power per lane at the receiver, in place of all before it
};

/// Loss that something wrong adds to a cable, in both directions.
struct ExtraLoss {
    std::uint32_t cable;
    int lane;  // counted from 0; -1: every lane
    Decibel loss;
    int direction = -1;  // 0: from the cable's lower to its upper end, 1: back; -1: both
};

/// What follows when three codewords in a row cannot be corrected.
struct LockSettings {
    bool on = true;
    Distribution relock_ps{Distribution::Kind::lognormal, 1e9, 1.0};  // until the receiver has found its place again
    Duration debounce = milliseconds(10);   // how long the host waits before it takes the port down: a flap
    Duration link_up = milliseconds(2000);  // until a port that went down is up again
    friend bool operator==(const LockSettings&, const LockSettings&) = default;
};

/// Errors that follow errors, in the decision feedback of a receiver.
struct BurstSettings {
    double error_propagation = 0.0;  // probability that a symbol after a wrong one is wrong too
    bool precoding = false;          // 1/(1+D): a burst becomes two errors
    friend bool operator==(const BurstSettings&, const BurstSettings&) = default;
};

/// An amplified line for coherent modules. Not amplified: the fibre alone.
struct LineSettings {
    enum class Nli { tanh, gnpy };  // tanh is right on short spans too
    std::int64_t spans = 1;
    bool amplified = false;
    Decibel noise_figure{5.5};
    PowerDbm launch{-1.0};  // per channel into each span
    std::int64_t channels = 1;
    Nli nli = Nli::tanh;
    friend bool operator==(const LineSettings&, const LineSettings&) = default;
};

/// All cables of a fabric. The draws of a cable depend on `seed` and its number only: neither another cable nor one
/// connector more in its own chain changes them, so that one plant can serve two designs.
struct Plant {
    std::vector<CableClass> classes = {};
    std::vector<std::uint32_t> class_of_cable = {};
    std::vector<std::uint32_t> port_of_end = {};  // 2 x cable + end: the port's number in its node; empty: all 0
    std::vector<ExtraLoss> extra_losses = {};
    Basis basis = Basis::limit;
    Life life = {};
    std::vector<Reading> readings = {};  // measured basis only
    Decibel noise_floor{17.0};  // 20 log10 of the signal to noise that no optical power improves; infinite for none
    LockSettings lock = {};
    BurstSettings burst = {};
    LineSettings line = {};
    bool allow_out_of_spec = false;
    std::uint64_t seed = 1;
};

}  // namespace lightloom
