// The keys of [workload] that say when the messages of a pattern come and how large they are.
#include <algorithm>

#include "scenarios/messages.hpp"
#include "scenarios/schema_parts.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys message_keys() {
    return {
        {"workload", "arrivals", S::choice(AT(workload.messages.arrivals), {"once", "poisson", "closed"}),
         "of a pattern's messages: one from each sender at the start; at random instants up to a load; or so many "
         "outstanding at a time"},
        {"workload", "load", S::number(AT(workload.messages.load), 0.001, 2.0),
         "poisson: payload that each sender offers over its link's rate; of an incast, all together over the "
         "receiver's"},
        {"workload", "duration", S::quantity(AT(workload.messages.duration), picoseconds(1), seconds(1'000)),
         "poisson: for so long messages come"},
        {"workload", "outstanding", S::whole_number(AT(workload.messages.outstanding), 1, 65'536),
         "closed: messages of a sender that are under way; the next begins when one is acknowledged"},
        {"workload", "messages", S::whole_number(AT(workload.messages.messages), 1, 10'000'000),
         "closed: of each sender, in all"},
        {"workload", "message_sizes", S::choice(AT(workload.messages.sizes), flow_size_names()),
         "of messages: bytes, a published distribution, or a file"},
        {"workload", "size_file", S::text(AT(workload.messages.size_file)),
         "of message_sizes = \"file\": CSV of size_bytes,cumulative_probability beside the scenario"},
        {"workload", "hot_share", S::number(AT(workload.messages.hot_share), 0.0, 1.0),
         "of messages that go to hot spots; the others go to any"},
        {"workload", "hot_spots", S::whole_number(AT(workload.messages.hot_spots), 1, 1'000'000),
         "GPUs, the first ones, that get that share"},
    };
}

#undef AT

std::optional<Complaint> misplaced_in_pattern(std::string_view key, const Scenario::Workload& w) {
    const auto belongs = [&](bool does, const char* to) -> std::optional<Complaint> {
        if (does) return std::nullopt;
        return Complaint{{}, "says nothing here", fmt::format("it belongs to {}", to)};
    };
    static constexpr std::string_view kOfCalls[] = {"bytes", "algorithm", "groups", "channels", "chunk", "root"};
    if (w.kind == WorkloadKind::training && std::ranges::find(kOfCalls, key) != std::end(kOfCalls))
        return belongs(false, "a collective; those of a training follow from [training]");
    if (w.kind == WorkloadKind::trace && (key == "bytes" || key == "groups" || key == "root"))
        return belongs(false, "a collective; a trace says it of each of its own");
    const bool is_pattern = pattern_of(w.kind).has_value();
    if (key == "arrivals" || key == "message_sizes")
        return belongs(is_pattern, "a pattern: permutation, incast, uniform or hot-spot");
    if (key == "load" || key == "duration")
        return belongs(is_pattern && w.messages.arrivals == Arrivals::poisson, "arrivals = \"poisson\"");
    if (key == "outstanding" || key == "messages")
        return belongs(is_pattern && w.messages.arrivals == Arrivals::closed, "arrivals = \"closed\"");
    if (key == "size_file")
        return belongs(is_pattern && w.messages.sizes == FlowSizes::file, "message_sizes = \"file\"");
    if (key == "hot_share" || key == "hot_spots")
        return belongs(w.kind == WorkloadKind::hot_spot, "kind = \"hot-spot\"");
    return std::nullopt;
}

}  // namespace lightloom
