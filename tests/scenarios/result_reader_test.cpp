// Reading results back: what a run measured is what the reader says, of a file that is whole and of one that is being
// written; and what is no result, or was made to look like one, is refused with a sentence.
#include "scenarios/result_reader.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "scenarios/assembly.hpp"
#include "scenarios/result_file.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

namespace fs = std::filesystem;

class ReadingResults : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "lightloom_reader_XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        const Scenario scenario = parse(kLeast, {{"workload.bytes", "64KiB"}}).scenario.value();
        result_ = run(scenario, plan(scenario), {}, nullptr);
        result_.program_version = "0.1.0";
        result_.scenario_text = kLeast;
        result_.plant_seed = 7;
        result_.traffic_seed = UINT64_MAX;
        begin().finish(result_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    ResultFile begin() const {
        return ResultFile::create(file_name("r.h5"), {.title = "four servers",
                                                      .program_version = result_.program_version,
                                                      .build_type = "Release",
                                                      .scenario_text = result_.scenario_text,
                                                      .effective_scenario = "none",
                                                      .plant_seed = result_.plant_seed,
                                                      .traffic_seed = result_.traffic_seed,
                                                      .faults_seed = result_.faults_seed,
                                                      .topology = result_.topology,
                                                      .links = result_.links});
    }
    std::string file_name(const std::string& name) const { return (folder_ / name).string(); }
    ResultReader read() const { return ResultReader::open(file_name("r.h5")); }
    std::string bytes() const {
        std::ifstream file(file_name("r.h5"), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string variant(const std::string& bytes) const {
        std::ofstream(file_name("variant.h5"), std::ios::binary) << bytes;
        return file_name("variant.h5");
    }
    // A copy of the result in which something was changed by HDF5 itself.
    std::string changed(const std::function<void(hid_t file)>& change) const {
        fs::copy_file(file_name("r.h5"), file_name("changed.h5"), fs::copy_options::overwrite_existing);
        const hid_t file = H5Fopen(file_name("changed.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        change(file);
        H5Fclose(file);
        return file_name("changed.h5");
    }
    // What the reader says to a use of it, without the file's name; "accepted" if it says nothing.
    std::string refusal(const std::string& path, const std::function<void(const ResultReader&)>& use = nullptr) const {
        try {
            const ResultReader reader = ResultReader::open(path);
            if (use) use(reader);
        } catch (const ResultUnreadable& error) {
            const std::string said = error.what();
            return said.starts_with(path + ": ") ? said.substr(path.size() + 2) : "without its name: " + said;
        }
        return "accepted";
    }

    fs::path folder_;
    RunResult result_;
};

// Everything that a reader can be asked for.
void read_all(const ResultReader& reader) {
    for (const char* name : {"title", "digest", "status", "effective_scenario", "scenario"}) reader.attribute(name);
    for (const std::string& group : reader.groups()) {
        reader.rows(group);
        for (const std::string& name : reader.datasets(group)) {
            const std::string item = group + '/' + name;
            reader.units(item);
            reader.words(item);
            const auto holds_numbers = [](const ResultUnreadable& refusal) {
                return std::string(refusal.what()).find("does not hold numbers") == std::string::npos;
            };
            try {
                reader.scalar(item);
            } catch (const ResultUnreadable& not_a_scalar) {
                if (holds_numbers(not_a_scalar)) try {
                        reader.column(item);
                    } catch (const ResultUnreadable& not_of_numbers) {
                        if (holds_numbers(not_of_numbers)) throw;
                        reader.texts(item);
                    }
            }
        }
    }
    reader.histogram("packet_latency");
}

void put_scalar(hid_t file, const char* name, hid_t type, const void* value) {
    H5Ldelete(file, name, H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR),
                data = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value);
    H5Dclose(data);
    H5Sclose(space);
}

hid_t put_column(hid_t file, const char* name, hsize_t rows, hid_t properties) {
    H5Ldelete(file, name, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(1, &rows, nullptr);
    const hid_t data = H5Dcreate2(file, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    H5Sclose(space);
    return data;
}

void put_two_rows(hid_t file, const char* name) {
    const hid_t data = put_column(file, name, 2, H5P_DEFAULT);
    const std::array<std::int64_t, 2> rows{1, 2};
    H5Dwrite(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data());
    H5Dclose(data);
}

TEST_F(ReadingResults, SaysWhatTheRunMeasured) {
    const ResultReader reader = read();
    EXPECT_EQ(reader.attribute("title"), "four servers");
    EXPECT_EQ(reader.attribute("status"), "complete");
    EXPECT_EQ(reader.attribute("scenario"), kLeast);
    EXPECT_EQ(reader.whole_attribute("plant_seed"), 7u);
    EXPECT_EQ(reader.whole_attribute("traffic_seed"), UINT64_MAX);
    EXPECT_EQ(reader.whole("summary/completion_ps"), result_.summary.completion_ps);
    EXPECT_EQ(reader.scalar("summary/worst_margin_db"), result_.summary.worst_margin_db);
    EXPECT_EQ(reader.units("summary/completion_ps"), "ps");
    EXPECT_EQ(reader.units("summary/bus_bandwidth"), "byte/s");
    EXPECT_EQ(reader.whole_column("ports/busy_ps"), result_.ports.busy_ps);
    EXPECT_EQ(reader.column("ports/utilisation"), result_.ports.utilisation);
    EXPECT_EQ(reader.rows("ports"), result_.topology.ports.size());
    EXPECT_EQ(reader.words("topology/links/tier"), (std::vector<std::string>{"host-leaf", "leaf-spine"}));
    EXPECT_EQ(reader.find("training/steps"), std::nullopt);
    EXPECT_FALSE(reader.has("ports/busy_ps/x"));
}

TEST_F(ReadingResults, ListsGroupsAndWhatIsInThem) {
    const ResultReader reader = read();
    const std::vector<std::string> groups = reader.groups();
    EXPECT_EQ((std::vector<std::string>(groups.begin(), groups.begin() + 4)),
              (std::vector<std::string>{"topology", "topology/nodes", "topology/links", "topology/endpoints"}));
    EXPECT_EQ(reader.datasets("topology/endpoints"),
              (std::vector<std::string>{"endpoint", "server", "nic", "leaf", "nics"}));
    EXPECT_EQ(reader.datasets("nowhere"), std::vector<std::string>{});
}

TEST_F(ReadingResults, GivesAnyQuantileAsTheRunWould) {
    const ResultReader reader = read();
    const ResultHistogram histogram = reader.histogram("packet_latency").value();
    EXPECT_EQ(histogram.samples, result_.packet_latency.count());
    EXPECT_EQ(histogram.mean, result_.packet_latency.mean());
    for (const double q : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0})
        EXPECT_EQ(histogram.quantile(q), result_.packet_latency.quantile(q)) << q;
    EXPECT_EQ(histogram.quantile(0.999), reader.whole("histograms/packet_latency/p99_9"));
    EXPECT_EQ(reader.histogram("no_such"), std::nullopt);
}

TEST_F(ReadingResults, TakesOneThatIsBeingWritten) {
    ResultFile running = begin();
    for (const std::int64_t i : {1, 2, 3}) running.append_progress(10 * i, 20 * i, 30 * i, 40 * i);
    const ResultReader reader = ResultReader::open(file_name("r.h5.partial"));
    EXPECT_EQ(reader.attribute("status"), "running");
    EXPECT_EQ(reader.whole_column("run/progress/events"), (std::vector<std::int64_t>{40, 80, 120}));
    EXPECT_FALSE(reader.has("summary"));
}

TEST_F(ReadingResults, RefusesWhatIsNoResult) {
    EXPECT_EQ(refusal(file_name("none.h5")), "No such file or directory, so no result");
    EXPECT_EQ(refusal(folder_.string()), "it is a folder, so no result");
    EXPECT_EQ(refusal("/dev/zero"), "it is not a regular file, so no result");
    EXPECT_EQ(refusal(variant("")), "it is not an HDF5 file, so no result");
    EXPECT_EQ(refusal(variant("title = \"a scenario\"\n")), "it is not an HDF5 file, so no result");
    EXPECT_EQ(refusal(changed([](hid_t file) { H5Adelete(file, "format"); })), "it is an HDF5 file, but not a result");
    EXPECT_EQ(refusal(changed([](hid_t file) { H5Adelete(file, "format_version"); })),
              "it is an HDF5 file, but not a result");
    EXPECT_EQ(refusal(changed([](hid_t file) {
                  const hid_t version = H5Aopen(file, "format_version", H5P_DEFAULT);
                  const std::array<std::int32_t, 2> numbers{4, 1};
                  H5Awrite(version, H5T_NATIVE_INT32, numbers.data());
                  H5Aclose(version);
              })),
              "a result of format 4.1, and this program reads 3");
}

TEST_F(ReadingResults, RefusesNumbersOfAnotherTypeOrShape) {
    const double fraction = 0.5;
    const std::array<char, 4> text{"abc"};
    const hid_t text_type = H5Tcopy(H5T_C_S1);
    H5Tset_size(text_type, 4);
    const auto completion = [](const ResultReader& reader) { reader.whole("summary/completion_ps"); };
    const auto busy = [](const ResultReader& reader) { reader.column("ports/busy_ps"); };
    const auto put = [](const char* name, hid_t type, const void* value) {
        return [=](hid_t file) { put_scalar(file, name, type, value); };
    };
    EXPECT_EQ(refusal(changed(put("summary/completion_ps", H5T_NATIVE_DOUBLE, &fraction)), completion),
              "/summary/completion_ps holds fractions, where whole numbers are expected");
    EXPECT_EQ(refusal(changed(put("summary/completion_ps", text_type, text.data())), completion),
              "/summary/completion_ps does not hold numbers");
    EXPECT_EQ(refusal(changed([](hid_t file) { H5Ldelete(file, "summary/completion_ps", H5P_DEFAULT); }), completion),
              "/summary/completion_ps is missing");
    EXPECT_EQ(refusal(changed(put("ports/busy_ps", H5T_NATIVE_DOUBLE, &fraction)), busy),
              "/ports/busy_ps is not a column");
    EXPECT_EQ(refusal(file_name("r.h5"), [](const ResultReader& reader) { reader.scalar("ports/busy_ps"); }),
              "/ports/busy_ps is not a single number");
    EXPECT_EQ(refusal(file_name("r.h5"), [](const ResultReader& reader) { reader.scalar("ports"); }),
              "/ports is a group, where numbers are expected");
    EXPECT_EQ(refusal(file_name("r.h5"), [](const ResultReader& reader) { reader.attribute("plant_seed"); }),
              "attribute \"plant_seed\" of / is not a text");
    EXPECT_EQ(refusal(file_name("r.h5"), [](const ResultReader& reader) { reader.whole_attribute("title"); }),
              "attribute \"title\" is not a whole number");
    EXPECT_EQ(refusal(changed([](hid_t file) { put_two_rows(file, "ports/busy_ps"); }), busy),
              "/ports/busy_ps has 2 rows, its group 72");
    H5Tclose(text_type);
}

// Whoever reads several columns of a group goes by the length of one of them.
TEST_F(ReadingResults, GivesAllColumnsOfAGroupOneLength) {
    const std::string path = changed([](hid_t file) {
        const hid_t data = put_column(file, "ports/direction", 100'000, H5P_DEFAULT);
        const std::vector<std::int64_t> rows(100'000, 0);
        H5Dwrite(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data());
        ASSERT_GE(H5DSset_scale(data, "direction"), 0);
        H5Dclose(data);
    });
    const ResultReader reader = ResultReader::open(path);
    EXPECT_EQ(reader.rows("ports"), 72u);
    EXPECT_EQ(reader.column("ports/direction").size(), 72u);
    EXPECT_EQ(reader.column("ports/utilisation").size(), 72u);
}

TEST_F(ReadingResults, RefusesAColumnThatWouldFillTheMemory) {
    const auto claim = [](hid_t file) {
        const hsize_t chunk = 1024;
        const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(properties, 1, &chunk);
        H5Dclose(put_column(file, "ports/busy_ps", hsize_t{1} << 40, properties));
        H5Pclose(properties);
    };
    EXPECT_EQ(refusal(changed(claim), [](const ResultReader& reader) { reader.column("ports/busy_ps"); }),
              "/ports/busy_ps claims 1099511627776 rows, more than it holds");
}

TEST_F(ReadingResults, FollowsNoLinkOutOfTheFile) {
    const auto busy = [](const ResultReader& reader) { reader.column("ports/busy_ps"); };
    EXPECT_EQ(refusal(changed([&](hid_t file) {
                          H5Ldelete(file, "ports/busy_ps", H5P_DEFAULT);
                          H5Lcreate_external(file_name("r.h5").c_str(), "/ports/busy_ps", file, "ports/busy_ps",
                                             H5P_DEFAULT, H5P_DEFAULT);
                      }),
                      busy),
              "/ports/busy_ps is missing");
    EXPECT_EQ(refusal(changed([&](hid_t file) {
                          const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
                          H5Pset_external(properties, "/etc/passwd", 0, 72 * 8);
                          H5Dclose(put_column(file, "ports/busy_ps", 72, properties));
                          H5Pclose(properties);
                      }),
                      busy),
              "/ports/busy_ps has its numbers in another file");
    // A group that contains itself ends somewhere.
    read_all(ResultReader::open(
        changed([](hid_t file) { H5Lcreate_hard(file, "/", file, "ports/again", H5P_DEFAULT, H5P_DEFAULT); })));
}

TEST_F(ReadingResults, RefusesATruncatedFileAtAnyLength) {
    const std::string whole = bytes();
    for (std::size_t length = 8; length < whole.size(); length += whole.size() / 50)
        EXPECT_NE(refusal(variant(whole.substr(0, length)), read_all).find("the file is truncated or damaged"),
                  std::string::npos)
            << length;
}

// HDF5 itself meets bytes that nobody wrote: it may refuse them or not see them, but end it must.
TEST_F(ReadingResults, OutlivesBytesThatWereChanged) {
    const std::string whole = bytes();
    std::mt19937 random(1);
    for (int i = 0; i < 25; ++i) {
        std::string damaged = whole;
        for (int flips = 0; flips < 4; ++flips) damaged[random() % damaged.size()] = static_cast<char>(random());
        const std::string said = refusal(variant(damaged), read_all);
        EXPECT_FALSE(said.starts_with("without its name")) << said;
    }
}

}  // namespace
}  // namespace lightloom::test
