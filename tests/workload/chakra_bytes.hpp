// Chakra traces byte by byte, without protobuf: the oracle of what stands in which field.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "models/workload/traces/trace_job.hpp"
#include "models/workload/traces/trace_reader.hpp"

namespace lightloom::chakra_bytes {

inline std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    return bytes + static_cast<char>(value);
}
inline std::string number(int field, std::uint64_t value) {
    return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
inline std::string text(int field, std::string_view value) {
    return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(value.size()) + std::string(value);
}
inline std::string fixed64(int field, std::uint64_t value) {
    std::string bytes = varint(static_cast<std::uint64_t>(field) << 3 | 1);
    for (int i = 0; i < 64; i += 8) bytes += static_cast<char>(value >> i);
    return bytes;
}

/// An attribute: its name, and a field of the oneof.
inline std::string attribute(std::string_view name, const std::string& value) {
    return text(10, text(1, name) + value);
}
inline std::string whole(std::string_view name, std::int64_t value) {  // as int64
    return attribute(name, number(9, static_cast<std::uint64_t>(value)));
}
inline std::string named(std::string_view name, std::string_view value) { return attribute(name, text(29, value)); }

enum Type { kMetadata = 1, kLoad = 2, kComputation = 4, kSend = 5, kReceive = 6, kCollective = 7 };

inline std::string node(std::uint64_t id, Type type, const std::string& rest = "",
                        std::initializer_list<std::uint64_t> data = {}) {
    std::string bytes = number(1, id) + text(2, "n") + number(3, type) + rest;
    for (const std::uint64_t before : data) bytes += number(5, before);
    return bytes;
}
inline std::string computation(std::uint64_t id, std::uint64_t us, std::initializer_list<std::uint64_t> data = {}) {
    return node(id, kComputation, number(7, us), data);
}
inline std::string collective(std::uint64_t id, std::int64_t type, std::int64_t bytes, std::string_view group = "",
                              std::initializer_list<std::uint64_t> data = {}) {
    return node(id, kCollective,
                whole("comm_type", type) + whole("comm_size", bytes) + (group.empty() ? "" : named("pg_name", group)),
                data);
}
inline std::string send(std::uint64_t id, std::int64_t to, std::int64_t tag, std::int64_t bytes,
                        std::initializer_list<std::uint64_t> data = {}) {
    return node(id, kSend, whole("comm_dst", to) + whole("comm_tag", tag) + whole("comm_size", bytes), data);
}
inline std::string receive(std::uint64_t id, std::int64_t from, std::int64_t tag, std::int64_t bytes,
                           std::initializer_list<std::uint64_t> data = {}) {
    return node(id, kReceive, whole("comm_src", from) + whole("comm_tag", tag) + whole("comm_size", bytes), data);
}

inline std::string message(const std::string& bytes) { return varint(bytes.size()) + bytes; }
inline std::string file(const std::vector<std::string>& nodes, const std::string& header = text(1, "0.0.4")) {
    std::string bytes = message(header);
    for (const std::string& one : nodes) bytes += message(one);
    return bytes;
}

inline RankTrace read(const std::string& bytes, const TraceReading& reading = {}, const std::string& name = "f") {
    std::istringstream in(bytes);
    return read_trace(in, name, reading);
}
inline RankTrace read_nodes(const std::vector<std::string>& nodes, const std::string& name = "f") {
    return read(file(nodes), {}, name);
}

/// The job of these ranks, whose files are r0, r1, ...
inline TraceJob job(const std::vector<std::vector<std::string>>& ranks, std::vector<ProcessGroup> groups = {},
                    const TraceConventions& conventions = {}) {
    std::vector<RankTrace> traces;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank)
        traces.push_back(read_nodes(ranks[rank], "r" + std::to_string(rank)));
    return trace_job(std::move(traces), std::move(groups), conventions);
}

/// What is said when `what` is refused; empty: it was not.
inline std::string refusal(const auto& what) {
    try {
        what();
    } catch (const TraceError& error) {
        return error.what();
    }
    return {};
}

}  // namespace lightloom::chakra_bytes
