// The catalogue as `lightloom catalog` shows it: tables with their sizes, the rows of one, all figures of a row; as
// text and as JSON. Not here: finding what was asked for (catalog.cpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

std::string tables_text(const Catalogue& catalogue);
JsonObject tables_json(const Catalogue& catalogue);

// @pre table is one of Catalogue::tables()
std::string rows_text(const Catalogue& catalogue, const std::string& table);
JsonObject rows_json(const Catalogue& catalogue, const std::string& table);

// @pre the table holds the id
std::string row_text(const Catalogue& catalogue, const std::string& table, const std::string& id);
JsonObject row_json(const Catalogue& catalogue, const std::string& table, const std::string& id);

/// A cell with the unit that its column's name ends with, and ASSUMED where it stands as low~mid~high.
std::string figure_text(std::string_view column, std::string_view cell);
/// An object of what this command prints, with its format.
JsonObject catalog_object();
/// Numbers as numbers, assumed ones with low, mid and high, empty cells as null.
JsonObject cells_json(const std::vector<std::pair<std::string, std::string>>& cells);

}  // namespace lightloom
