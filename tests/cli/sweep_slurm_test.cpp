// Sweeps on a real Slurm, which the test starts on the loopback: a whole one, and such as lose a node, are requeued,
// meet their time limit or are cancelled half-way. Skipped where Slurm is not installed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

namespace fs = std::filesystem;

class SlurmSweep : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!fs::exists("/usr/sbin/slurmctld") || !fs::exists("/usr/sbin/munged") || geteuid() != 0) return;
        cluster_ = new ScratchDirectory;
        setenv("SLURM_CONF", (*cluster_ / "slurm.conf").c_str(), 1);
        const Finished up = command({"up", cluster_->path(), "2"});
        is_up_ = up.exit_code == 0;
        EXPECT_TRUE(is_up_) << up.out << up.err;
    }
    static void TearDownTestSuite() {
        if (cluster_ == nullptr) return;
        command({"down", cluster_->path()});
        delete cluster_;
        cluster_ = nullptr;
    }
    void SetUp() override {
        if (cluster_ == nullptr) GTEST_SKIP() << "needs root and Debian's slurm-wlm and munge";
        ASSERT_TRUE(is_up_);
        write_file(scratch_ / "base.toml", kQuick);
    }
    static Finished command(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), std::string(LIGHTLOOM_SOURCE_DIR) + "/tests/support/slurm_cluster.sh");
        return Process("/bin/bash", {.arguments = std::move(arguments)}).wait();
    }
    void write(const std::string& text) const { write_file(scratch_ / "s.toml", "base = \"base.toml\"\n" + text); }
    std::vector<std::string> sweep(const std::string& folder, const std::string& executor) const {
        return {"sweep", scratch_ / "s.toml", "-o", scratch_ / folder, "--executor", executor};
    }
    std::size_t finished(const std::string& folder) const {
        std::size_t count = 0;
        if (fs::exists(scratch_ / (folder + "/points")))
            for (const auto& entry : fs::directory_iterator(scratch_ / (folder + "/points")))
                count += entry.path().extension() == ".h5";
        return count;
    }

    // When each result was made; a point that is run twice has a new one.
    using Identities = std::map<std::string, fs::file_time_type>;
    Identities identities(const std::string& folder, const Identities& of = {}) const {
        Identities all;
        for (const auto& entry : fs::directory_iterator(scratch_ / (folder + "/points")))
            if (const std::string name = entry.path().filename();
                entry.path().extension() == ".h5" && (of.empty() || of.contains(name)))
                all[name] = entry.last_write_time();
        return all;
    }
    // A sweep of eight points to which something is done when two are finished.
    Finished disturbed(const std::string& folder, const std::string& slurm, const std::vector<std::string>& deed,
                       int iterations = 300) {
        write(fmt::format("[set]\n\"workload.iterations\" = {}\n[[axis]]\nseeds = 8\n[slurm]\n{}", iterations, slurm));
        Process process(LIGHTLOOM_BINARY, {.arguments = sweep(folder, "slurm")});
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (process.running() && finished(folder) < 2 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_TRUE(process.running());
        before_ = identities(folder);
        EXPECT_GE(before_.size(), 2u);
        EXPECT_LT(before_.size(), 8u);
        const Finished done = command(deed);
        EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
        return process.wait();
    }

    ScratchDirectory scratch_;
    Identities before_;
    static inline ScratchDirectory* cluster_ = nullptr;
    static inline bool is_up_ = false;
};

TEST_F(SlurmSweep, MakesTheSameTableAsThisMachine) {
    // One point is refused by the optics; the folder's name would end a careless script.
    write(
        "[[axis]]\nkey = \"tier.leaf-spine.module\"\nvalues = [\"400gbase-dr4\", \"400gbase-fr4\"]\n[[axis]]\nseeds = "
        "3\n[slurm]\npoints_per_task = "
        "2\n");
    const std::string folder = "; rm -rf x 'y' $(z)";
    const Finished here = lightloom(sweep("here", "local"));
    const Finished there = lightloom(sweep(folder, "slurm"));
    EXPECT_EQ(here.exit_code, 1);
    EXPECT_EQ(there.exit_code, 1) << there.err;
    EXPECT_NE(there.out.find("6 points: 3 finished, 3 failed\n"), std::string::npos) << there.out << there.err;
    EXPECT_EQ(read_file(scratch_ / (folder + "/merged.h5")), read_file(scratch_ / "here/merged.h5"));
}

TEST_F(SlurmSweep, SurvivesTheLossOfANode) {
    const Finished ended = disturbed("lost", "points_per_task = 1\n", {"lose", cluster_->path(), "node1"});
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("8 points: 8 finished\n"), std::string::npos) << ended.out;
    EXPECT_EQ(finished("lost"), 8u);
}

TEST_F(SlurmSweep, ARequeuedTaskDoesOnlyWhatIsMissing) {
    const Finished ended = disturbed("requeued", "points_per_task = 8\n", {"requeue", cluster_->path()});
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("8 points: 8 finished\n"), std::string::npos) << ended.out;
    // What was finished before is what was there. Mostly one array is enough; on a busy machine a second was seen to
    // do the rest, which is as it should be, but why the first left some is not known.
    EXPECT_FALSE(fs::exists(scratch_ / "requeued/slurm/round-3"));
    EXPECT_EQ(identities("requeued", before_), before_);
}

TEST_F(SlurmSweep, GoesOnInAnotherArrayAfterATimeLimit) {
    const Finished ended =
        disturbed("late", "points_per_task = 8\noptions = [\"--time=60\"]\n", {"expire", cluster_->path()}, 3000);
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("8 points: 8 finished\n"), std::string::npos) << ended.out;
    EXPECT_TRUE(has(read_file(scratch_ / "late/slurm/round-1/0.log"), "DUE TO TIME LIMIT"));
    EXPECT_TRUE(fs::exists(scratch_ / "late/slurm/round-2/0.list"));
    EXPECT_EQ(identities("late", before_), before_);
}

TEST_F(SlurmSweep, WhoCancelsItsJobsIsToldHowToGoOn) {
    const Finished ended = disturbed("cancelled", "points_per_task = 8\n", {"cancel", cluster_->path()});
    EXPECT_EQ(ended.exit_code, 1) << ended.out << ended.err;
    EXPECT_TRUE(has(ended.out, " missing\n")) << ended.out;
    EXPECT_TRUE(has(ended.err, "somebody has cancelled the jobs; --resume does what is missing")) << ended.err;
    std::vector<std::string> again = sweep("cancelled", "slurm");
    again.push_back("--resume");
    const Finished resumed = lightloom(again);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.out << resumed.err;
    EXPECT_NE(resumed.out.find("8 points: 8 finished\n"), std::string::npos) << resumed.out;
    EXPECT_EQ(identities("cancelled", before_), before_);
}

}  // namespace
}  // namespace lightloom::test
