// Sweeps by the real binary: what a user gets, what stays when it is interrupted or killed, what a hostile name can do.
// Not here: which points there are (tests/sweeps), clusters (tests/cli/sweep_slurm_test.cpp).
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <set>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

namespace fs = std::filesystem;

class Sweeping : public ::testing::Test {
protected:
    void SetUp() override {
        write_file(scratch_ / "base.toml", kQuick);
        write("[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"64KiB\", \"128KiB\"]\n[[axis]]\nseeds = 2\n");
    }
    void write(const std::string& text) const { write_file(sweep_, "base = \"base.toml\"\ntitle = \"s\"\n" + text); }

    Finished run(std::vector<std::string> more = {}, const std::string& folder = "out") const {
        std::vector<std::string> arguments{"sweep", sweep_, "-o", scratch_ / folder};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lightloom(arguments);
    }
    std::set<std::string> results(const std::string& folder = "out") const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(scratch_ / (folder + "/points")))
            names.insert(entry.path().filename().string());
        return names;
    }
    std::string merged(const std::string& folder = "out") const { return scratch_ / (folder + "/merged.h5"); }
    std::string ask(const std::string& expression) const {
        return python("import sys, h5py, numpy\nf = h5py.File(sys.argv[1], 'r')\nprint(" + expression + ")",
                      {merged()});
    }

    ScratchDirectory scratch_;
    const std::string sweep_ = scratch_ / "s.toml";
};

TEST_F(Sweeping, MergesOneRowPerPoint) {
    const Finished finished = run();
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "4 points: 4 finished\n")) << finished.out;
    EXPECT_EQ(results().size(), 4u);
    EXPECT_EQ(ask("f['settings/workload.bytes'][:].tolist(), f['settings/workload.bytes'].attrs['units']"),
              "[65536.0, 65536.0, 131072.0, 131072.0] byte");
    EXPECT_EQ(ask("f['settings/run.seed'][:].tolist(), f['points/status'][:].tolist()"),
              "[1.0, 2.0, 1.0, 2.0] [0, 0, 0, 0]");
    // Every scalar is that of the point's own file, which the merged one leads to.
    EXPECT_EQ(ask("all(f['results'][n.decode()]['summary/completion_ps'][()] == c and "
                  "f['results'][n.decode()].attrs['digest'] == d.decode() for n, c, d in "
                  "zip(f['points/name'], f['summary/completion_ps'], f['points/digest']))"),
              "True");
    EXPECT_EQ(ask("f['histograms/packet_latency/p99'][0] == "
                  "f['results'][f['points/name'][0].decode()]['histograms/packet_latency/p99'][()]"),
              "True");
}

// A point of a sweep is the run that its scenario and --set describe.
TEST_F(Sweeping, PointsAreOrdinaryRuns) {
    ASSERT_EQ(run().exit_code, 0);
    ASSERT_EQ(lightloom({"run", scratch_ / "base.toml", "--set", "workload.bytes=128KiB", "--seed", "2", "-q", "-o",
                         scratch_ / "alone.h5"})
                  .exit_code,
              0);
    EXPECT_EQ(python("import sys, h5py\nprint(h5py.File(sys.argv[1])['points/digest'][3].decode() == "
                     "h5py.File(sys.argv[2]).attrs['digest'])",
                     {merged(), scratch_ / "alone.h5"}),
              "True");
}

