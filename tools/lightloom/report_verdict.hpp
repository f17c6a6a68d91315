// Does it hold? What stands on top of a report: one word, and the figures that decided. Computed from the result alone;
// the verdict over temperature, age and assumed figures is that of `lightloom qualify`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "comparison/ranking.hpp"
#include "scenarios/result_reader.hpp"
#include "tools/lightloom/report_fabric.hpp"

namespace lightloom {

struct ReportVerdict {
    std::string_view word;                    // PASS, MARGINAL, FAIL, or PARTIAL of a run that did not end
    std::vector<std::string> deciding, also;  // sentences: what the word stands on, what else is worth knowing
};

/// @param gates  what the scenario requires
ReportVerdict verdict_of(const ResultReader& result, const ReportedFabric& fabric,
                         const std::vector<GateOutcome>& gates);

}  // namespace lightloom
