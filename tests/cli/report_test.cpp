// Reports, as a browser shows them: every figure that names its place in the result file is what stands there, every
// chart is drawn, nothing is asked of a network, and no text of a result becomes more than text.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/report_pages.hpp"

namespace lightloom::test {
namespace {

TEST_F(Report, SaysWhatTheFileSays) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("spine-crash", kCatalogue / "spine-crash.toml");
    // Latencies, margins, errors, one budget, map, matrix, utilisation, queues, timeline
    EXPECT_EQ(looked_at(report({result}), result).substr(0, 9), "9 charts,");
}

TEST_F(Report, ShowsPortsOverTime) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    for (const std::string interval : {"20us", "2us"}) {  // a point for each sample, and for several
        const auto result =
            run_file("sampled", kCatalogue / "spine-crash.toml",
                     {"--set", "series.interval=" + interval, "--set", "series.select=tier=leaf-spine"});
        EXPECT_EQ(looked_at(report({result}), result).substr(0, 10), "10 charts,") << interval;
    }
}

/// Texts of the cells whose path begins so, separated by spaces.
std::string cells(const std::string& path) {
    return "[...document.querySelectorAll('[data-path^=\"" + path + "\"]')].map((cell) => cell.textContent).join(' ')";
}

TEST_F(Report, AnswersHowMuchLongerJobsTake) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("jobs", kCatalogue / "noisy-neighbour.toml");
    const auto page = report({result});
    EXPECT_EQ(looked_at(page, result).substr(0, 9), "9 charts,");
    const std::string slowdown = from_file(result, "*(f'{value:#.4g}' for value in f['jobs/slowdown'])");
    EXPECT_EQ(evaluated(page, cells("jobs/slowdown")), slowdown + " []");
    EXPECT_EQ(evaluated(page, "document.querySelector('#jobs tbody').textContent.startsWith('victimall-reduce16')"),
              "True []");
    EXPECT_EQ(
        evaluated(page,
                  "/^[$][\\d.]+k$/.test(document.querySelector('#bill [data-path$=\"usd_per_gpu\"]').textContent)"),
        "True []");
}

TEST_F(Report, AnswersWhereTheTimeOfAStepGoes) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("training", kCatalogue / "training-step.toml");
    const auto page = report({result});
    // As spine-crash has, without its faults and with what ranks wait for
    EXPECT_EQ(looked_at(page, result).substr(0, 9), "9 charts,");
    const std::string mfu = from_file(result, "f\"{100 * f['training/flops_utilisation'][()]:#.3g} %\"");
    EXPECT_EQ(evaluated(page, cells("training/flops_utilisation") + ".startsWith('" + mfu + " " + mfu + "')"),
              "True []");
    EXPECT_EQ(evaluated(page,
                        "[...document.querySelectorAll('#training .twin tbody th')].map((cell) => cell.textContent)"
                        ".join(' ')"),
              "tensor pipeline bubble []");
}

TEST_F(Report, AnswersWithATableOfSizes) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("sizes", kCatalogue / "h100-two-servers.toml");
    const auto page = report({result});
    EXPECT_EQ(looked_at(page, result).substr(0, 10), "10 charts,");
    EXPECT_EQ(evaluated(page, cells("sizes/bytes")), "8 B 64 B 512 B 4 KiB 32 KiB 256 KiB 2 MiB 16 MiB 64 MiB []");
}

TEST_F(Report, IsNoPassWhereGatesAreNotMet) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const std::string gates = "[question]\nrequire = [\"completion < 1ns\", \"worst_margin > -9dB\"]\n";
    const auto page = report({run("gates", kQuick + gates, 1)});
    EXPECT_EQ(evaluated(page,
                        "document.querySelector('.verdict strong').textContent + ': ' + "
                        "[...document.querySelectorAll('#verdict td')].map((cell) => cell.textContent)"
                        ".filter((text) => /green|RED/.test(text)).join(', ')"),
              "✗ FAIL: ✗ RED, ✓ green []");
    EXPECT_EQ(evaluated(report({run("quick", kQuick)}), "document.querySelector('.verdict strong').textContent"),
              "✓ PASS []");
}

