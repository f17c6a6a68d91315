#include "scenarios/catalogue_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/quantity_text.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::size_t kMostErrorsShown = 100;
constexpr std::size_t kMostRows = 1000;

// What a row of `table` may give.
std::vector<std::string> columns_of(const std::string& table) {
    const Catalogue& catalogue = Catalogue::built_in();
    std::vector<std::string> columns;
    for (const auto& [column, cell] : catalogue.cells(table, catalogue.ids(table).at(0)))
        if (column != "id") columns.push_back(column);
    return columns;
}

// What a value comes to as the text of a cell; nothing if it cannot.
class CellText {
public:
    static std::optional<std::string> of(const TomlValue& value) {
        if (value.kind == Kind::table) return table(value);
        if (value.kind == Kind::list) return list(value, ';');
        return plain(value);
    }

private:
    static std::optional<std::string> plain(const TomlValue& value) {
        if (value.kind == Kind::text) return value.text;
        if (value.kind == Kind::integer) return fmt::format("{}", value.integer);
        if (value.kind == Kind::real && std::isfinite(value.real)) return fmt::format("{}", value.real);
        if (value.kind == Kind::boolean) return value.boolean ? "1" : "0";
        return std::nullopt;
    }

    // [1311, 1304.5, 1317.5] inside a list of channels: a:b:c
    static std::optional<std::string> list(const TomlValue& value, char separator) {
        std::string text;
        for (const TomlValue& item : value.items) {
            const auto piece = item.kind == Kind::list && separator == ';' ? list(item, ':') : plain(item);
            if (!piece || piece->empty()) return std::nullopt;
            text += (text.empty() ? "" : std::string(1, separator)) + *piece;
        }
        return text;
    }

    // { assumed = [low, mid, high] }, or figures by name: { om3 = 70, om4 = { assumed = [80, 90, 100] } }
    static std::optional<std::string> table(const TomlValue& value) {
        if (value.members.size() == 1 && value.members[0].name == "assumed") return assumed(value.members[0].value);
        std::string text;
        for (const TomlMember& member : value.members) {
            const auto figure = member.value.kind == Kind::table ? table(member.value) : plain(member.value);
            const bool nested = figure && figure->find(':') != std::string::npos;
            if (!figure || nested) return std::nullopt;
            text += (text.empty() ? "" : ";") + member.name + ":" + *figure;
        }
        return text;
    }

    static std::optional<std::string> assumed(const TomlValue& value) {
        if (value.kind != Kind::list || value.items.size() != 3) return std::nullopt;
        for (const TomlValue& item : value.items)
            if (item.kind != Kind::integer && item.kind != Kind::real) return std::nullopt;
        return list(value, '~');
    }
};

class CatalogueFileReader {
public:
    explicit CatalogueFileReader(const std::string& file) : file_(file) {}

    void read(const TomlValue& root) {
        for (const TomlMember& member : root.members) read_table(member);
        if (result_.errors.empty()) check_figures();
        std::ranges::stable_sort(result_.errors, {}, [](const InputError& e) { return std::pair(e.line, e.column); });
    }
    void complain(TextPosition at, std::string key, std::string message, std::string hint) {
        if (result_.errors.size() < kMostErrorsShown)
            result_.errors.push_back({file_, at.line, at.column, std::move(key), std::move(message), std::move(hint)});
    }
    ParsedCatalogue result() && {
        if (!result_.errors.empty()) result_.changes.clear();
        return std::move(result_);
    }

private:
    void read_table(const TomlMember& member) {
        const std::string table = catalogue_table_named(member.name);
        if (table.empty())
            return complain(member.at, "", "no table " + quoted_for_display(member.name),
                            suggestion(member.name, Catalogue::tables()));
        if (member.value.kind != Kind::table)
            return complain(member.at, member.name, fmt::format("found {}", kind_name(member.value.kind)),
                            fmt::format("rows are [{}.ID]", member.name));
        const std::vector<std::string> columns = columns_of(table);
        for (const TomlMember& row : member.value.members) {
            if (++rows_ > kMostRows)
                return complain(row.at, member.name, fmt::format("more than {} rows", kMostRows), "");
            if (row.value.kind == Kind::table)
                read_row(table, columns, member.name, row);
            else
                complain(row.at, member.name,
                         fmt::format("found {} under {}", kind_name(row.value.kind), quoted_for_display(row.name)),
                         fmt::format("rows are [{}.ID], and columns stand in them", member.name));
        }
    }

