// Executes a Schedule on an ideal network: each rank sends one message at a time into its node and one across, at full
// rate, and each arrives alpha later. Where it has messages to several lanes, these take turns, as the flows of a NIC
// do. Nothing else takes time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <vector>

#include "models/workload/collectives/cost.hpp"
#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

class IdealExecution {
public:
    IdealExecution(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside)
        : call_(call), schedule_(call), link_{across, inside}, turns_(2 * std::size_t{call.ranks}) {}

    /// When the last message arrives, in seconds.
    double run() {
        for (std::uint32_t rank = 0; rank < call_.ranks; ++rank)
            for (std::uint32_t lane = 0; lane < schedule_.lanes(); ++lane) advance(rank, lane);
        while (!events_.empty()) {
            const auto [at, arrives, channel] = events_.top();
            events_.pop();
            now_ = at;
            if (arrives) {
                ++inbox_[channel];
                advance(std::get<2>(channel), std::get<3>(channel));
            } else {
                has_left(channel);
            }
        }
        return now_;
    }

private:
    using Channel = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
    using Event = std::tuple<double, bool, Channel>;  // when; whether a message arrives or has left; which way
    struct Lane {
        std::uint64_t k = 0;
        bool started = false;
    };

    void advance(std::uint32_t rank, std::uint32_t lane) {
        Lane& at = lanes_[{rank, lane}];
        const std::uint64_t steps = schedule_.steps(rank, lane);
        while (at.k < steps) {
            const Step step = schedule_.step(rank, lane, at.k);
            if (!at.started && !step.forwards) send(rank, lane, step);
            at.started = true;
            if (step.from != kNobody) {
                std::uint32_t& waiting = inbox_[{step.from, step.from_lane, rank, lane}];
                if (waiting == 0) return;
                --waiting;
            }
            if (step.forwards) send(rank, lane, step);
            at = {at.k + 1, false};
        }
    }

    void send(std::uint32_t rank, std::uint32_t lane, const Step& step) {
        if (step.to == kNobody) return;
        const Channel channel{rank, lane, step.to, step.to_lane};
        std::deque<std::int64_t>& messages = outbox_[channel];
        messages.push_back(step.sent_bytes);
        if (messages.size() > 1) return;
        turns_[port(channel)].push_back(channel);
        if (turns_[port(channel)].size() == 1) begin(channel);
    }

    void begin(const Channel& channel) {
        const double takes = static_cast<double>(outbox_[channel].front()) / link(channel).bytes_per_s;
        events_.push({now_ + takes, false, channel});
    }

    void has_left(const Channel& channel) {
        events_.push({now_ + link(channel).alpha_s, true, channel});
        std::deque<Channel>& turns = turns_[port(channel)];
        turns.pop_front();
        std::deque<std::int64_t>& messages = outbox_[channel];
        messages.pop_front();
        if (!messages.empty()) turns.push_back(channel);
        if (!turns.empty()) begin(turns.front());
    }

    std::size_t is_inside(const Channel& channel) const {
        const std::uint32_t g = call_.ranks_per_node;
        return g > 1 && std::get<0>(channel) / g == std::get<2>(channel) / g ? 1 : 0;
    }
    std::size_t port(const Channel& channel) const {
        return 2 * std::size_t{std::get<0>(channel)} + is_inside(channel);
    }
    const AlphaBeta& link(const Channel& channel) const { return link_[is_inside(channel)]; }

    CollectiveCall call_;
    Schedule schedule_;
    AlphaBeta link_[2];  // across, inside
    double now_ = 0.0;
    std::vector<std::deque<Channel>>
        turns_;  // by port: the lanes that there are messages to; the first is being served
    std::map<Channel, std::deque<std::int64_t>> outbox_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Lane> lanes_;
    std::map<Channel, std::uint32_t> inbox_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

}  // namespace lightloom
