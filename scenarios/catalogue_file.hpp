// A user's own catalogue: a TOML file with parts that do not ship and figures that are known better.
//
//     [module.400gbase-dr4]                 # of a row that ships: replaces these cells
//     power_max_watt = 9.5
//
//     [module.my-dr4]                       # a new row
//     like = "400gbase-dr4"                 # starts as a copy of this one
//     source = "data sheet of 2025-03"      # whoever reads a verdict must know where it comes from
//     tdecq_max_db = { assumed = [2.0, 2.6, 3.4] }      # or "2.0~2.6~3.4": low, mid and high
//     reach_m = { os2 = 500, os1a = 250 }               # or "os2:500;os1a:250", as the cell says it
//
// Tables go by their names (modules) or one of their rows (module); columns are those of models/optics/catalogue/*.csv.
// Not here: what a figure may be (models/optics/catalogue_reading.hpp), though its complaints come back located.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

struct ParsedCatalogue {
    std::vector<CatalogueChange> changes;  // which the catalogue that ships takes, if there are no errors
    std::vector<InputError> errors;
};

/// @param text  any bytes  @param file_name  for places and errors only
ParsedCatalogue parse_catalogue_file(std::string_view text, const std::string& file_name);

/// The table that a user means by "modules", "module", "fibers" or "fiber"; empty if none.
std::string catalogue_table_named(std::string_view word);

}  // namespace lightloom