TEST_F(Report, IsNoPassWhereLinksLoseLock) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("dirt", std::filesystem::path(LIGHTLOOM_SOURCE_DIR) / "scenarios/tutorial/5-dirt.toml",
                                 {"--set", "workload.iterations=1"});
    EXPECT_EQ(
        evaluated(report({result}),
                  "document.querySelector('.verdict').className.replace(/marginal|fail/, 'no pass') + ', ' + "
                  "/links lost lock: \\d+ times; frames lost on links: [\\d,]+ in the dark on links that lost lock/"
                  ".test(document.getElementById('verdict').textContent) + ', ' + "
                  "document.querySelector('[name=measure]:checked').value"),
        "verdict no pass, true, margin []");
}

TEST_F(Report, IsSmallWhateverTheFabric) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto small = run("small", kQuick), large = here / "large.h5";
    python("import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')",
           {(kTools / "large_result.py").string(), small.string(), large.string(), "100000"});
    const auto page = report({large});
    EXPECT_LT(std::filesystem::file_size(page), kMostPageBytes);
    EXPECT_EQ(looked_at(page, large).substr(0, 9), "9 charts,");
}

TEST_F(Report, TakesNoTextForMarkup) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const std::string title = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \u2028 ; rm -rf x";
    std::string scenario = kQuick;
    scenario.replace(scenario.find("eight GPUs"), 10, title);
    const auto page = report({run("hostile", scenario)});
    EXPECT_EQ(read_file(page).find("<script>alert"), std::string::npos);
    EXPECT_EQ(evaluated(page,
                        "document.querySelector('h1').textContent + document.images.length + "
                        "document.scripts.length"),
              title + "03 []");
}

TEST_F(Report, ForbidsAllButItsOwnScript) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto page = report({run("small", kQuick)});
    const std::string tampered = read_file(page);
    const std::size_t end = tampered.rfind("</body>");
    write_file(here / "tampered.html", tampered.substr(0, end) + "<script>document.title = 'changed'</script>" +
                                           "<img src='https://example.org/x.png'>" + tampered.substr(end));
    const std::string seen = evaluated(here / "tampered.html", "document.title");
    EXPECT_EQ(seen.substr(0, 10), "eight GPUs");
    EXPECT_NE(seen.find("Content Security Policy"), std::string::npos) << seen;
}

TEST_F(Report, PassesNoFabricThatALaterFaultBreaks) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    const std::string fault =
        "[[fault]]\nat = \"1us\"\nselect = \"tier=leaf-spine & leaf=0 & spine=0 & link=0\"\nkind = \"degrade\"\n";
    const std::string weak = read_file(report({run("weak", kQuick + fault + "extra_loss = \"2dB\"\n")}));
    EXPECT_NE(weak.find(" (during a fault, +"), std::string::npos);
    const auto dirt = std::filesystem::path(LIGHTLOOM_SOURCE_DIR) / "scenarios/tutorial/5-dirt.toml";
    const std::string dirty = read_file(report({run_file("dirt", dirt)}));
    EXPECT_NE(dirty.find("links lost lock: "), std::string::npos);
    EXPECT_EQ(dirty.find("\"PASS\""), std::string::npos);
}

TEST_F(Report, ShowsARunThatHasNotEnded) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    write_file(here / "endless.toml", kEndless);
    Process process(LIGHTLOOM_BINARY, {.arguments = {"run", "endless.toml", "-q"}, .directory = here.path()});
    const auto partial = here / "endless.h5.partial";
    while (process.running() && !std::filesystem::exists(partial)) {
    }
    process.send(SIGKILL);
    process.wait();
    const auto page = report({partial});
    EXPECT_EQ(evaluated(page,
                        "document.querySelector('.verdict strong').textContent + "
                        "document.documentElement.dataset.drawn + document.getElementById('latency')"),
              "… PARTIAL5null []");
}

