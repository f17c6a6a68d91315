#include "models/workload/traces/trace_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "models/workload/traces/group_members.hpp"
#include "models/workload/traces/trace_play.hpp"

namespace lightloom {
namespace {

using Kind = TraceNode::Kind;

constexpr std::int64_t kMostNodes = std::int64_t{1} << 25;  // of all ranks
constexpr std::int64_t kMostBytes = std::int64_t{1} << 44;  // that a rank sends, nearly
constexpr std::int64_t kShortest_ps = 1000;                 // of what took less than the trace's microsecond

std::string_view name_of(Collective kind) {
    constexpr std::array<std::string_view, 8> kNames{"all-reduce", "all-gather", "reduce-scatter", "broadcast",
                                                     "reduce",     "all-to-all", "barrier",        "send-receive"};
    return kNames[static_cast<std::size_t>(kind)];
}

class Linking {
public:
    explicit Linking(TraceJob& job, std::vector<ProcessGroup> given) : job_(job), given_(std::move(given)) {
        std::vector<std::uint32_t> all(job.ranks);
        std::iota(all.begin(), all.end(), 0u);
        all_ = std::make_shared<const GroupMembers>(std::move(all));
        given_by_name_ = by_name(given_);
        members_given_.resize(given_.size());
    }

    void link() {
        check_sizes();
        for (std::uint32_t trace = 0; trace < job_.traces.size(); ++trace) name_groups(trace);
        const std::vector<TraceMeeting> meetings = meet();
        pair_messages();
        TracePlay played = play(job_, meetings);
        job_.order = std::move(played.order);
        job_.ends_ps = played.ends_ps;
    }

private:
    const RankTrace& trace(std::uint32_t number) const { return job_.traces[number]; }
    [[noreturn]] void refuse(std::uint32_t number, const TraceNode& node, const std::string& reason) const {
        throw TraceError(trace(number).file, node.id, reason);
    }

    void check_sizes() {
        std::int64_t nodes = 0;
        for (const RankTrace& t : job_.traces) {
            nodes += std::ssize(t.nodes);
            if (nodes > kMostNodes) throw TraceError(t.file, fmt::format("is one too many: {} nodes in all", nodes));
            double bytes = 0.0;
            for (const TraceNode& node : t.nodes) {
                if ((node.kind == Kind::compute || node.kind == Kind::memory) &&
                    !(node_ps(node) < static_cast<double>(kLongestJob_ps)))
                    throw TraceError(t.file, node.id, "computes for more than 30 days");
                if (node.kind == Kind::collective || node.kind == Kind::send)
                    bytes += static_cast<double>(node.bytes) * static_cast<double>(job_.conventions.element_bytes) *
                             (node.collective == Collective::all_gather ? job_.ranks : 1);
                if (!(bytes < static_cast<double>(kMostBytes)))
                    throw TraceError(t.file, node.id, "and those before it send more than 16 TiB");
            }
            job_.most_bytes = std::max(job_.most_bytes, bytes);
        }
    }
    double node_ps(const TraceNode& node) const;

    // --- Groups
    void name_groups(std::uint32_t number) {
        const RankTrace& t = trace(number);
        std::vector<const TraceNode*> users(t.groups.size(), nullptr);
        for (const TraceNode& node : t.nodes)
            if (node.kind == Kind::collective && !users[node.group]) users[node.group] = &node;
        const ByName described = by_name(t.described);
        std::vector<std::uint32_t>& group_of = job_.group_of.emplace_back();
        for (std::uint32_t i = 0; i < t.groups.size(); ++i)
            group_of.push_back(group(t.groups[i], members(number, t.groups[i], *users[i], described)));
    }
    using Members = std::shared_ptr<const GroupMembers>;
    /// Places of groups in their list.
    using ByName = std::unordered_map<std::string_view, std::uint32_t>;
    static ByName by_name(const std::vector<ProcessGroup>& groups) {
        ByName places;
        for (std::uint32_t i = 0; i < groups.size(); ++i) places.try_emplace(groups[i].name, i);
        return places;
    }
    // Names are a rank's own: the same one can be another group elsewhere.
    std::uint32_t group(const std::string& name, const Members& members) {
        const auto [entry, fresh] =
            numbers_.try_emplace({name, members}, static_cast<std::uint32_t>(job_.groups.size()));
        if (fresh) {
            job_.groups.push_back({name, members == all_ ? std::vector<std::uint32_t>{} : members->ranks()});
            members_.push_back(members);
        }
        return entry->second;
    }
    Members members(std::uint32_t number, const std::string& name, const TraceNode& user, const ByName& described) {
        if (job_.is_replicated) return all_;
        Members made = given_members(name);
        if (!made)
            if (const auto found = described.find(name); found != described.end())
                made = members_of(trace(number).described[found->second]);
        if (!made && name.empty()) return all_;
        if (!made) refuse(number, user, fmt::format("runs in group \"{}\", of which nothing says the ranks", name));
        if (made->has_twice()) refuse(number, user, fmt::format("runs in group \"{}\", which has a rank twice", name));
        if (made->largest() >= job_.ranks)
            refuse(number, user,
                   fmt::format("runs in group \"{}\" with rank {}, of which there is no trace", name, made->largest()));
        if (!made->place_of(number))
            refuse(number, user, fmt::format("runs in group \"{}\", which rank {} is not in", name, number));
        return made;
    }
    Members given_members(const std::string& name) {
        const auto found = given_by_name_.find(name);
        if (found == given_by_name_.end()) return nullptr;
        Members& known = members_given_[found->second];
        if (!known) known = members_of(given_[found->second]);
        return known;
    }
    Members members_of(const ProcessGroup& group) const {
        return group.members.empty() ? all_ : std::make_shared<const GroupMembers>(group.members);
    }

