// Engine: a conservative parallel discrete-event engine that knows time, events, nodes and threads, and nothing of
// networks. Simulated time is cut into windows no longer than the least delay between two nodes, so what happens in a
// window cannot influence another node before the next. A period is one window or several, no longer than the least
// delay between nodes of different partitions: within a period partitions do their windows without a word to each
// other, and between periods there is one barrier. So short delays inside a partition do not multiply barriers.
//
// The result cannot depend on threads, partitions or window length: a node's state is a function of the ordered events
// it handled, their order is data (core/order.hpp), and random numbers are functions (core/random.hpp).
//
// A model provides
//   using Event               an EngineEvent
//   static bool is_progress(Event)      false for an event that may be left unhandled when all else is done (a timer)
//   void handle(Context&, Event)        handles an event at event.node, touching that node's rows only; sends by
//                                       context.post; context.index() names the partition, for statistics
//   bool finished() const               asked between periods: the model waits for nothing
//   void prefetch(Event) const          may ask the memory for the rows that an event will need
// and may provide
//   void end_of_window(Context&, node, Time end)    called for each node that handled events in a window, after its
//                                       last: the node may still send what it must decide by `end`, the window's end or
//                                       `until`, under the rules of an event at that node; to itself from `end` on
// The engine owns events in flight; the model owns everything else. tests/support/reference_engine.hpp is the oracle.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "core/barrier.hpp"
#include "core/pace.hpp"
#include "core/partition.hpp"

namespace lightloom {

struct EngineOptions {
    std::uint32_t threads = 1;
    std::uint32_t partitions = 1;
    std::span<const std::uint16_t> partition_of;  // per node
    std::span<const std::uint32_t> weight_of;     // per node: its share of the events, in any unit; none: all alike
    Duration lookahead;                           // least delay between two nodes
    Duration cut_lookahead{0};         // least delay between nodes of different partitions; zero: as between any
    std::uint32_t window_divisor = 1;  // shortens the windows, for tests: a power of two
    Time until = kNever;
    std::uint64_t seed = 0;
    /// What the model must know beforehand, and that only so far ahead: called by one thread between periods, before
    /// one that ends after the instant that was returned last. @param end  of that period @return a later instant
    std::function<Time(Time end)> foresee = {};
};

/// The longest window, or period, that a lookahead allows: the greatest power of two of picoseconds not above it, at
/// most 2^31.
constexpr int window_shift_of(Duration lookahead) {
    return std::min(31, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(lookahead.ps))) - 1);
}

template <class Model>
class Engine {
public:
    using Event = typename Model::Event;
    using Context = Partition<Model>;
    /// Called between periods by one thread; false ends the run there. @param now  the start of the next window
    using BetweenWindows = std::function<bool(Time now)>;

    Engine(Model& model, const EngineOptions& options)
        : model_(model), threads_(std::clamp(options.threads, 1u, options.partitions)), barrier_(threads_) {
        if (options.lookahead.ps <= 0) abort_run("a model without lookahead cannot be cut into windows");
        layout_.window_shift =
            std::max(0, window_shift_of(options.lookahead) - std::countr_zero(options.window_divisor));
        layout_.period_shift = period_shift_of(options, layout_.window_shift);
        if (options.foresee) foreseen_ = Time{0};
        foresee_ = options.foresee;
        layout_.until = options.until;
        layout_.seed = options.seed;
        form_groups(options);
        for (std::uint32_t i = 0; i < options.partitions; ++i)
            partitions_.push_back(std::make_unique<Context>(layout_, i));
        claimed_ = std::make_unique<std::atomic<Window>[]>(options.partitions);
        for (std::uint32_t i = 0; i < options.partitions; ++i) claimed_[i] = -1;
    }

    /// Before run(): an event for the start, posted as if by its own receiver.
    void post(const Event& event) { partitions_[layout_.groups[layout_.group_of[event.node]].partition]->post(event); }

    /// Runs until nothing is pending, the model is finished, `until`, or between_windows says so.
    void run(const BetweenWindows& between_windows = nullptr) {
        between_windows_ = between_windows;
        for (auto& partition : partitions_) partition->find_next_window();
        open_next_period();
        std::vector<std::jthread> workers;
        for (std::uint32_t i = 1; i < threads_; ++i) workers.emplace_back([this, i] { work(i); });
        work(0);
        workers.clear();  // joins them
        if (failure_) std::rethrow_exception(failure_);
    }

