// Whole runs of the real binary: what it prints where, what it leaves behind when all goes well, when it is stopped,
// killed, or has nowhere to write. Result files are read with h5py, as users do.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <memory>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

class Run : public ::testing::Test {
protected:
    void SetUp() override {
        write_file(quick_, kQuick);
        write_file(endless_, kEndless);
    }

    // A run that has begun: its partial file is there and some simulated time has passed.
    std::unique_ptr<Process> begin_endless() {
        auto process = std::make_unique<Process>(
            LIGHTLOOM_BINARY, Spawn{.arguments = {"run", endless_, "-o", result_, "--threads", "1"}});
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (process->running() && !std::filesystem::exists(partial_) && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_TRUE(std::filesystem::exists(partial_));
        std::this_thread::sleep_for(std::chrono::seconds(2));
        return process;
    }

    void expect_readable_partial(const std::string& status) {
        EXPECT_FALSE(std::filesystem::exists(result_));
        EXPECT_EQ(python("import sys, h5py\n"
                         "f = h5py.File(sys.argv[1], 'r', swmr=True)\n"
                         "print(f.attrs['status'])",
                         {partial_}),
                  status);
    }

    ScratchDirectory scratch_;
    const std::string quick_ = scratch_ / "quick.toml", endless_ = scratch_ / "endless.toml";
    const std::string result_ = scratch_ / "result.h5", partial_ = scratch_ / "result.h5.partial";
};

TEST_F(Run, PrintsTheAnswerOnStdoutAndTheBannerOnStderr) {
    const Finished finished = lightloom({"run", quick_, "-o", result_});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    for (const std::string part :
         {"completed in", "bus bandwidth", "p99.99", "straggler ratio", "worst", "digest", "seeds"})
        EXPECT_TRUE(has(finished.out, part)) << part << " is not in\n" << finished.out;
    EXPECT_TRUE(has(finished.out, result_));
    EXPECT_TRUE(has(finished.err, "seeds: plant 1, traffic 1, faults 1")) << finished.err;
    EXPECT_FALSE(has(finished.err, "\x1b")) << "an escape sequence where there is no terminal";
    EXPECT_TRUE(std::filesystem::exists(result_));
    EXPECT_FALSE(std::filesystem::exists(partial_));
}

TEST_F(Run, NamesItsResultAfterTheScenarioUnlessTold) {
    EXPECT_EQ(lightloom(Spawn{.arguments = {"run", quick_}, .directory = scratch_.path()}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(scratch_ / "quick.h5"));
}

TEST_F(Run, QuietSaysNothingButTheResult) {
    const Finished finished = lightloom({"run", quick_, "-q", "-o", result_});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_EQ(finished.err, "");
    EXPECT_TRUE(has(finished.out, "completed in"));
}

TEST_F(Run, JsonIsOneObjectThatAgreesWithTheFile) {
    const Finished finished = lightloom({"run", quick_, "--json", "-o", result_});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json, h5py\n"
                     "r = json.loads(sys.argv[1])\n"
                     "assert r['format'] == 'lightloom-summary' and r['format_version'] == 3\n"
                     "assert r['complete'] and r['completion_ps'] > 0 and r['packet_latency_ps']['p99.9'] > 0\n"
                     "f = h5py.File(r['file'], 'r')\n"
                     "assert f['summary/completion_ps'][()] == r['completion_ps']\n"
                     "assert f.attrs['digest'] == r['digest']\n"
                     "print('same')",
                     {finished.out}),
              "same");
}

TEST_F(Run, OneSeedSetsAllThreeAndChangesTheAnswer) {
    const Finished one = lightloom({"run", quick_, "-o", result_});
    const Finished seven = lightloom({"run", quick_, "-o", result_, "--seed", "7"});
    const Finished set = lightloom({"run", quick_, "-o", result_, "--set", "run.seed=7"});
    EXPECT_TRUE(has(seven.out, "plant 7, traffic 7, faults 7")) << seven.out;
    const auto digest = [](const Finished& run) { return run.out.substr(run.out.find("digest "), 23); };
    EXPECT_EQ(digest(seven), digest(set));
    EXPECT_NE(digest(seven), digest(one));
}

TEST_F(Run, ThreadsAndPartitionsChangeNothingButSpeed) {
    const auto digest = [&](const std::string& threads, const std::string& partitions) {
        const Finished run =
            lightloom({"run", quick_, "-o", result_, "--threads", threads, "--partitions", partitions});
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return run.out.substr(run.out.find("digest "), 23);
    };
    const std::string alone = digest("1", "1");
    EXPECT_EQ(digest("2", "2"), alone);
    EXPECT_EQ(digest("2", "5"), alone);
}

