// Partition: the nodes that one thread at a time works on, the events they send, and one window's work over them. No
// priority queue: a window's events are grouped by node with one counting sort, and each node's are sorted by time and
// handled in order while its rows are in cache.
// The model owns all state of the nodes; a partition owns only events. Not here: when windows open (core/engine.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/abort.hpp"
#include "core/order.hpp"
#include "core/outbox.hpp"
#include "core/time_sort.hpp"

namespace lightloom {

/// What all partitions of one engine share and none changes while it runs.
struct EngineLayout {
    std::vector<std::uint16_t> partition_of;  // per node
    std::vector<std::uint32_t> local_of;      // per node: its place in its partition
    std::uint32_t partitions = 1;
    int window_shift = 0;
    Time until = kNever;  // events at `until` or later are not handled
    std::uint64_t seed = 0;
};

template <class Model>
class alignas(128) Partition {
public:
    using Event = typename Model::Event;

    Partition(const EngineLayout& layout, std::uint32_t index)
        : layout_(layout), index_(index), outbox_(layout.partitions), order_{layout.seed} {
        for (std::uint32_t node = 0; node < layout.partition_of.size(); ++node)
            if (layout.partition_of[node] == index) nodes_.push_back(node);
        place_.resize(nodes_.size() + 1);
    }

    std::uint32_t index() const { return index_; }

    /// Sends an event. It must fall in a later window, unless a node sends it to itself; a model that promises more
    /// lookahead than it keeps is stopped here, for its results would silently depend on the partitioning.
    void post(const Event& event) {
        const Window window = event.at.ps >> layout_.window_shift, ahead = window - window_;
        live_ += Model::is_progress(event);
        if (static_cast<std::uint64_t>(ahead - 1) < rings::kFirst - 1) [[likely]]
            outbox_.append(layout_.partition_of[event.node], rings::slot(0, window), event, pool_);
        else
            post_near_or_far(event, window);
    }

    /// All of this partition's work in window `w`. Every partition's work in earlier windows is done.
    void advance(Window w, std::span<const std::unique_ptr<Partition>> all, Model& model) {
        cascade(w, all);
        window_ = w;
        const std::uint32_t slot = rings::slot(0, w);
        outbox_.unmark(slot);
        const std::size_t events = count_events(slot, all);
        if (events != 0) {
            if (events < nodes_.size() / 8)
                group_few(events, slot, all);
            else
                group_many(events, slot, all);
            for (std::size_t first = 0; first < events;) first = handle_node(first, events, model);
        }
        events_in_window_ = events;
        next_window_ = outbox_.next_after(w);
    }

    std::size_t events_in_window() const { return events_in_window_; }
    std::int64_t handled() const { return handled_; }
    /// Events of consequence sent by this partition less those handled by it: sums over partitions to those pending.
    std::int64_t live() const { return live_; }
    std::optional<Window> next_window() const { return next_window_; }
    void find_next_window() { next_window_ = outbox_.next_after(window_); }
    ChunkPool<Event>& pool() { return pool_; }

    /// Calls visit(event) for each event sent by this partition and not yet handled, in no particular order.
    template <class Visit>
    void for_each_pending(Visit&& visit) const {
        for (const Event& event : cut_off_) visit(event);
        for (std::uint32_t target = 0; target < layout_.partitions; ++target)
            for (std::uint32_t slot = 0; slot < rings::kSlots; ++slot)
                for (auto* chunk = outbox_.peek(target, slot); chunk; chunk = chunk->next)
                    for (std::uint64_t i = 0; i < chunk->count; ++i) visit(chunk->events[i]);
    }

private:
    using Peers = std::span<const std::unique_ptr<Partition>>;

    void post_near_or_far(const Event& event, Window window) {
        if (window <= window_) {
            if (event.node != current_node_ || event.at <= now_)
                abort_run("an event for node {} at {} ps was sent by node {} at {} ps into the open window, which ends at "
                          "{} ps: the model's lookahead is too long",
                          event.node, event.at.ps, current_node_, now_.ps, (window_ + 1) << layout_.window_shift);
            own_.push_back(event);
            std::push_heap(own_.begin(), own_.end(), later());
            return;
        }
        place_in_ring(event, window, window_, layout_.partition_of[event.node]);
    }

    void place_in_ring(const Event& event, Window window, Window now, std::uint32_t target) {
        const int level = rings::level_of(window, now);
        if (level == rings::kLevels) abort_run("an event at {} ps lies beyond the last ring", event.at.ps);
        outbox_.append(target, rings::slot(level, window), event, pool_);
    }

    // Where time has entered a new slot of a further ring, spreads that slot's events over the rings below it.
    void cascade(Window w, Peers all) {
        for (int level = rings::kLevels - 1; level > 0; --level) {
            if (w >> rings::shift(level) == window_ >> rings::shift(level)) continue;
            const std::uint32_t slot = rings::slot(level, w);
            outbox_.unmark(slot);
            for (const auto& peer : all)
                for (Chunk<Event>* chunk = peer->outbox_.take(index_, slot); chunk;) {
                    for (std::uint64_t i = 0; i < chunk->count; ++i)
                        place_in_ring(chunk->events[i], chunk->events[i].at.ps >> layout_.window_shift, w, index_);
                    keep(chunk);
                }
        }
    }

