// Partition: the nodes that one thread at a time works on, the events they send, and one window's work over them. No
// priority queue: nodes form groups whose events of a window fit in cache; a group's events are sorted by node with one
// counting sort, and each node's by time, and they are handled in order while its rows are in cache.
// The model owns all state of the nodes; a partition owns only events. Between two barriers lies a period, one window
// or several: what partitions send each other falls behind the period, so within it each does its windows alone.
// Not here: when periods open (core/engine.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
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
    /// Consecutive nodes of one partition.
    struct Group {
        std::uint32_t partition;
        std::uint32_t nodes;
    };
    std::vector<Group> groups;
    std::vector<std::uint32_t> group_of;  // per node
    std::vector<std::uint32_t> local_of;  // per node: its place in its group
    int window_shift = 0;
    int period_shift = 0;  // a period is 2^period_shift windows and begins at a multiple of that
    Time until = kNever;   // events at `until` or later are not handled
    std::uint64_t seed = 0;
};

template <class Model>
class alignas(128) Partition {
public:
    using ModelType = Model;
    using Event = typename Model::Event;
    using Peers = std::span<const std::unique_ptr<Partition>>;

    Partition(const EngineLayout& layout, std::uint32_t index)
        : layout_(layout),
          index_(index),
          outbox_(static_cast<std::uint32_t>(layout.groups.size())),
          order_{layout.seed},
          reach_(static_cast<std::uint64_t>(rings::kFirst - period_length())) {
        for (std::uint32_t group = 0; group < layout.groups.size(); ++group) {
            if (layout.groups[group].partition != index) continue;
            if (own_groups_.empty() || own_groups_.back().word != group / 64) own_groups_.push_back({group / 64, 0});
            own_groups_.back().bits |= std::uint64_t{1} << group % 64;
        }
    }

    std::uint32_t index() const { return index_; }

