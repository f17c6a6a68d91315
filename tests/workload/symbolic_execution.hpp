// Executes a Schedule on symbols instead of bytes: each block is the set of ranks that have contributed to it (or, of
// an all-to-all, the one block that it is), and every lane advances in random order.
//
// It keeps the rules of models/workload/collectives/schedule.hpp and no more: messages from lane to lane are in order,
// sends take place at once, a lane waits for what it receives. Whatever is promised must come out of every such order.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <tuple>
#include <vector>

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

using Content = std::uint64_t;  // a bit per rank; or, of an all-to-all, 1 + source * ranks + destination

class SymbolicExecution {
public:
    SymbolicExecution(const CollectiveCall& call, std::uint32_t seed)
        : SymbolicExecution(Schedule(call), call.ranks, seed) {}
    /// @param seats  the ranks, and whoever takes part without being one: switches that add up, with nothing at first
    SymbolicExecution(const Schedule& schedule, std::uint32_t seats, std::uint32_t seed)
        : call_(schedule.call()), seats_(seats), schedule_(schedule), random_(seed) {
        for (std::uint32_t part = 0; part < schedule_.parts(); ++part)
            for (std::uint64_t loop = 0; loop < schedule_.loops(part); ++loop) places_.push_back({part, loop});
        first_place_.assign(schedule_.parts(), 0);
        for (std::uint32_t part = 1; part < schedule_.parts(); ++part)
            first_place_[part] = first_place_[part - 1] + schedule_.loops(part - 1);
        contents_.assign(seats * places_.size() * schedule_.blocks(), 0);
        sent_bytes_.assign(seats, 0);
        sends_.assign(seats, 0);
    }

    template <class Initial>  // (rank, block) -> Content
    void fill(Initial initial) {
        for_each([&](std::uint32_t rank, std::uint32_t block, Content& content) { content = initial(rank, block); });
    }

    /// Runs to the end or until nothing can go on. @return whether the end was reached and every message was taken
    bool run() {
        std::vector<Lane> lanes;
        for (std::uint32_t rank = 0; rank < seats_; ++rank)
            for (std::uint32_t lane = 0; lane < schedule_.lanes(); ++lane)
                if (const std::uint64_t steps = schedule_.steps(rank, lane); steps > 0)
                    lanes.push_back({rank, lane, steps});
        bool moved = true;
        while (moved && !lanes.empty()) {
            moved = false;
            std::shuffle(lanes.begin(), lanes.end(), random_);
            for (Lane& lane : lanes) {
                if (random_() % 3 == 0)
                    moved = true;  // held up for now
                else
                    moved |= advance(lane);
            }
            std::erase_if(lanes, [](const Lane& lane) { return lane.k == lane.steps; });
        }
        return lanes.empty() && channels_.empty();
    }

    template <class Expected>  // (rank, block) -> whether its content is right
    bool holds(Expected expected) {
        bool all = true;
        for_each(
            [&](std::uint32_t rank, std::uint32_t block, Content& content) { all &= expected(rank, block, content); });
        return all;
    }

    /// Every place of a rank's buffer: all parts, loops and blocks.
    template <class Visit>
    void for_each(Visit visit) {
        for (std::uint32_t rank = 0; rank < call_.ranks; ++rank)
            for (std::size_t place = 0; place < places_.size(); ++place)
                for (std::uint32_t block = 0; block < schedule_.blocks(); ++block)
                    visit(rank, block, contents_[index(rank, place, block)]);
    }

    const Schedule& schedule() const { return schedule_; }
    std::int64_t sent_bytes(std::uint32_t rank) const { return sent_bytes_[rank]; }
    std::uint64_t sends(std::uint32_t rank) const { return sends_[rank]; }
    std::int64_t largest_send() const { return largest_send_; }
    bool added_twice() const { return added_twice_; }
    bool sizes_differ() const { return sizes_differ_; }

private:
    struct Lane {
        std::uint32_t rank, lane;
        std::uint64_t steps, k = 0, sent = 0, received = 0;
        bool started = false;
    };
    struct Message {
        std::int64_t bytes;
        std::vector<Content> contents;
    };
    struct LoopPlace {
        std::uint32_t part;
        std::uint64_t loop;
    };
    using Channel = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

    std::size_t index(std::uint32_t rank, std::size_t place, std::uint32_t block) const {
        return (rank * places_.size() + place) * schedule_.blocks() + block;
    }
    // Where switches add up, what a rank sends is so far ahead of what comes: its n-th is of loop n.
    std::size_t place_of(const Lane& lane, std::uint64_t so_far) const {
        const bool counts = seats_ > call_.ranks && lane.rank < call_.ranks;
        const std::uint64_t loop = counts ? so_far : lane.k / schedule_.steps_per_loop(lane.rank, lane.lane);
        return first_place_[schedule_.part(lane.lane)] + loop;
    }

    bool advance(Lane& lane) {
        const Step step = schedule_.step(lane.rank, lane.lane, lane.k);
        bool moved = false;
        if (!lane.started) {
            lane.started = moved = true;
            if (!step.forwards) send(lane, step);
        }
        if (!receive(lane, step)) return moved;
        if (step.forwards) send(lane, step);
        ++lane.k;
        lane.started = false;
        return true;
    }

    void send(Lane& lane, const Step& step) {
        if (step.to == kNobody) return;
        const std::size_t place = place_of(lane, lane.sent++);
        Message message{step.sent_bytes, {}};
        for (std::uint32_t e = 0; e < step.sent.count; ++e)
            message.contents.push_back(contents_[index(lane.rank, place, step.sent.at(e, schedule_.blocks()))]);
        channels_[{lane.rank, lane.lane, step.to, step.to_lane}].push_back(std::move(message));
        sent_bytes_[lane.rank] += step.sent_bytes;
        sends_[lane.rank]++;
        largest_send_ = std::max(largest_send_, step.sent_bytes);
    }

    bool receive(Lane& lane, const Step& step) {
        if (step.from == kNobody) return true;
        const auto channel = channels_.find({step.from, step.from_lane, lane.rank, lane.lane});
        if (channel == channels_.end()) return false;
        const Message message = std::move(channel->second.front());
        channel->second.pop_front();
        if (channel->second.empty()) channels_.erase(channel);

        const std::size_t place = place_of(lane, lane.received++);
        sizes_differ_ |= message.bytes != step.received_bytes || message.contents.size() != step.received.count;
        for (std::uint32_t e = 0; e < std::min<std::size_t>(step.received.count, message.contents.size()); ++e) {
            Content& own = contents_[index(lane.rank, place, step.received.at(e, schedule_.blocks()))];
            added_twice_ |= step.reduces && (own & message.contents[e]) != 0;
            own = step.reduces ? own | message.contents[e] : message.contents[e];
        }
        return true;
    }

    CollectiveCall call_;
    std::uint32_t seats_;
    Schedule schedule_;
    std::mt19937 random_;
    std::vector<LoopPlace> places_;
    std::vector<std::size_t> first_place_;  // by part
    std::vector<Content> contents_;
    std::map<Channel, std::deque<Message>> channels_;
    std::vector<std::int64_t> sent_bytes_;
    std::vector<std::uint64_t> sends_;
    std::int64_t largest_send_ = 0;
    bool added_twice_ = false;
    bool sizes_differ_ = false;
};

}  // namespace lightloom