    std::size_t count_events(std::uint32_t slot, Peers all) const {
        std::size_t events = 0;
        for (const auto& peer : all)
            for (auto* chunk = peer->outbox_.peek(index_, slot); chunk; chunk = chunk->next) events += chunk->count;
        return events;
    }

    // Counting sort by node into grouped_: two passes over the chunks, for windows in which most nodes have work.
    void group_many(std::size_t events, std::uint32_t slot, Peers all) {
        grow(grouped_, grouped_capacity_, events);
        std::fill(place_.begin(), place_.end(), 0u);
        for (const auto& peer : all)
            for (auto* chunk = peer->outbox_.peek(index_, slot); chunk; chunk = chunk->next)
                for (std::uint64_t i = 0; i < chunk->count; ++i) ++place_[layout_.local_of[chunk->events[i].node] + 1];
        for (std::size_t i = 1; i < place_.size(); ++i) place_[i] += place_[i - 1];
        for (const auto& peer : all)
            for (Chunk<Event>* chunk = peer->outbox_.take(index_, slot); chunk;) {
                for (std::uint64_t i = 0; i < chunk->count; ++i)
                    grouped_[place_[layout_.local_of[chunk->events[i].node]]++] = chunk->events[i];
                keep(chunk);
            }
    }

    // The same for few events: a sort of their node numbers, without a look at the idle nodes.
    void group_few(std::size_t events, std::uint32_t slot, Peers all) {
        grow(grouped_, grouped_capacity_, events);
        few_.clear();
        few_keys_.clear();
        for (const auto& peer : all)
            for (Chunk<Event>* chunk = peer->outbox_.take(index_, slot); chunk;) {
                for (std::uint64_t i = 0; i < chunk->count; ++i) {
                    few_keys_.push_back(std::uint64_t{layout_.local_of[chunk->events[i].node]} << 32 | few_.size());
                    few_.push_back(chunk->events[i]);
                }
                keep(chunk);
            }
        std::sort(few_keys_.begin(), few_keys_.end());
        for (std::size_t i = 0; i < events; ++i) grouped_[i] = few_[few_keys_[i] & UINT32_MAX];
    }

    // Handles one node's events, which begin at `first`, and returns where the next node's begin.
    std::size_t handle_node(std::size_t first, std::size_t events, Model& model) {
        current_node_ = grouped_[first].node;
        std::size_t last = first + 1;
        while (last < events && grouped_[last].node == current_node_) ++last;
        const std::span<const Event> group{&grouped_[first], last - first};
        const auto sorted = sorter_.sort(group, Time{window_ << layout_.window_shift}, layout_.window_shift, order_);
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            const Event& event = group[static_cast<std::uint32_t>(sorted[i])];
            while (!own_.empty() && order_(own_.front(), event)) handle_own(model);
            handle(event, model);
        }
        while (!own_.empty()) handle_own(model);
        return last;
    }

    void handle_own(Model& model) {
        std::pop_heap(own_.begin(), own_.end(), later());
        const Event event = own_.back();
        own_.pop_back();
        handle(event, model);
    }

    void handle(const Event& event, Model& model) {
        if (event.at >= layout_.until) [[unlikely]] {
            cut_off_.push_back(event);
            return;
        }
        now_ = event.at;
        live_ -= Model::is_progress(event);
        ++handled_;
        model.handle(*this, event);
    }

    // std::push_heap keeps the greatest in front; the earliest is wanted.
    auto later() const {
        return [this](const Event& a, const Event& b) { return order_(b, a); };
    }

    void keep(Chunk<Event>*& chunk) {
        Chunk<Event>* next = chunk->next;
        pool_.give(chunk);
        chunk = next;
    }

    static void grow(std::unique_ptr<Event[]>& array, std::size_t& capacity, std::size_t wanted) {
        if (wanted <= capacity) return;
        capacity = std::max(wanted, capacity + capacity / 2);
        array = std::make_unique_for_overwrite<Event[]>(capacity);
    }

    const EngineLayout& layout_;
    std::uint32_t index_;
    Outbox<Event> outbox_;
    EventOrder<Event> order_;
    ChunkPool<Event> pool_;
    std::vector<std::uint32_t> nodes_;
    std::vector<std::uint32_t> place_;  // counting sort: where a node's events begin

    Window window_ = -1;  // the open window; -1 before the first
    Time now_{-1};
    std::uint32_t current_node_ = UINT32_MAX;
    std::int64_t live_ = 0;
    std::int64_t handled_ = 0;
    std::size_t events_in_window_ = 0;
    std::optional<Window> next_window_;

    std::unique_ptr<Event[]> grouped_;  // the open window's events, node by node
    std::size_t grouped_capacity_ = 0;
    TimeSorter<Event> sorter_;
    std::vector<Event> own_;      // heap: what the current node sent itself inside the open window
    std::vector<Event> cut_off_;  // at `until` or later
    std::vector<Event> few_;
    std::vector<std::uint64_t> few_keys_;
};

}  // namespace lightloom
