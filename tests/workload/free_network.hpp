// A network without time, for programs and collectives: messages arrive in any order, but in theirs on each flow.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "models/workload/execution.hpp"
#include "models/workload/loads.hpp"

namespace lightloom {

/// A network without time: what is released is delivered some time later, in order on each flow.
class Network {
public:
    Network(const Traffic& traffic, std::uint64_t seed)
        : traffic_(traffic),
          seed_(seed),
          execution_(traffic),
          delivered_(traffic.flows.size()),
          released(traffic.flows.size()) {}

    void run() {
        for (std::uint32_t worker = 0; worker < traffic_.workers.size(); ++worker) execution_.begin(worker, *this);
        while (!waiting_.empty()) {
            std::swap(waiting_[random() % waiting_.size()], waiting_.back());
            const Event event = waiting_.back();
            waiting_.pop_back();
            if (event.flow == Traffic::kNone) {
                ended.push_back({event.worker, event.stream});
                execution_.computed(event.worker, event.stream, *this);
                continue;
            }
            ++delivered_[event.flow];
            if (traffic_.flows[event.flow].lane != Traffic::kNone)
                execution_.deliver(traffic_.flows[event.flow].lane, event.flow, *this);
        }
    }

    void release(std::uint32_t flow, std::int64_t bytes) {
        released[flow].add({1, bytes, 0});
        waiting_.push_back({.flow = flow});
    }
    std::uint32_t delivered(std::uint32_t flow) const { return delivered_[flow]; }
    void call_back(std::uint32_t worker, std::uint32_t stream, std::int64_t after_ps) {
        EXPECT_GE(after_ps, 0);
        waiting_.push_back({.worker = worker, .stream = stream});
    }
    void note_task(std::uint32_t) {}
    void note_iteration(std::uint32_t worker) { iterations.push_back(worker); }
    void note_end(std::uint32_t worker) { EXPECT_TRUE(done.insert(worker).second); }

private:
    struct Event {
        std::uint32_t flow = Traffic::kNone, worker = 0, stream = 0;
    };
    std::uint64_t random() { return draw(seed_, 0, Purpose::arrival, draws_++); }

    const Traffic& traffic_;
    std::uint64_t seed_, draws_ = 0;
    Execution execution_;
    std::vector<Event> waiting_;
    std::vector<std::uint32_t> delivered_;

public:
    std::vector<Load> released;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ended;  // computations: worker and stream
    std::vector<std::uint32_t> iterations;
    std::set<std::uint32_t> done;
};

}  // namespace lightloom
