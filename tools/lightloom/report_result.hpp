// All that a report shows of one result, as a JSON object for the page's script. Whatever the size of the result: a
// line has at most some hundred points, and long lists are cut or merged and say so. Figures keep the path under which
// the result file has them, and their full precision. Not here: links and map (report_links.hpp, report_map.hpp), the
// page (report_page.hpp).
#pragma once

#include "comparison/design.hpp"
#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// @param design  the same result, as it is compared. @throws ResultUnreadable
JsonObject report_json(const ResultReader& result, const Design& design);

}  // namespace lightloom
