// ResultFile: the HDF5 file of one run, from before its start to after its end, whatever happens in between.
//
// While the run lasts there is PATH.partial, with all that is known beforehand and the progress so far, in HDF5's SWMR
// mode: it can be read at any time, also after a kill -9. When the run ends, the whole result is written once more from
// memory under a temporary name, brought to the disk and renamed to PATH; then PATH.partial is removed. Nothing in PATH
// was ever touched while it had that name, so at every instant PATH is the former result, the new one, or absent.
// If there is no room for that, PATH.partial stays as the run left it.
// A run that the user interrupted is written in the same way but stays at PATH.partial: PATH is for results that
// were asked for.
// Not here: what is in the groups (scenarios/result_groups.hpp), how often to report progress (tools/lightloom).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "scenarios/run_result.hpp"

namespace lightloom {

/// Of the format "lightloom-result": the second grows with what is added, the first where a reader would break.
inline constexpr std::array<std::int32_t, 2> kResultFormatVersion{3, 3};

/// The machine could not take the result: disk full, folder missing, no permission.
class ResultError : public std::runtime_error {
public:
    ResultError(const std::string& path, const std::string& reason)
        : std::runtime_error("cannot write " + path + ": " + reason), path_(path), reason_(reason) {}
    const std::string& path() const { return path_; }
    const std::string& reason() const { return reason_; }

private:
    std::string path_, reason_;
};

/// What is known before a run starts. It refers to what the caller keeps during the call.
struct RunHeader {
    std::string_view title, program_version, build_type, scenario_text, effective_scenario;
    std::uint64_t plant_seed, traffic_seed, faults_seed;
    const Topology& topology;
    const LinkConditions& links;
    Sampling sampling = {};
};

/// What a run says of itself once it has ended. It refers to the result, and to the title.
RunHeader header_of(const RunResult& result, std::string_view title);

/// Writes a result to `path`, whole or not at all, of a run that kept no record while it went on.
/// @throws ResultError, and then what was at `path` is as it was
void write_result(const std::string& path, const RunResult& result, const std::string& title);

class ResultFile {
public:
    /// Makes PATH.partial, replacing an older one, so that a run that could not be kept is not begun.
    /// @throws ResultError; also where another run is writing it (scenarios/result_lock.hpp)
    static ResultFile create(const std::string& path, const RunHeader& header);
    ResultFile(ResultFile&&) noexcept;
    ~ResultFile();  // without finish(): PATH.partial stays, readable, with status "running"

    /// One row of /run/progress, flushed to the file: about once a second is right.
    /// @throws ResultError, and then PATH.partial is gone
    void append_progress(std::int64_t time_ps, std::int64_t messages_delivered, std::int64_t payload_bytes_delivered,
                         std::int64_t events);

    /// Samples that the file does not have, up to the first `samples`, likewise.
    void append_samples(const PortSeries& series, std::size_t samples);

    /// Writes the result to PATH; if it was stopped by "interrupt", to PATH.partial. To be called once.
    /// @throws ResultError, and then PATH is as it was, and PATH.partial too: with what was reported
    void finish(const RunResult& result);

private:
    struct Running;
    explicit ResultFile(std::unique_ptr<Running> running);
    void write_or_remove(const std::function<void()>& write);

    std::unique_ptr<Running> running_;
};

}  // namespace lightloom
