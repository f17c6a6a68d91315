// What runs leave that are killed at any instant, and what `lightloom recover` makes of it: read with h5py, which opens
// the copies plainly. Not here: a run that is killed once, or stopped (run_test.cpp).
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

namespace fs = std::filesystem;

class Recover : public ::testing::Test {
protected:
    // What is there of an endless run after some progress was reported: recover reads along while it goes on.
    void make_partial(int signal_number) {
        write_file(scratch_ / "endless.toml", kEndless);
        Process process(LIGHTLOOM_BINARY, {.arguments = {"run", scratch_ / "endless.toml", "-q", "-o",
                                                         scratch_ / "r.h5", "--threads", "1"}});
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        bool has_progress = false;
        while (!has_progress && process.running() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            const Finished looked = lightloom({"recover", partial_, "-o", copy_, "--json"});
            has_progress = looked.exit_code == 0 && !has(looked.out, "\"reports\": 0,");
            fs::remove(copy_);
        }
        ASSERT_TRUE(has_progress);
        process.send(signal_number);
        process.wait();
        ASSERT_FALSE(fs::exists(scratch_ / "r.h5"));
    }

    ScratchDirectory scratch_;
    const std::string partial_ = scratch_ / "r.h5.partial", copy_ = scratch_ / "copy.h5";
};

TEST_F(Recover, MakesAPlainFileOfWhatAKilledRunLeftAndSaysWhatIsMissing) {
    make_partial(SIGKILL);
    const Finished finished = lightloom({"recover", partial_, "-o", copy_});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    for (const char* part : {"was killed, or still goes on", "known until", "kept      /topology, /optics, /run",
                             "missing   /summary, /jobs, /economics"})
        EXPECT_TRUE(has(finished.out, part)) << part << " is not in\n" << finished.out;
    EXPECT_EQ(
        python("import sys, h5py\n"
               "f, g = h5py.File(sys.argv[1], 'r'), h5py.File(sys.argv[2], 'r', swmr=True)\n"
               "assert f.attrs['status'] == 'partial' and f.attrs['stopped_by'] == 'killed'\n"
               "others = [name for name in g.attrs if name != 'status']\n"
               "assert len(others) > 9 and all((f.attrs[name] == g.attrs[name]).all() if name == "
               "'format_version' else f.attrs[name] == g.attrs[name] for name in others)\n"
               "names = []\n"
               "g.visit(names.append)\n"
               "whole = [n for n in names if isinstance(g[n], h5py.Dataset) and 'progress' not in n]\n"
               "assert len(whole) > 30\n"
               "for name in whole:\n"
               "    assert f[name].dtype == g[name].dtype and f[name][()].tobytes() == g[name][()].tobytes(), name\n"
               "    assert f[name].attrs['units'] == g[name].attrs['units'], name\n"
               "    if g[name].shape and not h5py.h5ds.is_scale(g[name].id):\n"
               "        assert f[name].dims[0][0].name == g[name].dims[0][0].name, name\n"
               "progress = f['run/progress']\n"
               "rows = len(progress['time_ps'])\n"
               "assert rows >= 1 and all(len(progress[n]) == rows for n in progress)\n"
               "assert progress['time_ps'][-1] > 0 and progress['events'].dims[0][0] == progress['time_ps']\n"
               "print('same')",
               {copy_, partial_}),
        "same");
}

TEST_F(Recover, KeepsAllThatAStoppedRunMeasured) {
    make_partial(SIGINT);
    const Finished finished = lightloom({"recover", partial_, "-o", copy_, "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(python("import sys, json, h5py\n"
                     "r = json.loads(sys.argv[1])\n"
                     "f = h5py.File(r['file'], 'r')\n"
                     "assert r['missing'] == [] and r['status'] == 'partial' and r['stopped_by'] == 'interrupt'\n"
                     "assert f.attrs['status'] == 'partial' and f.attrs['stopped_by'] == 'interrupt'\n"
                     "assert r['messages_delivered'] == f['summary/messages_delivered'][()] > 0\n"
                     "assert r['reached_ps'] == f['summary/end_ps'][()] == h5py.File(r['source'], 'r')"
                     "['summary/end_ps'][()]\n"
                     "print('kept')",
                     {finished.out}),
              "kept");
    // Whoever reads results reads copies.
    EXPECT_EQ(lightloom({"compare", copy_, partial_}).exit_code, 0);
}

