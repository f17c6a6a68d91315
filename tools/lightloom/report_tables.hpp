// The tables of a result that answer what its scenario asks: jobs, sizes of a sweep, a training step and what ranks
// wait for in it, the bill. As they stand in the file, cut where they are long; the page says which columns it shows.
#pragma once

#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

void add_tables(JsonObject& json, const ResultReader& result);

}  // namespace lightloom
