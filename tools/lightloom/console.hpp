// The terminal, or the log file that stands for it: errors, the banner, and progress on stderr. A progress bar is drawn
// on a terminal only; elsewhere a line is written now and then. Colour only on a terminal, and not where NO_COLOR is
// set (no-color.org). Not here: results, which go to stdout (summary.hpp).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario.hpp"

namespace lightloom {

/// "lightloom 0.1.0 (Release)"
std::string version_line();

/// "error: `message`" on stderr.
void print_error(std::string_view message);
/// "warning: `message`", likewise.
void print_warning(std::string_view message);

/// What every run says first: version, build type, seeds.
void print_banner(const Scenario& scenario);

class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Progress& progress);
    /// Of something else than a run. @param done  the share, from 0 to 1
    void show(double done, const std::string& text);
    /// Since it was made.
    double seconds() const;
    /// Wipes the bar off a terminal, so that something else can be printed.
    void clear();

private:
    std::string text(const Progress& progress, double seconds) const;
    void draw(double done, const std::string& text);

    std::chrono::steady_clock::time_point start_, last_;
    bool terminal_;
    std::size_t drawn_ = 0;  // columns
};

}  // namespace lightloom
