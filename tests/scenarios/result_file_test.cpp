// Result files: what is in them, read back by the C API and by h5py and xarray (read_result.py); under which name they
// are found at any instant; and what happens when the disk does not play along.
#include "scenarios/result_file.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "scenarios/result_reader.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;

LinkConditions conditions(std::size_t directions) {
    LinkConditions links(directions);
    for (std::size_t i = 0; i < directions; ++i) {
        links.length_m[i] = 2.0 + static_cast<double>(i);
        links.margin_db[i] = i == 0 ? std::numeric_limits<double>::quiet_NaN() : 1.5;  // copper has none
        links.propagation_ps[i] = static_cast<std::int64_t>(i) * 4890;
    }
    return links;
}

void fill_ports(RunResult::Ports& ports, std::size_t rows) {
    for (auto* column : {&ports.frames_sent,
                         &ports.bytes_sent,
                         &ports.frames_delivered,
                         &ports.frames_lost,
                         &ports.frames_dropped,
                         &ports.frames_marked,
                         &ports.pauses_sent,
                         &ports.pauses_received,
                         &ports.paused_ps,
                         &ports.frames_trimmed,
                         &ports.frames_replayed,
                         &ports.frames_in_flight,
                         &ports.busy_ps,
                         &ports.deepest_queue_bytes,
                         &ports.frames_lost_in_dark,
                         &ports.lock_losses,
                         &ports.flaps,
                         &ports.dark_ps,
                         &ports.deepest_pause_hops,
                         &ports.deepest_headroom_bytes})
        for (std::size_t i = 0; i < rows; ++i) column->push_back(static_cast<std::int64_t>(i));
    ports.utilisation.assign(rows, 0.5);
    ports.least_margin_db.assign(rows, 1.25);
}

void fill_flows(RunResult::Flows& flows, std::size_t rows) {
    for (auto* column :
         {&flows.messages, &flows.payload_bytes, &flows.packets_sent, &flows.packets_delivered, &flows.packets_lost,
          &flows.packets_dropped, &flows.packets_in_flight, &flows.timeouts, &flows.acknowledgements_lost,
          &flows.acknowledgements_dropped, &flows.retransmissions, &flows.duplicates, &flows.marked, &flows.start_ps,
          &flows.acknowledged_ps, &flows.failed_ps, &flows.reordered, &flows.longest_stall_ps, &flows.stalled_ps})
        column->assign(rows, 5);
    for (std::size_t i = 0; i < rows; ++i) {
        flows.source.push_back(static_cast<std::uint32_t>(i));
        flows.job.push_back(static_cast<std::uint32_t>(i % 2));
        flows.destination.push_back(static_cast<std::uint32_t>(rows - 1 - i));
        flows.delivered_ps.push_back(i == 0 ? -1 : static_cast<std::int64_t>(1000 * i));
    }
}

