// A measured plant: the user's own readings, as a CSV file with a line of column names. Each row names cables as a
// fault does, and says what was measured of them:
//
//     select,direction,fibre,loss_db,length_m,reflectance_db,received_dbm
//     tier=leaf-spine & leaf=3 & spine=7,up,2,1.45,61.2,,
//
// `select` is required; direction is up, down or empty for both; fibre counts from 0, empty for all; what is empty was
// not measured. Not here: what readings do to a budget (models/optics/lane_budget.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/optics/plant.hpp"
#include "scenarios/fault.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

/// One row; `reading.cable` is not set: the selection says which.
struct PlantReading {
    Selector selection;
    Reading reading;
    int line = 0;
};

struct ParsedPlant {
    std::vector<PlantReading> readings;
    std::vector<InputError> errors;
};

/// @param text  any bytes  @param file_name  for the errors only
ParsedPlant parse_plant(std::string_view text, const std::string& file_name);

}  // namespace lightloom
