// One rank's Chakra trace: what each kind of node and attribute means, and what is refused. Oracle: bytes put together
// by hand after the format's field numbers (tests/workload/chakra_bytes.hpp).
#include "models/workload/traces/trace_reader.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "models/workload/traces/process_groups.hpp"
#include "tests/workload/chakra_bytes.hpp"

namespace lightloom {
namespace {

using namespace chakra_bytes;
using Kind = TraceNode::Kind;

std::string packed(const std::string& bytes) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string refused(const std::string& bytes, const TraceReading& reading = {}) {
    return refusal([&] { read(bytes, reading); });
}

TEST(TraceReader, TakesANumberOfAnyKind) {
    const std::uint64_t minus = static_cast<std::uint64_t>(-1);
    for (const std::string& value :
         {number(7, 1), number(9, 1), number(11, 1), number(13, 1), number(15, 2), number(17, 2), fixed64(21, 1),
          fixed64(25, 1), number(27, 1), text(29, "1"), fixed64(3, 0x3ff0000000000000)}) {
        const RankTrace trace = read_nodes(
            {node(1, kCollective,
                  attribute("is_cpu_op", value) + attribute("comm_type", value) + attribute("comm_size", value))});
        EXPECT_TRUE(trace.nodes[0].on_cpu);
        EXPECT_EQ(trace.nodes[0].collective, Collective::reduce);
        EXPECT_EQ(trace.nodes[0].bytes, 1);
    }
    EXPECT_EQ(refused(file({node(1, kCollective, whole("comm_type", 0) + attribute("comm_size", number(9, minus)))})),
              "f: node 1: comm_size is -1");
    EXPECT_EQ(refused(file({node(1, kComputation, attribute("num_ops", number(13, minus)))})),
              "f: node 1: num_ops is no whole number");
    EXPECT_EQ(refused(file({node(1, kComputation, attribute("num_ops", fixed64(3, 0x3fe0000000000000)))})),
              "f: node 1: num_ops is no whole number");
}

TEST(TraceReader, TakesAnAttributeWithoutAValueForNone) {
    const RankTrace trace = read_nodes({node(1, kComputation, attribute("outputs", "") + attribute("num_ops", ""))});
    EXPECT_EQ(trace.nodes[0].operations, TraceNode::kUnsaid);
}

TEST(TraceReader, TakesAnyVersion) {
    const std::string schema = text(2, text(1, "schema") + text(29, "1.0.2-chakra.0.0.4"));
    for (const std::string& header : {std::string(), schema, text(1, "0.0.4"), text(1, "1.1") + schema})
        EXPECT_EQ(read(file({computation(7, 3)}, header)).nodes.size(), 1u);
}

// A capture has the launch, on the processor and without a size, and the kernel.
TEST(TraceReader, TellsTheLaunchOfACollectiveFromItsKernel) {
    const std::string on_cpu = attribute("is_cpu_op", number(27, 1)), on_gpu = attribute("is_cpu_op", number(27, 0));
    const RankTrace trace =
        read_nodes({node(1, kCollective, on_cpu + number(7, 151)),
                    node(2, kCollective, on_gpu + whole("comm_type", 0) + whole("comm_size", 8196000))});
    EXPECT_EQ(trace.nodes[0].kind, Kind::compute);
    EXPECT_TRUE(trace.nodes[0].on_cpu);
    EXPECT_EQ(trace.nodes[0].duration_ps, 151'000'000);
    EXPECT_EQ(trace.nodes[1].kind, Kind::collective);
    EXPECT_EQ(trace.nodes[1].bytes, 8196000);
    EXPECT_EQ(refused(file({node(3, kCollective, on_gpu + whole("comm_type", 0))})), "f: node 3: has no comm_size");
    // A barrier has no size anywhere.
    for (const std::string& where : {on_cpu, on_gpu}) {
        const RankTrace barrier = read_nodes({node(1, kCollective, where + whole("comm_type", 9))});
        EXPECT_EQ(barrier.nodes[0].kind, Kind::collective);
        EXPECT_EQ(barrier.nodes[0].collective, Collective::barrier);
    }
}

TEST(TraceReader, ReadsEveryTypeOfNode) {
    const RankTrace trace = read_nodes({number(1, 1), node(2, kMetadata), node(3, kLoad, whole("tensor_size", 64)),
                                        send(4, 3, 9, 100), receive(5, 2, 8, 200), collective(6, 9, 5)});
    EXPECT_EQ(trace.nodes[0].kind, Kind::join);
    EXPECT_EQ(trace.nodes[1].kind, Kind::join);
    EXPECT_EQ(trace.nodes[2].kind, Kind::memory);
    EXPECT_EQ(trace.nodes[2].bytes, 64);
    EXPECT_EQ(trace.nodes[3].peer, 3u);
    EXPECT_EQ(trace.nodes[3].tag, 9u);
    EXPECT_EQ(trace.nodes[4].peer, 2u);
    EXPECT_EQ(trace.nodes[4].bytes, 200);
    EXPECT_EQ(trace.nodes[5].collective, Collective::barrier);
    EXPECT_EQ(trace.nodes[5].bytes, 0);
    EXPECT_EQ(refused(file({number(1, 5) + number(3, 8)})), "f: node 5: 8 is no type of node: they are 0 to 7");
    EXPECT_EQ(refused(file({collective(5, 3, 1)})), "f: node 5: is a gather, for which there is no schedule");
    EXPECT_EQ(refused(file({collective(5, 10, 1)})), "f: node 5: comm_type 10 is no collective: they are 0 to 9");
}

TEST(TraceReader, FollowsBothKindsOfDependenciesPackedOrNot) {
    const std::string three = node(3, kComputation, text(4, varint(1) + varint(2)), {2});
    const RankTrace trace = read_nodes({computation(2, 1), computation(1, 1), three});
    ASSERT_EQ(trace.nodes[2].id, 3u);
    const auto before = trace.dependencies_of(trace.nodes[2]);
    EXPECT_EQ(std::vector(before.begin(), before.end()), (std::vector<std::uint32_t>{0, 1}));
    const std::string stale = file({node(3, kComputation, number(4, 3) + number(4, 77))});
    EXPECT_EQ(refused(stale), "f: node 3: depends on node 77, which there is not");
    EXPECT_EQ(read(stale, {.control_dependencies = false}).dependencies.size(), 0u);
}

TEST(TraceReader, FindsGroupsInWhatPyTorchWrites) {
    const std::string in_python =
        R"(['[{"pg_name": "0", "pg_desc": "default_pg", "ranks": [], "group_size": 4}, )"
        R"({"pg_name": "1", "ranks": [0, 2]}, {"pg_name": "2", "ranks": {"3": 1, "1": 0}}]'])";
    const RankTrace trace = read_nodes({node(1, kMetadata, text(8, text(1, in_python)))});
    ASSERT_EQ(trace.described.size(), 3u);
    EXPECT_EQ(trace.described[0].name, "0");
    EXPECT_TRUE(trace.described[0].members.empty());
    EXPECT_EQ(trace.described[1].members, (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(trace.described[2].members, (std::vector<std::uint32_t>{1, 3}));
}

// What a packed file holds again and again is neither kept again nor parsed without end.
TEST(TraceReader, HoldsAGroupOnceAndBoundsWhatDescribesThem) {
    const auto described = [](std::uint64_t id, const std::string& ranks) {
        return node(id, kMetadata, text(8, text(1, R"([{"pg_name": "a", "ranks": [)" + ranks + "]}]")));
    };
    const std::string thrice = file({described(1, "0, 1"), described(2, "2, 3"), described(3, "0")});
    const RankTrace trace = read(thrice);
    ASSERT_EQ(trace.described.size(), 1u);
    EXPECT_EQ(trace.described[0].members, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(refused(packed(thrice), {.limits = {.described_bytes = 40}}),
              "f: node 2: and those before it describe groups in more than 40 bytes");
}

TEST(TraceReader, ReadsAFileOfGroupsAndWhatItWrites) {
    const std::vector<ProcessGroup> groups = read_process_groups(R"({"2": [2, 3], "1": [0, 1]})", "g");
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(groups[1].members, (std::vector<std::uint32_t>{2, 3}));
    EXPECT_EQ(read_process_groups(process_groups_text(groups), "g")[1].members, groups[1].members);
    const auto refuses = [](const std::string& json) {
        return !refusal([&] { read_process_groups(json, "g"); }).empty();
    };
    for (const char* wrong :
         {"", "[]", "{\"1\": 3}", "{\"1\": []}", "{\"1\": [0.5]}", "{\"1\": [-1]}", "{\"1\": [\"a\"]}"})
        EXPECT_TRUE(refuses(wrong)) << wrong;
    EXPECT_TRUE(refuses("{\"1\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"));
}

TEST(TraceReader, NamesDimensionsThatItCannotKnow) {
    const std::string some = attribute("involved_dim", text(28, text(1, {"\1\0", 2})));
    const std::string what = whole("comm_type", 0) + whole("comm_size", 8) + some;
    EXPECT_EQ(refused(file({node(1, kCollective, what)})),
              "f: node 1: runs in some dimensions only (involved_dim): name its ranks by pg_name");
    EXPECT_EQ(refused(file({node(1, kCollective, what + named("pg_name", "a"))})), "");
    EXPECT_EQ(refused(file({node(1, kCollective, what + named("pg_name", "\x1b[1m"))})),
              "f: node 1: pg_name is no name");
}

// Wherever a file is cut off, it is refused or, between two messages, shorter.
TEST(TraceReader, RefusesWhatIsCutOff) {
    const std::vector<std::string> nodes{computation(1, 300), collective(2, 0, 1 << 20, "g"), send(3, 1, 2, 300)};
    const std::string whole_file = file(nodes), gzipped = packed(whole_file);
    std::size_t shorter = 0;
    for (std::size_t length = 0; length < whole_file.size(); ++length)
        shorter += refused(whole_file.substr(0, length)).empty();
    EXPECT_EQ(shorter, nodes.size());
    EXPECT_EQ(read(gzipped).nodes.size(), nodes.size());
    for (std::size_t length = 0; length < gzipped.size(); ++length)
        EXPECT_NE(refused(gzipped.substr(0, length)), "") << length;
    EXPECT_EQ(refused(""), "f: is empty");
}

TEST(TraceReader, HoldsNoMoreThanItsLimits) {
    const TraceReading tight{.limits = {.nodes = 10, .dependencies = 5, .message_bytes = 100, .file_bytes = 1000}};
    EXPECT_EQ(refused(file({}) + varint(1'000'000) + "x", tight),
              "f: message 1 would have 1000000 bytes, of 100 at most");
    EXPECT_EQ(refused(file({}) + varint(0xffffffff)), "f: message 1 would have 4294967295 bytes, of 16777216 at most");
    EXPECT_EQ(refused(packed(std::string(1 << 20, '\0')), tight), "f: has more than 10 nodes");
    EXPECT_EQ(refused(file(std::vector<std::string>(20, text(99, std::string(80, 'x')))), tight),
              "f: has more than 10 nodes");
    EXPECT_EQ(refused(file(std::vector<std::string>(20, text(99, std::string(95, 'x')))), tight),
              "f: holds more than 1000 bytes");
    EXPECT_EQ(refused(file({node(1, kComputation, text(5, std::string(6, '\1')))}), tight),
              "f: has more than 5 dependencies");
    const TraceReading short_file{.limits = {.file_bytes = 100}};
    EXPECT_EQ(refused(packed(file({text(99, std::string(1000, 'x'))})), short_file), "f: holds more than 100 bytes");
    // Groups of groups, which protobuf skips by descending.
    EXPECT_NE(refused(file({std::string(100'000, static_cast<char>(15 << 3 | 3))})), "");
}

TEST(TraceReader, RefusesANodeThatIsThereTwice) {
    EXPECT_EQ(refused(file({computation(4, 1), computation(4, 1)})), "f: node 4: stands there twice");
}

}  // namespace
}  // namespace lightloom