    // --- Collectives
    std::vector<TraceMeeting> meet() const {
        std::vector<TraceMeeting> meetings;
        std::vector<std::vector<std::uint32_t>> of_group(job_.groups.size());  // meetings
        for (std::uint32_t t = 0; t < job_.traces.size(); ++t) {
            std::vector<std::uint32_t> next(trace(t).groups.size(), 0);
            for (std::uint32_t n = 0; n < trace(t).nodes.size(); ++n) {
                const TraceNode& node = trace(t).nodes[n];
                if (node.kind != Kind::collective) continue;
                const std::uint32_t group = job_.group_of[t][node.group];
                const std::uint32_t k = next[node.group]++;
                check_root(t, node, group);
                if (k == of_group[group].size()) {
                    of_group[group].push_back(static_cast<std::uint32_t>(meetings.size()));
                    meetings.emplace_back();
                }
                TraceMeeting& meeting = meetings[of_group[group][k]];
                if (!meeting.nodes.empty()) check_same(meeting.nodes.front(), {t, n}, group, k);
                meeting.nodes.push_back({t, n});
            }
        }
        for (std::uint32_t group = 0; group < of_group.size(); ++group)
            for (std::uint32_t k = 0; k < of_group[group].size(); ++k)
                check_complete(meetings[of_group[group][k]], group, k);
        return meetings;
    }
    void check_root(std::uint32_t t, const TraceNode& node, std::uint32_t group) const {
        if (node.has_root && !members_[group]->place_of(node.peer))
            refuse(t, node,
                   fmt::format("has root {}, which is not in group \"{}\"", node.peer, job_.groups[group].name));
    }
    void check_same(TraceJob::Place first, TraceJob::Place place, std::uint32_t group, std::uint32_t k) const {
        const TraceNode &a = trace(first.trace).nodes[first.node], &b = trace(place.trace).nodes[place.node];
        if (a.collective == b.collective && a.bytes == b.bytes && a.has_root == b.has_root && a.peer == b.peer) return;
        refuse(place.trace, b,
               fmt::format("is collective {} of group \"{}\", {} of {}, but node {} of {} is {} of {}", k,
                           job_.groups[group].name, name_of(b.collective), b.bytes, a.id, trace(first.trace).file,
                           name_of(a.collective), a.bytes));
    }
    void check_complete(const TraceMeeting& meeting, std::uint32_t group, std::uint32_t k) const {
        if (job_.is_replicated || meeting.nodes.size() == members_[group]->ranks().size()) return;
        for (const std::uint32_t member : members_[group]->ranks())
            if (std::ranges::find(meeting.nodes, member, &TraceJob::Place::trace) == meeting.nodes.end())
                refuse(meeting.nodes.front().trace,
                       trace(meeting.nodes.front().trace).nodes[meeting.nodes.front().node],
                       fmt::format("is collective {} of group \"{}\", in which rank {} has fewer", k,
                                   job_.groups[group].name, member));
    }

