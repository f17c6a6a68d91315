// Catalogue: the optical parts that a scenario may name, as rows of data. The tables are models/optics/catalogue/*.csv,
// each figure with its source and how far to trust it, and are built into the binary: a new module is a new row.
// Not here: what a chain of parts comes to (link_budget.hpp).
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity.hpp"
#include "models/optics/fec.hpp"

namespace lightloom {

/// A part that is not in the catalogue, cannot be used as asked, or is written wrongly in a table.
struct CatalogueError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What carries the signal; a module takes only cable of its own medium.
enum class Medium { single_mode, copper };

/// The optical levels of one lane, worst case over life and temperature. Powers are outer modulation amplitudes.
struct OpticalLevels {
    PowerDbm tx_oma_min;
    PowerDbm tx_oma_minus_tdecq_min;
    Decibel tdecq_max;  // transmitter and dispersion eye closure: holds its noise, jitter and dispersion to the reach
    PowerDbm rx_sensitivity_min;
    PowerDbm rx_sensitivity_at_zero_secq;
    PowerDbm rx_stressed_sensitivity;
    Decibel channel_loss_max;

    /// The weakest transmitter that is allowed, when its eye closure is the worst allowed.
    PowerDbm tx_oma() const;
    /// The power that the worst receiver allowed needs to reach the module's `specified_ber` behind that eye closure.
    PowerDbm rx_sensitivity() const;
};

struct ModuleRow {
    std::string id, name;
    Medium medium;
    std::string captive_cable;  // cable that is part of the assembly; empty where the module takes a separate one
    BitRate rate;
    int lanes;                 // per direction
    int fibres_per_direction;  // fewer than lanes where wavelengths share a fibre
    std::string fec;
    double specified_ber;  // before correction: with `levels`, at the receiver's sensitivity; without, end to end
    Metres reach;
    std::optional<OpticalLevels> levels;  // none: specified end to end only
    double latency_ns;                    // of one module, one way
    Watt power_max;                       // of one module
    std::string confidence, source, note;
};

struct FibreRow {
    std::string id, name;
    Medium medium;
    std::optional<double> attenuation_db_per_km;  // the most allowed; none: not modelled
    double group_index;
    std::string confidence, source, note;
};

/// Loss of one mated pair on one fibre: lognormal, cut off at `loss_max`.
struct ConnectorRow {
    std::string id, name;
    Decibel loss_median;
    double loss_sigma_ln;  // standard deviation of ln(loss / dB)
    Decibel loss_max;
    std::string confidence, source, note;
};

/// A code as a rate uses it. Its codewords' symbols are dealt to all lanes of one module alike.
struct FecRow {
    std::string id, name;
    ReedSolomon code;
    int interleave;         // codewords sent symbol by symbol in turn
    double line_rate_gbps;  // of all lanes together
    double processing_ns;   // encoding and correction, beside waiting for the codewords to be complete
    std::string confidence, source, note;

    double latency_ns() const { return accumulation_ns(code, interleave, line_rate_gbps) + processing_ns; }
};

/// The four tables as text: a line of column names, then a line per row; cells hold neither commas nor quotes.
struct CatalogueText {
    std::string_view modules, fibres, connectors, fec;
};
extern const CatalogueText kBuiltInCatalogueText;

class Catalogue {
public:
    /// The catalogue that ships, read once. A mistake in it aborts the program: nothing could be trusted after that.
    static const Catalogue& built_in();

    /// @throws CatalogueError naming table, line and column
    explicit Catalogue(const CatalogueText& text);

    // By id; nullptr where there is none.
    const ModuleRow* module(std::string_view id) const;
    const FibreRow* fibre(std::string_view id) const;
    const ConnectorRow* connector(std::string_view id) const;
    const FecRow* fec(std::string_view id) const;

    // In the order of the tables, for suggestions and lists.
    std::vector<std::string> module_ids() const;
    std::vector<std::string> fibre_ids() const;
    std::vector<std::string> connector_ids() const;

private:
    std::vector<ModuleRow> modules_;
    std::vector<FibreRow> fibres_;
    std::vector<ConnectorRow> connectors_;
    std::vector<FecRow> fec_;
};

}  // namespace lightloom
