// Exposure: what every worker computes and what it waits for meanwhile, as sums: communication that computation hides
// is in none of them. A row per worker, its node's, changed when a task ends; nothing per message but where a wait has
// to be told from the time on the way.
//
// A worker waits for the task that keeps the next of its first stream from beginning. A wait for a message of a
// neighbour in a pipeline is a bubble as long as the neighbour has not sent it, and communication from then on; so the
// times at which such messages were released are kept, the last few of each flow. The sender writes one before the
// message leaves and the receiver reads it when it has come, at least a link's delay later: in another window.
// Not here: what the sums mean for a job (scenarios/training_figures.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/workload/traffic.hpp"

namespace lightloom {

std::string_view name_of(Wait wait);

class Exposure {
public:
    using Sums = std::array<std::int64_t, kWaits>;  // ps, by Wait

    /// Measures where a task says what a wait for it is put down to; else it takes no memory, and no time.
    explicit Exposure(const Traffic& traffic);

    bool measures() const { return !rows_.empty(); }
    /// @param task  that the worker is at or waits for from now on, in one of its iterations; nullptr: it has ended
    void note(std::uint32_t worker, std::uint32_t iteration, const Program::Task* task, std::int64_t now_ps);
    /// A flow's message is released, or delivered to the worker. @param ordinal  of the flow's messages
    void note_release(std::uint32_t flow, std::int64_t ordinal, std::int64_t now_ps) {
        if (!releases_.empty() && slots_[flow].count > 0) releases_[slot(flow, ordinal)] = now_ps;
    }
    void note_delivery(std::uint32_t worker, std::uint32_t flow, std::int64_t ordinal) {
        if (!releases_.empty() && slots_[flow].count > 0) rows_[worker].released_ps = releases_[slot(flow, ordinal)];
    }

    const Sums& of(std::uint32_t worker) const { return rows_[worker].sums; }

private:
    struct Row {
        const Program::Task* task = nullptr;
        std::uint32_t iteration = 0;
        std::int64_t since_ps = 0;
        std::int64_t released_ps = 0;  // of the timed message that was delivered last
        Sums sums{};
    };
    struct Slots {  // of a flow, in releases_
        std::size_t first = 0;
        std::uint32_t count = 0;
    };
    std::size_t slot(std::uint32_t flow, std::int64_t ordinal) const {
        return slots_[flow].first + static_cast<std::size_t>(ordinal) % slots_[flow].count;
    }

    std::vector<Row> rows_;
    std::vector<Slots> slots_;
    std::vector<std::int64_t> releases_;
};

}  // namespace lightloom