    // --- Messages
    struct Message {
        std::uint32_t from, to;
        std::uint64_t tag;
        std::uint32_t node;
        std::tuple<std::uint32_t, std::uint32_t, std::uint64_t> way() const { return {from, to, tag}; }
        auto operator<=>(const Message&) const = default;
    };
    void pair_messages() {
        std::vector<Message> sends, receives;
        for (std::uint32_t t = 0; t < job_.traces.size(); ++t) {
            job_.received_by.emplace_back();
            for (std::uint32_t n = 0; n < trace(t).nodes.size(); ++n) {
                const TraceNode& node = trace(t).nodes[n];
                if (node.kind != Kind::send && node.kind != Kind::receive) continue;
                check_peer(t, node);
                job_.received_by.back().resize(trace(t).nodes.size());
                if (node.kind == Kind::send)
                    sends.push_back({t, node.peer, node.tag, n});
                else
                    receives.push_back({node.peer, t, node.tag, n});
            }
        }
        std::ranges::sort(sends);
        std::ranges::sort(receives);
        for (std::size_t i = 0; i < std::max(sends.size(), receives.size()); ++i) {
            const Message* send = i < sends.size() ? &sends[i] : nullptr;
            const Message* receive = i < receives.size() ? &receives[i] : nullptr;
            if (!receive || (send && send->way() < receive->way()))
                refuse(send->from, trace(send->from).nodes[send->node],
                       fmt::format("sends to rank {} with tag {}, and no receive takes it", send->to, send->tag));
            if (!send || receive->way() < send->way())
                refuse(receive->to, trace(receive->to).nodes[receive->node],
                       fmt::format("receives from rank {} with tag {}, and no send gives it", receive->from,
                                   receive->tag));
            pair(*send, *receive);
        }
    }
    void pair(const Message& send, const Message& receive) {
        const TraceNode& sent = trace(send.from).nodes[send.node];
        const TraceNode& taken = trace(receive.to).nodes[receive.node];
        if (sent.bytes != taken.bytes)
            refuse(receive.to, taken,
                   fmt::format("receives {}, but node {} of {} sends {}", taken.bytes, sent.id, trace(send.from).file,
                               sent.bytes));
        job_.received_by[send.from][send.node] = receive.node;
    }
    void check_peer(std::uint32_t t, const TraceNode& node) const {
        const char* way = node.kind == Kind::send ? "sends to" : "receives from";
        if (job_.is_replicated)
            refuse(t, node, fmt::format("{} rank {}: ranks that all do the same cannot", way, node.peer));
        if (node.peer == t) refuse(t, node, fmt::format("{} its own rank", way));
        if (node.peer >= job_.ranks)
            refuse(t, node, fmt::format("{} rank {}, of which there is no trace", way, node.peer));
    }

    TraceJob& job_;
    std::vector<ProcessGroup> given_;
    ByName given_by_name_;
    std::vector<Members> members_given_;  // once some trace has named the group
    Members all_;
    std::vector<Members> members_;  // of the job's groups
    struct InOrder {
        using Key = std::pair<std::string, Members>;
        bool operator()(const Key& a, const Key& b) const {
            if (a.first != b.first) return a.first < b.first;
            return a.second != b.second && a.second->ranks() < b.second->ranks();
        }
    };
    std::map<InOrder::Key, std::uint32_t, InOrder> numbers_;  // of groups
};

// As a number that does not overflow.
double picoseconds_of(const TraceNode& node, const TraceConventions& c) {
    const auto said = [](std::int64_t value) { return value == TraceNode::kUnsaid ? 0.0 : static_cast<double>(value); };
    const double operations_s = node.kind == Kind::compute ? said(node.operations) / c.flops_per_second : 0.0;
    const double bytes_s = said(node.bytes) * static_cast<double>(c.element_bytes) / c.memory_bytes_per_second;
    const double roofline_ps = std::max(operations_s, bytes_s) * 1e12;
    const auto recorded_ps = static_cast<double>(node.duration_ps);
    const bool by_roofline = c.compute == ComputeTime::roofline ? roofline_ps > 0.0 : !(recorded_ps > 0.0);
    return (by_roofline ? roofline_ps : recorded_ps) * c.compute_scale;
}

double Linking::node_ps(const TraceNode& node) const { return picoseconds_of(node, job_.conventions); }

}  // namespace

std::int64_t TraceJob::duration_ps(const TraceNode& node) const {
    const double ps = picoseconds_of(node, conventions);
    return ps > 0.0 ? static_cast<std::int64_t>(std::ceil(ps)) : kShortest_ps;
}

std::int64_t TraceJob::bytes(const TraceNode& node, std::size_t members) const {
    const bool is_share = node.kind == Kind::collective && node.collective == Collective::all_gather &&
                          conventions.all_gather == AllGatherSize::contribution;
    return node.bytes * conventions.element_bytes * (is_share ? static_cast<std::int64_t>(members) : 1);
}

TraceJob trace_job(std::vector<RankTrace> traces, std::vector<ProcessGroup> groups, const TraceConventions& conventions,
                   std::uint32_t replicas) {
    TraceJob job;
    job.traces = std::move(traces);
    job.is_replicated = replicas > 0;
    job.ranks = replicas > 0 ? replicas : static_cast<std::uint32_t>(job.traces.size());
    job.conventions = conventions;
    Linking(job, std::move(groups)).link();
    return job;
}

}  // namespace lightloom
