// Partition: the nodes that one thread at a time works on, the events they send, and one window's work over them. No
// priority queue: a window's events are grouped by node with one counting sort, and each node's are sorted by time and
// handled in order while its rows are in cache.
// The model owns all state of the nodes; a partition owns only events. Not here: when windows open (core/engine.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
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
    using Peers = std::span<const std::unique_ptr<Partition>>;

    Partition(const EngineLayout& layout, std::uint32_t index)
        : layout_(layout), index_(index), outbox_(layout.partitions), order_{layout.seed} {
        nodes_ = static_cast<std::size_t>(std::count(layout.partition_of.begin(), layout.partition_of.end(), index));
        place_.resize(nodes_ + 1);
    }

    std::uint32_t index() const { return index_; }

    /// Sends an event. It must fall in a later window, unless a node sends it to itself; a model that promises more
    /// lookahead than it keeps is stopped here, for its results would silently depend on the partitioning.
    void post(const Event& event) {
        live_ += Model::is_progress(event);
        const Window window = event.at.ps >> layout_.window_shift;
        if (within_first_ring(window)) [[likely]]
            outbox_.append(layout_.partition_of[event.node], rings::slot(0, window), pool_) = event;
        else
            post_near_or_far(event, window);
    }
    /// The same for an event derived from `original`, written once, in its place: `change` sets what differs.
    /// An event built on the stack and then copied would stall on its freshly written bytes.
    template <class Change>
    void post_changed(const Event& original, Time at, std::uint32_t node, Change&& change) {
        const Window window = at.ps >> layout_.window_shift;
        if (within_first_ring(window)) [[likely]] {
            ++live_;
            Event& event = outbox_.append(layout_.partition_of[node], rings::slot(0, window), pool_);
            event = original;
            event.at = at;
            event.node = node;
            change(event);
            return;
        }
        Event event = original;
        event.at = at;
        event.node = node;
        change(event);
        post(event);
    }

    /// All of this partition's work in window `w`. Every partition's work in earlier windows is done.
    void advance(Window w, Peers all, Model& model) {
        cascade(w, all);
        window_ = w;
        const std::uint32_t slot = rings::slot(0, w);
        outbox_.unmark(slot);
        events_in_window_ = count_events(slot, all);
        if (events_in_window_ != 0) {
            make_room(events_in_window_);
            if (events_in_window_ < nodes_ / 8)
                handle_few(slot, all, model);
            else
                handle_many(slot, all, model);
        }
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
                outbox_.for_each(target, slot, visit);
    }

