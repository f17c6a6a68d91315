// The page of a report: one HTML file that needs nothing else, least of all a network. Our script, our style and
// ECharts stand in it and are allowed by their hashes; the results are a block of JSON that the script reads.
// Everything else is forbidden by the page's own policy, so that no text of a result can become anything but text.
// Not here: the figures (report_result.hpp), what the script does with them (tools/report/page.js).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Before the work whose page goes to `path`: false, and the terminal is told why, if this build cannot draw.
/// @throws UsageError if something else than a page is there; std::runtime_error if the folder takes none
bool can_make_page(const std::string& path);

/// @param title  any text @param comparison  of several results
std::string report_page(std::string_view title, const std::vector<JsonObject>& results,
                        const std::optional<JsonObject>& comparison);

/// `json` as it may stand inside an HTML element: the characters that could end one, or a line of script, as escapes.
std::string json_for_html(std::string_view json);

}  // namespace lightloom
