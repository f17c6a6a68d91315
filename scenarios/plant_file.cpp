#include "scenarios/plant_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/quantity_text.hpp"
#include "scenarios/schema_types.hpp"
#include "scenarios/selector_text.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kMostRows = 2'000'000;
constexpr std::size_t kMostErrorsShown = 100;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // which spreadsheets put before UTF-8
const std::array<std::string, 7> kColumns{"select",   "direction",      "fibre",       "loss_db",
                                          "length_m", "reflectance_db", "received_dbm"};

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

class PlantReader {
public:
    explicit PlantReader(const std::string& file) : file_(file) {}

    void header(std::string_view line) {
        for_each_cell(line, [&](std::string_view cell, int column) {
            if (std::ranges::find(kColumns, cell) == kColumns.end())
                complain(column, "unknown column " + quoted_for_display(cell), suggestion(cell, kColumns));
            else if (std::ranges::find(columns_, cell) != columns_.end())
                complain(column, quoted_for_display(cell) + " is a column twice", "one reading each");
            columns_.emplace_back(cell);
        });
        if (std::ranges::find(columns_, "select") == columns_.end())
            complain(1, "no column \"select\"", "the first line names the columns, select among them");
    }

    void row(std::string_view line) {
        PlantReading row;
        row.line = line_;
        std::size_t n = 0;
        for_each_cell(line, [&](std::string_view cell, int column) {
            if (n < columns_.size()) read(columns_[n], cell, column, row);
            ++n;
        });
        if (n != columns_.size())
            complain(1, fmt::format("{} cells for {} columns", n, columns_.size()), "an empty cell was not measured");
        result_.readings.push_back(std::move(row));
    }

    void next_line() { ++line_; }
    bool failed() const { return !result_.errors.empty(); }
    bool gives_up() const { return result_.errors.size() >= kMostErrorsShown; }
    bool is_full() const { return result_.readings.size() >= kMostRows; }
    bool has_readings() const { return !result_.readings.empty(); }
    void complain(int column, std::string message, std::string hint) {
        result_.errors.push_back({file_, std::max(line_, 1), column, {}, std::move(message), std::move(hint)});
    }
    ParsedPlant result() && { return std::move(result_); }

private:
    template <class Act>
    static void for_each_cell(std::string_view line, Act act) {
        std::size_t begin = 0;
        for (;;) {
            const std::size_t end = std::min(line.find(',', begin), line.size());
            const std::string_view cell = trimmed(line.substr(begin, end - begin));
            const std::size_t at = cell.empty() ? begin : static_cast<std::size_t>(cell.data() - line.data());
            act(cell, static_cast<int>(at) + 1);
            if (end == line.size()) return;
            begin = end + 1;
        }
    }

    void read(const std::string& name, std::string_view cell, int column, PlantReading& row) {
        Reading& reading = row.reading;
        if (name == "select") return select(cell, column, row);
        if (cell.empty()) return;
        if (name == "direction") return direction(cell, column, reading);
        double number = 0.0;
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (error != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(number))
            return complain(column, quoted_for_display(cell) + " is no number", "the column's name says its unit");
        const auto within = [&](double least, double most, std::optional<double>& field) {
            if (number < least || number > most)
                return complain(column, quoted_for_display(cell) + " is out of range",
                                fmt::format("{} lies between {} and {}", name, least, most));
            field = number;
        };
        if (name == "fibre") {
            if (number < 0 || number > 15 || number != std::floor(number))
                return complain(column, quoted_for_display(cell) + " is no fibre", "they are counted from 0 to 15");
            reading.fibre = static_cast<int>(number);
        } else if (name == "loss_db") {
            within(0.0, 100.0, reading.loss_db);
        } else if (name == "length_m") {
            within(0.0, 3e6, reading.length_m);
        } else if (name == "reflectance_db") {
            within(-100.0, -1.0, reading.reflectance_db);
        } else if (name == "received_dbm") {
            within(-60.0, 20.0, reading.received_dbm);
        }
    }

    void select(std::string_view cell, int column, PlantReading& row) {
        TomlValue value;
        value.kind = TomlValue::Kind::text;
        value.text = cell;
        if (auto complaint = read_selector(value, row.selection))
            complain(column, std::move(complaint->message), std::move(complaint->hint));
        else if (row.selection.group || row.selection.random)
            complain(column, "a reading is of cables that are named", "without group and random");
    }

    void direction(std::string_view cell, int column, Reading& reading) {
        if (cell == "up")
            reading.direction = 0;
        else if (cell == "down")
            reading.direction = 1;
        else
            complain(column, quoted_for_display(cell) + " is no direction", "up, down, or empty for both");
    }

    const std::string& file_;
    int line_ = 0;
    std::vector<std::string> columns_;
    ParsedPlant result_;
};

}  // namespace

ParsedPlant parse_plant(std::string_view text, const std::string& file_name) {
    PlantReader reader(file_name);
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    bool has_header = false;
    while (!text.empty() && !reader.gives_up()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        reader.next_line();
        if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
        if (!has_header) {
            reader.header(line);
            has_header = true;
            if (reader.failed()) break;
        } else if (reader.is_full()) {
            reader.complain(1, fmt::format("more than {} readings", kMostRows), "one row may select many cables");
            break;
        } else {
            reader.row(line);
        }
    }
    if (!reader.has_readings() && !reader.failed())
        reader.complain(1, "no readings", "the first line names the columns, select among them; each other one reads");
    return std::move(reader).result();
}

}  // namespace lightloom
