#include "models/optics/catalogue_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace lightloom {
namespace {

constexpr std::size_t kLongestCell = 4096;  // bytes; the longest that ships holds 64 wavelengths
constexpr std::size_t kLongestId = 100;

template <class Number>
std::optional<Number> parsed(std::string_view text) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::vector<std::string_view> CatalogueRow::split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

CatalogueTable::CatalogueTable(std::string name, std::string_view text) : name_(std::move(name)) {
    const std::vector<std::string_view> lines = CatalogueRow::split(text, '\n');
    std::set<std::string_view> seen;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        if (lines[n].empty()) continue;
        Line line{.place = fmt::format("catalogue/{}.csv:{}", name_, n + 1), .cells = {}};
        const auto refuse = [&](const std::string& what) { throw CatalogueError(line.place + ": " + what); };
        if (lines[n].find('"') != std::string_view::npos) refuse("quotes are not understood");
        const auto cells = CatalogueRow::split(lines[n], ',');
        if (columns_.empty()) {
            columns_.assign(cells.begin(), cells.end());
            if (columns_[0] != "id") refuse("the first column is the id");
            continue;
        }
        if (cells.size() != columns_.size())
            refuse(fmt::format("{} cells for {} columns", cells.size(), columns_.size()));
        if (cells[0].empty()) refuse("id is empty");
        if (!seen.insert(cells[0]).second) refuse(fmt::format("a second \"{}\"", cells[0]));
        for (const std::string_view cell : cells) line.cells.push_back({std::string(cell), ""});
        lines_.push_back(std::move(line));
    }
    if (columns_.empty()) throw CatalogueError(fmt::format("catalogue/{}.csv: no columns", name_));
}

std::optional<std::size_t> CatalogueTable::column(std::string_view name) const {
    const auto at = std::find(columns_.begin(), columns_.end(), name);
    if (at == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - columns_.begin());
}

const CatalogueTable::Line* CatalogueTable::line(std::string_view id) const {
    const auto at = std::find_if(lines_.begin(), lines_.end(), [id](const Line& l) { return l.cells[0].text == id; });
    return at == lines_.end() ? nullptr : &*at;
}

void CatalogueTable::change(const CatalogueChange& change) {
    const auto refuse = [&](const std::string& what) {
        throw CatalogueError(fmt::format("{}: {} {}: {}", change.place, name_, change.id, what));
    };
    const auto at = column(change.column);
    if (!at) refuse(fmt::format("no column \"{}\"", change.column));
    if (*at == 0) refuse("a row keeps its id");
    const auto fits = [](std::string_view text) {
        return std::ranges::none_of(text, [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; });
    };
    if (!fits(change.cell) || change.cell.size() > kLongestCell)
        refuse(fmt::format("{} is too long or holds a comma, a quote or a line break", change.column));
    if (change.id.empty() || !fits(change.id) || change.id.size() > kLongestId) refuse("this cannot be an id");
    auto row = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.cells[0].text == change.id; });
    if (row == lines_.end()) {
        Line line{.place = change.place, .cells = std::vector<Cell>(columns_.size(), Cell{"", change.place})};
        line.cells[0].text = change.id;
        row = lines_.insert(lines_.end(), std::move(line));
    }
    row->cells[*at] = {change.cell, change.place};
}

std::string CatalogueTable::text() const {
    std::string text;
    const auto add = [&text](std::string_view cell, bool first) {
        if (!first) text += ',';
        text += cell;
    };
    for (std::size_t n = 0; n < columns_.size(); ++n) add(columns_[n], n == 0);
    text += '\n';
    for (const Line& line : lines_) {
        for (std::size_t n = 0; n < columns_.size(); ++n) add(line.cells[n].text, n == 0);
        text += '\n';
    }
    return text;
}

const CatalogueTable::Cell& CatalogueRow::cell(std::string_view column) const {
    trace_.asked.emplace(column);
    const auto at = table_.column(column);
    if (!at) throw CatalogueError(fmt::format("{}: no column \"{}\"", line_.place, column));
    return line_.cells[*at];
}

