// Models and GPUs as `lightloom catalog` shows them. Not here: optical parts (catalog_text.hpp).
#pragma once

#include <string>

#include "models/workload/training/model_catalogue.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

// @pre table is one of TrainingCatalogue::tables(), and holds the id
std::string training_text(const std::string& table);
JsonObject training_json(const std::string& table);
std::string training_row_text(const std::string& table, const std::string& id);
JsonObject training_row_json(const std::string& table, const std::string& id);

}  // namespace lightloom
