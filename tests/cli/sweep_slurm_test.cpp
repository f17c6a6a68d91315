// Sweeps on a real Slurm, which the test starts on the loopback: a whole sweep, and one that loses a node half-way.
// Skipped where Slurm is not installed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
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

    ScratchDirectory scratch_;
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
    write("[set]\n\"workload.iterations\" = 300\n[[axis]]\nseeds = 8\n[slurm]\npoints_per_task = 1\n");
    Process process(LIGHTLOOM_BINARY, {.arguments = sweep("lost", "slurm")});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (process.running() && finished("lost") < 2 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(process.running());
    const std::size_t before = finished("lost");
    EXPECT_LT(before, 8u);
    const Finished lost = command({"lose", cluster_->path(), "node1"});
    EXPECT_EQ(lost.exit_code, 0) << lost.err;
    const Finished ended = process.wait();
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("8 points: 8 finished\n"), std::string::npos) << ended.out;
    EXPECT_EQ(finished("lost"), 8u);
}

}  // namespace
}  // namespace lightloom::test
