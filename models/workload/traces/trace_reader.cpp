#include "models/workload/traces/trace_reader.hpp"

#include <chakra.pb.h>
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "models/workload/traces/gzip_source.hpp"
#include "models/workload/traces/node_meaning.hpp"

namespace lightloom {
namespace {

namespace io = google::protobuf::io;

// No message begins with these two bytes: the second would open a group, which the format does not have.
bool is_gzip(std::istream& in) {
    const int first = in.get();
    const int second = in.peek();
    if (first != std::istream::traits_type::eof()) in.unget();
    in.clear(in.rdstate() & std::ios::badbit);
    return first == 0x1f && second == 0x8b;
}

class Reader {
public:
    Reader(std::istream& in, const std::string& name, const TraceReading& reading)
        : reading_(reading), meaning_(trace_, reading.limits.described_bytes) {
        trace_.file = name;
        if (is_gzip(in))
            stream_ = std::make_unique<io::CopyingInputStreamAdaptor>(&packed_.emplace(in));
        else
            stream_ = std::make_unique<io::IstreamInputStream>(&in);
    }

    RankTrace read() {
        chakra::Header header;
        if (!next(header)) refuse("is empty");
        for (chakra::Node node; next(node);) add(node);
        check_packing();
        sort_by_id();
        resolve();
        return std::move(trace_);
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const { throw TraceError(trace_.file, reason); }

    /// @return whether there was another message
    template <class Message>
    bool next(Message& message) {
        io::CodedInputStream coded(stream_.get());
        coded.SetTotalBytesLimit(std::numeric_limits<int>::max());
        const void* data = nullptr;
        int available = 0;
        if (!coded.GetDirectBufferPointer(&data, &available)) return false;
        std::uint32_t length = 0;
        if (!coded.ReadVarint32(&length)) refuse(fmt::format("{} is cut off in a length", place()));
        if (length > reading_.limits.message_bytes)
            refuse(
                fmt::format("{} would have {} bytes, of {} at most", place(), length, reading_.limits.message_bytes));
        bytes_ += length;
        if (bytes_ > reading_.limits.file_bytes)
            refuse(fmt::format("holds more than {} bytes", reading_.limits.file_bytes));
        const auto limit = coded.PushLimit(static_cast<int>(length));
        message.Clear();
        if (!message.MergePartialFromCodedStream(&coded) || coded.BytesUntilLimit() != 0)
            refuse(fmt::format("{} is cut off or is no message", place()));
        coded.PopLimit(limit);
        ++messages_;
        return true;
    }
    std::string place() const { return fmt::format("message {}", messages_); }

    void add(const chakra::Node& node) {
        if (std::ssize(trace_.nodes) == reading_.limits.nodes)
            refuse(fmt::format("has more than {} nodes", reading_.limits.nodes));
        TraceNode made = meaning_.of(node);
        made.first_dependency = static_cast<std::uint32_t>(ids_.size());
        ids_.insert(ids_.end(), node.data_dependencies().begin(), node.data_dependencies().end());
        if (reading_.control_dependencies)
            ids_.insert(ids_.end(), node.control_dependencies().begin(), node.control_dependencies().end());
        made.dependencies = static_cast<std::uint32_t>(ids_.size()) - made.first_dependency;
        if (std::ssize(ids_) > reading_.limits.dependencies)
            refuse(fmt::format("has more than {} dependencies", reading_.limits.dependencies));
        trace_.nodes.push_back(made);
    }

    void check_packing() const {
        if (packed_ && !packed_->is_whole()) refuse(fmt::format("is no whole gzip file, after {}", place()));
    }
    void sort_by_id() {
        std::ranges::sort(trace_.nodes, {}, &TraceNode::id);
        const auto twice = std::ranges::adjacent_find(trace_.nodes, {}, &TraceNode::id);
        if (twice != trace_.nodes.end()) throw TraceError(trace_.file, twice->id, "stands there twice");
    }
    void resolve() {
        trace_.dependencies.reserve(ids_.size());
        for (TraceNode& node : trace_.nodes) {
            const auto first = static_cast<std::uint32_t>(trace_.dependencies.size());
            for (std::uint32_t i = node.first_dependency; i < node.first_dependency + node.dependencies; ++i)
                trace_.dependencies.push_back(place_of(ids_[i], node));
            // Generators write a dependency as data and as control.
            const auto begin = trace_.dependencies.begin() + first;
            std::sort(begin, trace_.dependencies.end());
            trace_.dependencies.erase(std::unique(begin, trace_.dependencies.end()), trace_.dependencies.end());
            node.first_dependency = first;
            node.dependencies = static_cast<std::uint32_t>(trace_.dependencies.size()) - first;
        }
    }
    std::uint32_t place_of(std::uint64_t id, const TraceNode& node) const {
        const auto found = std::ranges::lower_bound(trace_.nodes, id, {}, &TraceNode::id);
        if (found == trace_.nodes.end() || found->id != id)
            throw TraceDependencyError(trace_.file, node.id, fmt::format("depends on node {}, which there is not", id));
        return static_cast<std::uint32_t>(found - trace_.nodes.begin());
    }

    TraceReading reading_;
    RankTrace trace_;
    NodeMeaning meaning_;
    std::optional<GzipSource> packed_;
    std::unique_ptr<io::ZeroCopyInputStream> stream_;
    std::vector<std::uint64_t> ids_;  // what nodes depend on
    std::int64_t bytes_ = 0, messages_ = 0;
};

}  // namespace

RankTrace read_trace(std::istream& in, const std::string& name, const TraceReading& reading) {
    return Reader(in, name, reading).read();
}

}  // namespace lightloom
