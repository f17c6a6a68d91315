#include "tools/lightloom/report_tables.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace lightloom {
namespace {

constexpr std::size_t kMostRows = 500;

struct Answer {
    std::string_view group;
    std::vector<std::string_view> needed;      // columns without which the page has nothing to draw
    std::vector<std::string_view> texts = {};  // columns that are no numbers
};

const std::array<Answer, 8>& answers() {
    static const std::array<Answer, 8> kAnswers{
        {{"jobs", {"name"}, {"name", "kind"}},
         {"job_waits", {"job", "kind"}},
         {"replay_ranks", {"job", "rank"}},
         {"message_sizes", {"job", "largest_bytes"}},
         {"sizes", {"bytes", "time_ps", "algorithm_bandwidth", "bus_bandwidth"}},
         {"training/step", {"number"}},
         {"training/exposed", {"kind", "mean_ps", "worst_ps"}},
         {"economics/items", {"item"}}}};
    return kAnswers;
}

/// A stranger's file may have a group of that name and something else in it: then it has no such answer.
bool is_answered(const ResultReader& result, const Answer& answer) {
    const std::vector<std::string> columns = result.datasets(std::string(answer.group));
    return std::ranges::all_of(
        answer.needed, [&](std::string_view column) { return std::ranges::find(columns, column) != columns.end(); });
}

template <class Value>
std::vector<Value> beginning(std::vector<Value> column, std::size_t rows) {
    column.resize(std::min(column.size(), rows));
    return column;
}

/// The words that a column of flags stands for.
std::vector<std::string> spelled(const std::vector<std::string>& words, const std::vector<std::int64_t>& column) {
    std::vector<std::string> spelled;
    for (const std::int64_t flag : column) {
        const bool is_known = flag >= 0 && static_cast<std::size_t>(flag) < words.size();
        spelled.push_back(is_known ? words[static_cast<std::size_t>(flag)] : std::to_string(flag));
    }
    return spelled;
}

JsonObject columns_of(const ResultReader& result, const Answer& answer) {
    const std::string group(answer.group);
    JsonObject columns;
    for (const std::string& name : result.datasets(group)) {
        const std::string path = group + '/' + name;
        if (std::ranges::find(answer.texts, name) != answer.texts.end())
            columns.add(name, beginning(result.texts(path), kMostRows));
        else if (const auto words = result.words(path); !words.empty())
            columns.add(name, spelled(words, beginning(result.whole_column(path), kMostRows)));
        else
            columns.add(name, beginning(result.column(path), kMostRows));
    }
    return columns;
}

}  // namespace

void add_tables(JsonObject& json, const ResultReader& result) {
    JsonObject tables;
    for (const Answer& answer : answers()) {
        if (!is_answered(result, answer)) continue;
        const std::size_t rows = result.rows(std::string(answer.group));
        if (rows > 0)
            tables.add(
                answer.group,
                JsonObject().add("rows", static_cast<std::int64_t>(rows)).add("columns", columns_of(result, answer)));
    }
    json.add("tables", tables);
}

}  // namespace lightloom
