#include "models/workload/traces/trace_play.hpp"

#include <fmt/format.h>

#include <functional>
#include <queue>
#include <tuple>

#include "models/workload/traces/trace_unit.hpp"

namespace lightloom {
namespace {

using Place = TraceJob::Place;
using LowestFirst = std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>>;

class Play {
public:
    Play(const TraceJob& job, const std::vector<TraceMeeting>& meetings) : job_(job), meetings_(meetings) {
        for (std::uint32_t trace = 0; trace < job.traces.size(); ++trace) {
            first_.push_back(static_cast<std::uint32_t>(places_.size()));
            for (std::uint32_t node = 0; node < job.traces[trace].nodes.size(); ++node)
                places_.push_back({trace, node});
        }
        units_.resize(job.traces.size() * kTraceUnits);
        waits_.resize(places_.size());
        meeting_.resize(places_.size());
        arrived_.resize(meetings.size());
        for (std::uint32_t meeting = 0; meeting < meetings.size(); ++meeting)
            for (const Place& place : meetings[meeting].nodes) meeting_[number(place)] = meeting;
        index_successors();
    }

    TracePlay played() {
        for (std::uint32_t n = 0; n < places_.size(); ++n)
            if (waits_[n] == 0) ready_.push(n);
        while (true) {
            for (; !ready_.empty(); ready_.pop()) begin(ready_.front());
            for (; !touched_.empty(); touched_.pop_back()) use(touched_.back());
            if (ends_.empty()) break;
            const auto [at, n] = ends_.top();
            ends_.pop();
            now_ps_ = at;
            units_[unit_number(n)].busy = false;
            touched_.push_back(unit_number(n));
            end(n);
        }
        if (order_.size() < places_.size()) refuse();
        return {std::move(order_), now_ps_};
    }

private:
    struct UnitState {
        bool busy = false;
        LowestFirst waiting;
    };
    using End = std::pair<std::int64_t, std::uint32_t>;

    std::uint32_t number(const Place& place) const { return first_[place.trace] + place.node; }
    const TraceNode& node(std::uint32_t n) const { return job_.traces[places_[n].trace].nodes[places_[n].node]; }
    std::uint32_t unit_number(std::uint32_t n) const {
        return places_[n].trace * kTraceUnits + static_cast<std::uint32_t>(unit_of(node(n)));
    }
    /// The receive that a send lets end.
    std::uint32_t receiver(std::uint32_t n) const {
        return first_[node(n).peer] + job_.received_by[places_[n].trace][places_[n].node];
    }

    template <class Visit>
    void for_each_edge(Visit&& visit) const {
        for (std::uint32_t n = 0; n < places_.size(); ++n) {
            for (const std::uint32_t before : job_.traces[places_[n].trace].dependencies_of(node(n)))
                visit(first_[places_[n].trace] + before, n);
            if (node(n).kind == TraceNode::Kind::send) visit(n, receiver(n));
        }
    }
    void index_successors() {
        first_successor_.assign(places_.size() + 1, 0);
        for_each_edge([this](std::uint32_t before, std::uint32_t after) {
            ++first_successor_[before + 1];
            ++waits_[after];
        });
        for (std::size_t n = 0; n < places_.size(); ++n) first_successor_[n + 1] += first_successor_[n];
        successors_.resize(first_successor_.back());
        std::vector<std::uint32_t> next(first_successor_.begin(), first_successor_.end() - 1);
        for_each_edge([&](std::uint32_t before, std::uint32_t after) { successors_[next[before]++] = after; });
    }

    void begin(std::uint32_t n) {
        switch (node(n).kind) {
            case TraceNode::Kind::join:
            case TraceNode::Kind::send:
            case TraceNode::Kind::receive: return end(n);
            case TraceNode::Kind::compute:
            case TraceNode::Kind::memory:
                units_[unit_number(n)].waiting.push(n);
                touched_.push_back(unit_number(n));
                return;
            case TraceNode::Kind::collective: {
                const TraceMeeting& meeting = meetings_[meeting_[n]];
                if (++arrived_[meeting_[n]] < meeting.nodes.size()) return;
                for (const Place& place : meeting.nodes) end(number(place));
                return;
            }
        }
    }
    void use(std::uint32_t number) {
        UnitState& unit = units_[number];
        if (unit.busy || unit.waiting.empty()) return;
        unit.busy = true;
        const std::uint32_t next = unit.waiting.top();
        const std::int64_t end_ps = now_ps_ + job_.duration_ps(node(next));  // neither is more than the longest
        if (end_ps > kLongestJob_ps)
            throw TraceError(job_.traces[places_[next].trace].file, node(next).id,
                             "ends more than 30 days after the job's beginning");
        ends_.push({end_ps, next});
        unit.waiting.pop();
    }
    void end(std::uint32_t n) {
        order_.push_back(places_[n]);
        for (std::uint32_t i = first_successor_[n]; i < first_successor_[n + 1]; ++i)
            if (--waits_[successors_[i]] == 0) ready_.push(successors_[i]);
    }

    // Some rank waits for itself, if need be by way of others. Going back from any node that never ended to one that it
    // waits for comes to such a circle; in a meeting, to a member that has not come.
    [[noreturn]] void refuse() {
        std::vector<bool> over(places_.size(), false), seen(places_.size(), false);
        for (const Place& place : order_) over[number(place)] = true;
        sent_by_.resize(places_.size());
        for (std::uint32_t send = 0; send < places_.size(); ++send)
            if (node(send).kind == TraceNode::Kind::send) sent_by_[receiver(send)] = send;
        std::uint32_t n = 0;
        while (over[n]) ++n;
        for (; !seen[n]; n = before(n, over)) seen[n] = true;
        const std::uint32_t next = before(n, over);
        throw TraceDependencyError(job_.traces[places_[n].trace].file, node(n).id,
                                   fmt::format("waits for itself, by way of node {} of {}", node(next).id,
                                               job_.traces[places_[next].trace].file));
    }
    std::uint32_t before(std::uint32_t n, const std::vector<bool>& over) const {
        const Place& place = places_[n];
        for (const std::uint32_t node_before : job_.traces[place.trace].dependencies_of(node(n)))
            if (!over[first_[place.trace] + node_before]) return first_[place.trace] + node_before;
        if (node(n).kind == TraceNode::Kind::collective)
            for (const Place& other : meetings_[meeting_[n]].nodes)
                if (waits_[number(other)] > 0) return number(other);
        return sent_by_[n];
    }

    const TraceJob& job_;
    const std::vector<TraceMeeting>& meetings_;
    std::vector<std::uint32_t> first_;  // of each trace's nodes
    std::vector<Place> places_;
    std::vector<std::uint32_t> waits_, meeting_, arrived_, first_successor_, successors_;
    std::vector<std::uint32_t> sent_by_;  // of receives, once some node never ends
    std::vector<UnitState> units_;
    std::queue<std::uint32_t> ready_;
    std::vector<std::uint32_t> touched_;  // units
    std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
    std::int64_t now_ps_ = 0;
    std::vector<Place> order_;
};

}  // namespace

TracePlay play(const TraceJob& job, const std::vector<TraceMeeting>& meetings) { return Play(job, meetings).played(); }

}  // namespace lightloom
