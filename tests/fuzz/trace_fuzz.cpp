// Any bytes are a trace, alone and beside itself, that can be made traffic of, or one refusal; and so are any bytes as
// process groups.
#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>

#include "models/workload/traces/process_groups.hpp"
#include "models/workload/traces/trace_job.hpp"
#include "models/workload/traces/trace_play.hpp"
#include "models/workload/traces/trace_reader.hpp"
#include "models/workload/traces/trace_traffic.hpp"
#include "tests/fuzz/must.hpp"

namespace lightloom {
namespace {

// What an input can unpack to is as much as shows where time grows faster than it: run with -timeout=10.
constexpr TraceLimits kLimits{
    .nodes = 100'000, .dependencies = 1 << 20, .file_bytes = 64 << 20, .described_bytes = 1 << 20};
constexpr std::uint32_t kMostReplicas = 1'000'000;  // that a scenario may ask for

void must_be_sound(const std::string& refusal) {
    must(!refusal.empty(), "a refusal says what is wrong");
    must(std::ranges::all_of(refusal, [](unsigned char c) { return c >= 0x20; }),
         "a refusal shows no control characters");
}

RankTrace read(const std::string& bytes) {
    std::istringstream in(bytes);
    return read_trace(in, "f", {.limits = kLimits});
}

TraceJob sound_job(std::vector<RankTrace> traces, std::uint32_t replicas) {
    TraceJob job = trace_job(std::move(traces), {}, {}, replicas);
    std::size_t nodes = 0;
    for (const RankTrace& trace : job.traces) nodes += trace.nodes.size();
    must(job.order.size() == nodes, "every node has its place");
    must(job.ends_ps >= 0 && job.ends_ps <= kLongestJob_ps, "a job ends in time");
    return job;
}

void check_traffic(std::vector<RankTrace> traces, std::uint32_t replicas) {
    const TraceJob job = sound_job(std::move(traces), replicas);
    std::vector<EndpointId> endpoints;
    for (std::size_t i = 0; i < job.ranks; ++i) endpoints.push_back(EndpointId{i});
    // The algorithms whose neighbours are found without going through all steps.
    const Traffic traffic = trace_traffic(job, endpoints, {.algorithm_of = [](Collective kind) {
                                              const bool has_ring = is_implemented(kind, Algorithm::ring);
                                              return has_ring ? Algorithm::ring : Algorithm::direct;
                                          }});
    must(traffic.workers.size() == job.ranks, "every rank has a worker");
}

void check(const auto& what) {
    try {
        what();
    } catch (const TraceError& error) {
        must_be_sound(error.what());
    }
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lightloom;
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    check([&] { read_process_groups(bytes, "f"); });
    check([&] { check_traffic({read(bytes), read(bytes)}, 0); });
    check([&] { check_traffic({read(bytes)}, 4); });
    check([&] { sound_job({read(bytes)}, kMostReplicas); });
    return 0;
}