    /// Periods that had something in them: as many barriers were needed, less those where one thread did all the work.
    std::int64_t periods() const { return periods_; }
    Duration window_length() const { return {std::int64_t{1} << layout_.window_shift}; }
    Duration period_length() const { return {window_length().ps << layout_.period_shift}; }
    std::uint32_t threads() const { return threads_; }
    bool interrupted() const { return interrupted_; }
    std::int64_t events() const {
        return sum([](const Context& p) { return p.handled(); });
    }
    std::size_t memory_slabs() const {
        std::size_t slabs = 0;
        for (const auto& partition : partitions_) slabs += partition->pool().slabs();
        return slabs;
    }

    /// Events still in flight after run(), in no particular order.
    template <class Visit>
    void for_each_pending(Visit&& visit) const {
        for (const auto& partition : partitions_) partition->for_each_pending(visit);
    }

private:
    // Longer periods would leave the first ring too little room ahead; and a period's windows are bits of one word.
    static constexpr int kLongestPeriod = rings::kFirstBits - 2;
    static_assert(kLongestPeriod <= 6);
    static int period_shift_of(const EngineOptions& options, int window_shift) {
        if (options.partitions == 1 || options.cut_lookahead.ps == 0) return 0;  // nobody to wait for; one length
        if (options.cut_lookahead < options.lookahead) abort_run("a lookahead between partitions below that of all");
        return std::min(window_shift_of(options.cut_lookahead) - window_shift, kLongestPeriod);
    }

    // Consecutive nodes of a partition form a group until they weigh as much as one busy switch: what a window brings
    // them then fits in cache.
    static constexpr std::uint32_t kGroupWeight = 64;
    void form_groups(const EngineOptions& options) {
        std::vector<std::uint32_t> open(options.partitions, UINT32_MAX), weight(options.partitions, 0);
        for (std::size_t node = 0; node < options.partition_of.size(); ++node) {
            const std::uint32_t partition = options.partition_of[node];
            const std::uint32_t own = options.weight_of.empty() ? 1 : options.weight_of[node];
            if (open[partition] == UINT32_MAX || weight[partition] + own > kGroupWeight) {
                open[partition] = static_cast<std::uint32_t>(layout_.groups.size());
                weight[partition] = 0;
                layout_.groups.push_back({partition, 0});
            }
            weight[partition] += own;
            layout_.group_of.push_back(open[partition]);
            layout_.local_of.push_back(layout_.groups[open[partition]].nodes++);
        }
    }

    void work(std::uint32_t thread) {
        while (!stopped_) {
            for (std::uint32_t i = thread; i < partitions_.size(); i += threads_) claim(i);
            for (std::uint32_t i = 0; i < partitions_.size(); ++i) claim(i);  // help where others are late
            barrier_.arrive([this] { close_period(); });
        }
    }

    void claim(std::uint32_t index) {
        if (claimed_[index].load(std::memory_order_relaxed) == period_) return;
        if (claimed_[index].exchange(period_, std::memory_order_acq_rel) == period_) return;
        guarded([&] { advance(*partitions_[index]); });
    }

    void advance(Context& partition) { partition.advance(period_, sent_, partitions_, model_); }

    // What is thrown on any thread (no memory, a watcher whose disk is full) ends the run at the next barrier, where
    // all threads still meet, and leaves run() on the caller's.
    template <class Step>
    void guarded(Step&& step) {
        try {
            step();
        } catch (...) {
            const std::lock_guard lock(failing_);
            if (!failure_) failure_ = std::current_exception();
        }
    }