    void read_row(const std::string& table, const std::vector<std::string>& columns, const std::string& word,
                  const TomlMember& row) {
        const std::string key = word + "." + row.name;
        const auto given = [&](std::string_view column) {
            return std::ranges::any_of(row.value.members, [&](const TomlMember& m) { return m.name == column; });
        };
        const bool ships = !Catalogue::built_in().cells(table, row.name).empty();
        const std::size_t errors_before = result_.errors.size();
        std::string like;
        if (!ships) {
            like = begin_new(table, key, row, given("source"), given("like"));
            if (result_.errors.size() > errors_before) return;
        }
        const auto add = [&](TextPosition at, const std::string& column, std::string cell) {
            result_.changes.push_back(
                {table, row.name, column, std::move(cell), fmt::format("{}:{}:{}", file_, at.line, at.column)});
        };
        if (!ships) {
            if (std::ranges::find(columns, "name") != columns.end()) add(row.at, "name", row.name);
            add(row.at, "confidence", "the user's");
            if (!like.empty()) copy(table, like, row.at, add);
        }
        std::string changed;
        for (const TomlMember& cell : row.value.members) {
            if (cell.name == "like" && !ships) continue;
            if (!is_column(columns, key, cell)) continue;
            const auto text = CellText::of(cell.value);
            if (text) {
                add(cell.at, cell.name, *text);
                changed += " " + cell.name;
            } else {
                complain(cell.value.at, key + "." + cell.name, fmt::format("found {}", kind_name(cell.value.kind)),
                         "a cell is a number, a text, figures by name, or { assumed = [low, mid, high] }");
            }
        }
        // A source does not speak for a figure that somebody else has changed.
        if (ships && !changed.empty() && !given("source") && !given("note"))
            add(row.at, "note", "changed by the user:" + changed);
    }

    // What a row that does not ship must say. @return the row that it starts as; empty if none
    std::string begin_new(const std::string& table, const std::string& key, const TomlMember& row, bool has_source,
                          bool has_like) {
        const std::vector<std::string> ids = Catalogue::built_in().ids(table);
        if (!has_source) {
            const std::string_view near = nearest_name(row.name, ids);
            std::string hint = "source = \"...\", and like = \"...\" to start as a copy of another row";
            for (const TomlMember& member : row.value.members)  // [module.1.6t-dac] is module, 1, 6t-dac
                if (std::ranges::find(ids, row.name + "." + member.name) != ids.end())
                    hint = fmt::format("an id with a dot stands in quotes: [{}.\"{}.{}\"]",
                                       key.substr(0, key.find('.')), row.name, member.name);
            if (!near.empty()) hint = fmt::format("did you mean \"{}\"?", near);
            complain(row.at, key, "is not in the catalogue, and a new row needs a source", std::move(hint));
            return "";
        }
        if (!has_like) return "";
        const auto like = std::ranges::find_if(row.value.members, [](const TomlMember& m) { return m.name == "like"; });
        if (like->value.kind == Kind::text && std::ranges::find(ids, like->value.text) != ids.end())
            return like->value.text;
        complain(like->value.at, key + ".like",
                 like->value.kind == Kind::text ? fmt::format("no row {} ships", quoted_for_display(like->value.text))
                                                : fmt::format("found {}", kind_name(like->value.kind)),
                 suggestion(like->value.text, ids));
        return "";
    }

    template <class Add>
    static void copy(const std::string& table, const std::string& like, TextPosition at, const Add& add) {
        for (const auto& [column, cell] : Catalogue::built_in().cells(table, like)) {
            if (column == "id" || column == "name" || column == "confidence" || column == "source") continue;
            add(at, column, column == "note" ? "like " + like : cell);
        }
    }

    bool is_column(const std::vector<std::string>& columns, const std::string& key, const TomlMember& cell) {
        if (std::ranges::find(columns, cell.name) != columns.end()) return true;
        if (cell.name == "like")
            complain(cell.at, key, "like is for a new row", "this one ships, and keeps what is not changed here");
        else
            complain(cell.at, key, "no column " + quoted_for_display(cell.name), suggestion(cell.name, columns));
        return false;
    }

    // The catalogue itself says what is wrong with a figure; its complaints begin with the place that was handed in.
    void check_figures() {
        try {
            const Catalogue catalogue(built_in_catalogue_text(), result_.changes);
        } catch (const CatalogueError& error) {
            std::string_view text = error.what();
            while (!text.empty()) {
                const std::size_t end = std::min(text.find('\n'), text.size());
                located(text.substr(0, end));
                text.remove_prefix(std::min(end + 1, text.size()));
            }
        }
    }

    void located(std::string_view line) {
        TextPosition at;
        std::string_view rest = line;
        const auto number = [&rest](int& into) {
            if (rest.empty() || rest.front() != ':') return false;
            const auto [end, failure] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), into);
            rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
            return failure == std::errc{};
        };
        if (rest.starts_with(file_)) {
            rest.remove_prefix(file_.size());
            if (number(at.line) && number(at.column) && rest.starts_with(": "))
                return complain(at, "", std::string(rest.substr(2)), "");
        }
        complain({}, "", std::string(line), "");
    }

    const std::string& file_;
    std::size_t rows_ = 0;
    ParsedCatalogue result_;
};

}  // namespace

std::string catalogue_table_named(std::string_view word) {
    if (word == "fiber" || word == "fibers") return "fibres";
    for (const std::string& table : Catalogue::tables()) {
        const bool plural = table.ends_with('s');
        if (word == table || (plural && word == std::string_view(table).substr(0, table.size() - 1))) return table;
    }
    return "";
}

ParsedCatalogue parse_catalogue_file(std::string_view text, const std::string& file_name) {
    CatalogueFileReader reader(file_name);
    const TomlDocument document = parse_toml(text);
    if (document.fault)
        reader.complain(document.fault->at, "", document.fault->message, document.fault->hint);
    else
        reader.read(document.root);
    return std::move(reader).result();
}

}  // namespace lightloom