    /// Sends an event. It must fall in a later window, unless a node sends it to itself, and in a later period if it is
    /// for another partition; a model that promises more lookahead than it keeps is stopped here, for its results would
    /// silently depend on the partitioning.
    void post(const Event& event) {
        live_ += Model::is_progress(event);
        const Window window = event.at.ps >> layout_.window_shift;
        if (within_first_ring(window, event.node)) [[likely]]
            outbox_.append(layout_.group_of[event.node], rings::slot(0, window), pool_) = event;
        else
            post_near_or_far(event, window);
    }
    /// The same for an event of consequence (Model::is_progress) derived from `original`, written once, in its place:
    /// `change` sets what differs.
    /// An event built on the stack and then copied would stall on its freshly written bytes.
    template <class Change>
    [[gnu::always_inline]] void post_changed(const Event& original, Time at, std::uint32_t node, Change&& change) {
        const Window window = at.ps >> layout_.window_shift;
        if (within_first_ring(window, node)) [[likely]] {
            ++live_;
            Event& event = outbox_.append(layout_.group_of[node], rings::slot(0, window), pool_);
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

    /// All of this partition's work in the period that begins with window `first`. Every partition's work in earlier
    /// periods is done.
    /// @param sent  windows of the period that anybody sent something for in earlier ones, a bit each
    void advance(Window first, std::uint64_t sent, Peers all, Model& model) {
        cascade(first, all);
        period_end_ = first + period_length();
        events_in_period_ = 0;
        // What this partition has sent itself, above or in an earlier window of the period, shows in its own marks.
        for (sent |= marks_in_period(first); sent != 0; sent |= marks_in_period(first)) {
            const Window w = first + std::countr_zero(sent);
            if (w > layout_.until.ps >> layout_.window_shift) break;
            sent &= sent - 1;
            work_through(w, all, model);
        }
        window_ = period_end_ - 1;
        // A partition that sent nothing, as most do in a window with little traffic, knows its next window already.
        if (outbox_.has_news() || !next_window_ || *next_window_ <= window_) next_window_ = outbox_.next_after(window_);
    }

    /// Windows of a period, which begins with `first`, that this partition has sent something for.
    std::uint64_t marks_in_period(Window first) const {
        return outbox_.marks(rings::slot(0, first), static_cast<std::uint32_t>(period_length()));
    }
    std::size_t events_in_period() const { return events_in_period_; }
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
        for (std::uint32_t slot = 0; slot < rings::kSlots; ++slot)
            for (std::uint32_t group = 0; outbox_.is_marked(slot) && group < layout_.groups.size(); ++group)
                outbox_.for_each(group, slot, visit);
    }

private:
    Window period_length() const { return Window{1} << layout_.period_shift; }
    bool owns(std::uint32_t node) const { return layout_.groups[layout_.group_of[node]].partition == index_; }

    // Peers may be at any window of the period, so the first ring reaches a turn from its beginning: nobody writes to a
    // slot that another still reads.
    bool within_first_ring(Window window, std::uint32_t node) const {
        if (static_cast<std::uint64_t>(window - period_end_) < reach_) [[likely]]
            return true;
        return window > window_ && window < period_end_ && owns(node);
    }

    void post_near_or_far(const Event& event, Window window) {
        if (window >= period_end_)
            place_in_ring(event, window, period_end_ - period_length(), layout_.group_of[event.node]);
        else if (window <= window_)
            post_into_open_window(event);
        else
            abort_run(
                "an event for node {} at {} ps was sent by node {} of another partition at {} ps, before the barrier "
                "at {} ps: the model's cut lookahead is too long",
                event.node, event.at.ps, current_node_, now_.ps, period_end_ << layout_.window_shift);
    }

    void post_into_open_window(const Event& event) {
        if (event.node != current_node_ || event.at <= now_)
            abort_run(
                "an event for node {} at {} ps was sent by node {} at {} ps into the open window, which ends at "
                "{} ps: the model's lookahead is too long",
                event.node, event.at.ps, current_node_, now_.ps, (window_ + 1) << layout_.window_shift);
        own_.push_back(event);
        std::push_heap(own_.begin(), own_.end(), later());
    }

    void place_in_ring(const Event& event, Window window, Window now, std::uint32_t group) {
        const int level = rings::level_of(window, now);
        if (level == rings::kLevels) abort_run("an event at {} ps lies beyond the last ring", event.at.ps);
        outbox_.append(group, rings::slot(level, window), pool_) = event;
    }

    void work_through(Window w, Peers all, Model& model) {
        window_ = w;
        const std::uint32_t slot = rings::slot(0, w);
        outbox_.unmark(slot);
        for_each_busy_group(slot, all, [&](std::uint32_t group) {
            sort_by_node(group, slot, all);
            handle_group(layout_.groups[group], model);
        });
    }

    // Where time has entered a new slot of a further ring, spreads that slot's events over the rings below it.
    void cascade(Window w, Peers all) {
        if (w >> rings::shift(1) == window_ >> rings::shift(1)) return;
        for (int level = rings::kLevels - 1; level > 0; --level) {
            if (w >> rings::shift(level) == window_ >> rings::shift(level)) continue;
            const std::uint32_t slot = rings::slot(level, w);
            outbox_.unmark(slot);
            for_each_busy_group(slot, all, [&](std::uint32_t group) {
                for (const auto& peer : all) {
                    peer->outbox_.for_each(group, slot, [&](const Event& event) {
                        place_in_ring(event, event.at.ps >> layout_.window_shift, w, group);
                    });
                    peer->outbox_.empty(group, slot, pool_);
                }
            });
        }
    }

    // Visits those of this partition's groups that have events in a slot, without a look at the idle ones.
    template <class Visit>
    void for_each_busy_group(std::uint32_t slot, Peers all, Visit&& visit) const {
        for (const OwnGroups& own : own_groups_) {
            std::uint64_t busy = 0;
            for (const auto& peer : all) busy |= peer->outbox_.busy(own.word, slot);
            for (busy &= own.bits; busy != 0; busy &= busy - 1) {
                const std::uint32_t group = own.word * 64 + static_cast<std::uint32_t>(std::countr_zero(busy));
                if (std::any_of(all.begin(), all.end(),
                                [&](const auto& peer) { return peer->outbox_.has(group, slot); }))
                    visit(group);
            }
        }
    }

    std::uint64_t since_opening(const Event& event) const {
        return static_cast<std::uint64_t>(event.at.ps - (window_ << layout_.window_shift));
    }

    // A counting sort in two passes over a group's buckets: its events and their keys lie node by node. The chunks are
    // then free for what this window sends.
    void sort_by_node(std::uint32_t group, std::uint32_t slot, Peers all) {
        place_.assign(layout_.groups[group].nodes + std::size_t{1}, 0);
        for (const auto& peer : all)
            peer->outbox_.for_each(group, slot,
                                   [&](const Event& event) { ++place_[layout_.local_of[event.node] + 1]; });
        for (std::size_t i = 1; i < place_.size(); ++i) place_[i] += place_[i - 1];
        make_room(place_.back());
        events_in_period_ += place_.back();
        for (const auto& peer : all) {
            peer->outbox_.for_each(group, slot, [&](const Event& event) {
                const std::uint32_t place = place_[layout_.local_of[event.node]]++;
                events_[place] = event;
                keys_[place] = since_opening(event) << 32 | place;
            });
            peer->outbox_.empty(group, slot, pool_);
        }
    }

    static constexpr std::uint32_t kPrefetch = 4;  // events of the next node whose rows are asked for in time
    // After the sort place_[i] is where node i's events end.
    void handle_group(const EngineLayout::Group& group, Model& model) {
        std::uint32_t first = 0;
        for (std::uint32_t i = 0; i < group.nodes; ++i) {
            const std::uint32_t last = place_[i];
            if (i + 1 < group.nodes)
                for (std::uint32_t next = last; next < std::min(last + kPrefetch, place_[i + 1]); ++next)
                    model.prefetch(events_[next]);
            if (last != first) handle_node({&keys_[first], last - first}, model);
            first = last;
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
        if constexpr (requires(Time end) { model.end_of_window(*this, current_node_, end); }) {
            model.end_of_window(*this, current_node_,
                                std::min(Time{(window_ + 1) << layout_.window_shift}, layout_.until));
            while (!own_.empty()) handle_own(model);  // at `until` or later: to be kept
        }
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
            const auto rank = [&](std::size_t j) { return EventOrder<Event>::rank(event_at(keys[j]), tie_key); };
            if (i + 1 == keys.size() || at(i + 1) != at(i)) {  // mostly it is two
                if (rank(i) < rank(first)) std::swap(keys[i], keys[first]);
                continue;
            }
            ties_.clear();
            for (i = first; i < keys.size() && at(i) == at(first); ++i) ties_.push_back({rank(i), keys[i]});
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

    [[gnu::noinline]] void handle_own(Model& model) {
        std::pop_heap(own_.begin(), own_.end(), later());
        const Event event = own_.back();
        own_.pop_back();
        handle(event, model);
    }

    [[gnu::always_inline]] void handle(const Event& event, Model& model) {
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
    struct OwnGroups {
        std::uint32_t word;  // groups 64 x word ..
        std::uint64_t bits;  // one each
    };
    std::vector<OwnGroups> own_groups_;
    std::vector<std::uint32_t> place_;  // counting sort: where a node's next event goes

    Window window_ = -1;     // the open window; -1 before the first
    Window period_end_ = 0;  // the first window after the open period
    std::uint64_t reach_;    // how many windows from there on the first ring has slots for
    Time now_{-1};
    std::uint32_t current_node_ = UINT32_MAX;
    std::int64_t live_ = 0;
    std::int64_t handled_ = 0;
    std::size_t events_in_period_ = 0;
    std::optional<Window> next_window_;

    std::size_t capacity_ = 0;
    std::unique_ptr<Event[]> events_;        // of the open window and the group at hand, node by node
    std::unique_ptr<std::uint64_t[]> keys_;  // the same: time in the window << 32 | place in events_
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ties_;
    TimeSorter sorter_;
    std::vector<Event> own_;      // heap: what the current node sent itself inside the open window
    std::vector<Event> cut_off_;  // at `until` or later
};

}  // namespace lightloom
