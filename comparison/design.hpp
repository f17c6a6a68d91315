// Design: one of those that are compared, with its runs, one for each set of seeds. All comes from result files.
// Not here: making those files (comparison/simulations.hpp), what follows from several (comparison/ranking.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comparison/symptoms.hpp"
#include "comparison/work.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/question.hpp"
#include "scenarios/result_reader.hpp"

namespace lightloom {

/// A thing of the bill, with what its figures may be. Those of one catalogue row are one figure, whoever buys it.
struct BillItem {
    std::string kind, item;
    double count = 0.0;
    double watt[3] = {}, dollars[3] = {};  // low, mid, high; NaN: nobody says
};

/// What a comparison keeps of a result.
struct Measured {
    std::uint64_t plant_seed = 0, traffic_seed = 0, faults_seed = 0;
    std::string digest;  // empty: the run has not ended
    bool is_complete = false;
    std::vector<double> values;  // by metric, NaN: not measured
    std::vector<BillItem> bill;
    double gpus = 0.0, end_seconds = 0.0, payload_bits = 0.0;
};
Measured measured_of(const ResultReader& result);

/// "all seeds 4", "seeds plant 4, traffic 1, faults 4"
std::string seeds_text(const Measured& run);

struct Design {
    std::string name;           // as the table calls it
    std::string source, title;  // the file
    std::string program_version;
    Question question;           // of its scenario
    std::vector<Measured> runs;  // at least one
    Symptoms symptoms;           // of them together
    Work work{};                 // of the first
    /// Mean over the runs; NaN if one of them has none.
    double value(const Metric& metric) const;
    /// One value for each run.
    std::vector<double> values(const Metric& metric) const;
};

/// The question that a result's scenario asks; the default one where it cannot be read.
Question question_of(const ResultReader& result);

/// A text of a stranger's file as one line for a terminal: control characters are question marks.
std::string one_line(std::string_view text);

/// At most so many bytes of it, cut between two characters of UTF-8.
std::string beginning_of(std::string text, std::size_t most_bytes);

}  // namespace lightloom
