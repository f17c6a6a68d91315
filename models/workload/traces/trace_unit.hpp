// What of a rank does one thing at a time, and which of a trace's nodes are its work.
#pragma once

#include <cstdint>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

enum class TraceUnit : std::uint32_t { gpu, processor, memory };
inline constexpr std::uint32_t kTraceUnits = 3;

inline TraceUnit unit_of(const TraceNode& node) {
    if (node.kind == TraceNode::Kind::memory) return TraceUnit::memory;
    return node.on_cpu ? TraceUnit::processor : TraceUnit::gpu;
}

}  // namespace lightloom
