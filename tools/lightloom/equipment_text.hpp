// Switches, NICs and kinds of fabric as `lightloom catalog` shows them. Not here: optical parts (catalog_text.hpp).
#pragma once

#include <string>

#include "models/economics/equipment.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

// @pre table is one of EquipmentCatalogue::tables(), and holds the id
std::string equipment_text(const std::string& table);
JsonObject equipment_json(const std::string& table);
std::string equipment_row_text(const std::string& table, const std::string& id);
JsonObject equipment_row_json(const std::string& table, const std::string& id);

/// Kinds of fabric, each with the keys of [topology] that are its own.
std::string topologies_text();
JsonObject topologies_json();

}  // namespace lightloom