TEST_F(Sweeping, ADryRunWritesNothing) {
    const Finished finished = run({"--dry-run"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_TRUE(has(finished.out, "4 points\n")) << finished.out;
    EXPECT_TRUE(has(finished.out, "to run    workload.bytes=\"128KiB\"  run.seed=2\n")) << finished.out;
    EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(Sweeping, ResumingDoesOnlyWhatIsMissingOrChanged) {
    ASSERT_EQ(run().exit_code, 0);
    const Finished again = run();
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_TRUE(has(again.err, "--resume")) << again.err;

    const std::set<std::string> before = results();
    std::set<fs::file_time_type> times;
    for (const std::string& name : before) times.insert(fs::last_write_time(scratch_ / ("out/points/" + name)));
    write("[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"64KiB\", \"256KiB\"]\n[[axis]]\nseeds = 2\n");
    ASSERT_EQ(run({"--resume"}).exit_code, 0);
    EXPECT_EQ(results().size(), 6u) << "two new ones; what is no longer asked for stays";
    for (const std::string& name : before)
        EXPECT_TRUE(times.contains(fs::last_write_time(scratch_ / ("out/points/" + name)))) << "run again";
    EXPECT_EQ(ask("f['settings/workload.bytes'][:].tolist()"), "[65536.0, 65536.0, 262144.0, 262144.0]");
}

TEST_F(Sweeping, SaysWhatItKeptRanAndLeftBehind) {
    ASSERT_EQ(run().exit_code, 0);
    write("[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"64KiB\", \"256KiB\"]\n[[axis]]\nseeds = 2\n");
    const Finished resumed = run({"--resume"});
    EXPECT_TRUE(has(resumed.out, "resumed   2 kept, 2 run\n")) << resumed.out;
    EXPECT_TRUE(has(resumed.out, "orphaned  2 results in ")) << resumed.out;
}

TEST_F(Sweeping, ShowsFiguresAndWritesThemAll) {
    const Finished finished = run({"--csv", scratch_ / "all.csv"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "point ")) << finished.out;
    EXPECT_TRUE(has(finished.out, "workload.bytes")) << finished.out;
    EXPECT_EQ(python("import sys, csv, h5py\n"
                     "rows = list(csv.DictReader(open(sys.argv[1])))\n"
                     "f = h5py.File(sys.argv[2])\n"
                     "assert [r['point'] for r in rows] == list(f['points/name'].asstr()[:])\n"
                     "assert [float(r['completion (ps)']) for r in rows] == list(f['summary/completion_ps'][:])\n"
                     "assert [r['run.seed'] for r in rows] == ['1', '2', '1', '2']\n"
                     "print(len(rows))",
                     {scratch_ / "all.csv", merged()}),
              "4");
}

TEST_F(Sweeping, ItsCsvHasTextsWithoutTheirQuotes) {
    write(
        "[set]\n\"routing.policy\" = \"spray\"\n[[axis]]\nkey = \"title\"\nvalues = [\"a \\\"b\\\", c\", \"=1+1\"]\n");
    ASSERT_EQ(run({"--csv", scratch_ / "all.csv"}).exit_code, 0);
    EXPECT_EQ(python("import sys, csv\n"
                     "print([(r['routing.policy'], r['title']) for r in csv.DictReader(open(sys.argv[1]))])",
                     {scratch_ / "all.csv"}),
              "[('spray', 'a \"b\", c'), ('spray', \"'=1+1\")]");
}

TEST_F(Sweeping, HasAFolderOfSlurmsOnlyThere) {
    ASSERT_EQ(run().exit_code, 0);
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch_ / "out")) names.insert(entry.path().filename().string());
    EXPECT_EQ(names, (std::set<std::string>{"logs", "merged.h5", "points", "points.tsv"}));
}

TEST_F(Sweeping, AKeyHasOneValue) {
    write("[[axis]]\nkey = \"run.seed\"\nvalues = [7]\n[[axis]]\nseeds = 2\n");
    const Finished finished = run();
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_TRUE(has(finished.err, sweep_ + ":7:1: error: run.seed: is set at " + sweep_ + ":4:7, too")) << finished.err;
    EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

// Each of the codes is held by a test; here they are what the help says.
TEST_F(Sweeping, ItsHelpSaysWhatItsExitCodesMean) {
    const Finished help = lightloom({"sweep", "--help"});
    for (const char* part : {"0: every point has a result", "1: some failed, or are left", "2: a mistake",
                             "3: the machine's", "130 and 143: stopped by"})
        EXPECT_TRUE(has(help.out, part)) << part;
    write("[budget]\ntime = \"1us\"\n[[axis]]\nseeds = 3\n");
    const Finished late = run({"--cores", "1"});
    EXPECT_EQ(late.exit_code, 1) << late.out;
    EXPECT_TRUE(has(late.err, "the budget's time is over; --resume does what is missing")) << late.err;
}

TEST_F(Sweeping, ItsCsvReplacesNoOtherFile) {
    const std::string before = read_file(sweep_);
    for (const std::string& place : {sweep_, std::string(scratch_ / "base.toml")}) {
        const Finished refused = run({"--csv", place});
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_TRUE(has(refused.err, place + " exists and is not the table of a sweep")) << refused.err;
    }
    EXPECT_EQ(read_file(sweep_), before);
    EXPECT_EQ(run({"--csv", scratch_ / "nowhere/all.csv"}).exit_code, 3);
    EXPECT_EQ(run({"--csv", scratch_.path()}).exit_code, 3);
    const Finished dry = run({"--dry-run", "--csv", scratch_ / "all.csv"});
    EXPECT_EQ(dry.exit_code, 2);
    EXPECT_TRUE(has(dry.err, "a dry run has no figures")) << dry.err;
    EXPECT_FALSE(fs::exists(scratch_ / "out")) << "found out before anything is run";

    // In the sweep's own folder, which is yet to be made; then in place of an older one, and of a file of nothing.
    ASSERT_EQ(run({"--csv", scratch_ / "out/all.csv"}).exit_code, 0);
    ASSERT_EQ(run({"--resume", "--csv", scratch_ / "out/all.csv"}).exit_code, 0);
    write_file(scratch_ / "empty.csv", "");
    ASSERT_EQ(run({"--resume", "--csv", scratch_ / "empty.csv"}).exit_code, 0);
    EXPECT_EQ(read_file(scratch_ / "empty.csv"), read_file(scratch_ / "out/all.csv"));
}

TEST_F(Sweeping, ItsTableIsNoResult) {
    ASSERT_EQ(run().exit_code, 0);
    const Finished compared = lightloom({"compare", merged(), merged()});
    EXPECT_EQ(compared.exit_code, 2);
    EXPECT_TRUE(has(compared.err, "it is the table of a sweep")) << compared.err;
    EXPECT_TRUE(has(compared.err, "own: " + scratch_.path().string() + "/out/points/" + *results().begin()))
        << compared.err;
}

TEST_F(Sweeping, PlansAsJson) {
    const Finished finished = run({"--dry-run", "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json\np = json.loads(sys.argv[1])\n"
                     "print(len(p['points']), p['points'][3]['settings'], p['points'][3]['finished'])",
                     {finished.out}),
              "4 {'workload.bytes': '\"128KiB\"', 'run.seed': '2'} False");
}

TEST_F(Sweeping, ListsAFailingPointAmongGoodOnes) {
    // Connectors of another kind: the schema takes them, the optics refuse.
    write("[[axis]]\nkey = \"tier.leaf-spine.module\"\nvalues = [\"400gbase-dr4\", \"400gbase-fr4\"]\n");
    const Finished finished = run();
    EXPECT_EQ(finished.exit_code, 1) << finished.err << finished.out;
    EXPECT_TRUE(has(finished.out, "2 points: 1 finished, 1 failed\n")) << finished.out;
    EXPECT_TRUE(has(finished.out, "tier.leaf-spine.module=\"400gbase-fr4\"\n")) << finished.out;
    EXPECT_EQ(ask("f['points/status'][:].tolist(), len(f['points/error'][1]) > 20, len(f['results'])"),
              "[0, 2] True 1");
    EXPECT_EQ(ask("numpy.isnan(f['summary/completion_ps'][1])"), "True");

    const Finished json = run({"--resume", "--json", "-q"});
    EXPECT_EQ(json.exit_code, 1);
    EXPECT_EQ(json.err, "");
    EXPECT_EQ(python("import sys, json\nr = json.loads(sys.argv[1])\n"
                     "print(r['points'], r['finished'], r['failed'], r['failures'][0]['settings'])",
                     {json.out}),
              "2 1 1 {'tier.leaf-spine.module': '\"400gbase-fr4\"'}");
}

TEST_F(Sweeping, NamesAreNoCommands) {
    fs::create_directory(scratch_ / "x");
    const std::string hostile = "; rm -rf x $(rm -rf x) `rm -rf x` ' \\\" && rm -rf x #";
    write("[set]\ntitle = \"" + hostile + "\"\n");
    const std::string folder = "; rm -rf x '$(rm -rf x)'";
    EXPECT_EQ(lightloom(Spawn{.arguments = {"sweep", "s.toml", "-o", folder}, .directory = scratch_.path()}).exit_code,
              0);
    EXPECT_TRUE(fs::exists(scratch_ / "x"));
    EXPECT_TRUE(fs::exists(scratch_ / (folder + "/merged.h5")));
}

TEST_F(Sweeping, MistakesAreToldBeforeAnythingRuns) {
    write("[[axis]]\nkey = \"topology.spinse\"\nvalues = [1]\n");
    const Finished finished = run();
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_TRUE(has(finished.err, "s.toml:5:11: error: topology.spinse: unknown key")) << finished.err;
    EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(Sweeping, AResultThatIsNoneIsRunAgain) {
    ASSERT_EQ(run().exit_code, 0);
    const std::string reference = read_file(merged());
    write_file(scratch_ / ("out/points/" + *results().begin()), "half a file");
    ASSERT_EQ(run({"--resume"}).exit_code, 0);
    EXPECT_EQ(read_file(merged()), reference);
}

TEST_F(Sweeping, TwoAtOnceShareTheWork) {
    write("[[axis]]\nseeds = 12\n");
    ASSERT_EQ(run({}, "alone").exit_code, 0);
    const std::vector<std::string> arguments{"sweep", sweep_, "-o", scratch_ / "out", "--resume"};
    Process one(LIGHTLOOM_BINARY, {.arguments = arguments}), other(LIGHTLOOM_BINARY, {.arguments = arguments});
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(other.wait().exit_code, 0);
    EXPECT_EQ(results().size(), 12u) << "and nothing temporary";
    EXPECT_EQ(read_file(merged()), read_file(merged("alone")));
}

TEST_F(Sweeping, TheCatalogueRuns) {
    std::size_t sweeps = 0;
    for (const auto& entry : fs::directory_iterator(std::string(LIGHTLOOM_SOURCE_DIR) + "/scenarios/sweeps")) {
        const Finished finished =
            lightloom({"sweep", entry.path(), "-o", scratch_ / std::to_string(++sweeps), "--json"});
        EXPECT_EQ(finished.exit_code, 0) << entry.path() << finished.err;
        EXPECT_TRUE(has(finished.out, "\"failed\": 0")) << finished.out;
    }
    EXPECT_GE(sweeps, 1u);
}

TEST_F(Sweeping, AnInterruptKeepsWhatIsFinished) {
    write("[[axis]]\nkey = \"workload.iterations\"\nvalues = [1, 1000000]\n");
    Process process(LIGHTLOOM_BINARY, Spawn{.arguments = {"sweep", sweep_, "-o", scratch_ / "out", "--cores", "1"}});
    const auto one_runs_and_one_is_done = [&] {  // a log is there from a point's beginning
        if (!fs::exists(scratch_ / "out/logs") || results().empty()) return false;
        const auto logs = fs::directory_iterator(scratch_ / "out/logs");
        return std::distance(begin(logs), end(logs)) == 2 && results().begin()->ends_with(".h5");
    };
    for (int i = 0; i < 600 && !one_runs_and_one_is_done(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    process.send(SIGINT);
    const Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, 130);
    EXPECT_TRUE(has(finished.out, "2 points: 1 finished, 1 missing\n")) << finished.out << finished.err;
}

// The merged file of a sweep that was killed at any instant and resumed is that of one that was not, to the last byte.
// A script makes it 200 instants: tests/support/sweep_kills.py.
TEST_F(Sweeping, AKillAtAnyInstantLosesNothing) {
    const std::string script = std::string(LIGHTLOOM_SOURCE_DIR) + "/tests/support/sweep_kills.py";
    const Finished finished = Process(LIGHTLOOM_PYTHON, {.arguments = {script, LIGHTLOOM_BINARY, "5"}}).wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
}

}  // namespace
}  // namespace lightloom::test
