#include "sweeps/local_executor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "sweeps/point_run.hpp"

namespace lightloom {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kLeastEstimate = 64 << 20;  // of a point: below this the machine's own needs count more
constexpr double kShareOfFree = 0.8;
constexpr auto kPause = std::chrono::milliseconds(100);        // between two looks when nothing ends
constexpr auto kProbation = std::chrono::milliseconds(200);    // after which a first point's memory is taken as typical
constexpr auto kOthersPause = std::chrono::milliseconds(500);  // between two looks at points that others run
constexpr std::size_t kMostErrorBytes = 300;

double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

/// A figure of a file such as /proc/meminfo: "MemAvailable:  123 kB". -1: there is none.
std::int64_t kilobytes_in(const std::string& file, std::string_view label) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(label)) return std::atoll(line.c_str() + label.size());
    return -1;
}

/// The first line of a log, which says what was wrong; printable, since logs hold what stood in files.
std::string reason_in(const std::string& log) {
    std::ifstream stream(log);
    std::string line, safe;
    while (line.empty() && std::getline(stream, line)) {
    }
    for (const char c : line.substr(0, kMostErrorBytes)) safe += (c >= ' ' && c <= '~') ? c : '?';
    return safe;
}

struct Child {
    pid_t pid;
    std::size_t point;  // a row of the plan
    PointLock lock;
    steady_clock::time_point start;
};

class Executor {
public:
    Executor(const SweepPlan& plan, const SweepFolder& folder, const LocalLimits& limits)
        : plan_(plan), folder_(folder), limits_(limits) {
        memory_ = limits.memory_bytes;
        if (memory_ == 0) memory_ = static_cast<std::int64_t>(kShareOfFree * static_cast<double>(free_memory()));
        most_children_ = std::max(1u, limits.cores / limits.threads);
        sigemptyset(&child_ended_);
        sigaddset(&child_ended_, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child_ended_, &mask_before_);
    }
    ~Executor() {
        for (Child& child : children_) {
            ::kill(child.pid, SIGKILL);
            ::waitpid(child.pid, nullptr, 0);
        }
        sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    }
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    bool run(const std::vector<std::size_t>& points, const SweepWatcher& watcher);

private:
    void start_what_fits();
    bool may_start();
    std::int64_t estimate();
    void start(std::size_t point);
    [[noreturn]] void become(const Point& point, const PointLock& lock);
    void wait_a_little();
    void reap();
    void ended(Child& child, int status);
    void look_at_others();

    const SweepPlan& plan_;
    const SweepFolder& folder_;
    const LocalLimits& limits_;
    std::int64_t memory_ = 0, peak_ = 0;
    std::size_t most_children_ = 1;
    const pid_t self_ = ::getpid();
    sigset_t child_ended_{}, mask_before_{};
    steady_clock::time_point start_ = steady_clock::now(), looked_ = start_;
    std::deque<std::size_t> pending_, others_;  // others_: somebody else holds their locks
    std::vector<Child> children_;
    SweepProgress progress_;
    bool time_is_over_ = false;
};

bool Executor::run(const std::vector<std::size_t>& points, const SweepWatcher& watcher) {
    progress_.total = points.size();
    pending_.assign(points.begin(), points.end());
    while (!pending_.empty() || !others_.empty() || !children_.empty()) {
        time_is_over_ = limits_.seconds > 0.0 && seconds_since(start_) >= limits_.seconds;
        if (time_is_over_ && children_.empty()) return false;
        start_what_fits();
        progress_.running = children_.size();
        progress_.elsewhere = pending_.empty() && children_.empty();
        if (!watcher(progress_)) return false;
        if (!children_.empty() || !others_.empty()) wait_a_little();
        reap();
        look_at_others();
    }
    watcher(progress_);
    return true;
}

void Executor::start_what_fits() {
    while (!pending_.empty() && !time_is_over_ && may_start()) {
        const std::size_t point = pending_.front();
        pending_.pop_front();
        start(point);
    }
}

/// What a point takes: the most that any has taken so far.
std::int64_t Executor::estimate() {
    for (const Child& child : children_)
        peak_ = std::max(peak_, 1024 * kilobytes_in(fmt::format("/proc/{}/status", child.pid), "VmHWM:"));
    return std::max(peak_, kLeastEstimate);
}

bool Executor::may_start() {
    if (children_.empty()) return true;
    if (children_.size() >= most_children_) return false;
    const bool nothing_is_known = progress_.done + progress_.failed == 0;
    if (nothing_is_known && steady_clock::now() - children_.front().start < kProbation) return false;
    return static_cast<std::int64_t>(children_.size() + 1) * estimate() <= memory_;
}

