#include "sweeps/sweep_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/scratch_file.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameDigits = 16, kLargestTable = 1 << 30;
constexpr std::string_view kTableHead = "lightloom-sweep 1";

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

bool is_name(std::string_view text) {
    return text.size() == kNameDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
    return cells;
}

}  // namespace

PointLock::PointLock(PointLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

// Unlocked rather than closed only: children that run other points have inherited the descriptor.
PointLock::~PointLock() {
    if (descriptor_ < 0) return;
    ::flock(descriptor_, LOCK_UN);
    ::close(descriptor_);
}

bool SweepFolder::is_begun() const { return fs::exists(file("points.tsv")); }

bool SweepFolder::holds_something_else() const {
    if (!fs::is_directory(path_)) return fs::exists(path_);
    return std::ranges::any_of(fs::directory_iterator(path_), [](const fs::directory_entry& entry) {
        const std::string name = entry.path().filename().string();
        return name != "points" && name != "logs" && name != "slurm" && !name.starts_with("points.tsv");
    });
}

std::size_t SweepFolder::count_strangers(const SweepPlan& plan) const {
    std::set<std::string> files;
    for (const Point& point : plan.points) files.insert(point.name + ".h5");
    std::error_code none;
    std::size_t strangers = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(file("points"), none)) {
        const std::string name = entry.path().filename().string();
        strangers += name.ends_with(".h5") && !files.contains(name);
    }
    return strangers;
}

void SweepFolder::begin(const SweepPlan& plan) const {
    for (const char* part : {"points", "logs"}) {
        std::error_code error;
        fs::create_directories(file(part), error);
        if (error) throw std::runtime_error(fmt::format("cannot make the folder {}: {}", file(part), error.message()));
    }
    // A value is TOML on one line, in which a tab is escaped; a key that a scenario knows has none, and a base that had
    // would be a strange file.
    if (plan.base.find_first_of("\t\n") != std::string::npos)
        throw std::runtime_error("the base scenario's path has a tab or a line break in it");
    std::string table = fmt::format("{}\t{}\n", kTableHead, fs::absolute(plan.base).string());
    for (const Point& point : plan.points) {
        table += point.name;
        for (const Setting& setting : point.settings) table += fmt::format("\t{}={}", setting.key, setting.value);
        table += '\n';
    }
    write_whole_file(file("points.tsv"), table);
}

SweepPlan SweepFolder::read_plan() const {
    std::istringstream stream(read_file(file("points.tsv"), kLargestTable));
    const auto damaged = [&] { return std::runtime_error(file("points.tsv") + " is not what a sweep has written"); };
    SweepPlan plan;
    std::string line;
    std::getline(stream, line);
    const std::vector<std::string> head = cells_of(line);
    if (head.size() != 2 || head[0] != kTableHead) throw damaged();
    plan.base = head[1];
    while (std::getline(stream, line)) {
        const std::vector<std::string> cells = cells_of(line);
        if (cells.empty() || !is_name(cells[0])) throw damaged();
        Point point{cells[0], {}};
        for (std::size_t i = 1; i < cells.size(); ++i) {
            const std::size_t equals = cells[i].find('=');
            if (equals == std::string::npos) throw damaged();
            point.settings.push_back({cells[i].substr(0, equals), cells[i].substr(equals + 1), {}});
        }
        plan.points.push_back(std::move(point));
    }
    return plan;
}

bool SweepFolder::is_finished(const std::string& point) const { return fs::exists(result(point)); }

void SweepFolder::clean(const SweepPlan& plan) const {
    for (const Point& point : plan.points) {
        if (!is_finished(point.name)) continue;
        try {
            hdf5::open_for_reading(result(point.name));  // which sees a file that was cut off
        } catch (const hdf5::Error&) {
            fs::remove(result(point.name));
        }
    }
    std::error_code gone;
    for (const fs::directory_entry& entry : fs::directory_iterator(file("points"))) {
        const std::string name = entry.path().filename().string(), point = name.substr(0, kNameDigits);
        const bool is_left = name.ends_with(".tmp") || name.ends_with(".partial");
        if (is_left && is_name(point) && lock(point)) fs::remove(entry.path(), gone);
    }
}

std::optional<PointLock> SweepFolder::lock(const std::string& point) const {
    const int descriptor = ::open(log(point).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) fail("open " + log(point));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return PointLock(descriptor);
    const int reason = errno;
    if (reason == EWOULDBLOCK) {
        ::close(descriptor);
        return std::nullopt;
    }
    // A file system without locks: two that run one point write the same result, and the last rename wins.
    return PointLock(descriptor);
}

std::optional<PointFailure> SweepFolder::failure(const std::string& point) const {
    std::ifstream stream(failure_file(point));
    PointFailure failure;
    if (!(stream >> failure.attempts)) return std::nullopt;
    stream.ignore();
    std::getline(stream, failure.error);
    return failure;
}

void SweepFolder::keep_failure(const std::string& point, const PointFailure& failure) const {
    write_whole_file(failure_file(point), fmt::format("{} {}\n", failure.attempts, failure.error));
}

void SweepFolder::forget_failure(const std::string& point) const { ::unlink(failure_file(point).c_str()); }

}  // namespace lightloom
