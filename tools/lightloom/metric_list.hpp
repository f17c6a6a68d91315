// `lightloom catalog metrics`: by which figures results are compared and gates are written, under all of their names.
// Not here: the figures (scenarios/metrics.hpp), tables of them (compare_text.hpp).
#pragma once

#include <string>

namespace lightloom {

std::string metric_list_text();
std::string metric_list_json();

}  // namespace lightloom