// A cell that ships may be wrong only beside one that a user has changed: then that one's place helps more.
CatalogueError CatalogueRow::error(std::string_view column, const std::string& what) const {
    const auto at = table_.column(column);
    const std::string* place = &line_.place;
    if (at && !line_.cells[*at].place.empty()) {
        place = &line_.cells[*at].place;
    } else {
        const auto changed = std::ranges::find_if(line_.cells, [](const auto& cell) { return !cell.place.empty(); });
        if (changed != line_.cells.end()) place = &changed->place;
    }
    const bool in_table = place == &line_.place && line_.place.starts_with("catalogue/");
    const std::string row = in_table ? "" : fmt::format("{} {}: ", table_.name(), line_.cells[0].text);
    return CatalogueError(fmt::format("{}: {}{} {}", *place, row, column, what));
}

std::string CatalogueRow::some_text(std::string_view column) const {
    if (empty(column)) throw error(column, "is empty");
    return text(column);
}

double CatalogueRow::plain_number(std::string_view column, std::string_view text, Range range) const {
    const auto value = parsed<double>(text);
    if (!value || !std::isfinite(*value)) throw error(column, fmt::format("is no number: \"{}\"", text));
    if (*value < range.least || *value > range.most)
        throw error(column, fmt::format("must be from {:g} to {:g}, not {:g}", range.least, range.most, *value));
    return *value;
}

double CatalogueRow::number_in(std::string_view column, std::string_view part, std::string_view text,
                               Range range) const {
    if (text.find('~') == std::string_view::npos) return plain_number(column, text, range);
    const auto pieces = split(text, '~');
    if (pieces.size() != 3) throw error(column, fmt::format("is no low~mid~high: \"{}\"", text));
    AssumedFigure figure{.table = table_.name(),
                         .id = line_.cells[0].text,
                         .column = part.empty() ? std::string(column) : fmt::format("{}:{}", column, part),
                         .low = plain_number(column, pieces[0], range),
                         .mid = plain_number(column, pieces[1], range),
                         .high = plain_number(column, pieces[2], range)};
    if (!(figure.low <= figure.mid && figure.mid <= figure.high && figure.low < figure.high))
        throw error(column, fmt::format("does not rise from low to high: \"{}\"", text));
    const auto exception = std::ranges::find(assumption_.except, figure, [](const auto& each) { return each.first; });
    const Assumption::Level level = exception != assumption_.except.end() ? exception->second : assumption_.level;
    const double value = level == Assumption::Level::low   ? figure.low
                         : level == Assumption::Level::mid ? figure.mid
                                                           : figure.high;
    trace_.assumed.push_back(std::move(figure));
    return value;
}

double CatalogueRow::number(std::string_view column, Range range) const {
    return number_in(column, "", some_text(column), range);
}

std::optional<double> CatalogueRow::optional_number(std::string_view column, Range range) const {
    if (empty(column)) return std::nullopt;
    return number(column, range);
}

double CatalogueRow::number_or(std::string_view column, Range range, double otherwise) const {
    return optional_number(column, range).value_or(otherwise);
}

int CatalogueRow::count(std::string_view column, int least, int most) const {
    const auto value = parsed<int>(some_text(column));
    if (!value) throw error(column, fmt::format("is no whole number: \"{}\"", text(column)));
    if (*value < least || *value > most)
        throw error(column, fmt::format("must be from {} to {}, not {}", least, most, *value));
    return *value;
}

bool CatalogueRow::flag(std::string_view column) const { return count(column, 0, 1) == 1; }

NamedFigures CatalogueRow::named_figures(std::string_view column, Range range) const {
    NamedFigures figures;
    const std::string list = text(column);
    if (list.empty()) return figures;
    for (const std::string_view item : split(list, ';')) {
        const auto colon = item.find(':');
        const std::string name(colon == std::string_view::npos ? "" : item.substr(0, colon));
        const std::string_view figure = colon == std::string_view::npos ? item : item.substr(colon + 1);
        for (const auto& [other, value] : figures.by_name)
            if (other == name) throw error(column, fmt::format("has two figures for \"{}\"", name));
        figures.by_name.emplace_back(name, number_in(column, name, figure, range));
    }
    return figures;
}

SpectralFigures CatalogueRow::spectral_figures(std::string_view column, Range range) const {
    SpectralFigures figures;
    for (const auto& [name, value] : named_figures(column, range).by_name) {
        const double wavelength_nm = name.empty() ? 0.0 : plain_number(column, name, {100.0, 10'000.0});
        if (!figures.by_nm.empty() && (name.empty() || wavelength_nm <= figures.by_nm.back().first))
            throw error(column, "does not rise in wavelength");
        figures.by_nm.emplace_back(wavelength_nm, value);
    }
    return figures;
}

}  // namespace lightloom