private:
    bool within_first_ring(Window window) const {
        return static_cast<std::uint64_t>(window - window_ - 1) < rings::kFirst - 1;
    }

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
        outbox_.append(target, rings::slot(level, window), pool_) = event;
    }

    // Where time has entered a new slot of a further ring, spreads that slot's events over the rings below it.
    void cascade(Window w, Peers all) {
        for (int level = rings::kLevels - 1; level > 0; --level) {
            if (w >> rings::shift(level) == window_ >> rings::shift(level)) continue;
            const std::uint32_t slot = rings::slot(level, w);
            outbox_.unmark(slot);
            for (const auto& peer : all) {
                peer->outbox_.for_each(index_, slot, [&](const Event& event) {
                    place_in_ring(event, event.at.ps >> layout_.window_shift, w, index_);
                });
                peer->outbox_.empty(index_, slot, pool_);
            }
        }
    }

    std::size_t count_events(std::uint32_t slot, Peers all) const {
        std::size_t events = 0;
        for (const auto& peer : all) events += peer->outbox_.size(index_, slot);
        return events;
    }

    // Visits the window's events and takes their chunks, which are then free for what this window sends.
    template <class Visit>
    void take_events(std::uint32_t slot, Peers all, Visit&& visit) {
        for (const auto& peer : all) {
            peer->outbox_.for_each(index_, slot, visit);
            peer->outbox_.empty(index_, slot, pool_);
        }
    }
    std::uint64_t since_opening(const Event& event) const {
        return static_cast<std::uint64_t>(event.at.ps - (window_ << layout_.window_shift));
    }

    // A counting sort by node, in two passes over the chunks: events and their keys lie node by node.
    void handle_many(std::uint32_t slot, Peers all, Model& model) {
        std::fill(place_.begin(), place_.end(), 0u);
        for (const auto& peer : all)
            peer->outbox_.for_each(index_, slot, [&](const Event& event) { ++place_[layout_.local_of[event.node] + 1]; });
        for (std::size_t i = 1; i < place_.size(); ++i) place_[i] += place_[i - 1];
        take_events(slot, all, [&](const Event& event) {
            const std::uint32_t place = place_[layout_.local_of[event.node]]++;
            events_[place] = event;
            keys_[place] = since_opening(event) << 32 | place;
        });
        std::uint32_t first = 0;
        for (std::size_t i = 0; i < nodes_; ++i) {
            const std::uint32_t last = place_[i];
            if (last != first) handle_node({&keys_[first], last - first}, model);
            first = last;
        }
    }

    // The same for a window in which most nodes are idle: a sort of the few events, without a look at the nodes.
    void handle_few(std::uint32_t slot, Peers all, Model& model) {
        few_.clear();
        take_events(slot, all, [&](const Event& event) {
            const auto place = static_cast<std::uint32_t>(few_.size());
            events_[place] = event;
            few_.push_back({std::uint64_t{layout_.local_of[event.node]} << 32 | since_opening(event), place});
        });
        std::sort(few_.begin(), few_.end());
        for (std::size_t first = 0, last = 0; first < few_.size(); first = last) {
            const std::uint64_t node = few_[first].first >> 32;
            for (; last < few_.size() && few_[last].first >> 32 == node; ++last)
                keys_[last] = few_[last].first << 32 | few_[last].second;
            handle_node({&keys_[first], last - first}, model);
        }
    }

    void handle_node(std::span<std::uint64_t> keys, Model& model) {
        sorter_.sort(keys, layout_.window_shift);
        order_ties(keys);
        current_node_ = event_at(keys[0]).node;
        for (const std::uint64_t key : keys) {
            const Event& event = event_at(key);
            while (!own_.empty() && order_(own_.front(), event)) [[unlikely]] handle_own(model);
            handle(event, model);
        }
        while (!own_.empty()) handle_own(model);
    }
    const Event& event_at(std::uint64_t key) const { return events_[static_cast<std::uint32_t>(key)]; }

    // Keys with equal times are put in the order of their ranks, which only then are worked out.
    void order_ties(std::span<std::uint64_t> keys) {
        const auto at = [&](std::size_t i) { return keys[i] >> 32; };
        for (std::size_t i = 1; i < keys.size(); ++i) {
            if (at(i) != at(i - 1)) [[likely]]
                continue;
            const std::size_t first = i - 1;
            const std::uint64_t tie_key = order_.tie_key(event_at(keys[first]));
            ties_.clear();
            for (i = first; i < keys.size() && at(i) == at(first); ++i)
                ties_.push_back({EventOrder<Event>::rank(event_at(keys[i]), tie_key), keys[i]});
            std::sort(ties_.begin(), ties_.end());
            for (std::size_t j = 0; j < ties_.size(); ++j) keys[first + j] = ties_[j].second;
        }
    }

    void make_room(std::size_t events) {
        if (events <= capacity_) return;
        capacity_ = events + events / 2;
        events_ = std::make_unique_for_overwrite<Event[]>(capacity_);
        keys_ = std::make_unique_for_overwrite<std::uint64_t[]>(capacity_);
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

    const EngineLayout& layout_;
    std::uint32_t index_;
    Outbox<Event> outbox_;
    EventOrder<Event> order_;
    ChunkPool<Event> pool_;
    std::size_t nodes_ = 0;
    std::vector<std::uint32_t> place_;  // counting sort: where a node's next key goes

    Window window_ = -1;  // the open window; -1 before the first
    Time now_{-1};
    std::uint32_t current_node_ = UINT32_MAX;
    std::int64_t live_ = 0;
    std::int64_t handled_ = 0;
    std::size_t events_in_window_ = 0;
    std::optional<Window> next_window_;

    std::size_t capacity_ = 0;
    std::unique_ptr<Event[]> events_;       // the open window's, node by node
    std::unique_ptr<std::uint64_t[]> keys_;  // the same: time in the window << 32 | place in events_
    std::vector<std::pair<std::uint64_t, std::uint32_t>> few_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ties_;
    TimeSorter sorter_;
    std::vector<Event> own_;      // heap: what the current node sent itself inside the open window
    std::vector<Event> cut_off_;  // at `until` or later
};

}  // namespace lightloom
