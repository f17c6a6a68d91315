// Reads the reference tables in tests/data: comma-separated, cells by the name of their column, quotes round cells that
// hold commas. A test that asks for a missing table, column or number fails there and then.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lightloom {

class ReferenceTable {
public:
    using Row = std::map<std::string, std::string>;

    /// @param file  under tests/data/optics
    explicit ReferenceTable(const std::string& file) {
        std::ifstream in(std::string(LIGHTLOOM_TEST_DATA) + "/optics/" + file);
        if (!in) throw std::runtime_error("no reference table " + file);
        std::string line;
        std::getline(in, line);
        const std::vector<std::string> columns = cells_of(line);
        while (std::getline(in, line)) {
            const std::vector<std::string> cells = cells_of(line);
            if (cells.size() != columns.size()) throw std::runtime_error(file + ": " + line);
            Row row;
            for (std::size_t n = 0; n < cells.size(); ++n) row[columns[n]] = cells[n];
            rows_.push_back(std::move(row));
        }
    }

    /// The rows in which `column` holds `value`; a test without rows would assert nothing.
    std::vector<Row> where(const std::string& column, const std::string& value) const {
        std::vector<Row> chosen;
        for (const Row& row : rows_)
            if (row.at(column) == value) chosen.push_back(row);
        if (chosen.empty()) throw std::runtime_error("no row with " + column + " = " + value);
        return chosen;
    }
    /// A copy: loops run over the rows of a table that lives for that loop only.
    std::vector<Row> rows() const { return rows_; }

private:
    static std::vector<std::string> cells_of(const std::string& line) {
        std::vector<std::string> cells(1);
        bool quoted = false;
        for (const char c : line) {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                cells.emplace_back();
            else if (c != '\r')
                cells.back() += c;
        }
        return cells;
    }

    std::vector<Row> rows_;
};

/// The entries of a cell that holds a list, separated by ';'.
inline std::vector<std::string> list_of(const std::string& cell) {
    std::vector<std::string> entries(1);
    for (const char c : cell)
        if (c == ';')
            entries.emplace_back();
        else
            entries.back() += c;
    return entries;
}

/// `got` within `relative` of `expected`; exactly equal where that is 0.
inline ::testing::AssertionResult near_relative(double got, double expected, double relative) {
    if (std::abs(got - expected) <= relative * std::abs(expected)) return ::testing::AssertionSuccess();
    std::ostringstream text;
    text.precision(12);
    text << got << " is not within " << relative << " of " << expected << ", it is off by " << got / expected - 1.0;
    return ::testing::AssertionFailure() << text.str();
}

}  // namespace lightloom
