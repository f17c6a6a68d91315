// The catalogue as `lightloom catalog` shows it: tables with their sizes, the rows of one, all figures of a row; as
// text and as JSON. Not here: finding what was asked for (catalog.cpp).
#pragma once

#include <string>

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

}  // namespace lightloom
