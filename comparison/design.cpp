#include "comparison/design.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "scenarios/gates.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {
namespace {

constexpr const char* kLevels[] = {"_low", "", "_high"};

std::vector<std::string> words_of(const ResultReader& result, const std::string& path) {
    const std::vector<std::string> words = result.words(path);
    std::vector<std::string> column;
    for (const std::int64_t number : result.whole_column(path)) {
        const bool is_known = number >= 0 && static_cast<std::size_t>(number) < words.size();
        column.push_back(is_known ? words[static_cast<std::size_t>(number)] : "unknown");
    }
    return column;
}

std::vector<BillItem> bill_of(const ResultReader& result) {
    std::vector<BillItem> bill;
    if (!result.has("economics/items")) return bill;
    const std::string items = "economics/items/";
    const auto kind = words_of(result, items + "kind"), item = words_of(result, items + "item");
    const std::vector<double> count = result.column(items + "count");
    for (std::size_t i = 0; i < kind.size(); ++i) bill.push_back({.kind = kind[i], .item = item[i], .count = count[i]});
    for (std::size_t level = 0; level < 3; ++level) {
        const std::vector<double> watt = result.column(items + "power_watt" + kLevels[level]),
                                  dollars = result.column(items + "price_usd" + kLevels[level]);
        for (std::size_t i = 0; i < bill.size(); ++i) {
            bill[i].watt[level] = watt[i];
            bill[i].dollars[level] = dollars[i];
        }
    }
    return bill;
}

}  // namespace

Measured measured_of(const ResultReader& result) {
    Measured run{.plant_seed = result.whole_attribute("plant_seed"),
                 .traffic_seed = result.whole_attribute("traffic_seed"),
                 .faults_seed = result.whole_attribute("faults_seed"),
                 .digest = result.has_attribute("digest") ? one_line(result.attribute("digest")) : "",
                 .is_complete = result.attribute("status") == "complete",
                 .values = measured(result),
                 .bill = bill_of(result),
                 .gpus = static_cast<double>(result.rows("topology/endpoints"))};
    if (result.has("summary")) {
        run.end_seconds = result.scalar("summary/end_ps") * 1e-12;
        run.payload_bits = 8.0 * result.scalar("summary/payload_bytes_delivered");
    }
    return run;
}

std::string seeds_text(const Measured& run) {
    if (run.plant_seed == run.traffic_seed && run.plant_seed == run.faults_seed)
        return fmt::format("all seeds {}", run.plant_seed);
    return fmt::format("seeds plant {}, traffic {}, faults {}", run.plant_seed, run.traffic_seed, run.faults_seed);
}

std::vector<double> Design::values(const Metric& metric) const {
    std::vector<double> values;
    for (const Measured& run : runs) values.push_back(run.values.at(number_of(metric)));
    return values;
}

double Design::value(const Metric& metric) const {
    const std::vector<double> all = values(metric);
    return all.size() == 1 ? all[0] : std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}

Question question_of(const ResultReader& result) {
    Question question;
    const TomlDocument document = parse_toml(result.attribute("effective_scenario"));
    for (const TomlMember& table : document.root.members) {
        if (table.name != "question") continue;
        for (const TomlMember& key : table.value.members) {
            if (key.name == "objective" && metric_named(key.value.text) != nullptr) question.objective = key.value.text;
            if (key.name != "require") continue;
            for (const TomlValue& gate : key.value.items)
                if (std::holds_alternative<Gate>(parse_gate(gate.text))) question.require.push_back(gate.text);
        }
    }
    return question;
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return line;
}

std::string beginning_of(std::string text, std::size_t most_bytes) {
    if (text.size() <= most_bytes) return text;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
    while (most_bytes > 0 && continues(most_bytes)) --most_bytes;
    text.resize(most_bytes);
    return text;
}

}  // namespace lightloom
