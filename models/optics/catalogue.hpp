// Catalogue: the optical parts that a scenario may name, as rows of data. The tables are models/optics/catalogue/*.csv,
// each figure with its source and how far to trust it, and are built into the binary: a new module is a new row. A
// user's own file can add rows and change figures (scenarios/catalogue_file.hpp reads it).
//
// A figure that nobody has published may stand as "low~mid~high": it is assumed. A catalogue is read with one choice
// for all of them, so that whoever computes with it sees plain numbers; that they were assumed is kept beside.
// Not here: the rows as types (catalogue_rows.hpp), what a chain of parts comes to (link_model.hpp).
#pragma once

#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/optics/catalogue_rows.hpp"

namespace lightloom {

/// A part that is not in the catalogue, cannot be used as asked, or is written wrongly in a table.
struct CatalogueError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The tables as text by name ("modules", "fibres", ...): a line of column names, then a line per row; cells hold
/// neither commas nor quotes.
using CatalogueText = std::map<std::string, std::string, std::less<>>;
const CatalogueText& built_in_catalogue_text();

/// One figure of a user's file: it replaces a cell, or is part of a row that is new.
struct CatalogueChange {
    std::string table, id, column, cell;
    std::string place;  // "my-parts.toml:12:5", for errors
};

/// A figure that stands as low~mid~high.
struct AssumedFigure {
    std::string table, id, column;
    double low, mid, high;
    friend bool operator==(const AssumedFigure&, const AssumedFigure&) = default;
};

/// Which value assumed figures take: all the same, but for those that are named.
struct Assumption {
    enum class Level { low, mid, high };
    Level level = Level::mid;
    std::vector<std::pair<AssumedFigure, Level>> except = {};  // these take another
};

class Catalogue {
public:
    /// The catalogue that ships, read once. A mistake in it aborts the program: nothing could be trusted after that.
    static const Catalogue& built_in();

    /// @throws CatalogueError naming table, line and column, or a change's place
    explicit Catalogue(const CatalogueText& text, std::span<const CatalogueChange> changes = {},
                       const Assumption& assumption = {});

    // By id; nullptr where there is none.
    const ModuleRow* module(std::string_view id) const;
    const FibreRow* fibre(std::string_view id) const;
    const ConnectorRow* connector(std::string_view id) const;
    const PassiveRow* passive(std::string_view id) const;
    const FecRow* fec(std::string_view id) const;
    const GridRow* grid(std::string_view id) const;
    const HostChannelRow* host(std::string_view id) const;
    const ReflectanceRow* reflectance(std::string_view id) const;
    const TransmitterRow* transmitter(std::string_view id) const;
    const ReceiverRow* receiver(std::string_view id) const;
    const CageRow* cage(std::string_view id) const;

    // In the order of the tables.
    const std::vector<ModuleRow>& modules() const { return modules_; }
    /// Ids of a table, for suggestions and lists.
    std::vector<std::string> ids(std::string_view table) const;
    /// The names of the tables, for the same.
    static std::vector<std::string> tables();

    /// All figures that are assumed, in the order of the tables.
    const std::vector<AssumedFigure>& assumed() const { return assumed_; }
    /// A row's cells as they stand in the table, column by column, to show. Empty if there is no such row.
    std::vector<std::pair<std::string, std::string>> cells(std::string_view table, std::string_view id) const;

private:
    std::vector<ModuleRow> modules_;
    std::vector<FibreRow> fibres_;
    std::vector<ConnectorRow> connectors_;
    std::vector<PassiveRow> passives_;
    std::vector<FecRow> fec_;
    std::vector<GridRow> grids_;
    std::vector<HostChannelRow> hosts_;
    std::vector<ReflectanceRow> reflectances_;
    std::vector<TransmitterRow> transmitters_;
    std::vector<ReceiverRow> receivers_;
    std::vector<CageRow> cages_;
    std::vector<AssumedFigure> assumed_;
    CatalogueText text_;  // with the changes applied
};

}  // namespace lightloom
