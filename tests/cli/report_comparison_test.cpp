// Reports of several results: what compare says of them, on a page.
#include <gtest/gtest.h>

#include "tests/cli/report_pages.hpp"

namespace lightloom::test {
namespace {

TEST_F(Report, ComparesManyResults) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto first = run("first", kQuick), second = run("second", kQuick + "iterations = 2\n");
    const auto page = report({first, second});
    const std::string completion =
        "[...document.querySelectorAll('#comparison tr')].find((row) => row.textContent.startsWith('completion'))"
        ".querySelectorAll('td').values().map((cell) => cell.dataset.value).toArray().join(' ')";
    const auto in_file = [](const std::filesystem::path& result) {
        return python("import h5py, sys; print(h5py.File(sys.argv[1])['summary/completion_ps'][()])",
                      {result.string()});
    };
    EXPECT_EQ(evaluated(page, completion), in_file(first) + " " + in_file(second) + " []");
    EXPECT_EQ(evaluated(page, "document.querySelector('.winner').textContent.slice(0, 24)"),
              "first wins by completion []");
    EXPECT_EQ(
        evaluated(page,
                  "[...document.querySelectorAll('#comparison tbody')[0].rows].map(({cells}) => cells[0].textContent"
                  " + cells[1].textContent).join(' ')"),
        "first1 second2 []");
    // The sections below are of the result that is chosen.
    EXPECT_EQ(evaluated(page,
                        "const which = document.getElementById('which'); which.value = '1';"
                        "which.dispatchEvent(new Event('change'));"
                        "document.querySelector('[data-path=\"summary/completion_ps\"]').dataset.value"),
              in_file(second) + " []");
}

TEST_F(Report, SaysWhyAFasterDesignIsOut) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto slow = run("slow", kQuick + "iterations = 2\n");
    const auto fast = run("fast", kQuick + "[question]\nrequire = [\"worst_margin > 40dB\"]\n", 1);
    const auto page = report({slow, fast});
    const std::string margin = from_file(fast, "f\"{f['summary/worst_margin_db'][()]:+.2f} dB\"");
    // The run's verdict and the ranking are two things with two names, and gates say whose they are.
    EXPECT_EQ(
        evaluated(page,
                  "[[...document.querySelectorAll('#comparison .also li')].map((item) => item.textContent)"
                  ".find((text) => text.startsWith('fast is out: ')).replace(/by [^:]*dB/, 'by far')"
                  ".replace(/completion: .*/, 'completion'),"
                  "...[...document.querySelectorAll('#comparison thead')[0].rows[0].cells].map((cell) =>"
                  " cell.textContent), document.querySelector('#verdict h2').textContent,"
                  "document.querySelectorAll('#comparison caption')[1].textContent].join('; ')"),
        "fast is out: it misses worst_margin > 40dB by far: it has " + margin +
            ". Without that it would win by completion; result; rank; completion; against slow; "
            "run verdict; gates; Run verdict; Gates: what the scenario that made each result requires, as it was "
            "then ([question]), what that of slow does, which is asked of all, and what makes the comparison fail "
            "[]");
    EXPECT_NE(
        read_file(page).find("its scenario requires worst_margin \\u003e 40dB, and it is " + margin + ": not met"),
        std::string::npos);
}

TEST_F(Report, IsWrittenByAComparisonAsItWasJudged) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    write_file(here / "quick.toml", kQuick);
    const std::string quick = (here / "quick.toml").string(), page = (here / "both.html").string();
    const Finished done =
        lightloom({"compare", "one=" + quick + "@topology.spines=1", "two=" + quick, "--baseline", "two", "--seeds",
                   "2", "--fail-if", "completion > +5%", "-q", "--json", "--report", page});
    EXPECT_EQ(done.exit_code, 1) << done.err;
    EXPECT_EQ(
        evaluated(page,
                  "(() => { const {comparison, results} = JSON.parse(document.getElementById('data').textContent);"
                  "const row = document.querySelector('#comparison tbody').rows[1].cells;"
                  "return [results.length, comparison.runs, row[0].textContent, row[3].textContent[0],"
                  " row[5].textContent, comparison.gates[0].gate].join('; ') + '; ' + comparison.conclusion; })()"),
        "2; 2,2; one; x; 0 of 1 green; fails if completion > +5%; " +
            python("import sys, json; print(json.loads(sys.argv[1])['verdict'])", {done.out}) + " []");
    write_file(here / "mine.txt", "kept");
    EXPECT_EQ(lightloom({"compare", quick, quick, "-q", "--report", (here / "mine.txt").string()}).exit_code, 2);
    EXPECT_EQ(read_file(here / "mine.txt"), "kept");
}

}  // namespace
}  // namespace lightloom::test
