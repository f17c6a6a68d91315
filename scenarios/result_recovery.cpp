#include "scenarios/result_recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "scenarios/hdf5_copy.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/result_place.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/scratch_file.hpp"
#include "scenarios/trial.hpp"

namespace lightloom {
namespace {

// What a run that ended has, whatever it was asked.
constexpr std::array kOfWholeRuns{"topology", "optics", "summary", "jobs", "economics", "run"};
constexpr TrialTime kTime{.least_seconds = 10.0, .bytes_a_second = 5e6};

bool is_of_root(const std::string& group) { return group.find('/') == std::string::npos; }

Recovery look_at(const ResultReader& partial) {
    Recovery found;
    found.status = partial.attribute("status");
    found.stopped_by = partial.has_attribute("stopped_by") ? partial.attribute("stopped_by") : "killed";
    found.kept = partial.groups();
    std::erase_if(found.kept, [](const std::string& group) { return !is_of_root(group); });
    for (const char* group : kOfWholeRuns)
        if (!partial.has(group)) found.missing.emplace_back(group);
    if (partial.has("summary")) {
        found.reached_ps = partial.whole("summary/end_ps");
        found.messages_delivered = partial.whole("summary/messages_delivered");
        found.payload_bytes_delivered = partial.whole("summary/payload_bytes_delivered");
    }
    found.reports = partial.rows("run/progress");
    if (found.reports > 0 && !partial.has("summary")) {
        found.reached_ps = partial.whole_column("run/progress/time_ps").back();
        found.messages_delivered = partial.whole_column("run/progress/messages_delivered").back();
        found.payload_bytes_delivered = partial.whole_column("run/progress/payload_bytes_delivered").back();
    }
    return found;
}

void copy(const std::string& partial, const std::string& place, const Recovery& recovery) {
    const hdf5::Handle source = hdf5::open_for_reading(partial);
    hdf5::File file = hdf5::File::create(place);
    const std::string status = recovery.status == "running" ? "partial" : recovery.status;
    hdf5::copy_contents(source, file, {{"status", status}, {"stopped_by", recovery.stopped_by}});
    file.close();
}

}  // namespace

Recovery recover_result(const std::string& partial, const std::string& place) {
    const Recovery recovery = look_at(ResultReader::open(partial));
    refuse_what_is_no_file(place);
    try {
        ScratchFile scratch(place);
        // The bytes may be anything: first in a process of its own, whose copy the second replaces.
        if (!comes_back([&] { copy(partial, scratch.path(), recovery); }, partial, kTime))
            throw ResultUnreadable(partial + ": the file is damaged, and HDF5 does not survive copying it");
        copy(partial, scratch.path(), recovery);
        scratch.publish();
    } catch (const hdf5::Error& error) {
        // The machine's reason is of writing: nothing in a file that can be read has one.
        if (error.code() != 0) throw ResultError(place, reason_of(error));
        throw ResultUnreadable(fmt::format("{}: {}", partial, error.what()));
    } catch (const std::system_error& error) {
        throw ResultError(place, error.code().message());
    }
    return recovery;
}

}  // namespace lightloom
