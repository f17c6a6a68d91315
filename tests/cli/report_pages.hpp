// What tests of reports share: runs, pages of them, and what a browser makes of a page.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {

inline const std::filesystem::path kTools = std::filesystem::path(LIGHTLOOM_SOURCE_DIR) / "tests/cli";
inline const std::filesystem::path kCatalogue = std::filesystem::path(LIGHTLOOM_SOURCE_DIR) / "scenarios/catalog";
inline constexpr std::uintmax_t kMostPageBytes = 15'000'000;  // of any result

inline bool builds_reports() { return lightloom({"report", "/nowhere.h5"}).exit_code == 2; }

inline bool has_browser() {
    return python("import sys; sys.path.insert(0, sys.argv[1]); import browser; print(browser.chromium() is not None)",
                  {kTools.string()}) == "True";
}

#define LIGHTLOOM_SKIP_WITHOUT_REPORTS() \
    if (!builds_reports()) GTEST_SKIP() << "this build could not fetch what reports are drawn with"

#define LIGHTLOOM_SKIP_WITHOUT_BROWSER() \
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();    \
    if (!has_browser()) GTEST_SKIP() << "no chromium to look at the report with"

/// What tests/cli/report_check.py finds wrong, and at the end what it saw.
inline std::string looked_at(const std::filesystem::path& page, const std::filesystem::path& result) {
    return python(
        "import sys; sys.path.insert(0, sys.argv[1]); import report_check; report_check.main(sys.argv[2],"
        " sys.argv[3:])",
        {kTools.string(), page.string(), result.string()});
}

/// What a JavaScript expression comes to on a page, and what the browser complained of.
inline std::string evaluated(const std::filesystem::path& page, const std::string& expression, int width = 1300) {
    return python(
        "import sys; sys.path.insert(0, sys.argv[1]); import browser\n"
        "with browser.Browser() as b:\n"
        "    page = b.open(sys.argv[2], width=int(sys.argv[4]))\n"
        "    print(page.evaluate(sys.argv[3]), page.complaints + page.requests)",
        {kTools.string(), page.string(), expression, std::to_string(width)});
}

/// What Python makes of a result's file, which is `f`.
inline std::string from_file(const std::filesystem::path& result, const std::string& printed) {
    return python("import h5py, sys; f = h5py.File(sys.argv[1]); print(" + printed + ")", {result.string()});
}

class Report : public testing::Test {
protected:
    /// Runs a scenario and returns its result.
    std::filesystem::path run(const std::string& name, const std::string& scenario, int exit_code = 0) {
        write_file(here / (name + ".toml"), scenario);
        return run_file(name, here / (name + ".toml"), {}, exit_code);
    }
    std::filesystem::path run_file(const std::string& name, const std::filesystem::path& scenario,
                                   const std::vector<std::string>& more = {}, int exit_code = 0) {
        const auto result = here / (name + ".h5");
        std::vector<std::string> arguments{"run", scenario.string(), "-q", "-o", result.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Finished done = lightloom(arguments);
        EXPECT_EQ(done.exit_code, exit_code) << done.err;
        return result;
    }
    std::filesystem::path report(const std::vector<std::filesystem::path>& results) {
        const auto page = here / "page.html";
        std::vector<std::string> arguments{"report", "-o", page.string()};
        for (const auto& result : results) arguments.push_back(result.string());
        const Finished done = lightloom(arguments);
        EXPECT_EQ(done.exit_code, 0) << done.err;
        EXPECT_EQ(done.out, page.string() + "\n");
        return page;
    }

    ScratchDirectory here;
};

}  // namespace lightloom::test