RunResult result_of(std::int64_t servers, std::size_t flows) {
    RunResult r;
    r.program_version = "0.1.0";
    r.build_type = "Release";
    r.scenario_text = "title = \"two racks\"\n# \u00b5s and \u03bb\n";
    r.effective_scenario = "title = \"two racks\"\nrate = \"400Gbps\"\n";
    r.plant_seed = 7;
    r.digest = 0xdeadbeef;
    r.complete = true;
    r.stopped_by = "done";
    r.topology = leaf_spine({.servers = servers,
                             .gpus_per_server = 2,
                             .leaves = 2,
                             .spines = 2,
                             .links_per_pair = 1,
                             .rate = *Rate::from({400'000'000'000})});
    r.links = conditions(2 * r.topology.cables.size());
    r.summary.completion_ps = 123'456'789;
    fill_flows(r.flows, flows);
    r.jobs.name = {"victim", "a neighbour"};
    r.jobs.kind = {"all-reduce", "incast"};
    for (auto* column : {&r.jobs.gpus, &r.jobs.start_ps, &r.jobs.end_ps, &r.jobs.completion_ps, &r.jobs.flows,
                         &r.jobs.payload_bytes, &r.jobs.flows_failed, &r.jobs.retransmissions, &r.jobs.step_ps})
        *column = {7, -1};
    for (auto* column :
         {&r.jobs.algorithm_bandwidth, &r.jobs.bus_bandwidth, &r.jobs.straggler_ratio, &r.jobs.flops_utilisation})
        *column = {1.5, 0.0};
    fill_ports(r.ports, r.topology.ports.size());
    for (std::int64_t i = 0; i < 1000; ++i) {
        r.packet_latency.record(1'000'000 + 1000 * i);
        r.message_latency.record(1'000'000'000 + i);
    }
    r.execution.host = "somewhere";
    r.execution.wall_seconds = 1.25;
    return r;
}

RunHeader header_of(const RunResult& r) {
    return {.title = "two racks",
            .program_version = r.program_version,
            .build_type = r.build_type,
            .scenario_text = r.scenario_text,
            .effective_scenario = r.effective_scenario,
            .plant_seed = r.plant_seed,
            .traffic_seed = r.traffic_seed,
            .faults_seed = r.faults_seed,
            .topology = r.topology,
            .links = r.links};
}

void report_three_times(ResultFile& file) {
    for (const std::int64_t i : {1, 2, 3}) file.append_progress(10 * i, 20 * i, 30 * i, 40 * i);
}

void write(const std::string& path, const RunResult& result) {
    ResultFile file = ResultFile::create(path, header_of(result));
    report_three_times(file);
    file.finish(result);
}

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Runs `body` in a process of its own. @return how that ended, as waitpid() tells
int in_a_child(const std::function<void()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        body();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

class ResultFiles : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "lightloom_result_XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { fs::remove_all(folder); }

    std::string place(const std::string& name = "r.h5") const { return (folder / name).string(); }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path().filename().string());
        std::ranges::sort(found);
        return found;
    }
    std::string refusal(const std::function<void()>& body) const {
        try {
            body();
        } catch (const ResultError& error) {
            return error.reason();
        }
        return "accepted";
    }
    /// As a user would. A machine without h5py fails: tools/setup installs it.
    void read_in_python(const std::string& arguments) const {
        const int status = std::system(
            ("/usr/bin/python3 " LIGHTLOOM_SOURCE_DIR "/tests/scenarios/read_result.py " + arguments).c_str());
        EXPECT_EQ(status, 0) << "read_result.py " << arguments;
    }

    fs::path folder;
};

using Names = std::vector<std::string>;

TEST_F(ResultFiles, AreReadBackByTheCApi) {
    const RunResult result = result_of(4, 3);
    write(place(), result);
    const hid_t file = H5Fopen(place().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    const hid_t data = H5Dopen2(file, "/optics/links/propagation_ps", H5P_DEFAULT);
    ASSERT_GE(data, 0);
    std::vector<std::int64_t> read(result.links.directions());
    EXPECT_GE(H5Dread(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), 0);
    EXPECT_EQ(read, result.links.propagation_ps);
    H5Dclose(data);
    H5Fclose(file);
}

TEST_F(ResultFiles, AreReadByH5pyAndXarray) {
    write(place(), result_of(4, 3));
    read_in_python("whole " + place());
}

TEST_F(ResultFiles, AreReadBackWholeWhereTheyAreCompressed) {
    const RunResult result = result_of(2, 100'000);
    write(place(), result);
    const hid_t file = H5Fopen(place().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t data = H5Dopen2(file, "/flows/delivered_ps", H5P_DEFAULT);
    ASSERT_GE(data, 0);
    std::vector<std::int64_t> read(result.flows.delivered_ps.size());
    EXPECT_GE(H5Dread(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), 0);
    EXPECT_EQ(read, result.flows.delivered_ps);
    EXPECT_LT(H5Dget_storage_size(data), read.size() * 8 / 2);
    H5Dclose(data);
    H5Fclose(file);
}

TEST_F(ResultFiles, DifferInNothingButRun) {
    RunResult result = result_of(4, 3);
    write(place("a.h5"), result);
    write(place("b.h5"), result);
    EXPECT_TRUE(bytes_of(place("a.h5")) == bytes_of(place("b.h5"))) << "one result, written twice";
    result.execution.wall_seconds *= 2;
    result.execution.threads = 2;
    write(place("c.h5"), result);
    read_in_python("same " + place("a.h5") + " " + place("c.h5"));
}

TEST_F(ResultFiles, HaveTheirNameOnlyWhenWhole) {
    const RunResult result = result_of(4, 3);
    ResultFile file = ResultFile::create(place(), header_of(result));
    EXPECT_EQ(names(), (Names{"r.h5.lock", "r.h5.partial"}));
    file.finish(result);
    EXPECT_EQ(names(), Names{"r.h5"});
}

TEST_F(ResultFiles, LeaveAnOlderOneAloneUntilTheyAreWhole) {
    std::ofstream(place()) << "an older result";
    const RunResult result = result_of(4, 3);
    ResultFile file = ResultFile::create(place(), header_of(result));
    report_three_times(file);
    EXPECT_EQ(bytes_of(place()), "an older result");
    file.finish(result);
    EXPECT_NE(bytes_of(place()), "an older result");
}

TEST_F(ResultFiles, OfAnInterruptedRunStayPartial) {
    RunResult result = result_of(4, 3);
    result.complete = false;
    result.stopped_by = "interrupt";
    write(place(), result);
    EXPECT_EQ(names(), Names{"r.h5.partial"});
    read_in_python("partial " + place("r.h5.partial"));
}

TEST_F(ResultFiles, OfARunThatStoppedWhereItWasToldToAreResults) {
    RunResult result = result_of(4, 3);
    result.complete = false;
    result.stopped_by = "until";
    write(place(), result);
    EXPECT_EQ(names(), Names{"r.h5"});
}

TEST_F(ResultFiles, OfAKilledRunAreReadable) {
    const RunResult result = result_of(4, 3);
    const int status = in_a_child([&] {
        ResultFile file = ResultFile::create(place(), header_of(result));
        report_three_times(file);
        ::kill(::getpid(), SIGKILL);
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(names(), (Names{"r.h5.lock", "r.h5.partial"}));
    read_in_python("running " + place("r.h5.partial"));
}

// In a folder for all, whose files are each their owner's.
TEST_F(ResultFiles, AreNotTakenFromAnotherUser) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be two users";
    constexpr uid_t kNobody = 65534;
    fs::permissions(folder, fs::perms::all);
    const RunResult result = result_of(4, 3);
    ResultFile file = ResultFile::create(place(), header_of(result));
    const auto as_nobody = [&](const std::string& wanted) {
        return in_a_child([&] {
            if (::setuid(kNobody) != 0) std::exit(2);
            std::string said;
            try {
                ResultFile::create(place(), header_of(result)).finish(result);
            } catch (const ResultError& error) {
                said = error.reason();
            }
            std::exit(said == wanted ? 0 : 1);
        });
    };
    EXPECT_EQ(as_nobody("another run is writing it"), 0);
    EXPECT_EQ(names(), (Names{"r.h5.lock", "r.h5.partial"}));
    file.finish(result);
    EXPECT_EQ(as_nobody(""), 0);
    EXPECT_EQ(names(), Names{"r.h5"});
}

TEST_F(ResultFiles, OfARunThatFailedAreReadable) {
    const RunResult result = result_of(4, 3);
    {
        ResultFile file = ResultFile::create(place(), header_of(result));
        report_three_times(file);
    }
    EXPECT_EQ(names(), Names{"r.h5.partial"});
    read_in_python("running " + place("r.h5.partial"));
}

TEST_F(ResultFiles, AreReadableWhileTheyGrow) {
    const RunResult result = result_of(4, 3);
    ResultFile file = ResultFile::create(place(), header_of(result));
    report_three_times(file);
    read_in_python("running " + place("r.h5.partial"));
}

TEST_F(ResultFiles, AreRefusedBeforeTheRunWhereTheyCannotBe) {
    const RunResult result = result_of(4, 3);
    const auto refused = [&](const std::string& path) {
        return refusal([&] { ResultFile::create(path, header_of(result)); });
    };
    EXPECT_EQ(refused(place("no/such/folder/r.h5")), "No such file or directory");
    EXPECT_EQ(refused(folder.string()), "it is a folder");
    EXPECT_EQ(refused("/dev/full"), "it is not a regular file");
    std::ofstream(place("file")) << "x";
    EXPECT_EQ(refused(place("file/r.h5")), "Not a directory");
    fs::create_directory(place("r.h5.partial"));
    EXPECT_EQ(refused(place()), "Is a directory");
    EXPECT_EQ(refused(place(std::string(300, 'x'))), "File name too long");
}

// A limit on the size of files is a full disk that needs no privilege: every write beyond it fails. Each limit hits
// another call of HDF5, from the first page of the header to the last byte written while closing.
class FullDisk : public ResultFiles {
protected:
    enum Outcome { written = 0, refused = 1, surprised = 2 };

    // Exits as a program does, so that what HDF5 left for then happens, too.
    Outcome write_with_limit(const RunResult& result, rlim_t bytes) const {
        const int status = in_a_child([&] {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{bytes, bytes};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            try {
                write(place(), result);
                std::exit(written);
            } catch (const ResultError& error) {
                std::exit(error.reason() == "File too large" && error.path() == place() ? refused : surprised);
            }
        });
        return WIFEXITED(status) ? static_cast<Outcome>(WEXITSTATUS(status)) : surprised;
    }
};

TEST_F(FullDisk, LeavesWhatWasReportedAndAnOlderResultAlone) {
    for (const std::size_t flows : {std::size_t{3}, std::size_t{40'000}}) {  // stored as they are, and in chunks
        const RunResult result = result_of(4, flows);
        write(place(), result);
        const std::string reference = bytes_of(place());
        std::ofstream(place()) << "an older result";
        const std::size_t step = reference.size() / 60;
        std::size_t kept = 0;
        for (std::size_t limit = 0; limit < reference.size(); limit += step) {
            ASSERT_EQ(write_with_limit(result, limit), refused) << "with " << limit << " bytes";
            ASSERT_EQ(bytes_of(place()), "an older result") << "with " << limit << " bytes";
            if (fs::exists(place("r.h5.partial"))) {  // there was room for that, and none for the rest
                const ResultReader partial = ResultReader::open(place("r.h5.partial"));
                ASSERT_EQ(partial.attribute("status"), "running") << "with " << limit << " bytes";
                ASSERT_EQ(partial.rows("run/progress"), 3u) << "with " << limit << " bytes";
                fs::remove(place("r.h5.partial"));
                ++kept;
            }
            ASSERT_EQ(names(), Names{"r.h5"}) << "with " << limit << " bytes";
        }
        ASSERT_EQ(write_with_limit(result, 2 * reference.size()), written);
        EXPECT_TRUE(bytes_of(place()) == reference);
        EXPECT_GT(kept, flows == 3 ? 0u : 10u);
    }
}

TEST_F(FullDisk, EndsARunThatCanReportNoMore) {
    const RunResult result = result_of(4, 3);
    const int status = in_a_child([&] {
        std::string said;
        {
            ResultFile file = ResultFile::create(place(), header_of(result));
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{0, 0};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            said = refusal([&] { report_three_times(file); });
        }
        std::exit(said == "File too large" ? 0 : 1);
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(names(), Names{});
}

}  // namespace
}  // namespace lightloom