    // The leader's step: the period is done everywhere and the other threads wait.
    void close_period() {
        guarded([this] { close_period_or_throw(); });
        if (failure_) stopped_ = true;
    }
    void close_period_or_throw() {
        if (failure_) return;
        std::size_t events = events_in_period();
        if (threads_ == 1) return open_next_period();
        pace_.note_all(events, since_last_period());
        open_next_period();
        if (events >= Pace::kWorthABarrier && !pace_.prefers_one()) return;
        // Little to do, or others late: this thread goes on alone until a period is worth waking them for.
        while (!stopped_ && (events < 2 * Pace::kWorthABarrier || pace_.prefers_one())) {
            for (auto& partition : partitions_) advance(*partition);
            events = events_in_period();
            pace_.note_one(events, since_last_period());
            open_next_period();
        }
    }
    double since_last_period() {
        const auto before = std::exchange(last_period_, std::chrono::steady_clock::now());
        return std::chrono::duration<double>(last_period_ - before).count();
    }

    void open_next_period() {
        std::optional<Window> next;
        for (const auto& partition : partitions_)
            if (const auto own = partition->next_window(); own && (!next || *own < *next)) next = own;
        const bool idle = sum([](const Context& p) { return p.live(); }) == 0;
        if (!next || (idle && model_.finished()) || *next > layout_.until.ps >> layout_.window_shift) {
            stopped_ = true;
            return;
        }
        period_ = *next >> layout_.period_shift << layout_.period_shift;
        if (const Time end = end_of_period(); end > foreseen_) foreseen_ = foresee_(end);
        sent_ = layout_.period_shift == 0 ? 1 : sent_for(period_);
        since_housekeeping_ += kEventsPerPeriod + events_in_period();
        if (since_housekeeping_ >= kHousekeepingPeriod) keep_house(*next);
        periods_ += !stopped_;
    }

    Time end_of_period() const { return Time{(period_ + (Window{1} << layout_.period_shift)) << layout_.window_shift}; }

    std::uint64_t sent_for(Window period) const {
        std::uint64_t sent = 0;
        for (const auto& partition : partitions_) sent |= partition->marks_in_period(period);
        return sent;
    }

    void keep_house(Window next) {
        since_housekeeping_ = 0;
        level_pools();
        if (between_windows_ && !between_windows_(Time{next << layout_.window_shift})) stopped_ = interrupted_ = true;
    }

    // Chunks stay with who reads them, so one-sided traffic would fill the reader's pool while the writer's grows.
    void level_pools() {
        const auto fewer = [](const auto& a, const auto& b) { return a->pool().free_count() < b->pool().free_count(); };
        const auto [poorest, richest] = std::minmax_element(partitions_.begin(), partitions_.end(), fewer);
        std::int64_t surplus = ((*richest)->pool().free_count() - (*poorest)->pool().free_count()) / 2;
        if (surplus < kSurplusWorthMoving) return;
        for (; surplus > 0; --surplus) (*poorest)->pool().give((*richest)->pool().take(nullptr));
    }

    std::size_t events_in_period() const {
        std::size_t events = 0;
        for (const auto& partition : partitions_) events += partition->events_in_period();
        return events;
    }

    template <class Get>
    std::int64_t sum(Get get) const {
        std::int64_t total = 0;
        for (const auto& partition : partitions_) total += get(*partition);
        return total;
    }

    // Often enough for a Ctrl-C in a large fabric, seldom enough not to be felt in a small one.
    static constexpr std::size_t kHousekeepingPeriod = 1 << 20;  // events ...
    static constexpr std::size_t kEventsPerPeriod = 1 << 14;     // ... as which a period counts, however empty
    static constexpr std::int64_t kSurplusWorthMoving = 256;     // chunks: 1 MiB

    Model& model_;
    EngineLayout layout_;
    std::uint32_t threads_;
    WindowBarrier barrier_;
    Pace pace_;
    std::chrono::steady_clock::time_point last_period_ = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<Context>> partitions_;
    std::unique_ptr<std::atomic<Window>[]> claimed_;  // the last period that a thread took each partition for
    Window period_ = -1;                              // the open one's first window
    std::uint64_t sent_ = 0;  // its windows that something was sent for before it opened, a bit each
    std::int64_t periods_ = 0;
    std::size_t since_housekeeping_ = 0;
    std::mutex failing_;
    std::exception_ptr failure_;  // the first
    bool stopped_ = false;
    bool interrupted_ = false;
    BetweenWindows between_windows_;
    std::function<Time(Time end)> foresee_;
    Time foreseen_ = kNever;  // without foresee_, for ever
};

}  // namespace lightloom
