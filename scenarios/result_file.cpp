#include "scenarios/result_file.hpp"

#include <array>
#include <cstdio>
#include <mutex>
#include <optional>
#include <system_error>
#include <vector>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_groups.hpp"
#include "scenarios/result_lock.hpp"
#include "scenarios/result_place.hpp"
#include "scenarios/result_series.hpp"
#include "scenarios/scratch_file.hpp"

namespace lightloom {
namespace {

// Runs `write` and says in the user's terms what went wrong with `path`.
void guarded(const std::string& path, const auto& write) {
    try {
        write();
    } catch (const hdf5::Error& error) {
        throw ResultError(path, reason_of(error));
    } catch (const std::system_error& error) {
        throw ResultError(path, error.code().message());
    }
}

struct ProgressColumn {
    const char* name;
    hdf5::Meaning meaning;
};

// The first is the dimension. Rows are taken by the wall clock, so two runs have different ones: they belong to /run.
constexpr std::array<ProgressColumn, 4> kProgress{{
    {"time_ps", {"ps", "simulated time of the report"}},
    {"messages_delivered", {"1", "messages delivered until then"}},
    {"payload_bytes_delivered", {"byte", "payload delivered until then"}},
    {"events", {"1", "events handled until then"}},
}};
using ProgressRow = std::array<std::int64_t, kProgress.size()>;

hdf5::Series create_progress(const hdf5::Group& run) {
    std::vector<std::pair<const char*, hdf5::Meaning>> columns;
    for (const ProgressColumn& column : kProgress) columns.emplace_back(column.name, column.meaning);
    return {run, "progress", columns};
}

std::string sixteen_hex_digits(std::uint64_t value) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
    return text.data();
}

void write_whole(const std::string& path, const RunResult& result, const std::string& title,
                 const std::vector<ProgressRow>& progress) {
    hdf5::File file = hdf5::File::create(path);
    hdf5::Group root = file.root();
    root.attribute("status", result.complete ? "complete" : "partial");
    root.attribute("stopped_by", result.stopped_by);
    root.attribute("digest", sixteen_hex_digits(result.digest));
    write_header(root, header_of(result, title));
    write_measurements(root, result);

    hdf5::Group run = root.child("run");
    run.attribute("build_type", result.build_type);
    write_execution(run, result.execution);
    if (!progress.empty()) {
        hdf5::Series series = create_progress(run);
        for (const ProgressRow& row : progress) series.append(row);
        series.close();
    }
    run.close();
    root.close();
    file.close();
}

// HDF5 need not be built for threads.
std::mutex library;

// It is there whole, or not at all.
void publish(const std::string& path, const RunResult& result, const std::string& title,
             const std::vector<ProgressRow>& progress) {
    ScratchFile scratch(path);
    {
        const std::lock_guard lock(library);
        write_whole(scratch.path(), result, title, progress);
    }
    scratch.publish();
}

}  // namespace

RunHeader header_of(const RunResult& result, std::string_view title) {
    return {.title = title,
            .program_version = result.program_version,
            .build_type = result.build_type,
            .scenario_text = result.scenario_text,
            .effective_scenario = result.effective_scenario,
            .plant_seed = result.plant_seed,
            .traffic_seed = result.traffic_seed,
            .faults_seed = result.faults_seed,
            .topology = result.topology,
            .links = result.links,
            .sampling = {result.series.interval, result.series.ports}};
}

void write_result(const std::string& path, const RunResult& result, const std::string& title) {
    refuse_what_is_no_file(path);
    guarded(path, [&] { publish(path, result, title, {}); });
}

// In the order of its making: the series is closed before its file, and then the next run may begin.
struct ResultFile::Running {
    std::string path, title;
    std::unique_ptr<ResultLock> lock;
    hdf5::File file;
    hdf5::Series series;
    std::optional<SeriesGroup> samples;
    std::vector<ProgressRow> progress{};  // for the whole file: a row a second

    std::string partial() const { return path + ".partial"; }
};

ResultFile::ResultFile(std::unique_ptr<Running> running) : running_(std::move(running)) {}
ResultFile::ResultFile(ResultFile&&) noexcept = default;
ResultFile::~ResultFile() = default;

ResultFile ResultFile::create(const std::string& path, const RunHeader& header) {
    refuse_what_is_no_file(path);
    std::unique_ptr<Running> running;
    guarded(path, [&] {
        auto lock = std::make_unique<ResultLock>(path);
        ScratchFile scratch(path + ".partial");
        hdf5::File file = hdf5::File::create(scratch.path());
        hdf5::Group root = file.root();
        root.attribute("status", "running");
        write_header(root, header);
        hdf5::Group run = root.child("run");
        run.attribute("build_type", header.build_type);
        hdf5::Series series = create_progress(run);
        run.close();
        std::optional<SeriesGroup> samples;
        if (header.sampling.interval.ps != 0) samples.emplace(root, header.sampling.ports);
        root.close();
        file.start_swmr();
        scratch.publish();
        running.reset(new Running{path, std::string(header.title), std::move(lock), std::move(file), std::move(series),
                                  std::move(samples)});
    });
    return ResultFile(std::move(running));
}

// A file that takes no more while its run goes on is of no use.
void ResultFile::write_or_remove(const std::function<void()>& write) {
    try {
        guarded(running_->path, write);
    } catch (...) {
        std::remove(running_->partial().c_str());
        throw;
    }
}

void ResultFile::append_progress(std::int64_t time_ps, std::int64_t messages_delivered,
                                 std::int64_t payload_bytes_delivered, std::int64_t events) {
    const ProgressRow row{time_ps, messages_delivered, payload_bytes_delivered, events};
    running_->progress.push_back(row);
    write_or_remove([&] {
        running_->series.append(row);
        running_->series.flush();
    });
}

void ResultFile::append_samples(const PortSeries& series, std::size_t samples) {
    if (!running_->samples) return;
    write_or_remove([&] {
        running_->samples->append(series, samples);
        running_->samples->flush();
    });
}

void ResultFile::finish(const RunResult& result) {
    const bool interrupted = result.stopped_by == "interrupt";
    const std::string place = interrupted ? running_->partial() : running_->path;
    // Where this fails there is still what was reported, which may be all that is ever known of a long run.
    guarded(running_->path, [&] { publish(place, result, running_->title, running_->progress); });
    if (!interrupted) std::remove(running_->partial().c_str());
    running_->lock.reset();
}

}  // namespace lightloom
