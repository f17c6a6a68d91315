// The fabric as a map that can be read at any size: nodes of a kind stand in a row, and where there are too many,
// neighbours share a place; cables between two places are one line with the greatest utilisation, the least margin and
// the sum of losses. Not here: colours and positions (tools/report/map.js).
#pragma once

#include "tools/lightloom/json.hpp"
#include "tools/lightloom/report_fabric.hpp"

namespace lightloom {

JsonObject map_of(const ReportedFabric& fabric);

}  // namespace lightloom
