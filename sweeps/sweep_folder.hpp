// The folder of a sweep, and who may write what into it:
//
//     points.tsv           every point by name with its settings; what Slurm's tasks go by
//     points/NAME.h5       a finished point: it has this name only if it is whole
//     logs/NAME.log        what the point said. Whoever runs the point holds a lock on this file
//     logs/NAME.failed     how often it failed, and why the last time
//     merged.h5            one row per point
//     slurm/               tasks, script and logs of Slurm, of a sweep that ran there
//
// A lock is the kernel's (flock, over NFS too) and goes with its process, so that nothing stale is left by a kill.
// Not here: running (sweeps/local_executor.hpp), the merged file (sweeps/merge.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sweeps/plan.hpp"

namespace lightloom {

struct PointFailure {
    unsigned attempts = 0;  // that failed, since one last went well
    std::string error;
};

/// Held by whoever runs a point.
class PointLock {
public:
    PointLock(PointLock&& other) noexcept;
    PointLock& operator=(PointLock&&) = delete;
    ~PointLock();
    int log() const { return descriptor_; }  // of the log, open for writing

private:
    friend class SweepFolder;
    explicit PointLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

class SweepFolder {
public:
    explicit SweepFolder(std::string path) : path_(std::move(path)) {}

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + '/' + name; }
    std::string result(const std::string& point) const { return file("points/" + point + ".h5"); }
    std::string log(const std::string& point) const { return file("logs/" + point + ".log"); }
    std::string merged() const { return file("merged.h5"); }

    /// Whether a sweep was begun here.
    bool is_begun() const;
    /// Whether there is something in the folder that no sweep has put there.
    bool holds_something_else() const;
    /// Makes the folder and writes points.tsv. @throws std::runtime_error
    void begin(const SweepPlan& plan) const;
    /// What points.tsv says. @throws std::runtime_error: there is none, or it was damaged
    SweepPlan read_plan() const;

    bool is_finished(const std::string& point) const;
    /// Results in the folder that are of no point of the plan: of a sweep as it was before an edit.
    std::size_t count_strangers(const SweepPlan& plan) const;
    /// Takes away what is no result under a result's name, and what killed processes have left.
    void clean(const SweepPlan& plan) const;

    /// None if somebody else runs the point. @throws std::runtime_error
    std::optional<PointLock> lock(const std::string& point) const;

    std::optional<PointFailure> failure(const std::string& point) const;
    void keep_failure(const std::string& point, const PointFailure& failure) const;
    void forget_failure(const std::string& point) const;

private:
    std::string failure_file(const std::string& point) const { return file("logs/" + point + ".failed"); }

    std::string path_;
};

}  // namespace lightloom
