// ResultReader: reads a result file back, whole or partial, written here or by a stranger. Every number and text is
// looked up by its path in the file ("summary/completion_ps", "ports/busy_ps"), checked for type and shape, and
// converted to the type asked for; what is not as it should be is an error with a sentence.
// Not here: what the groups mean (scenarios/README.md), writing (scenarios/result_file.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lightloom {

/// A file that is no result, or has something in it that no result has. Its message names the file.
struct ResultUnreadable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One of /histograms.
struct ResultHistogram {
    std::string title;
    std::vector<std::int64_t> lower, upper;  // edges of the bins: inside, outside
    std::vector<std::uint64_t> count;
    std::uint64_t samples = 0;
    std::int64_t min = 0, max = 0;
    double mean = 0.0;

    /// As Histogram::quantile() of the run: equal to the scalars p50 ... p99_99 of the file. @param q in [0, 1]
    std::int64_t quantile(double q) const;
};

/// Not for several threads at once, nor are two readers: HDF5 need not be built for that.
/// Opening reads the file once in a child process, so that one that HDF5 crashes on is refused like any other.
class ResultReader {
public:
    /// Takes a running file (SWMR), too. @throws ResultUnreadable
    static ResultReader open(const std::string& path);
    /// Without that child, and many times as fast: for files that this program itself has written.
    static ResultReader open_own(const std::string& path);
    ResultReader(ResultReader&&) noexcept;
    ResultReader& operator=(ResultReader&&) noexcept;
    ~ResultReader();

    const std::string& path() const;

    /// An attribute of the root, such as "title", "digest", "status", "effective_scenario". @throws ResultUnreadable
    std::string attribute(const std::string& name) const;
    std::uint64_t whole_attribute(const std::string& name) const;  // "plant_seed", "traffic_seed", "faults_seed"
    bool has_attribute(const std::string& name) const;

    /// Groups in the order of the file, with those inside them: "summary", "topology", "topology/nodes", ...
    /// @param without  such as are not looked into
    std::vector<std::string> groups(const std::vector<std::string>& without = {}) const;
    /// Scalars and columns of a group, in the order of the file; none if there is no such group.
    std::vector<std::string> datasets(const std::string& group) const;
    /// Those that are single numbers. @throws ResultUnreadable: one is of no numbers
    std::vector<std::pair<std::string, double>> scalars(const std::string& group) const;
    bool has(const std::string& path) const;

    /// @throws ResultUnreadable: there is none, or it is no number
    double scalar(const std::string& path) const;
    std::int64_t whole(const std::string& path) const;
    /// None if it is absent. @throws ResultUnreadable: it is no number
    std::optional<double> find(const std::string& path) const;

    /// A column: as many rows as its group has. @throws ResultUnreadable: there is none, or it is no column of numbers
    std::vector<double> column(const std::string& path) const;
    std::vector<std::int64_t> whole_column(const std::string& path) const;
    /// Rows of numbers over two dimensions, such as "series/utilisation", one after the other. @param columns  as many
    /// as it must have @throws ResultUnreadable: it has another size
    std::vector<double> grid_rows(const std::string& path, std::size_t first, std::size_t count,
                                  std::size_t columns) const;
    /// A column of names and the like. @throws ResultUnreadable: there is none, or it is no column of texts
    std::vector<std::string> texts(const std::string& path) const;
    /// Rows of a group's columns. 0 if there is no such group
    std::size_t rows(const std::string& group) const;

    /// "ps", "byte/s", "1": of a scalar or column; empty if it has none.
    std::string units(const std::string& path) const;
    std::string long_name(const std::string& path) const;
    /// What the numbers of a column stand for, in their order; none: for themselves.
    std::vector<std::string> words(const std::string& path) const;

    /// By name, such as "packet_latency"; none if nothing was measured. @throws ResultUnreadable
    std::optional<ResultHistogram> histogram(const std::string& name) const;

private:
    class Contents;
    explicit ResultReader(std::unique_ptr<Contents> contents);
    std::unique_ptr<Contents> contents_;
};

/// Of a column of words, one for each of its numbers at least. A file that has lost its flag_meanings has the numbers:
/// "tier-0". @throws ResultUnreadable: one is no number of a word
std::vector<std::string> words_or_numbers(const ResultReader& result, const std::string& path);

}  // namespace lightloom