void Executor::start(std::size_t index) {
    const Point& point = plan_.points[index];
    std::optional<PointLock> lock = folder_.lock(point.name);
    if (!lock) return others_.push_back(index);
    if (folder_.is_finished(point.name)) {
        ++progress_.done;
        return;
    }
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error(fmt::format("cannot start a process: {}", std::strerror(errno)));
    if (pid == 0) become(point, *lock);
    children_.push_back({pid, index, std::move(*lock), steady_clock::now()});
}

/// The child's whole life.
void Executor::become(const Point& point, const PointLock& lock) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != self_) ::_exit(1);  // it died in between
    // They reach all processes of a terminal or job. It is for this one's parent to say what ends, or it looks failed.
    for (const int number : {SIGINT, SIGTERM}) ::signal(number, SIG_IGN);
    sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    const bool is_ready = ::ftruncate(lock.log(), 0) == 0 && ::dup2(lock.log(), STDOUT_FILENO) >= 0 &&
                          ::dup2(lock.log(), STDERR_FILENO) >= 0;
    ::_exit(is_ready ? run_point(plan_.base, point, folder_.result(point.name), limits_.threads) : 3);
}

void Executor::wait_a_little() {
    const timespec pause{0, std::chrono::nanoseconds(kPause).count()};
    sigtimedwait(&child_ended_, nullptr, &pause);
}

void Executor::reap() {
    for (std::size_t i = 0; i < children_.size();) {
        int status = 0;
        rusage usage{};
        if (::wait4(children_[i].pid, &status, WNOHANG, &usage) != children_[i].pid) {
            ++i;
            continue;
        }
        peak_ = std::max(peak_, 1024 * static_cast<std::int64_t>(usage.ru_maxrss));
        ended(children_[i], status);
        // Not assignable, for a lock is not: taken out by building the list anew.
        std::vector<Child> rest;
        for (std::size_t other = 0; other < children_.size(); ++other)
            if (other != i) rest.push_back(std::move(children_[other]));
        children_.swap(rest);
    }
}

void Executor::ended(Child& child, int status) {
    const std::string& name = plan_.points[child.point].name;
    for (const char* rest : {".{}.tmp", ".partial.{}.tmp"})
        ::unlink((folder_.result(name) + fmt::format(fmt::runtime(rest), child.pid)).c_str());
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && folder_.is_finished(name)) {
        folder_.forget_failure(name);
        ++progress_.done;
        return;
    }
    ::unlink((folder_.result(name) + ".partial").c_str());
    PointFailure failure = folder_.failure(name).value_or(PointFailure{});
    ++failure.attempts;
    failure.error = reason_in(folder_.log(name));
    if (WIFSIGNALED(status))
        failure.error = fmt::format("killed by signal {}{}{}", WTERMSIG(status),
                                    WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "",
                                    failure.error.empty() ? "" : ": " + failure.error);
    folder_.keep_failure(name, failure);
    if (failure.attempts <= limits_.retries)
        pending_.push_back(child.point);
    else
        ++progress_.failed;
}

/// Points that another process runs are waited for: when it has ended, they are finished, or ours.
void Executor::look_at_others() {
    if (others_.empty() || steady_clock::now() - looked_ < kOthersPause) return;
    looked_ = steady_clock::now();
    for (std::size_t n = others_.size(); n > 0; --n) {
        const std::size_t index = others_.front();
        others_.pop_front();
        if (const std::string& name = plan_.points[index].name; folder_.is_finished(name))
            ++progress_.done;
        else if (folder_.lock(name))
            pending_.push_back(index);
        else
            others_.push_back(index);
    }
}

}  // namespace

std::int64_t free_memory() {
    std::int64_t bytes = 1024 * kilobytes_in("/proc/meminfo", "MemAvailable:");
    if (bytes < 0) bytes = std::numeric_limits<std::int64_t>::max() / 2;
    std::int64_t most = 0, now = 0;
    if (std::ifstream("/sys/fs/cgroup/memory.max") >> most && std::ifstream("/sys/fs/cgroup/memory.current") >> now)
        bytes = std::min(bytes, std::max<std::int64_t>(most - now, 0));
    return bytes;
}

bool run_locally(const SweepPlan& plan, const std::vector<std::size_t>& points, const SweepFolder& folder,
                 const LocalLimits& limits, const SweepWatcher& watcher) {
    return Executor(plan, folder, limits).run(points, watcher);
}

}  // namespace lightloom