TEST_F(Report, RefusesWhatIsNoResult) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    write_file(here / "no.h5", "not a result");
    const Finished nothing = lightloom({"report", (here / "no.h5").string(), "-o", (here / "page.html").string()});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_NE(nothing.err.find("no.h5"), std::string::npos) << nothing.err;
    EXPECT_FALSE(std::filesystem::exists(here / "page.html"));

    // A row that refers to one that is not there
    const auto result = run("small", kQuick);
    const auto wrong = here / "wrong.h5";
    std::filesystem::copy_file(result, wrong);
    python("import h5py, sys; h5py.File(sys.argv[1], 'r+')['topology/links/upper_node'][3] = 4000", {wrong.string()});
    const Finished dangling = lightloom({"report", wrong.string(), "-o", (here / "page.html").string()});
    EXPECT_EQ(dangling.exit_code, 2);
    EXPECT_NE(dangling.err.find("topology/links/upper_node refers to row 4000"), std::string::npos) << dangling.err;

    const std::string before = read_file(result);
    const Finished onto_itself = lightloom({"report", result.string(), "-o", result.string()});
    EXPECT_EQ(onto_itself.exit_code, 2);
    EXPECT_NE(onto_itself.err.find("is not a page of lightloom"), std::string::npos) << onto_itself.err;
    EXPECT_EQ(read_file(result), before);
}

// -- What took frames, and margins as built and in the run

/// Changes a result's file, which is `f` to the line of Python.
void edit(const std::filesystem::path& result, const std::string& code) {
    python("import h5py, sys\nf = h5py.File(sys.argv[1], 'r+')\n" + code, {result.string()});
}

TEST_F(Report, SaysWhatTookFrames) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    // Frames that a crash left in the dark are no bit errors.
    const auto crash = run_file("crash", kCatalogue / "spine-crash.toml");
    const std::string lost = from_file(crash, "f\"{f['summary/frames_lost'][()]:,}\"");
    const std::string crashed = read_file(report({crash}));
    EXPECT_NE(crashed.find("\"frames lost on links: " + lost + " in the dark on links that faults took down\""),
              std::string::npos);
    // Nor is what a worsened fibre loses what error correction leaves of it as it was built.
    const auto worse = run_file("worse", kCatalogue / "degrade-in-a-run.toml");
    const std::string parts = from_file(
        worse,
        "(lambda lost, dark: f'frames lost on links: {lost:,}, of them {dark:,} in the dark on links that lost lock, "
        "{lost - dark:,} to bit errors on links that faults degraded (as built ')"
        "(*(int(f['summary/' + name][()]) for name in ('frames_lost', 'frames_lost_in_dark')))");
    const std::string worsened = read_file(report({worse}));
    EXPECT_NE(worsened.find(parts), std::string::npos) << parts;
    EXPECT_EQ(worsened.find("unexplained"), std::string::npos);
}

TEST_F(Report, TellsChanceFromWhatNothingExplains) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    const auto result = run("errors", kQuick);
    edit(result,
         "f['ports/frames_lost'][0] = 40; f['optics/links/frame_loss_ratio'][:] = 0\n"
         "f['optics/links/frame_loss_ratio'][int(f['ports/direction'][0])] = 30 / f['ports/frames_sent'][0]");
    EXPECT_NE(read_file(report({result})).find("\"word\": \"PASS\""), std::string::npos);  // 30 were expected
    edit(result, "f['optics/links/frame_loss_ratio'][:] /= 30");
    const std::string sentence = "frames lost on links: 40 unexplained: on links as built FEC was expected to leave 1";
    EXPECT_NE(read_file(report({result})).find("\"" + sentence + "\""), std::string::npos);
    // A result of before the file said what faults took
    edit(result, "del f['ports/least_margin_db'], f['ports/frames_lost_in_dark']");
    EXPECT_NE(read_file(report({result})).find(sentence + ", and what faults took this result does not tell\""),
              std::string::npos);
}

/// kQuick with a fibre that loses 2 dB more from its first microsecond on.
const std::string kWeakened =
    kQuick +
    "[[fault]]\nat = \"1us\"\nselect = \"tier=leaf-spine & leaf=0 & spine=0 & link=0\"\nkind = \"degrade\"\n"
    "extra_loss = \"2dB\"\n";

