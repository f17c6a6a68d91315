#include "sweeps/slurm_executor.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "scenarios/result_reader.hpp"
#include "scenarios/scratch_file.hpp"
#include "sweeps/program.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr double kLeastTaskSeconds = 60.0;    // a task costs Slurm some tenths of a second
constexpr std::size_t kMostTasks = 1000;      // of an array: Slurm's own default is 1,001
constexpr std::size_t kPointsOfUnknown = 10;  // per task, if the first point did not come to its end
constexpr auto kWatch = 100ms, kPoll = 1000ms;
constexpr auto kPatience = 10min;  // with a controller that does not answer

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

/// The line that is a number, which may have the cluster's name behind it: "17;main". Others are warnings.
std::string job_number(const std::string& said) {
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        const std::string number = line.substr(0, line.find(';'));
        if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos) return number;
    }
    return {};
}

class SlurmExecutor {
public:
    SlurmExecutor(const SweepPlan& plan, const std::vector<std::size_t>& points, const SweepFolder& folder,
                  const SlurmLimits& limits, const SweepWatcher& watcher)
        : plan_(plan),
          points_(points),
          folder_(folder),
          limits_(limits),
          watcher_(watcher),
          path_(fs::absolute(folder.path()).lexically_normal().string()) {}

    bool run();

private:
    enum class Ending { done, cancelled, given_up };

    std::vector<std::size_t> left() const;
    std::size_t points_per_task(const std::vector<std::size_t>& rows, Ending& ending);
    Ending run_array(const std::vector<std::size_t>& rows, std::size_t per_task);
    void submit(const std::string& round, std::size_t tasks);
    Ending wait_for(const std::string& job);
    bool is_over(const std::string& job, Ending& ending);
    bool watch();
    std::string job_file() const { return folder_.file("slurm/job"); }

    const SweepPlan& plan_;
    const std::vector<std::size_t>& points_;
    const SweepFolder& folder_;
    const SlurmLimits& limits_;
    const SweepWatcher& watcher_;
    const std::string path_;
    steady_clock::time_point answered_ = steady_clock::now(), looked_{};
    SweepProgress progress_;  // as of looked_
};

/// Points that may still be tried.
std::vector<std::size_t> SlurmExecutor::left() const {
    std::vector<std::size_t> rows;
    for (const std::size_t row : points_) {
        const std::string& name = plan_.points[row].name;
        if (folder_.is_finished(name)) continue;
        const auto failure = folder_.failure(name);
        if (!failure || failure->attempts <= limits_.retries) rows.push_back(row);
    }
    return rows;
}

bool SlurmExecutor::run() {
    std::string earlier;
    if (std::ifstream(job_file()) >> earlier)
        if (const Ending ending = wait_for(earlier); ending != Ending::done) return false;
    Ending ending = Ending::done;
    const std::size_t per_task = points_per_task(left(), ending);
    // Each round does what the one before has left. One that has done nothing counts as a try of its points.
    unsigned fruitless = 0;
    for (std::vector<std::size_t> rows = left(); ending == Ending::done && !rows.empty();) {
        ending = run_array(rows, per_task);
        const std::vector<std::size_t> rest = left();
        if (rest.size() == rows.size() && ++fruitless > limits_.retries) break;
        rows = rest;
    }
    return ending == Ending::done;
}

/// So many that a task lasts a minute; by the first point, which is sent ahead for that.
std::size_t SlurmExecutor::points_per_task(const std::vector<std::size_t>& rows, Ending& ending) {
    if (limits_.points_per_task > 0 || rows.size() < 2) return std::max<std::size_t>(limits_.points_per_task, 1);
    ending = run_array({rows.front()}, 1);
    const std::string& name = plan_.points[rows.front()].name;
    if (!folder_.is_finished(name)) return kPointsOfUnknown;
    const double seconds = ResultReader::open_own(folder_.result(name)).scalar("run/wall_seconds");
    const double at_once = std::max(1u, limits_.cpus / limits_.threads);
    const double many = std::ceil(kLeastTaskSeconds / std::max(seconds, 1e-3) * at_once);
    return static_cast<std::size_t>(std::min(many, 1e6));
}

SlurmExecutor::Ending SlurmExecutor::run_array(const std::vector<std::size_t>& rows, std::size_t per_task) {
    per_task = std::max(per_task, (rows.size() + kMostTasks - 1) / kMostTasks);
    std::string round;
    for (unsigned n = 1; round.empty() || fs::exists(folder_.file("slurm/" + round)); ++n)
        round = fmt::format("round-{}", n);
    fs::create_directories(folder_.file("slurm/" + round));
    std::size_t tasks = 0;
    for (std::size_t first = 0; first < rows.size(); first += per_task, ++tasks) {
        std::string list;
        for (std::size_t i = first; i < std::min(first + per_task, rows.size()); ++i)
            list += plan_.points[rows[i]].name + '\n';
        write_whole_file(folder_.file(fmt::format("slurm/{}/{}.list", round, tasks)), list);
    }
    write_whole_file(folder_.file("slurm/task.sh"), slurm_script(limits_.program, path_));
    submit(round, tasks);
    std::string job;
    std::ifstream(job_file()) >> job;
    return wait_for(job);
}

