// `lightloom compare` as a user or a CI job runs it: what it prints is what is in the result files, gates set its exit
// code, and texts of strangers do nothing.
#include <gtest/gtest.h>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

class Compare : public ::testing::Test {
protected:
    void SetUp() override {
        write_file(quick_, kQuick);
        write_file(narrow_, kQuick + "[topology.radix]\nleaf = 64\n[question]\nrequire = [\"p01_margin >= 1dB\"]\n");
    }
    std::vector<std::string> compared(const std::vector<std::string>& more) const {
        std::vector<std::string> words{"compare", "two=" + quick_, "one=" + quick_ + "@topology.spines=1", "-q"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    ScratchDirectory scratch_;
    const std::string quick_ = scratch_ / "quick.toml", narrow_ = scratch_ / "narrow.toml";
    const std::string results_ = scratch_ / "results";
};

TEST_F(Compare, SaysWhatTheResultFilesSay) {
    const Finished finished = lightloom(compared({"--json", "-o", results_}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(
        python("import sys, json, h5py\n"
               "c = json.loads(sys.argv[1])\n"
               "assert c['format'] == 'lightloom-comparison' and c['baseline'] == 'two'\n"
               "assert c['ranking'] == ['two', 'one'], c['ranking']\n"
               "paths = {'completion': 'summary/completion_ps', 'bus_bandwidth': 'summary/bus_bandwidth',\n"
               "         'p99_9_latency': 'histograms/packet_latency/p99_9', 'frames_lost': 'summary/frames_lost',\n"
               "         'p99_jitter': 'histograms/packet_jitter/p99', 'worst_margin': 'summary/worst_margin_db',\n"
               "         'usd_per_gpu': 'economics/usd_per_gpu', 'watt_per_gpu': 'economics/watt_per_gpu',\n"
               "         'energy_per_bit': 'economics/energy_per_bit'}\n"
               "for d in c['designs']:\n"
               "    with h5py.File(sys.argv[2] + '/' + d['name'] + '.h5') as f:\n"
               "        for name, path in paths.items(): assert d['values'][name] == f[path][()], name\n"
               "        e, s = f['economics'], f['summary']\n"
               "        assert d['values']['deepest_queue'] == f['ports/deepest_queue_bytes'][:].max()\n"
               "        fct = f['flows/delivered_ps'][:] - f['flows/start_ps'][:]\n"
               "        assert d['values']['max_fct'] == fct.max()\n"
               "        assert d['runs'][0]['digest'] == f.attrs['digest']\n"
               "        assert abs(sum(x for x in e['items/price_usd'] if x == x) / e['price_usd'][()] - 1) < 1e-12\n"
               "        joule = e['power_watt'][()] * s['end_ps'][()] * 1e-12\n"
               "        bits = 8 * s['payload_bytes_delivered'][()]\n"
               "        assert abs(e['energy_per_bit'][()] / (joule / bits) - 1) < 1e-12\n"
               "r = c['designs'][1]['ratios']['completion']\n"
               "assert r == c['designs'][1]['values']['completion'] / c['designs'][0]['values']['completion']\n"
               "print('as in the files')",
               {finished.out, results_}),
        "as in the files");
}

TEST_F(Compare, GivesTheSameForResultsAsForTheirScenarios) {
    ASSERT_EQ(lightloom(compared({"-o", results_})).exit_code, 0);
    const Finished ran = lightloom(compared({"--csv"}));
    const Finished read = lightloom({"compare", "two=" + results_ + "/two.h5", "one=" + results_ + "/one.h5", "--csv"});
    ASSERT_EQ(read.exit_code, 0) << read.err;
    EXPECT_EQ(python("import sys, csv, io\n"
                     "a, b = (list(csv.DictReader(io.StringIO(t))) for t in sys.argv[1:])\n"
                     "for row in a + b: del row['source']\n"
                     "print(a == b and len(a) == 2 and a[0]['rank'] == '1' and float(a[0]['completion (ps)']) > 0)",
                     {ran.out, read.out}),
              "True");
}

TEST_F(Compare, SaysWhoWinsAndWhyAndByHowMuch) {
    const Finished finished = lightloom(compared({"--pareto", "completion,usd_per_gpu"}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    for (const std::string part : {"two wins by completion: ", "one run each, so no interval", "Why: the busiest tier",
                                   "one would win by ", "usd_per_gpu ASSUMED", "Pareto front", "(baseline)"})
        EXPECT_TRUE(has(finished.out, part)) << part << " is not in\n" << finished.out;
    EXPECT_EQ(finished.err, "");
}

TEST_F(Compare, PairsRunsOverSeeds) {
    const Finished finished = lightloom(compared({"--seeds", "4", "--json", "-o", results_}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    // t(3; 0.975) = 3.182446 of any table; every n-th run shares its seeds with the other design's.
    EXPECT_EQ(python("import sys, json, h5py, statistics as st\n"
                     "c = json.loads(sys.argv[1]); two, one = c['designs']\n"
                     "seeds = [(r['plant_seed'], r['traffic_seed'], r['faults_seed']) for r in two['runs']]\n"
                     "assert seeds == [(n, n, n) for n in (1, 2, 3, 4)], seeds\n"
                     "assert seeds == [(r['plant_seed'], r['traffic_seed'], r['faults_seed']) for r in one['runs']]\n"
                     "d = [b['values']['worst_margin'] - a['values']['worst_margin']\n"
                     "     for a, b in zip(two['runs'], one['runs'])]\n"
                     "i = one['paired_differences']['worst_margin']\n"
                     "half = 3.182446 * st.stdev(d) / 2\n"
                     "assert abs(i['mean'] - st.mean(d)) < 1e-9 and abs(i['high'] - st.mean(d) - half) < 1e-6, (i, d)\n"
                     "f = h5py.File(sys.argv[2] + '/one-seeds3.h5')\n"
                     "assert one['runs'][2]['values']['completion'] == f['summary/completion_ps'][()]\n"
                     "print('paired')",
                     {finished.out, results_}),
              "paired");
}

TEST_F(Compare, ExitsWithOneWhereAGateIsRed) {
    const Finished red = lightloom(compared({"--fail-if", "completion > +5%"}));
    EXPECT_EQ(red.exit_code, 1) << red.out;
    EXPECT_TRUE(has(red.out, "RED   one: fails if completion > +5%: ")) << red.out;
    EXPECT_EQ(lightloom(compared({"--fail-if", "completion > +900%"})).exit_code, 0);
    EXPECT_EQ(lightloom(compared({"--fail-if", "completion > +900%", "--fail-if", "frames_lost == 0"})).exit_code, 1);
    EXPECT_EQ(lightloom(compared({"--fail-if", "mfu < 10%"})).exit_code, 1) << "nobody knows that it is not";
}

TEST_F(Compare, HoldsScenariosToWhatTheyRequire) {
    const auto with = [&](const std::string& gate) {
        return lightloom({"compare", quick_, narrow_, "-q", "--set", "question.require=[\"" + gate + "\"]"});
    };
    EXPECT_EQ(lightloom({"compare", quick_, narrow_, "-q"}).exit_code, 0);
    const Finished red = with("p01_margin >= 40dB");
    EXPECT_EQ(red.exit_code, 1);
    EXPECT_TRUE(has(red.out, "RED   narrow: requires p01_margin >= 40dB")) << red.out;
    EXPECT_TRUE(has(red.out, "No design has a completion and meets its requirements.")) << red.out;
    EXPECT_TRUE(has(red.out, "narrow is out: it misses p01_margin >= 40dB by ")) << red.out;
    EXPECT_EQ(with("p99_9_latency <= 1.2 x baseline").exit_code, 0);
    EXPECT_EQ(with("p99_9_latency < 1.0 x baseline").exit_code, 1);
}

TEST_F(Compare, SaysWhatKeepsAFasterDesignOut) {
    const Finished finished = lightloom(compared({"--set", "question.require=[\"transceivers_per_gpu <= 0.75\"]"}));
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_TRUE(has(finished.out, "Only one has a completion and meets its requirements: ")) << finished.out;
    EXPECT_TRUE(has(finished.out,
                    "two is out: it misses transceivers_per_gpu <= 0.75 by 33 %: it has 1. Without that "
                    "it would win by completion: "))
        << finished.out;
}

TEST_F(Compare, IsUndecidedWhereAnAssumedPriceDecides) {
    const auto gate = [&](const std::string& text, const std::vector<std::string>& more) {
        std::vector<std::string> words{"--fail-if", text, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished finished = lightloom(compared(words));
        return std::to_string(finished.exit_code) +
               python(
                   "import sys, json\n"
                   "g = json.loads(sys.argv[1])['gates'][0]\n"
                   "print('', g['state'], g['red'], g['assumed']['low'] < g['value'] < g['assumed']['high'],\n"
                   "      0 < g.get('red_draws', 0) < g.get('draws', 0))",
                   {finished.out});
    };
    EXPECT_EQ(gate("usd_per_gpu > 1$", {}), "1 red True True False");
    EXPECT_EQ(gate("usd_per_gpu > 1000000$", {}), "0 green False True False");
    const std::string middle =
        python("import sys, json; print(round(json.loads(sys.argv[1])['designs'][0]['values']['usd_per_gpu']))",
               {lightloom(compared({"--json"})).out});
    EXPECT_EQ(gate("usd_per_gpu > " + middle + "$", {}), "0 undecided False True False");
    EXPECT_EQ(gate("usd_per_gpu > " + middle + "$", {"--assume", "40"}), "0 undecided False True True");
}

TEST_F(Compare, NamesTheSeedsToLookAt) {
    const Finished finished = lightloom(compared({"--seeds", "3", "--set", "workload.kind=permutation", "--set",
                                                  "routing.policy=ecmp", "--fail-if", "completion > 1us"}));
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    EXPECT_TRUE(has(finished.out, "completion over seeds\n")) << finished.out;
    EXPECT_TRUE(has(finished.out, "  worst with all seeds ")) << finished.out;
    EXPECT_TRUE(has(finished.out, " in the mean of 3 runs, the bound 1.000 us; red in 3 of 3 by themselves, worst "))
        << finished.out;
    EXPECT_TRUE(has(finished.out, "counts are means over a design's runs")) << finished.out;
}

TEST_F(Compare, IsRedWhereADesignDidNotCompleteAsTheBaselineDid) {
    const std::string cut = "cut=" + quick_ + "@run.until=20us";
    const Finished red = lightloom({"compare", "whole=" + quick_, cut, "-q", "--fail-if", "p99_9 > +900%"});
    EXPECT_EQ(red.exit_code, 1);
    EXPECT_TRUE(has(red.out, "RED   cut: is not complete, as the baseline is")) << red.out;
    EXPECT_TRUE(has(red.out, "cut is out: it has no completion.")) << red.out;
    EXPECT_EQ(python("import sys, json; print(json.loads(sys.argv[1])['unfinished'])",
                     {lightloom({"compare", "whole=" + quick_, cut, "-q", "--json"}).out}),
              "['cut']");
    EXPECT_EQ(lightloom({"compare", cut, "whole=" + quick_, "-q"}).exit_code, 0) << "then it is no worse";
}

TEST_F(Compare, CallsNoLeadAWinThatMayBeChance) {
    write_file(scratch_ / "hashed.toml", kQuick + "[routing]\npolicy = \"ecmp\"\n");
    const std::string hashed = scratch_ / "hashed.toml", kept = scratch_ / "kept.h5";
    ASSERT_EQ(lightloom({"run", hashed, "-q", "-o", kept, "--set", "workload.kind=permutation"}).exit_code, 0);
    const Finished same =
        lightloom({"compare", kept, hashed, "--seeds", "3", "-q", "--set", "workload.kind=permutation"});
    EXPECT_TRUE(has(same.out, " stands first by completion: ")) << same.out;
    EXPECT_TRUE(has(same.out, ": it may be chance.")) << same.out;
    EXPECT_TRUE(has(same.out, "What breaks first in ")) << same.out;
}

TEST_F(Compare, WarnsOfResultsOfAnotherVersion) {
    ASSERT_EQ(lightloom({"run", quick_, "-q", "-o", scratch_ / "old.h5"}).exit_code, 0);
    python("import sys, h5py\nf = h5py.File(sys.argv[1], 'r+'); f.attrs['program_version'] = '0.0.7'\n",
           {scratch_ / "old.h5"});
    const Finished finished = lightloom({"compare", quick_, scratch_ / "old.h5", "-q"});
    EXPECT_TRUE(has(finished.out, "WARNING: old was made by lightloom 0.0.7, quick by ")) << finished.out;
}

TEST_F(Compare, SaysWhatIsAskedOfAResultBesideSeeds) {
    ASSERT_EQ(lightloom({"run", quick_, "-q", "-o", scratch_ / "kept.h5"}).exit_code, 0);
    const Finished finished =
        lightloom({"compare", "old=" + std::string(scratch_ / "kept.h5"), "new=" + quick_, "--seeds", "2", "-q",
                   "--fail-if", "mfu < -5%", "--set", "tier.leaf-spine.length=49m"});
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_TRUE(has(finished.out, "RED   new: fails if mfu < -5%: mfu was not measured")) << finished.out;
    EXPECT_TRUE(has(finished.out, "; not all runs have a partner of the same seeds, so no interval")) << finished.out;
    const Finished equal = lightloom({"compare", scratch_ / "kept.h5", scratch_ / "kept.h5", "--assume", "9"});
    EXPECT_TRUE(has(equal.out, "are equal by completion")) << equal.out;
    EXPECT_FALSE(has(equal.out, "Why: ")) << equal.out;
    EXPECT_TRUE(has(equal.out, "No assumed figure that was drawn bears on what is asked.")) << equal.out;
}

TEST_F(Compare, CannotKeepResultsWhereNothingCanBeWritten) {
    EXPECT_EQ(lightloom(compared({"-o", quick_})).exit_code, 2) << "a file";
    const Finished below_a_file = lightloom(compared({"-o", quick_ + "/results"}));
    EXPECT_EQ(below_a_file.exit_code, 3);
    EXPECT_TRUE(has(below_a_file.err, quick_ + "/results: Not a directory")) << below_a_file.err;
    const Finished no_page = lightloom(compared({"--report", quick_ + "/page.html"}));
    EXPECT_EQ(no_page.exit_code, 3) << "before anything is run";
    EXPECT_EQ(no_page.out, "");
    EXPECT_TRUE(has(no_page.err, "cannot write " + quick_ + "/page.html: Not a directory")) << no_page.err;
}

TEST_F(Compare, DrawsWhatIsAssumed) {
    const Finished finished = lightloom(compared({"--assume", "40", "--objective", "usd_per_gpu", "--json"}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json\n"
                     "a = json.loads(sys.argv[1])['assumptions']\n"
                     "assert a['draws'] == 40 and a['winner_stays'] == 40 and a['figures'] > 2, a\n"
                     "print('fewer spines are cheaper at any price')",
                     {finished.out}),
              "fewer spines are cheaper at any price");
}

TEST_F(Compare, SaysWhatIsNotDrawnBecauseItIsAResult) {
    ASSERT_EQ(lightloom({"run", quick_, "-q", "-o", scratch_ / "kept.h5"}).exit_code, 0);
    const auto said = [&](const std::string& other) {
        return lightloom({"compare", quick_, other, "--assume", "3", "--objective", "completion", "-q"}).out;
    };
    EXPECT_TRUE(has(said(scratch_ / "kept.h5"), "kept is a result, which is not run again, so figures of optics"));
    EXPECT_FALSE(has(said(quick_ + "@topology.spines=1"), "not run again"));
}

TEST_F(Compare, RunsNothingAnewForWhatABillDecides) {
    const auto runs_said = [&](const std::string& objective) {
        return lightloom({"compare", quick_, quick_ + "@topology.spines=1", "--set", "optics.basis=typical", "--assume",
                          "5", "--objective", objective})
            .err;
    };
    EXPECT_FALSE(has(runs_said("watt_per_gpu"), "with assumed figures drawn"));
    EXPECT_TRUE(has(runs_said("completion"), "with assumed figures drawn"));
}

TEST_F(Compare, TakesTheLeastMarginOfTheRunWheneverItWas) {
    const std::string fault =
        "[[fault]]\nselect = \"tier=leaf-spine & leaf=0 & spine=0 & link=0\"\nkind = \"degrade\"\n";
    write_file(scratch_ / "early.toml", kQuick + fault + "at = \"0us\"\nextra_loss = \"2dB\"\n");
    write_file(scratch_ / "late.toml", kQuick + fault + "at = \"1us\"\nextra_loss = \"2dB\"\n");
    write_file(scratch_ / "never.toml", kQuick + fault + "at = \"1s\"\nextra_loss = \"2dB\"\n");
    const Finished finished =
        lightloom({"compare", scratch_ / "early.toml", scratch_ / "late.toml", scratch_ / "never.toml", "-q", "--json",
                   "--objective", "worst_margin", "-o", results_});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json, h5py\n"
                     "early, late, never = (d['values'] for d in json.loads(sys.argv[1])['designs'])\n"
                     "for name in ('worst_margin', 'p01_margin'):\n"
                     "    assert early[name] == late[name] < never[name], (name, early, late, never)\n"
                     "assert 1.5 < never['worst_margin'] - late['worst_margin'] <= 2.5, (late, never)\n"
                     "f = h5py.File(sys.argv[2] + '/late.h5')\n"
                     "ports, worst = f['ports'], f['summary/worst_link'][()]\n"
                     "at = list(ports['direction'][:]).index(worst)\n"
                     "assert ports['least_margin_db'][at] == f['summary/worst_margin_db'][()]\n"
                     "assert f['optics/links/margin_db'][worst] > late['worst_margin'] + 1.5\n"
                     "print('the least')",
                     {finished.out, results_}),
              "the least");
    const Finished run = lightloom({"run", scratch_ / "late.toml", "-q", "-o", scratch_ / "late.h5"});
    EXPECT_TRUE(has(run.out, " during a fault, +")) << run.out;
}

TEST_F(Compare, WarnsOfDifferentWork) {
    const Finished finished = lightloom({"compare", "one=" + quick_, "other=" + quick_ + "@workload.bytes=2MiB", "-q"});
    EXPECT_TRUE(
        has(finished.out, "WARNING: these designs do different work: workload.bytes is 2MiB in other, 1MiB in one.\n"))
        << finished.out;
    EXPECT_FALSE(has(lightloom(compared({})).out, "different work"));
    const auto with_job = [&](const std::string& name) {
        const std::string file = scratch_ / (name + ".toml");
        write_file(file, kQuick.substr(0, kQuick.find("[workload]")) + "[[job]]\nname = \"" + name +
                             "\"\nkind = \"all-reduce\"\nbytes = \"1MiB\"\ngpus = 8\n");
        return file;
    };
    const Finished renamed = lightloom({"compare", with_job("first"), with_job("second"), "-q"});
    EXPECT_EQ(renamed.exit_code, 0) << renamed.err;
    EXPECT_FALSE(has(renamed.out, "different work")) << "a name is none" << renamed.out;
}

TEST_F(Compare, KeepsEachDesignsRunInAFileOfItsOwn) {
    const Finished finished = lightloom({"compare", "a b=" + quick_, "a_b=" + quick_ + "@workload.bytes=4MiB",
                                         "a?b=" + quick_ + "@workload.bytes=8MiB", "-q", "--json", "-o", results_});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json\n"
                     "one, four, eight = (d['values']['completion'] for d in json.loads(sys.argv[1])['designs'])\n"
                     "assert one < four < eight, (one, four, eight)\n"
                     "print('three')",
                     {finished.out}),
              "three");
    for (const std::string file : {"a_b.h5", "a_b#2.h5", "a_b#3.h5"})
        EXPECT_TRUE(std::filesystem::exists(results_ + "/" + file)) << file;
}

TEST_F(Compare, ReplacesNoResultThatItCompares) {
    ASSERT_EQ(lightloom(compared({"-o", results_})).exit_code, 0);
    const std::string before = read_file(results_ + "/two.h5");
    const Finished refused = lightloom(
        {"compare", "old=" + results_ + "/two.h5", "two=" + quick_ + "@workload.bytes=2MiB", "-q", "-o", results_});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(has(refused.err, results_ + "/two.h5 would be replaced")) << refused.err;
    EXPECT_EQ(read_file(results_ + "/two.h5"), before);
}

TEST_F(Compare, SaysSoWhereNothingExplainsALead) {
    const Finished finished =
        lightloom({"compare", "a=" + quick_, "b=" + quick_ + "@tier.leaf-spine.length=60m", "-q"});
    EXPECT_TRUE(has(finished.out, "Why: nothing that was measured explains it.")) << finished.out;
}

TEST_F(Compare, ChecksItsFilesBeforeItRunsAnything) {
    write_file(scratch_ / "endless.toml", kEndless);
    const Finished finished = lightloom({"compare", scratch_ / "endless.toml", scratch_ / "none.h5"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_TRUE(has(finished.err, "none.h5: No such file or directory")) << finished.err;
    EXPECT_FALSE(has(finished.err, "on ")) << finished.err;
}

TEST_F(Compare, TellsMistakes) {
    const auto complaint = [&](const std::vector<std::string>& words) {
        const Finished finished = lightloom(compared(words));
        EXPECT_EQ(finished.exit_code, 2) << finished.out;
        return finished.err;
    };
    EXPECT_TRUE(has(complaint({"--fail-if", "p99_9 > 5"}), "column 10: no unit"));
    EXPECT_TRUE(has(complaint({"--fail-if", "p99_8 > 5us"}), "column 1: no metric \"p99_8\""));
    EXPECT_TRUE(has(complaint({"--objective", "complition"}), "did you mean \"completion\"?"));
    EXPECT_TRUE(has(complaint({"--baseline", "tow"}), "did you mean \"two\"?"));
    EXPECT_TRUE(has(complaint({"--pareto", "completion"}), "two metrics or more"));
    EXPECT_TRUE(has(complaint({quick_ + "@topology.spins=4"}), "topology.spins"));
    EXPECT_TRUE(has(complaint({scratch_ / "none.h5"}), "No such file or directory"));
    EXPECT_TRUE(has(complaint({scratch_ / "none.toml"}), "none.toml"));
    write_file(scratch_ / "lies.h5", "not at all");
    EXPECT_TRUE(has(complaint({scratch_ / "lies.h5"}), "it is not an HDF5 file"));
    // Sound as a text, and found out when the job is placed.
    write_file(scratch_ / "root.toml", kQuick.substr(0, kQuick.find("[workload]")) +
                                           "[[job]]\nname = \"a\"\nkind = \"broadcast\"\nplacement = \"listed\"\n"
                                           "list = [\"0\", \"1/0\", \"2/1\"]\nroot = 3\n");
    EXPECT_TRUE(has(complaint({scratch_ / "root.toml"}), "root.toml: error: "));
    EXPECT_EQ(lightloom({"compare", quick_}).exit_code, 2);
    ASSERT_EQ(lightloom(compared({"-o", results_})).exit_code, 0);
    for (const std::string option : {"--seeds=3", "--set=topology.spines=1"}) {
        const Finished ignored = lightloom({"compare", results_ + "/two.h5", results_ + "/one.h5", option});
        EXPECT_EQ(ignored.exit_code, 2);
        EXPECT_TRUE(has(ignored.err, "all designs are results")) << ignored.err;
    }
}

TEST_F(Compare, RunsTheStudyOfOpticsAndTopologies) {
    Process study("/bin/sh", {.arguments = {LIGHTLOOM_SOURCE_DIR "/scenarios/studies/optics-and-topology.sh",
                                            LIGHTLOOM_BINARY, "-q", "--csv", "--set", "workload.bytes=64KiB"}});
    const Finished finished = study.wait();
    EXPECT_LE(finished.exit_code, 1) << finished.err;
    EXPECT_EQ(python("import sys, csv, io\n"
                     "rows = list(csv.DictReader(io.StringIO(sys.argv[1])))\n"
                     "assert len({row['design'] for row in rows}) == 20 and all(r['complete'] == 'yes' for r in rows)\n"
                     "price = {row['design']: row['usd_per_gpu (USD)'] for row in rows}\n"
                     "assert price['rails-lpo'] == '' and float(price['clos-dr4']) > float(price['rails-dr4'])\n"
                     "print('twenty')",
                     {finished.out}),
              "twenty");
}

// File names are bytes, and a name may be cut within a character.
TEST_F(Compare, WritesJsonThatIsUtf8) {
    const std::string longest = std::string(59, 'n') + "\xC3\xA9", broken = "x\xC3(\xED\xA0\x80";
    const Finished finished =
        lightloom({"compare", longest + "=" + quick_, broken + "=" + quick_ + "@topology.spines=1", "-q", "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json, os\n"
                     "names = [d['name'] for d in json.loads(os.fsencode(sys.argv[1]).decode('utf-8'))['designs']]\n"
                     "assert names == ['n' * 59, 'x\\ufffd(' + '\\ufffd' * 3], names\n"
                     "print('UTF-8')",
                     {finished.out}),
              "UTF-8");
}

TEST_F(Compare, DoesNothingThatATextSays) {
    ASSERT_EQ(lightloom(compared({"-o", results_})).exit_code, 0);
    const std::string hostile = "</script><script>alert(1)</script>\n\x1b[31m; rm -rf x";
    python(
        "import sys, h5py\n"
        "f = h5py.File(sys.argv[1], 'r+'); del f.attrs['title']; f.attrs['title'] = sys.argv[2]\n",
        {results_ + "/one.h5", hostile});
    const std::string name = "=; rm -rf x\n\x1b[31m.h5";
    std::filesystem::rename(results_ + "/one.h5", results_ + "/" + name);
    for (const std::string how : {"--quiet", "--csv", "--json"}) {
        const Finished finished =
            lightloom({"compare", results_ + "/two.h5", results_ + "/" + name, how, "--fail-if", "completion > 1ps"});
        EXPECT_EQ(finished.exit_code, 1) << finished.err;
        EXPECT_FALSE(has(finished.out, "\x1b")) << how;
        EXPECT_FALSE(has(finished.out, "\n\x1b")) << how;
        EXPECT_FALSE(has(finished.out, "\n; rm")) << how;
    }
    EXPECT_TRUE(std::filesystem::exists(results_ + "/two.h5"));
}

}  // namespace
}  // namespace lightloom::test