TEST_F(Run, UntilEndsARunThatIsFineAndSaysSo) {
    const Finished finished = lightloom({"run", quick_, "-o", result_, "--set", "run.until=5us"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "not complete: stopped by `until`")) << finished.out;
    EXPECT_TRUE(std::filesystem::exists(result_));
    const Finished json = lightloom({"run", quick_, "-o", result_, "--set", "run.until=5us", "--json"});
    EXPECT_TRUE(has(json.out, "\"completion_ps\": null")) << json.out;
}

TEST_F(Run, SaysWhenAFaultWouldHaveBegun) {
    write_file(quick_, kQuick + "[[fault]]\nkind = \"down\"\nselect = \"leaf=1 & spine=0\"\nat = \"3ms\"\n");
    for (const char* until : {"run.until=5us", "run.until=1s"}) {
        const Finished finished = lightloom({"run", quick_, "-o", result_, "--set", until});
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        EXPECT_TRUE(has(finished.out, "had not begun when the run ended: it would at 3.000 ms")) << finished.out;
    }
}

TEST_F(Run, CtrlCEndsItWithAReadableMarkedFile) {
    for (const auto& [signal_number, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
        const auto process = begin_endless();
        process->send(signal_number);
        const Finished finished = process->wait();
        EXPECT_EQ(finished.exit_code, code) << finished.err;
        EXPECT_TRUE(has(finished.err, partial_)) << finished.err;
        expect_readable_partial("partial");
        std::filesystem::remove(partial_);
    }
}

TEST_F(Run, KilledItLeavesAReadableMarkedFile) {
    const auto process = begin_endless();
    process->send(SIGKILL);
    EXPECT_EQ(process->wait().signal, SIGKILL);
    expect_readable_partial("running");
}

TEST_F(Run, NowhereToWriteIsTheMachinesFaultAndFoundBeforeTheRun) {
    for (const std::string& path :
         {std::string("/proc/no/such/place.h5"), scratch_.path().string(), (scratch_ / "missing/result.h5").string()}) {
        const Finished finished = lightloom({"run", endless_, "-o", path});
        EXPECT_EQ(finished.exit_code, 3) << path << '\n' << finished.err;
        EXPECT_TRUE(has(finished.err, "error: ")) << finished.err;
        EXPECT_EQ(finished.out, "");
    }
}

TEST_F(Run, AFullDiskIsTheMachinesFaultAndLeavesNothingUnderTheFinalName) {
    for (const std::int64_t limit : {0, 4096, 40'000}) {
        const Finished finished =
            lightloom(Spawn{.arguments = {"run", quick_, "-o", result_}, .file_size_limit = limit});
        EXPECT_EQ(finished.exit_code, 3) << limit << '\n' << finished.err;
        EXPECT_FALSE(std::filesystem::exists(result_));
    }
}

TEST_F(Run, AnOlderResultSurvivesARunThatFails) {
    const std::string older = "\x89HDF\r\n\x1a\nolder";
    write_file(result_, older);
    const Finished finished = lightloom(Spawn{.arguments = {"run", quick_, "-o", result_}, .file_size_limit = 4096});
    EXPECT_EQ(finished.exit_code, 3);
    EXPECT_EQ(read_file(result_), older);
}

TEST_F(Run, ReplacesAnOlderResultAndNothingElse) {
    ASSERT_EQ(lightloom({"run", quick_, "-o", result_}).exit_code, 0);
    EXPECT_EQ(lightloom({"run", quick_, "-o", result_}).exit_code, 0);

    write_file(scratch_ / "notes.txt", "notes");
    std::filesystem::create_symlink(quick_, scratch_ / "link.toml");
    std::filesystem::copy_file(quick_, partial_);
    struct Case {
        std::string scenario, output, message;
    };
    for (const auto& [scenario, output, message] : {Case{quick_, quick_, "is the scenario itself"},
                                                    Case{scratch_ / "link.toml", quick_, "is the scenario itself"},
                                                    Case{partial_, result_, "is the scenario itself"},
                                                    Case{quick_, scratch_ / "notes.txt", "is not a result file"}}) {
        const Finished finished = lightloom({"run", scenario, "-o", output});
        EXPECT_EQ(finished.exit_code, 2) << output;
        EXPECT_TRUE(has(finished.err, message)) << finished.err;
        EXPECT_EQ(finished.out, "");
    }
    EXPECT_EQ(read_file(quick_), kQuick);
    EXPECT_EQ(read_file(partial_), kQuick);
    EXPECT_EQ(read_file(scratch_ / "notes.txt"), "notes");
}

TEST_F(Run, OneAtATimeWritesAResult) {
    const auto first = begin_endless();
    const Finished second = lightloom({"run", quick_, "-o", result_});
    EXPECT_EQ(second.exit_code, 3);
    EXPECT_TRUE(has(second.err, "cannot write " + result_ + ": another run is writing it")) << second.err;
    expect_readable_partial("running");
    EXPECT_EQ(lightloom({"run", quick_, "-o", scratch_ / "other.h5"}).exit_code, 0);
    first->send(SIGKILL);
    first->wait();
    // What a killed run left is held by nobody, and is replaced.
    EXPECT_EQ(lightloom({"run", quick_, "-o", result_}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(result_));
    EXPECT_FALSE(std::filesystem::exists(partial_));
}

TEST_F(Run, OfManyThatBeginAtOnceWhoIsRefusedSaysSoAndTheResultIsWhole) {
    for (int round = 0; round < 5; ++round) {
        std::vector<std::unique_ptr<Process>> processes;
        for (const char* seed : {"1", "2", "3", "4"})
            processes.push_back(std::make_unique<Process>(
                LIGHTLOOM_BINARY, Spawn{.arguments = {"run", quick_, "-q", "-o", result_, "--seed", seed}}));
        std::string digests;
        for (const auto& process : processes) {
            const Finished finished = process->wait();
            if (finished.exit_code == 0)
                digests += finished.out.substr(finished.out.find("digest ") + 7, 17);
            else
                EXPECT_TRUE(finished.exit_code == 3 && has(finished.err, "another run is writing it")) << finished.err;
        }
        ASSERT_NE(digests, "") << "nobody was first";
        EXPECT_TRUE(has(digests, python("import sys, h5py\nprint(h5py.File(sys.argv[1]).attrs['digest'])", {result_})));
        const auto files = std::filesystem::directory_iterator(scratch_.path());
        EXPECT_EQ(std::distance(begin(files), end(files)), 3) << "two scenarios and a result";
    }
}

TEST_F(Run, WarnsOfLinksThatLoseFramesAndOfFibreBeyondReach) {
    for (const std::string command : {"run", "explain", "check"}) {
        std::vector<std::string> words{command, quick_, "--set", "tier.leaf-spine.length=600m"};
        if (command == "run") words.insert(words.end(), {"-q", "-o", result_, "--set", "run.until=1us"});
        const Finished far = lightloom(words);
        EXPECT_EQ(far.exit_code, 0);
        EXPECT_TRUE(has(far.err,
                        "warning: tier.leaf-spine.length: the longest cable has 600 m, 400gbase-dr4 is "
                        "specified for 500m of os2"))
            << far.err;
    }
    write_file(quick_, kQuick + "[[fault]]\nselect = \"leaf=1 & spine=0\"\nextra_loss = \"9dB\"\n");
    const Finished lossy = lightloom({"check", quick_});
    EXPECT_EQ(lossy.exit_code, 0);
    EXPECT_TRUE(has(lossy.err, "warning: ")) << lossy.err;
    EXPECT_TRUE(has(lossy.err, "2 of 24 directions of links lose more than 0.1 %")) << lossy.err;
    EXPECT_TRUE(has(lossy.err, "(margin -")) << lossy.err;
    EXPECT_FALSE(has(lossy.err, "reach")) << lossy.err;
}

// Two cables of 2 km there and two back are 40 us, in which 400 Gb/s send 479 packets of 4,176 bytes and gap.
TEST_F(Run, WarnsOfAWindowThatLimitsFlows) {
    const auto warnings_of = [&](const char* length, const char* window) {
        return lightloom({"check", quick_, "--set", "workload.bytes=64MiB", "--set", length, "--set", window}).err;
    };
    const std::string far = warnings_of("tier.leaf-spine.length=2km", "transport.window=256");
    EXPECT_TRUE(has(far, "warning: transport.window: 256 packets of 4 KiB are less")) << far;
    EXPECT_FALSE(has(warnings_of("tier.leaf-spine.length=2km", "transport.window=2000"), "transport.window"));
    EXPECT_FALSE(has(warnings_of("tier.leaf-spine.length=50m", "transport.window=256"), "transport.window"));
}

TEST_F(Run, WarnsOfAFaultForGoodThatNothingEnds) {
    write_file(quick_, kQuick + "[[fault]]\nkind = \"down\"\nselect = \"tier=host-leaf & server=1\"\nat = \"1us\"\n");
    const auto warns = [&](const char* set) {
        return has(lightloom({"check", quick_, "--set", set}).err, "fault.0: lasts for good");
    };
    EXPECT_TRUE(warns("run.seed=1"));
    EXPECT_FALSE(warns("run.until=1ms"));
    EXPECT_FALSE(warns("transport.retries=7"));
    EXPECT_FALSE(warns("fault.0.lasts=1ms"));
    EXPECT_FALSE(warns("fault.0.select=tier=leaf-spine & leaf=1 & spine=0"));
    EXPECT_TRUE(warns("fault.0.select=tier=leaf-spine & leaf=1")) << "no spine is left to lead around it";
}

// Of 24 bytes a port; sizes are rounded down to what can be read.
TEST_F(Run, ExplainSaysHowMuchSamplesComeTo) {
    write_file(quick_, kQuick);
    const auto explained = [&](const std::vector<std::string>& keys) {
        std::vector<std::string> words{"explain", quick_, "--set", "series.interval=10us"};
        for (const std::string& key : keys) words.insert(words.end(), {"--set", key});
        const std::string text = lightloom(words).out;
        return text.substr(std::min(text.find("# samples"), text.size()));
    };
    const std::string permutation = "workload.kind=permutation";
    const std::string ends = explained({permutation, "run.until=1ms"}), open = explained({permutation}),
                      part = explained({"series.select=tier=leaf-spine & spine=0"});
    EXPECT_TRUE(has(ends, "every 10us of 24 ports, 576 B each time: at most 100 in 1.000 ms come to 56 KiB\n")) << ends;
    EXPECT_TRUE(has(ends, "at most about ")) << ends;
    EXPECT_TRUE(has(open, "576 B each time: 56 KiB for each ms of simulated time\n")) << open;
    EXPECT_TRUE(has(part, "every 10us of 4 ports, 96 B each time")) << part;
    // A ring ends when its formula says, if it is not stopped before.
    EXPECT_EQ(explained({"run.until=1s"}), explained({}));
    const std::string stopped = explained({"run.until=10us"});
    EXPECT_TRUE(has(stopped, "576 B each time: 1 in 10.00 us come to 576 B\n")) << stopped;
    const std::string huge = explained({permutation, "series.interval=100ns", "run.until=1000000s"});
    EXPECT_TRUE(has(huge, " come to 5,238 TiB\n")) << huge;
}

TEST_F(Run, ExplainNamesWhatAFaultBefalls) {
    const auto explained = [&](const std::string& fault) {
        write_file(quick_, kQuick + "[[fault]]\nat = \"1us\"\nlasts = \"1us\"\n" + fault);
        return lightloom({"explain", quick_}).out;
    };
    const std::string cable = explained("kind = \"down\"\nselect = \"leaf=1 & spine=0\"\n");
    EXPECT_TRUE(has(cable, "down at 1 place with 1 cable, first at 1.000 us")) << cable;
    EXPECT_TRUE(has(cable, "befalls               leaf 1 port 4 -> spine 0\n")) << cable;
    const std::string crash = explained("kind = \"crash\"\nselect = \"spine=1\"\n");
    EXPECT_TRUE(has(crash, "befalls               spine 1\n")) << crash;
    const std::string many = explained("kind = \"down\"\nselect = \"tier=host-leaf & server=3\"\n") +
                             explained("kind = \"nic-loss\"\nselect = \"random 4\"\n");
    EXPECT_TRUE(has(many, "server 3 port 0 -> leaf 1, server 3 port 1 -> leaf 1\n")) << many;
    EXPECT_TRUE(has(many, "nic-loss at 4 places with 8 cables")) << many;
}

TEST_F(Run, SaysNothingOfWhatWasNotMeasured) {
    const std::vector<std::string> words{"run", quick_, "-q", "-o", result_, "--set", "run.until=1ns"};
    const Finished text = lightloom(words);
    EXPECT_TRUE(has(text.out, "message (to its ack)           -           -")) << text.out;
    EXPECT_FALSE(has(text.out, "last delivery")) << text.out;
    std::vector<std::string> with_json = words;
    with_json.push_back("--json");
    EXPECT_EQ(python("import sys, json\n"
                     "r = json.loads(sys.argv[1])\n"
                     "assert not r['complete'] and r['bus_bandwidth_bytes_per_second'] is None\n"
                     "assert r['straggler_ratio'] is None and r['message_latency_ps']['samples'] == 0 and "
                     "r['message_latency_ps']['p99'] is None\n"
                     "print('honest')",
                     {lightloom(with_json).out}),
              "honest");
    const Finished later = lightloom({"run", quick_, "-q", "-o", result_, "--set", "run.until=40us", "--set",
                                      "topology.gpus_per_server=1", "--set", "workload.iterations=9"});
    EXPECT_TRUE(has(later.out, ": 1 ring of 4\n")) << later.out;
}

TEST_F(Run, GatesDecideTheExitCode) {
    const auto run = [&](std::vector<std::string> gates) {
        std::vector<std::string> words{"run", quick_, "-q", "-o", result_};
        for (const std::string& gate : gates) words.insert(words.end(), {"--fail-if", gate});
        return lightloom(words);
    };
    const Finished green = run({"completion > 1s", "frames_lost != 0"});
    EXPECT_EQ(green.exit_code, 0) << green.out;
    EXPECT_TRUE(has(green.out, "gate      green fails if frames_lost != 0: frames_lost is 0, the bound 0\n"))
        << green.out;
    const Finished red = run({"completion > 1us", "frames_lost > 0"});
    EXPECT_EQ(red.exit_code, 1) << red.out;
    EXPECT_TRUE(has(red.out, "gate      RED   fails if completion > 1us: completion is ")) << red.out;
    EXPECT_TRUE(std::filesystem::exists(result_)) << "a red gate is no reason to lose the result";
    // A metric that no such run has: nobody knows that the gate is not red.
    EXPECT_EQ(run({"step > 1ms"}).exit_code, 1);

    write_file(quick_, kQuick + "[question]\nrequire = [\"completion < 1s\", \"p99_9_latency <= 1.2 x baseline\"]\n");
    const Finished met = run({});
    EXPECT_EQ(met.exit_code, 0) << met.out;
    EXPECT_TRUE(has(met.out, "green requires completion < 1s")) << met.out;
    EXPECT_TRUE(has(met.out,
                    "gate      not judged here but by compare, which has a baseline: "
                    "p99_9_latency <= 1.2 x baseline\n"))
        << met.out;
    EXPECT_FALSE(has(met.out, "requires p99_9_latency")) << met.out;
    write_file(quick_, kQuick + "[question]\nrequire = [\"completion < 1us\"]\n");
    EXPECT_EQ(run({}).exit_code, 1);
    const Finished json = lightloom({"run", quick_, "-q", "--json", "-o", result_});
    EXPECT_EQ(json.exit_code, 1);
    EXPECT_TRUE(has(json.out, "\"required\": true")) << json.out;
}

TEST_F(Run, AGateThatMeansNothingIsTheUsersMistakeAndFoundBeforeTheRun) {
    for (const auto& [gate, message] :
         {std::pair{"p99_9 > +5%", "a run has no baseline"},
          std::pair{"completion > 1.2 x baseline", "a run has no baseline"},
          std::pair{"completoin > 1us", "did you mean \"completion\"?"}, std::pair{"completion > 1", "no unit"}}) {
        const Finished finished = lightloom({"run", endless_, "-o", result_, "--fail-if", gate});
        EXPECT_EQ(finished.exit_code, 2) << gate;
        EXPECT_TRUE(has(finished.err, message)) << finished.err;
        EXPECT_FALSE(std::filesystem::exists(partial_));
    }
}

// 100 kB cannot hold what comes in after a pause: found when the fabric is put together, by every command that plans.
TEST_F(Run, ABufferTooSmallForItsHeadroomIsTheUsersMistake) {
    const std::string small = scratch_ / "small.toml";
    write_file(small,
               "[topology]\nservers = 4\nleaves = 2\nspines = 2\n[switch]\nflow_control = \"pause\"\n"
               "buffer = \"100kB\"\nqueue_limit = \"100kB\"\necn_threshold = \"50kB\"\n");
    for (const std::string command : {"check", "run", "explain"}) {
        const Finished finished = lightloom({command, small});
        EXPECT_EQ(finished.exit_code, 2) << command;
        EXPECT_TRUE(has(finished.err, "switch.buffer must be larger")) << finished.err;
    }
}

}  // namespace
}  // namespace lightloom::test