void SlurmExecutor::submit(const std::string& round, std::size_t tasks) {
    std::vector<std::string> words{"sbatch",
                                   "--parsable",
                                   "--job-name=lightloom-sweep",
                                   "--requeue",
                                   "--open-mode=append",
                                   fmt::format("--array=0-{}", tasks - 1),
                                   fmt::format("--cpus-per-task={}", limits_.cpus),
                                   "--chdir=" + path_,
                                   fmt::format("--output=slurm/{}/%a.log", round)};
    words.insert(words.end(), limits_.options.begin(), limits_.options.end());
    words.insert(words.end(), {folder_.file("slurm/task.sh"), round, std::to_string(limits_.threads)});
    const Ended ended = run_program(words);
    if (ended.status == 127) throw SlurmError("there is no sbatch here; --executor local runs on this machine");
    const std::string job = job_number(ended.said);
    if (ended.status != 0 || job.empty()) throw SlurmError("sbatch has refused: " + trimmed(ended.said));
    write_whole_file(job_file(), job + '\n');
}

SlurmExecutor::Ending SlurmExecutor::wait_for(const std::string& job) {
    answered_ = steady_clock::now();
    Ending ending = Ending::done;
    for (auto polled = steady_clock::now() - kPoll;;) {
        if (!watch()) {
            run_program({"scancel", job});
            ending = Ending::given_up;
            break;
        }
        if (steady_clock::now() - polled >= kPoll) {
            polled = steady_clock::now();
            if (is_over(job, ending)) break;
        }
        std::this_thread::sleep_for(kWatch);
    }
    ::unlink(job_file().c_str());
    return ending;
}

/// Whether none of the array's tasks can do anything any more.
bool SlurmExecutor::is_over(const std::string& job, Ending& ending) {
    static const std::set<std::string> kEnded{"COMPLETED", "FAILED",   "CANCELLED", "TIMEOUT",      "NODE_FAIL",
                                              "PREEMPTED", "DEADLINE", "BOOT_FAIL", "OUT_OF_MEMORY"};
    const Ended ended =
        run_program({"squeue", "--noheader", "--states=all", "--array", "--format=%T", "--jobs=" + job});
    if (ended.status != 0) {
        // Slurm forgets jobs some minutes after their end, or when its controller has lost its state.
        if (ended.said.find("Invalid job id") != std::string::npos) return true;
        if (steady_clock::now() - answered_ > kPatience)
            throw SlurmError("squeue does not answer: " + trimmed(ended.said) + "; --resume goes on with job " + job);
        return false;
    }
    answered_ = steady_clock::now();
    std::istringstream states(ended.said);
    bool is_cancelled = false;
    for (std::string state; states >> state;) {
        if (!kEnded.contains(state)) return false;
        is_cancelled = is_cancelled || state == "CANCELLED";
    }
    if (is_cancelled) ending = Ending::cancelled;
    return true;
}

/// The folder may be on a file server: it is looked through no more often than Slurm is asked.
bool SlurmExecutor::watch() {
    if (steady_clock::now() - looked_ < kPoll) return watcher_(progress_);
    looked_ = steady_clock::now();
    progress_ = {.total = points_.size(), .elsewhere = true};
    for (const std::size_t row : points_) {
        const std::string& name = plan_.points[row].name;
        if (folder_.is_finished(name))
            ++progress_.done;
        else if (folder_.failure(name))
            ++progress_.failed;
    }
    return watcher_(progress_);
}

}  // namespace

std::string shell_word(const std::string& text) {
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + '\'';
}

std::string slurm_script(const std::string& program, const std::string& folder) {
    return fmt::format(
        "#!/bin/sh\n"
        "# One task of a sweep's job array: runs the points that its list names and that nobody has run yet.\n"
        "exec {0} sweep-task {1} {1}/slurm/\"$1\"/\"$SLURM_ARRAY_TASK_ID\".list \\\n"
        "    --cores \"${{SLURM_CPUS_PER_TASK:-1}}\" --threads \"$2\"\n",
        shell_word(program), shell_word(folder));
}

bool run_on_slurm(const SweepPlan& plan, const std::vector<std::size_t>& points, const SweepFolder& folder,
                  const SlurmLimits& limits, const SweepWatcher& watcher) {
    return SlurmExecutor(plan, points, folder, limits, watcher).run();
}

}  // namespace lightloom
