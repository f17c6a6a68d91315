// `lightloom sweep`: a scenario in many variants, here or on a cluster; and `lightloom sweep-task`, which a cluster's
// task calls. What a sweep is stands in sweeps/; this file reads arguments and prints.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <optional>
#include <thread>

#include "scenarios/result_file.hpp"
#include "scenarios/result_place.hpp"
#include "scenarios/scratch_file.hpp"
#include "sweeps/local_executor.hpp"
#include "sweeps/merge.hpp"
#include "sweeps/plan.hpp"
#include "sweeps/slurm_executor.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/sweep_outcome.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

constexpr CommandHelp kHelp{
    .usage = "sweep SWEEP.toml [OPTION...]",
    .summary =
        "Runs a scenario in all variants that a sweep's axes span, each in a process of its own, and merges what they\n"
        "came to into one table. What is finished is kept, whatever happens; --resume does the rest.\n"
        "Exit code 0: every point has a result. 1: some failed, or are left because the budget's time was over or the\n"
        "cluster's jobs were cancelled. 2: a mistake in arguments, sweep or scenario. 3: the machine's fault (disk,\n"
        "memory, Slurm). 130 and 143: stopped by Ctrl-C and SIGTERM.",
    .examples =
        "Examples:\n"
        "  lightloom sweep my-sweep.toml --dry-run\n"
        "  lightloom sweep my-sweep.toml -o results && python3 -c 'import xarray; "
        "print(xarray.open_dataset(\"results/merged.h5\", group=\"summary\"))'\n"
        "  lightloom sweep my-sweep.toml -o results --executor slurm --resume\n",
};
constexpr CommandHelp kTaskHelp{
    .usage = "sweep-task FOLDER LIST [OPTION...]",
    .summary =
        "Runs points of a sweep that was planned in FOLDER: those that LIST names, line by line. Slurm calls it.",
    .examples = "",
};

constexpr std::uint64_t kMostCores = 1024;

Options sweep_options() {
    Options options("Options", kHelpColumns);
    options.add_options()("output,o", po::value<std::string>()->value_name("FOLDER"),
                          "where the points and merged.h5 go (default: the sweep's name, here)");
    options.add_options()("resume", "go on with a sweep: do what is missing, failed or changed");
    options.add_options()("dry-run", "list the points and what would be done; write nothing");
    options.add_options()("executor", po::value<std::string>()->default_value("local")->value_name("local|slurm"),
                          "this machine, or a cluster's job array");
    options.add_options()("cores", po::value<std::string>()->value_name("N"),
                          "of this machine, to use at once (default: all)");
    options.add_options()("csv", po::value<std::string>()->value_name("FILE"),
                          "write a row per finished point there: what it set, and every metric");
    options.add_options()("json", "the outcome, or the plan of a dry run, as one JSON object");
    options.add_options()("quiet,q", "no progress");
    return options;
}

unsigned cores_of(const Arguments& arguments) {
    if (arguments.count("cores")) return static_cast<unsigned>(whole_number(arguments, "cores", 1, kMostCores));
    return std::max(1u, std::thread::hardware_concurrency());
}

std::string text_of(const SweepProgress& progress) {
    const std::size_t left = progress.total - progress.done - progress.failed;
    std::string text = fmt::format("{} of {} points", progress.done, progress.total);
    if (progress.failed > 0) text += fmt::format(", {} failed", progress.failed);
    if (progress.running > 0) text += fmt::format(", {} running", progress.running);
    if (progress.elsewhere && left > 0) text += fmt::format(", {} waited for", left);
    return text;
}

SweepWatcher watcher_of(std::optional<ProgressLine>& line) {
    return [&line](const SweepProgress& progress) {
        const auto ended = static_cast<double>(progress.done + progress.failed);
        if (line) line->show(ended / static_cast<double>(std::max<std::size_t>(progress.total, 1)), text_of(progress));
        return interruption() == 0;
    };
}

std::optional<Sweep> read_sweep(const std::string& file) {
    try {
        SweepFiles files = load_sweep(file);
        if (!files.errors.empty()) complain(files.errors);
        return std::move(files.sweep);
    } catch (const FileError& error) {
        throw UsageError(error.what());
    }
}