TEST_F(Report, ShowsTheLeastMarginsOfTheRun) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run("weak", kWeakened);
    const auto page = report({result});
    const std::string seen = looked_at(page, result);
    EXPECT_EQ(seen.find('\n'), std::string::npos) << seen;  // one line: nothing is complained of
    const std::string least = from_file(result, "f\"{f['summary/worst_margin_db'][()]:+.2f} dB\"");
    // The tier on the map, what the charts of links say they show, and the bins: two that no link was built into.
    EXPECT_EQ(evaluated(page,
                        "[[...document.querySelectorAll('#map tbody tr')].find(({cells}) =>"
                        " cells[0].textContent === 'leaf-spine').cells[2].textContent,"
                        "...[...document.querySelectorAll('#optics figure')].map((part) => "
                        "part.querySelector('.note').textContent.match(/As built[^.]*[.]/)[0]),"
                        "...[...document.querySelectorAll('#optics thead')[0].rows[0].cells].map((cell) =>"
                        " cell.textContent), [...document.querySelectorAll('#optics tbody')[0].rows]"
                        ".filter(({cells}) => cells[1].textContent === '0').map(({cells}) => "
                        "Number(cells[2].textContent)).reduce((sum, count) => sum + count)].join(' | ')"),
              least +
                  " | As built, and the least during the run: faults took margin from 2 of them. | "
                  "As built: before the fault of this run. | As built: before the fault of this run. | "
                  "margin, dB | leaf-spine, as built | leaf-spine, least in the run | 2 []");
}

TEST_F(Report, TellsFaultsFromTheStartFromWhatWasBuilt) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    const std::string at_once =
        kWeakened.substr(0, kWeakened.find("at = ")) + kWeakened.substr(kWeakened.find("select"));
    const auto page = report({run("early", at_once)});
    EXPECT_EQ(python("import sys, json, re\n"
                     "data = re.search(r'id=\"data\">(.*?)</script>', open(sys.argv[1]).read(), re.S)[1]\n"
                     "result = json.loads(data)['results'][0]\n"
                     "said = ' '.join(result['verdict']['deciding'] + result['verdict']['also'])\n"
                     "print(result['margin']['from_start'], 'in_run' in result['margin'],\n"
                     "      ', a fault from the start taking 2.00 dB of it' in said)",
                     {page.string()}),
              "2 False True");
}

// -- Results of strangers

TEST_F(Report, LeavesOutGroupsWithoutTheirColumns) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const std::string seen =
        "document.documentElement.dataset.drawn === document.documentElement.dataset.charts && "
        "Object.keys(JSON.parse(document.getElementById('data').textContent).results[0].tables).join()";
    const auto training = run_file("training", kCatalogue / "training-step.toml");
    EXPECT_NE(read_file(report({training})).find("\"training/exposed\": {\"rows\""), std::string::npos);
    edit(training,
         "f.move('training/exposed/kind', 'training/exposed/sort')\n"
         "del f['jobs/name'], f['training/step/number']\n"
         "for group in ('sizes', 'message_sizes', 'job_waits', 'replay_ranks'): f[group + '/anything'] = [1, 2]");
    EXPECT_EQ(evaluated(report({training}), seen), "economics/items []");
    const auto weak = run("weak", kWeakened);
    edit(weak, "del f['faults/from_ps']");
    EXPECT_EQ(
        evaluated(report({weak}), seen + " + document.getElementById('timeline').textContent.includes('fault.0 (')"),
        "jobs,economics/itemsfalse []");
}

TEST_F(Report, DrawsAResultThatHasLostItsWords) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const std::string strip = "f.visititems(lambda name, item: item.attrs.pop('flag_meanings', None) and None)";
    const auto result = run_file("crash", kCatalogue / "spine-crash.toml");
    const auto training = run_file("training", kCatalogue / "training-step.toml");
    edit(result, strip);
    edit(training, strip);
    EXPECT_EQ(looked_at(report({result}), result).substr(0, 9), "9 charts,");
    EXPECT_NE(read_file(here / "page.html").find("\"tiers\": [\"tier-0\", \"tier-1\"]"), std::string::npos);
    EXPECT_EQ(looked_at(report({training}), training).substr(0, 9), "9 charts,");
}

// -- What a reader does with the page

