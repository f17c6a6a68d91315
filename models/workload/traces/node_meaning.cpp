#include "models/workload/traces/node_meaning.hpp"

#include <chakra.pb.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "core/time.hpp"
#include "models/workload/traces/process_groups.hpp"

namespace lightloom {
namespace {

using chakra::Attribute;

enum NodeType : std::uint32_t {
    kInvalid,
    kMetadata,
    kMemoryLoad,
    kMemoryStore,
    kCompute,
    kSend,
    kReceive,
    kCollective
};
constexpr std::int64_t kPicosecondsPerMicrosecond = 1'000'000;

std::optional<std::int64_t> whole(double value) {
    constexpr double kExact = 9007199254740992.0;  // 2^53
    if (!(std::abs(value) <= kExact) || value != std::floor(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::int64_t> whole(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

// A number of whatever kind; generators differ in which they use for the same attribute.
std::optional<std::int64_t> number_in(const Attribute& attribute) {
    switch (attribute.value_case()) {
        case Attribute::kDoubleValue: return whole(attribute.double_value());
        case Attribute::kFloatValue: return whole(static_cast<double>(attribute.float_value()));
        case Attribute::kInt32Value: return attribute.int32_value();
        case Attribute::kInt64Value: return attribute.int64_value();
        case Attribute::kUint32Value: return attribute.uint32_value();
        case Attribute::kUint64Value: return whole(attribute.uint64_value());
        case Attribute::kSint32Value: return attribute.sint32_value();
        case Attribute::kSint64Value: return attribute.sint64_value();
        case Attribute::kFixed32Value: return attribute.fixed32_value();
        case Attribute::kFixed64Value: return whole(attribute.fixed64_value());
        case Attribute::kSfixed32Value: return attribute.sfixed32_value();
        case Attribute::kSfixed64Value: return attribute.sfixed64_value();
        case Attribute::kBoolValue: return attribute.bool_value() ? 1 : 0;
        case Attribute::kText: return whole(std::string_view(attribute.text()));
        case Attribute::kBoolList:
        case Attribute::VALUE_NOT_SET: return std::nullopt;
    }
    return std::nullopt;
}

class OneNode {
public:
    OneNode(const chakra::Node& node, NodeMeaning& meaning) : node_(node), meaning_(meaning) {}

    TraceNode node() {
        made_.id = node_.id();
        made_.duration_ps = duration();
        made_.on_cpu = number("is_cpu_op").value_or(0) != 0;
        switch (node_.type()) {
            case kInvalid: return made_;
            case kMetadata: return metadata();
            case kMemoryLoad:
            case kMemoryStore: return worked(TraceNode::Kind::memory);
            case kCompute: return worked(TraceNode::Kind::compute);
            case kSend: return message(TraceNode::Kind::send, "comm_dst");
            case kReceive: return message(TraceNode::Kind::receive, "comm_src");
            case kCollective: return collective();
            default: refuse(fmt::format("{} is no type of node: they are 0 to 7", node_.type()));
        }
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw TraceError(meaning_.trace().file, node_.id(), reason);
    }

    const Attribute* attribute(std::string_view name) const {
        const auto& all = node_.attributes();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Attribute& a) { return a.name() == name; });
        return found == all.end() ? nullptr : &*found;
    }
    std::optional<std::int64_t> number(std::string_view name) const {
        const Attribute* found = attribute(name);
        if (!found || found->value_case() == Attribute::VALUE_NOT_SET) return std::nullopt;
        const std::optional<std::int64_t> value = number_in(*found);
        if (!value) refuse(fmt::format("{} is no whole number", name));
        return value;
    }
    std::int64_t count(std::string_view name) const {
        const std::optional<std::int64_t> value = number(name);
        if (value && *value < 0) refuse(fmt::format("{} is {}", name, *value));
        return value.value_or(TraceNode::kUnsaid);
    }
    std::int64_t count_or_refuse(std::string_view name) const {
        const std::int64_t value = count(name);
        if (value == TraceNode::kUnsaid) refuse(fmt::format("has no {}", name));
        return value;
    }
    std::uint32_t rank(std::string_view name) const {
        const std::int64_t value = count_or_refuse(name);
        if (value > INT32_MAX) refuse(fmt::format("{} is {}, which is no rank", name, value));
        return static_cast<std::uint32_t>(value);
    }
    // Traces that lightloom wrote know it to the picosecond.
    std::int64_t duration() const {
        if (const std::int64_t exact = count("duration_ps"); exact != TraceNode::kUnsaid) return exact;
        constexpr auto kLongest = static_cast<std::uint64_t>(INT64_MAX / kPicosecondsPerMicrosecond);
        if (node_.duration_us() > kLongest) refuse(fmt::format("lasts {} us", node_.duration_us()));
        return static_cast<std::int64_t>(node_.duration_us()) * kPicosecondsPerMicrosecond;
    }

    TraceNode metadata() {
        if (!meaning_.describe_groups(node_.inputs().values()))
            refuse(fmt::format("and those before it describe groups in more than {} bytes", meaning_.most_described()));
        return made_;
    }
    TraceNode worked(TraceNode::Kind kind) {
        made_.kind = kind;
        made_.operations = count("num_ops");
        made_.bytes = count("tensor_size");
        return made_;
    }
    // What the processor does to start a collective or a message is not the transfer: its kernel stands by itself.
    bool is_launch() const { return made_.on_cpu && !attribute("comm_size"); }

    TraceNode message(TraceNode::Kind kind, std::string_view peer) {
        if (is_launch()) return worked(TraceNode::Kind::compute);
        made_.kind = kind;
        made_.bytes = count_or_refuse("comm_size");
        made_.peer = rank(peer);
        made_.tag = static_cast<std::uint64_t>(number("comm_tag").value_or(0));
        return made_;
    }
    TraceNode collective() {
        constexpr std::int64_t kBarrier = 9;  // has no size, wherever it is
        if (is_launch() && number("comm_type") != kBarrier) return worked(TraceNode::Kind::compute);
        made_.kind = TraceNode::Kind::collective;
        made_.collective = kind_of(count_or_refuse("comm_type"));
        made_.bytes = made_.collective == Collective::barrier ? 0 : count_or_refuse("comm_size");
        made_.has_root = attribute("comm_src") != nullptr;
        if (made_.has_root) made_.peer = rank("comm_src");
        made_.group = group();
        return made_;
    }
    Collective kind_of(std::int64_t type) const {
        switch (type) {
            case 0: return Collective::all_reduce;
            case 1: return Collective::reduce;
            case 2: return Collective::all_gather;
            case 5: return Collective::broadcast;
            case 6: return Collective::all_to_all;
            case 7:
            case 8: return Collective::reduce_scatter;
            case 9: return Collective::barrier;
            case 3: refuse("is a gather, for which there is no schedule");
            case 4: refuse("is a scatter, for which there is no schedule");
            default: refuse(fmt::format("comm_type {} is no collective: they are 0 to 9", type));
        }
    }
    std::uint32_t group() {
        const std::string name = group_name();
        if (name.empty()) check_dimensions();
        return meaning_.number_of_group(name);
    }
    std::string group_name() const {
        const Attribute* found = attribute("pg_name");
        if (!found || found->value_case() == Attribute::VALUE_NOT_SET) return {};
        if (found->value_case() == Attribute::kText) {
            if (!is_group_name(found->text())) refuse("pg_name is no name");
            return found->text();
        }
        return fmt::format("{}", *number("pg_name"));
    }
    // Dimensions of a fabric that only the simulator knows for which the trace was made.
    void check_dimensions() const {
        const Attribute* found = attribute("involved_dim");
        if (!found) return;
        for (const bool involved : found->bool_list().values())
            if (!involved) refuse("runs in some dimensions only (involved_dim): name its ranks by pg_name");
    }

    const chakra::Node& node_;
    NodeMeaning& meaning_;
    TraceNode made_;
};

}  // namespace

TraceNode NodeMeaning::of(const chakra::Node& node) { return OneNode(node, *this).node(); }

std::uint32_t NodeMeaning::number_of_group(const std::string& name) {
    const auto [entry, fresh] = numbers_.try_emplace(name, static_cast<std::uint32_t>(trace_.groups.size()));
    if (fresh) trace_.groups.push_back(name);
    return entry->second;
}

bool NodeMeaning::describe_groups(const std::string& inputs) {
    described_ += std::ssize(inputs);
    if (described_ > most_described_) return false;
    for (ProcessGroup& group : described_groups(inputs))
        if (described_names_.insert(group.name).second) trace_.described.push_back(std::move(group));
    return true;
}

}  // namespace lightloom