/// Nothing if it has mistakes, which have been printed, or if the user gave up.
std::optional<SweepPlan> plan_or_complain(const Sweep& sweep, bool quiet) {
    constexpr std::size_t kPointsAWord = 256;
    std::optional<ProgressLine> line;
    if (!quiet) line.emplace();
    try {
        PlannedSweep planned = plan_sweep(sweep, [&](std::size_t done, std::size_t total) {
            if (line && done > 0 && done % kPointsAWord == 0)
                line->show(static_cast<double>(done) / static_cast<double>(total),
                           fmt::format("{} of {} points planned", done, total));
            return interruption() == 0;
        });
        line.reset();
        if (!planned.errors.empty()) complain(planned.errors);
        return std::move(planned.plan);
    } catch (const FileError& error) {
        throw UsageError(error.what());
    }
}

std::vector<std::size_t> unfinished(const SweepPlan& plan, const SweepFolder& folder) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < plan.points.size(); ++i)
        if (!folder.is_finished(plan.points[i].name)) rows.push_back(i);
    return rows;
}

int dry_run(const SweepPlan& plan, const SweepFolder& folder, const Arguments& arguments, const Sweep& sweep) {
    if (arguments.count("json")) {
        std::cout << plan_json(plan, folder);
        return kExitFine;
    }
    std::cout << counted(plan) << '\n';
    for (const Point& point : plan.points)
        std::cout << fmt::format("{}  {}{}\n", point.name, folder.is_finished(point.name) ? "finished" : "to run  ",
                                 settings_text(point));
    if (arguments["executor"].as<std::string>() != "slurm") return kExitFine;
    std::string options;
    for (const std::string& option : sweep.slurm.options) options += ' ' + shell_word(option);
    std::cout << "\nsbatch" << options << " would be given:\n"
              << slurm_script(fs::read_symlink("/proc/self/exe").string(), fs::absolute(folder.path()).string());
    return kExitFine;
}

/// @return whether it went to its end
bool execute(const Sweep& sweep, const SweepPlan& plan, const SweepFolder& folder, const Arguments& arguments) {
    std::optional<ProgressLine> line;
    if (!arguments.count("quiet")) line.emplace();
    const Sweep::Budget& budget = sweep.budget;
    const std::vector<std::size_t> rows = unfinished(plan, folder);
    if (arguments["executor"].as<std::string>() == "local")
        return run_locally(plan, rows, folder,
                           {.cores = cores_of(arguments),
                            .threads = budget.threads,
                            .memory_bytes = budget.memory_bytes,
                            .seconds = budget.seconds,
                            .retries = budget.retries},
                           watcher_of(line));
    return run_on_slurm(plan, rows, folder,
                        {.program = fs::read_symlink("/proc/self/exe").string(),
                         .options = sweep.slurm.options,
                         .points_per_task = sweep.slurm.points_per_task,
                         .cpus = std::max(sweep.slurm.cpus, budget.threads),  // what runs on no core of its own waits
                         .threads = budget.threads,
                         .retries = budget.retries},
                        watcher_of(line));
}

void begin(const SweepPlan& plan, const SweepFolder& folder, bool resume) {
    if (folder.is_begun() && !resume)
        throw UsageError(folder.path() + " holds a sweep", "--resume goes on with it; -o names another folder");
    if (!folder.is_begun() && folder.holds_something_else())
        throw UsageError(folder.path() + " exists and holds something else than a sweep", "-o names another folder");
    folder.begin(plan);
    folder.clean(plan);
    for (const Point& point : plan.points) folder.forget_failure(point.name);  // who resumes wants another try
}

/// The table of points replaces an older one and nothing else, and what keeps it from being written shows before all
/// is run.
void check_place_of_csv(const std::string& path, const SweepFolder& folder) {
    refuse_what_is_no_file(path);
    std::error_code unknown;
    if (fs::exists(path, unknown)) {
        std::ifstream file(path, std::ios::binary);
        std::string beginning(kCsvBeginning.size(), '\0');
        file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
        beginning.resize(static_cast<std::size_t>(file.gcount()));
        if (!file.is_open() || (!beginning.empty() && beginning != kCsvBeginning))
            throw UsageError(path + " exists and is not the table of a sweep", "--csv takes another name");
    }
    const fs::path parent = (fs::absolute(path).parent_path() / "").lexically_normal();
    // The sweep's own folder will be made.
    if (parent == (fs::absolute(folder.path()) / "").lexically_normal() && !fs::exists(parent)) return;
    if (::access(parent.c_str(), W_OK | X_OK) != 0) throw ResultError(path, std::strerror(errno));
}

}  // namespace

