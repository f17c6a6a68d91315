// What one rank's execution trace says, in our terms: nodes, and which of them wait for which. Numbers are as the trace
// has them; which convention they follow is for whoever makes traffic of them (trace_job.hpp).
// Not here: the format (chakra.proto, trace_reader.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/workload/collectives/collective.hpp"

namespace lightloom {

struct TraceNode {
    enum class Kind : std::uint8_t { join, compute, memory, collective, send, receive };
    static constexpr std::int64_t kUnsaid = -1;

    std::uint64_t id = 0;
    std::int64_t duration_ps = 0;       // as recorded
    std::int64_t operations = kUnsaid;  // of a computation
    std::int64_t bytes = kUnsaid;       // that it touches in memory; of a collective or message: its size, as written
    std::uint64_t tag = 0;              // of a message
    std::uint32_t peer = 0;             // rank that a message goes to or comes from; root of a collective
    std::uint32_t group = 0;            // of a collective: in RankTrace::groups
    std::uint32_t first_dependency = 0, dependencies = 0;
    Kind kind = Kind::join;
    Collective collective = Collective::barrier;
    bool on_cpu = false;
    bool has_root = false;
};

/// A group of ranks that talk to each other. Without members, all of them.
struct ProcessGroup {
    std::string name;
    std::vector<std::uint32_t> members;
};

struct RankTrace {
    std::string file;
    std::vector<TraceNode> nodes;             // by id
    std::vector<std::uint32_t> dependencies;  // places in nodes
    std::vector<std::string> groups;          // names that collectives use; "" is all ranks
    std::vector<ProcessGroup> described;      // by the trace itself

    std::span<const std::uint32_t> dependencies_of(const TraceNode& node) const {
        return std::span(dependencies).subspan(node.first_dependency, node.dependencies);
    }
};

/// A trace that cannot be read, or cannot be run. Its message is for the user and names file and node.
struct TraceError : std::runtime_error {
    TraceError(const std::string& file, const std::string& reason) : std::runtime_error(file + ": " + reason) {}
    TraceError(const std::string& file, std::uint64_t node, const std::string& reason)
        : std::runtime_error(file + ": node " + std::to_string(node) + ": " + reason) {}
};

/// What nodes depend on cannot be: it is not there, or goes round in a circle.
struct TraceDependencyError : TraceError {
    using TraceError::TraceError;
};

}  // namespace lightloom
