#include "models/workload/traces/trace_writer.hpp"

#include <chakra.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <string>
#include <string_view>

namespace lightloom {
namespace {

namespace io = google::protobuf::io;
using Kind = TraceNode::Kind;

std::uint32_t type_of(Kind kind) {
    switch (kind) {
        case Kind::join: return 0;  // of no kind: others pass over it, and want groups of a node of metadata
        case Kind::memory: return 2;
        case Kind::compute: return 4;
        case Kind::send: return 5;
        case Kind::receive: return 6;
        case Kind::collective: return 7;
    }
    return 0;
}

std::int64_t type_of(Collective kind) {
    switch (kind) {
        case Collective::all_reduce: return 0;
        case Collective::reduce: return 1;
        case Collective::all_gather: return 2;
        case Collective::broadcast: return 5;
        case Collective::all_to_all: return 6;
        case Collective::reduce_scatter: return 7;
        case Collective::send_receive:  // recorded as its messages
        case Collective::barrier: return 9;
    }
    return 9;
}

class Writer {
public:
    Writer(const RankTrace& trace, std::ostream& out) : trace_(trace), stream_(&out), coded_(&stream_) {}

    void write() {
        chakra::Header header;
        header.set_version("0.0.4");
        put(header);
        for (const TraceNode& node : trace_.nodes) put(message_of(node));
    }

private:
    void put(const google::protobuf::MessageLite& message) {
        coded_.WriteVarint32(static_cast<std::uint32_t>(message.ByteSizeLong()));
        message.SerializeToCodedStream(&coded_);
    }
    chakra::Node message_of(const TraceNode& node) {
        constexpr std::int64_t kPicosecondsPerMicrosecond = 1'000'000;
        chakra::Node made;
        made.set_id(node.id);
        made.set_type(type_of(node.kind));
        for (const std::uint32_t before : trace_.dependencies_of(node))
            made.add_data_dependencies(trace_.nodes[before].id);
        attribute(made, "is_cpu_op").set_bool_value(node.on_cpu);
        if (node.kind == Kind::compute || node.kind == Kind::memory) {
            made.set_duration_us(static_cast<std::uint64_t>(node.duration_ps / kPicosecondsPerMicrosecond));
            attribute(made, "duration_ps").set_int64_value(node.duration_ps);
        }
        if (node.kind == Kind::collective) {
            attribute(made, "comm_type").set_int64_value(type_of(node.collective));
            attribute(made, "pg_name").set_text(trace_.groups[node.group]);
            if (node.has_root) rank(made, "comm_src", node.peer);
        }
        if (node.kind == Kind::send) rank(made, "comm_dst", node.peer);
        if (node.kind == Kind::receive) rank(made, "comm_src", node.peer);
        if (node.kind == Kind::send || node.kind == Kind::receive)
            attribute(made, "comm_tag").set_int32_value(static_cast<std::int32_t>(node.tag));
        if (node.kind == Kind::send || node.kind == Kind::receive || node.kind == Kind::collective)
            attribute(made, "comm_size").set_int64_value(node.bytes);
        return made;
    }
    static chakra::Attribute& attribute(chakra::Node& node, std::string_view name) {
        chakra::Attribute& made = *node.add_attributes();
        made.set_name(std::string(name));
        return made;
    }
    static void rank(chakra::Node& node, std::string_view name, std::uint32_t rank) {
        attribute(node, name).set_int32_value(static_cast<std::int32_t>(rank));
    }

    const RankTrace& trace_;
    io::OstreamOutputStream stream_;
    io::CodedOutputStream coded_;
};

}  // namespace

void write_trace(const RankTrace& trace, std::ostream& out) { Writer(trace, out).write(); }

}  // namespace lightloom
