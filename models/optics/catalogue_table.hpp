// One table of the catalogue as cells that know where they stand, and a row of it as figures: a number, a list, a word,
// or low~mid~high for what is only assumed. Every mistake names its place. Used by the catalogue's own files.
// Not here: which columns a table has (catalogue_reading.hpp).
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/optics/catalogue.hpp"

namespace lightloom {

class CatalogueTable {
public:
    struct Cell {
        std::string text, place;  // place: empty where it stands in the table itself
    };
    struct Line {
        std::string place;  // "catalogue/modules.csv:7", or where a row of a user's file begins
        std::vector<Cell> cells;
    };

    /// @throws CatalogueError: lines of unequal length, quotes, no or unequal ids
    CatalogueTable(std::string name, std::string_view text);

    /// Replaces a cell; an id that there was not makes a row. @throws CatalogueError: no such column, a cell that
    /// cannot stand in a table
    void change(const CatalogueChange& change);

    const std::string& name() const { return name_; }
    const std::vector<std::string>& columns() const { return columns_; }
    const std::vector<Line>& lines() const { return lines_; }
    std::optional<std::size_t> column(std::string_view name) const;
    const Line* line(std::string_view id) const;
    std::string text() const;

private:
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<Line> lines_;
};

/// Figures of one row, by column. What is wrong with one is a CatalogueError that names row and column.
class CatalogueRow {
public:
    /// What reading a table leaves behind: the figures that are assumed, and the columns that were asked for.
    struct Trace {
        std::vector<AssumedFigure> assumed;
        std::set<std::string, std::less<>> asked;
    };

    CatalogueRow(const CatalogueTable& table, const CatalogueTable::Line& line, const Assumption& assumption,
                 Trace& trace)
        : table_(table), line_(line), assumption_(assumption), trace_(trace) {}

    CatalogueError error(std::string_view column, const std::string& what) const;

    bool empty(std::string_view column) const { return cell(column).text.empty(); }
    std::string text(std::string_view column) const { return cell(column).text; }
    std::string some_text(std::string_view column) const;

    struct Range {
        double least, most;
    };
    /// A finite number within `range`, ends included.
    double number(std::string_view column, Range range) const;
    double number_or(std::string_view column, Range range, double otherwise) const;
    std::optional<double> optional_number(std::string_view column, Range range) const;
    int count(std::string_view column, int least, int most) const;
    bool flag(std::string_view column) const;  // 0 or 1
    /// "100", or "om3:70;om4:100"; empty: none.
    NamedFigures named_figures(std::string_view column, Range range) const;
    /// "1.467", or "1310:0.40;1550:0.30" with ascending wavelengths; empty: none.
    SpectralFigures spectral_figures(std::string_view column, Range range) const;

    template <class Value>
    Value choice(std::string_view column, std::initializer_list<std::pair<std::string_view, Value>> choices) const {
        std::string known;
        for (const auto& [name, value] : choices) {
            if (name == cell(column).text) return value;
            known += (known.empty() ? "" : ", ") + std::string(name);
        }
        throw error(column, fmt::format("must be one of {}, not \"{}\"", known, cell(column).text));
    }

    /// A number that stands in a part of a cell. @param part  names it among the assumed figures; may be empty
    double number_in(std::string_view column, std::string_view part, std::string_view text, Range range) const;

    static std::vector<std::string_view> split(std::string_view text, char separator);

private:
    const CatalogueTable::Cell& cell(std::string_view column) const;
    double plain_number(std::string_view column, std::string_view text, Range range) const;

    const CatalogueTable& table_;
    const CatalogueTable::Line& line_;
    const Assumption& assumption_;
    Trace& trace_;
};

}  // namespace lightloom
