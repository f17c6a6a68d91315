#include "tools/lightloom/message_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

// Bounds are decimal, as papers have them.
std::string class_name(std::int64_t largest) {
    if (largest == 0) return "all sizes";
    if (largest < 0) return "above 10 MB";
    return largest < 1'000'000 ? fmt::format("to {} kB", largest / 1000) : fmt::format("to {} MB", largest / 1'000'000);
}

std::string duration(double ps) { return std::isnan(ps) ? "-" : readable_duration(ps); }
std::string factor(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3f}", value); }

}  // namespace

std::string message_lines(const RunResult& result) {
    const RunResult::MessageSizes& m = result.message_sizes;
    if (m.job.empty()) return "";
    const bool several = result.jobs.name.size() > 1;
    std::vector<std::vector<std::string>> rows{
        {"messages", "count", "FCT p50", "p99", "p99.9", "max", "slowdown mean", "p50", "p99", "p99.9"}};
    for (std::size_t i = 0; i < m.job.size(); ++i) {
        const std::string of = several ? fmt::format("{}, ", result.jobs.name[m.job[i]]) : "";
        rows.push_back({of + class_name(m.largest_bytes[i]), readable_count(m.messages[i]), duration(m.p50_ps[i]),
                        duration(m.p99_ps[i]), duration(m.p999_ps[i]), duration(m.max_ps[i]),
                        factor(m.mean_slowdown[i]), factor(m.p50_slowdown[i]), factor(m.p99_slowdown[i]),
                        factor(m.p999_slowdown[i])});
    }
    return "\n" + aligned(rows);
}

std::vector<JsonObject> message_objects(const RunResult& result) {
    const RunResult::MessageSizes& m = result.message_sizes;
    std::vector<JsonObject> objects;
    for (std::size_t i = 0; i < m.job.size(); ++i) {
        JsonObject& object = objects.emplace_back();
        object.add("job", result.jobs.name[m.job[i]]).add("largest_bytes", m.largest_bytes[i]);
        object.add("messages", m.messages[i]).add("bytes", m.bytes[i]).add("delivered", m.delivered[i]);
        object.add("mean_ps", m.mean_ps[i]).add("p50_ps", m.p50_ps[i]).add("p99_ps", m.p99_ps[i]);
        object.add("p99_9_ps", m.p999_ps[i]).add("max_ps", m.max_ps[i]);
        object.add("mean_slowdown", m.mean_slowdown[i]).add("p50_slowdown", m.p50_slowdown[i]);
        object.add("p99_slowdown", m.p99_slowdown[i]).add("p99_9_slowdown", m.p999_slowdown[i]);
    }
    return objects;
}

}  // namespace lightloom
