#include "tools/lightloom/metric_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "scenarios/metrics.hpp"
#include "tools/lightloom/catalog_text.hpp"
#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {

std::string metric_list_text() {
    std::vector<std::vector<std::string>> rows{{"metric", "or", "unit", "better", "meaning"}};
    for (const Metric& metric : metrics())
        rows.push_back({std::string(metric.name), fmt::format("{}", fmt::join(aliases_of(metric), ", ")),
                        std::string(unit_text(metric)), std::string(better_text(metric)), std::string(metric.meaning)});
    return aligned(rows);
}

std::string metric_list_json() {
    std::vector<JsonObject> rows;
    for (const Metric& metric : metrics())
        rows.push_back(JsonObject()
                           .add("name", metric.name)
                           .add("aliases", aliases_of(metric))
                           .add("unit", unit_text(metric))
                           .add("better", better_text(metric))
                           .add("meaning", metric.meaning));
    return catalog_object().add("metrics", rows).text() + '\n';
}

}  // namespace lightloom