int sweep_command(const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(kHelp, sweep_options(), words, {.name = "sweep"});
    if (arguments.count("help")) return kExitFine;
    if (const auto& executor = arguments["executor"].as<std::string>(); executor != "local" && executor != "slurm")
        throw UsageError(fmt::format("there is no executor \"{}\"", executor), "there are local and slurm");

    const std::string csv = arguments.count("csv") ? arguments["csv"].as<std::string>() : "";
    if (!csv.empty() && arguments.count("dry-run"))
        throw UsageError("--csv: a dry run has no figures", "--json writes the plan to standard output");

    listen_for_interruption();
    const std::string file = arguments["sweep"].as<std::vector<std::string>>().front();
    const auto sweep = read_sweep(file);
    if (!sweep) return kExitUsersMistake;
    const auto plan = plan_or_complain(*sweep, arguments.count("quiet") > 0);
    if (interruption() != 0) return kExitSignalBase + interruption();
    if (!plan) return kExitUsersMistake;
    const SweepFolder folder(arguments.count("output") ? arguments["output"].as<std::string>()
                                                       : fs::path(file).stem().string());
    if (arguments.count("dry-run")) return dry_run(*plan, folder, arguments, *sweep);
    if (!csv.empty()) check_place_of_csv(csv, folder);

    begin(*plan, folder, arguments.count("resume") > 0);
    if (!arguments.count("quiet")) std::cerr << version_line() << ", " << counted(*plan) << '\n';
    const std::size_t kept = plan->points.size() - unfinished(*plan, folder).size();
    const bool is_through = execute(*sweep, *plan, folder, arguments);
    const SweepOutcome outcome{*plan, folder, merge(*plan, sweep->title, folder), kept, folder.count_strangers(*plan)};
    std::cout << (arguments.count("json") ? outcome_json(outcome) : outcome_text(outcome));
    if (!csv.empty()) {
        check_place_of_csv(csv, folder);
        write_whole_file(csv, points_csv(outcome));
    }
    if (interruption() != 0) {
        print_error("interrupted; --resume does what is missing");
        return kExitSignalBase + interruption();
    }
    if (!is_through)
        print_error(fmt::format("{}; --resume does what is missing", arguments["executor"].as<std::string>() == "slurm"
                                                                         ? "somebody has cancelled the jobs"
                                                                         : "the budget's time is over"));
    const bool is_whole = std::ranges::all_of(outcome.points, [](const PointOutcome& point) {
        return point.status == PointStatus::finished || point.status == PointStatus::partial;
    });
    return is_whole ? kExitFine : kExitVerdict;
}

int sweep_task_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    options.add_options()("cores", po::value<std::string>()->value_name("N"), "to use at once (default: all)");
    options.add_options()("threads", po::value<std::string>()->default_value("1")->value_name("N"), "of each point");
    const Arguments arguments = parse_arguments(kTaskHelp, options, words, {2, 2, "folder and list"});
    if (arguments.count("help")) return kExitFine;
    listen_for_interruption();
    const auto& given = arguments["folder and list"].as<std::vector<std::string>>();
    const SweepFolder folder(given[0]);
    const SweepPlan plan = folder.read_plan();
    std::ifstream list(given[1]);
    std::vector<std::size_t> rows;
    for (std::string name; std::getline(list, name);) {
        const auto point = std::ranges::find(plan.points, name, &Point::name);
        if (point == plan.points.end()) throw UsageError(folder.path() + " has no point " + name + " any more");
        rows.push_back(static_cast<std::size_t>(point - plan.points.begin()));
    }
    const auto threads = static_cast<unsigned>(whole_number(arguments, "threads", 1, kMostCores));
    std::optional<ProgressLine> line(std::in_place);
    run_locally(plan, rows, folder, {.cores = cores_of(arguments), .threads = threads}, watcher_of(line));
    return interruption() != 0 ? kExitSignalBase + interruption() : kExitFine;
}

}  // namespace lightloom
