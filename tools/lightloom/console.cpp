#include "tools/lightloom/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

using namespace std::chrono_literals;
constexpr auto kLogInterval = 10s;

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool stderr_is_terminal() {
    const char* kind = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

/// @param colour  as the terminal is told it: ANSI's "select graphic rendition"
void print_labelled(std::string_view label, std::string_view colour, std::string_view message) {
    if (stderr_is_terminal() && !is_set("NO_COLOR"))
        std::cerr << fmt::format("\x1b[{}m{}\x1b[0m {}\n", colour, label, message);
    else
        std::cerr << label << ' ' << message << '\n';
}

}  // namespace

std::string version_line() { return fmt::format("lightloom {} ({})", LIGHTLOOM_VERSION, LIGHTLOOM_BUILD_TYPE); }

void print_error(std::string_view message) { print_labelled("error:", "1;31", message); }
void print_warning(std::string_view message) { print_labelled("warning:", "1;33", message); }

void print_banner(const Scenario& scenario) {
    std::cerr << fmt::format("{}, seeds: plant {}, traffic {}, faults {}\n", version_line(), scenario.seeds.plant,
                             scenario.seeds.traffic, scenario.seeds.faults);
}

ProgressLine::ProgressLine()
    : start_(std::chrono::steady_clock::now()), last_(start_), terminal_(stderr_is_terminal()) {}

std::string ProgressLine::text(const Progress& progress, double seconds) const {
    const double done = progress.share_done();
    std::string line =
        fmt::format("{:3.0f} %  {} simulated", 100.0 * done, readable_duration(static_cast<double>(progress.now.ps)));
    if (seconds > 0.0) line += fmt::format(", {:.1f} M events/s", static_cast<double>(progress.events) / seconds / 1e6);
    // Below a hundredth the estimate is noise.
    if (done > 0.01 && done < 1.0) line += fmt::format(", {:.0f} s left", seconds * (1.0 - done) / done);
    return line;
}

double ProgressLine::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void ProgressLine::show(const Progress& progress) { show(progress.share_done(), text(progress, seconds())); }

void ProgressLine::show(double done, const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ && now - last_ < kLogInterval) return;
    last_ = now;
    if (terminal_)
        draw(done, text);
    else
        std::cerr << text << '\n';
}

// Bar and text fit 80 columns: a line that wrapped could not be drawn over.
void ProgressLine::draw(double done, const std::string& text) {
    constexpr std::size_t bar_columns = 20;
    const std::size_t filled = std::min(static_cast<std::size_t>(done * bar_columns), bar_columns);
    std::string line = fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(bar_columns - filled, '.'), text);
    const std::size_t columns = line.size();
    line.resize(std::max(columns, drawn_), ' ');
    std::cerr << '\r' << line << std::flush;
    drawn_ = columns;
}

void ProgressLine::clear() {
    if (drawn_ > 0) std::cerr << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
    drawn_ = 0;
}

}  // namespace lightloom
