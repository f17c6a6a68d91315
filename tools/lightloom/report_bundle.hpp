// What every report is made of beside its figures, embedded when the program is built: tools/report/bundle.cmake makes
// the definitions. ECharts and its licence are empty in a build that could not fetch them.
#pragma once

#include <string_view>

namespace lightloom {

struct BundledText {
    std::string_view text;
    std::string_view sha256;  // of the text, 64 hex digits: what a Content-Security-Policy allows it by
};

extern const BundledText kEcharts, kEchartsLicence, kReportScript, kReportStyle;

}  // namespace lightloom