TEST_F(Report, SaysTheValueWhereAPointerStands) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto result = run_file("sampled", kCatalogue / "spine-crash.toml", {"--set", "series.interval=20us"});
    const std::string tip =
        "(() => { const {instance} = drawn.charts.find(({chart}) => chart.title.endsWith('over time'));"
        "instance.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 3});"
        "return instance.getZr().storage.getDisplayList(true).map(({style}) => style.text ?? '')"
        ".filter((text) => / mean:|, mean: /.test(text)).join('; '); })()";
    const std::string wanted =
        from_file(result,
                  "f\"time busy, mean: {100 * f['series/utilisation'][3].mean(dtype=float):#.3g} %; \""
                  "f\"queue, mean: {round(f['series/queue_bytes'][3].mean(dtype=float)) / 1024:#.4g} KiB\"");
    EXPECT_EQ(evaluated(report({result}), tip), wanted + " []");
}

TEST_F(Report, TellsWhichColumnsAreToBeScrolledTo) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const auto page = report({run_file("crash", kCatalogue / "spine-crash.toml")});
    const std::string told =
        "(async () => { const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));"
        "const scroll = [...document.querySelectorAll('.scroll')].find((part) =>"
        " part.querySelector('caption').textContent === 'Faults');"
        "const hidden = () => scroll.querySelector('caption span').dataset.hidden.trim();"
        "const name = () => Math.round(scroll.querySelector('tbody th').getBoundingClientRect().left -"
        " scroll.getBoundingClientRect().left);"
        "await frame(); await frame(); const before = hidden(), at = name(); scroll.scrollLeft = 10000;"
        "await frame(); await frame(); return [before, hidden(), name() === at].join(' | '); })()";
    const std::string narrow = evaluated(page, told, 700);
    EXPECT_NE(narrow.find(" more columns → | ← "), std::string::npos) << narrow;
    EXPECT_NE(narrow.find(" | true []"), std::string::npos) << narrow;  // the first column stays
    EXPECT_EQ(evaluated(page, told, 1400), " |  | true []");
}

TEST_F(Report, LeavesOpenWhatAssumedFiguresDecide) {
    LIGHTLOOM_SKIP_WITHOUT_BROWSER();
    const std::string price = from_file(run("plain", kQuick), "f\"{1.001 * f['economics/usd_per_gpu'][()]:.2f}USD\"");
    const auto page = report({run("open", kQuick + "[question]\nrequire = [\"usd_per_gpu < " + price + "\"]\n")});
    EXPECT_EQ(
        evaluated(page,
                  "document.querySelector('.verdict').textContent.replace(/[$][^:]*:/, '$:') + '; ' +"
                  "document.querySelector('#verdict tbody').rows[0].cells[1].textContent"),
        "! MARGINALits scenario requires usd_per_gpu < " + price +
            ", and it is $: undecided, for that hangs on assumed figures; ? undecided: assumed figures decide []");
}

TEST_F(Report, SaysWhyAPageCannotBeWritten) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    const std::string result = run("small", kQuick).string();
    write_file(here / "file", "no folder");
    for (const auto& [folder, reason] :
         {std::pair{"file", "Not a directory"}, {"nowhere", "No such file or directory"}}) {
        const std::string page = (here / folder / "page.html").string();
        const Finished done = lightloom({"report", result, "-o", page});
        EXPECT_EQ(done.exit_code, 3);
        EXPECT_EQ(done.err, "error: cannot write " + page + ": " + reason + "\n");
    }
    const std::string page = (here / "page.html").string();
    const Finished full = lightloom(Spawn{.arguments = {"report", result, "-o", page}, .file_size_limit = 100'000});
    EXPECT_EQ(full.exit_code, 3);
    EXPECT_EQ(full.err, "error: cannot write " + page + ": File too large\n");
    EXPECT_FALSE(std::filesystem::exists(page));
}

TEST_F(Report, KeepsTheLicenceOfWhatItIsDrawnWith) {
    LIGHTLOOM_SKIP_WITHOUT_REPORTS();
    const std::string page = read_file(report({run("small", kQuick)}));
    EXPECT_NE(page.find("The Apache Software Foundation"), std::string::npos);
    EXPECT_NE(page.find("Version 2.0, January 2004"), std::string::npos);
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(page.find("unsafe-"), std::string::npos);
}

}  // namespace
}  // namespace lightloom::test