// At any instant: before the partial file, while it is made, during the run, while the result is written, after it.
// Half of the kills come soon after the partial file: how long a run takes is known badly on a machine that does more.
TEST_F(Recover, AfterAKillAtAnyInstantThereIsAWholeResultOrAReadablePartialOrNothing) {
    const std::string scenario = scratch_ / "short.toml";
    write_file(scenario, kQuick + "iterations = 100\n");
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(lightloom({"run", scenario, "-q", "-o", scratch_ / "whole.h5", "--threads", "1"}).exit_code, 0);
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    std::mt19937 random(20);
    std::uniform_int_distribution<std::int64_t> instant(0, whole.count() * 11 / 10), soon(0, whole.count() / 4);
    for (int kill = 0; kill < 20; ++kill) {
        const fs::path folder = scratch_ / std::to_string(kill);
        fs::create_directory(folder);
        Process process(LIGHTLOOM_BINARY,
                        {.arguments = {"run", scenario, "-q", "-o", folder / "r.h5", "--threads", "1"}});
        while (kill % 2 == 1 && process.running() && !fs::exists(folder / "r.h5.partial"))
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        std::this_thread::sleep_for(std::chrono::microseconds(kill % 2 == 1 ? soon(random) : instant(random)));
        process.send(SIGKILL);
        process.wait();
        if (fs::exists(folder / "r.h5.partial")) {
            const Finished recovered = lightloom({"recover", folder / "r.h5.partial", "-o", folder / "copy.h5"});
            EXPECT_EQ(recovered.exit_code, 0) << kill << ": " << recovered.err;
        }
    }
    const std::string seen = python(
        "import sys, h5py, pathlib\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "whole = h5py.File(here / 'whole.h5', 'r')\n"
        "results = copies = 0\n"
        "for folder in (here / str(kill) for kill in range(20)):\n"
        "    if (folder / 'r.h5').exists():\n"
        "        f = h5py.File(folder / 'r.h5', 'r')\n"
        "        assert f.attrs['status'] == 'complete' and f.attrs['digest'] == whole.attrs['digest']\n"
        "        results += 1\n"
        "    if (folder / 'r.h5.partial').exists():\n"
        "        g = h5py.File(folder / 'r.h5.partial', 'r', swmr=True)\n"
        "        assert g.attrs['status'] == 'running'\n"
        "        f = h5py.File(folder / 'copy.h5', 'r')\n"
        "        assert f.attrs['status'] == 'partial' and f.attrs['effective_scenario'] == "
        "whole.attrs['effective_scenario']\n"
        "        for name in whole['optics/links']:\n"
        "            assert f['optics/links'][name][:].tobytes() == whole['optics/links'][name][:].tobytes(), name\n"
        "        copies += 1\n"
        "print(results, copies)",
        {scratch_.path()});
    int results = -1, copies = -1;
    std::sscanf(seen.c_str(), "%d %d", &results, &copies);
    EXPECT_GT(copies, 5) << seen << ": hardly a run was killed while it went on";
    EXPECT_LT(results, 15) << seen;
}

TEST_F(Recover, RefusesWhatItCannotReadOrMustNotReplace) {
    write_file(scratch_ / "quick.toml", kQuick);
    const std::string whole = scratch_ / "whole.h5";
    ASSERT_EQ(lightloom({"run", scratch_ / "quick.toml", "-q", "-o", whole}).exit_code, 0);
    const std::string bytes = read_file(whole);
    struct Case {
        std::string name, content;
    };
    for (const auto& [name, content] :
         {Case{"text", kQuick}, Case{"empty", ""}, Case{"half", bytes.substr(0, bytes.size() / 2)},
          Case{"head", bytes.substr(0, 100)}}) {
        write_file(partial_, content);
        const Finished finished = lightloom({"recover", partial_, "-o", copy_});
        EXPECT_EQ(finished.exit_code, 2) << name << '\n' << finished.err;
        EXPECT_FALSE(fs::exists(copy_)) << name;
    }
    EXPECT_EQ(lightloom({"recover", scratch_ / "absent", "-o", copy_}).exit_code, 2);
    EXPECT_EQ(lightloom({"recover", whole}).exit_code, 2);
    EXPECT_EQ(lightloom({"recover", whole, "-o", whole}).exit_code, 2);
    EXPECT_EQ(read_file(whole), bytes);
}

TEST_F(Recover, DamagedBytesAreRefusedOrCopiedAndNeverCrash) {
    make_partial(SIGKILL);
    const std::string bytes = read_file(partial_);
    std::mt19937 random(7);
    for (int damage = 0; damage < 8; ++damage) {
        std::string damaged = bytes;
        for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
        write_file(partial_, damaged);
        const Finished finished = lightloom({"recover", partial_, "-o", copy_});
        EXPECT_TRUE(finished.exit_code == 0 || finished.exit_code == 2)
            << damage << ": " << finished.exit_code << ", signal " << finished.signal << '\n'
            << finished.err;
        EXPECT_EQ(fs::exists(copy_), finished.exit_code == 0);
        fs::remove(copy_);
    }
}

TEST_F(Recover, AFullDiskLeavesNothing) {
    make_partial(SIGINT);
    for (const std::int64_t limit : {0, 4096, 40'000}) {
        const Finished finished =
            lightloom(Spawn{.arguments = {"recover", partial_, "-o", copy_}, .file_size_limit = limit});
        EXPECT_EQ(finished.exit_code, 3) << limit << '\n' << finished.err;
        if (limit > 0) {  // else what it says has no room either
            EXPECT_TRUE(has(finished.err, "cannot write")) << finished.err;
        }
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path()), {}), 2);
    EXPECT_EQ(lightloom({"recover", partial_, "-o", scratch_ / "missing/copy.h5"}).exit_code, 3);
}

}  // namespace
}  // namespace lightloom::test
