// ReferenceEngine: the oracle of the engine tests. One priority queue, one thread, no windows: slow and plainly right.
// It runs the same models as core/engine.hpp and must reach the same digest.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "core/order.hpp"

namespace lightloom::testing {

template <class Model>
class ReferenceEngine {
public:
    using Event = typename Model::Event;

    ReferenceEngine(Model& model, std::uint64_t seed, Time until = kNever)
        : model_(model), until_(until), queue_(Later{{seed}}) {}

    void post(const Event& event) {
        live_ += Model::is_progress(event);
        queue_.push(event);
    }
    static std::uint32_t index() { return 0; }

    void run() {
        while (!queue_.empty() && queue_.top().at < until_) {
            if (live_ == 0 && model_.finished()) return;
            const Event event = queue_.top();
            queue_.pop();
            live_ -= Model::is_progress(event);
            model_.handle(*this, event);
        }
    }

    template <class Visit>
    void for_each_pending(Visit&& visit) const {
        for (auto rest = queue_; !rest.empty(); rest.pop()) visit(rest.top());
    }

private:
    struct Later {
        EventOrder<Event> order;
        // Events at one instant but different nodes may be handled in any order; the oracle takes them by node.
        bool operator()(const Event& a, const Event& b) const {
            if (a.at != b.at) return a.at > b.at;
            if (a.node != b.node) return a.node > b.node;
            return order(b, a);
        }
    };

    Model& model_;
    Time until_;
    std::int64_t live_ = 0;
    std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

}  // namespace lightloom::testing
