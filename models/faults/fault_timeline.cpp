#include "models/faults/fault_timeline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/random.hpp"

namespace lightloom {
namespace {

constexpr double kLongest = 9e18;  // picoseconds: what is later never happens
constexpr std::size_t kMostRows = std::size_t{1} << 22;
constexpr double kPicosecondsPerHour = 3.6e15, kHoursPerMonth = 730.5;

Time after(Time from, double ps) {
    return static_cast<double>(from.ps) + ps < kLongest ? from + Duration{static_cast<std::int64_t>(ps)} : kNever;
}
Time after(Time from, Duration lasting) { return after(from, static_cast<double>(lasting.ps)); }

[[noreturn]] void refuse_so_many() {
    throw FaultError(fmt::format("more than {} outages or changes before the horizon", kMostRows));
}

void require(bool holds, const char* what) {
    if (!holds) throw FaultError(what);
}

struct Interval {
    Time from, to;
};

/// Puts the faults in, one after the other, and keeps what only their sum decides for the end.
class TimelineBuilder {
public:
    TimelineBuilder(const Topology& topology, Time horizon, std::uint64_t seed)
        : topology_(topology), horizon_(horizon), seed_(seed) {}

    void add(std::uint32_t index, const PlannedFault& fault);
    FaultTimeline finished();

private:
    struct WidthChange {
        Time at;
        std::uint32_t direction;
        std::uint32_t lanes;
        std::int32_t lost;  // more lanes than before, or fewer
        std::uint32_t occurrence;
    };

    std::vector<Interval> occasions(const Once& once, const PlannedFault& fault, const FaultTarget& target) const;
    std::vector<Interval> occasions(const Train& train, const PlannedFault& fault, const FaultTarget& target) const;

    void take(const Dark& dark, const PlannedFault& fault, const FaultTarget& target, Interval when);
    void take(const AddedLoss& loss, const PlannedFault& fault, const FaultTarget& target, Interval when);
    void take(const Wander& wander, const PlannedFault& fault, const FaultTarget& target, Interval when);
    void take(const LostLanes& lanes, const PlannedFault& fault, const FaultTarget& target, Interval when);
    void take(const NewModule& module, const PlannedFault& fault, const FaultTarget& target, Interval when);

    template <class Action>
    static void for_each_direction(const PlannedFault& fault, const FaultTarget& target, Action&& action) {
        for (const CableId cable : target.cables) {
            if (fault.way != Way::down) action(2 * cable.value);
            if (fault.way != Way::up) action(2 * cable.value + 1);
        }
    }
    std::uint32_t fault_of_list() const { return timeline_.occurrences.back().fault; }
    std::uint32_t occurrence() const { return static_cast<std::uint32_t>(timeline_.occurrences.size() - 1); }
    void check_size() const {
        if (timeline_.outages.size() + timeline_.losses.size() + timeline_.occurrences.size() > kMostRows)
            refuse_so_many();
    }
    void set_rates();
    Rate rate_of(std::uint32_t direction, std::uint32_t lanes, std::uint32_t lost) const;

    const Topology& topology_;
    Time horizon_;
    std::uint64_t seed_;
    FaultTimeline timeline_;
    std::vector<WidthChange> widths_;
};

void check(const Dark&) {}
void check(const AddedLoss& loss) {
    require(std::isfinite(loss.db), "the extra loss must be a finite number of dB");
    require(loss.lane >= -1, "a lane is counted from 0");
}
void check(const Wander& wander) {
    require(wander.rms_db >= 0.0 && std::isfinite(wander.rms_db), "a wander's rms must be finite and not negative");
    require(wander.time_constant > Duration{0}, "a wander's time constant must be positive");
    require(wander.step > Duration{0}, "a wander's step must be positive");
}
void check(const LostLanes& lanes) {
    require(lanes.lanes >= 1, "a link has at least one lane");
    require(lanes.lost >= 1 && lanes.lost < lanes.lanes, "some lanes must be lost, and some be left");
    require(lanes.retraining >= Duration{0}, "the retraining must not take less than nothing");
}
void check(const NewModule&) {}

void check(const Once& once, Time) {
    require(once.at >= Time{0}, "a fault must not be before the start");
    require(!once.lasting || *once.lasting > Duration{0}, "a fault must last longer than nothing");
}
void check(const Train& train, Time horizon) {
    require(train.at >= Time{0}, "a fault must not be before the start");
    require(train.mean_up_ps > 0.0, "the mean time between failures must be positive");
    require(!train.until || *train.until > train.at, "a train must end after its beginning");
    require(horizon != kNever || (train.until && *train.until != kNever), "a train without an end needs a horizon");
}

void TimelineBuilder::add(std::uint32_t index, const PlannedFault& fault) {
    std::visit([](const auto& effect) { check(effect); }, fault.effect);
    std::visit([&](const auto& when) { check(when, horizon_); }, fault.when);
    for (std::uint32_t i = 0; i < fault.targets.size(); ++i) {
        const FaultTarget& target = fault.targets[i];
        for (const CableId cable : target.cables)
            if (cable.value >= topology_.cables.size())
                throw FaultError(fmt::format("there is no cable {}, only {}", cable.value, topology_.cables.size()));
        const auto intervals = std::visit([&](const auto& when) { return occasions(when, fault, target); }, fault.when);
        for (const Interval& interval : intervals) {
            timeline_.occurrences.push_back({index, i, interval.from, interval.to});
            std::visit([&](const auto& effect) { take(effect, fault, target, interval); }, fault.effect);
            check_size();
        }
    }
}

std::vector<Interval> TimelineBuilder::occasions(const Once& once, const PlannedFault&, const FaultTarget&) const {
    if (once.at >= horizon_) return {};
    return {{once.at, once.lasting ? after(once.at, *once.lasting) : kNever}};
}

std::vector<Interval> TimelineBuilder::occasions(const Train& train, const PlannedFault& fault,
                                                 const FaultTarget& target) const {
    const Time end = std::min(train.until.value_or(kNever), horizon_);
    std::vector<Interval> intervals;
    Time good = train.at;
    for (std::uint64_t n = std::uint64_t{fault.number} << 32;; ++n) {
        const double up_ps = std::ceil(exponential(draw(seed_, target.entity, Purpose::flap, n)) * train.mean_up_ps);
        const Time from = after(good, up_ps);
        if (from >= end) return intervals;
        const double u = uniform(draw(seed_, target.entity, Purpose::flap_length, n));
        good = after(from, std::max(1.0, std::ceil(train.down_ps.at(u))));
        if (train.until) good = std::min(good, *train.until);
        intervals.push_back({from, good});
        if (intervals.size() > kMostRows / 4) refuse_so_many();  // of one target
    }
}

void TimelineBuilder::take(const Dark& dark, const PlannedFault& fault, const FaultTarget& target, Interval when) {
    for_each_direction(fault, target, [&](std::uint32_t direction) {
        timeline_.outages.push_back({when.from, when.to, direction, dark.cause, occurrence()});
    });
}

void TimelineBuilder::take(const AddedLoss& loss, const PlannedFault& fault, const FaultTarget& target, Interval when) {
    for_each_direction(fault, target, [&](std::uint32_t direction) {
        timeline_.impairments.push_back({when.from, when.to, direction, occurrence()});
        timeline_.losses.push_back({when.from, direction, loss.lane, loss.db, fault_of_list()});
        if (when.to < horizon_) timeline_.losses.push_back({when.to, direction, loss.lane, -loss.db, fault_of_list()});
    });
}

// x(t + h) = x(t) e^(-h/T) + rms sqrt(1 - e^(-2h/T)) N: exact at any step (Gillespie, Phys. Rev. E 54, 2084, 1996).
void TimelineBuilder::take(const Wander& wander, const PlannedFault& fault, const FaultTarget& target, Interval when) {
    const Time end = std::min(when.to, horizon_);
    require(end != kNever, "a wander without an end needs a horizon");
    if ((end - when.from).ps / wander.step.ps > static_cast<std::int64_t>(kMostRows)) refuse_so_many();
    const double step = static_cast<double>(wander.step.ps) / static_cast<double>(wander.time_constant.ps);
    const double kept = std::exp(-step), fresh = wander.rms_db * std::sqrt(-std::expm1(-2.0 * step));
    for_each_direction(fault, target, [&](std::uint32_t direction) {
        timeline_.impairments.push_back({when.from, when.to, direction, occurrence()});
        double is_db = 0.0;
        std::uint64_t n = std::uint64_t{fault.number} << 32;
        for (Time at = when.from; at < end; at = after(at, wander.step), ++n) {
            const double normal = inverse_normal(uniform(draw(seed_, direction, Purpose::wander, n)));
            const double next_db = at == when.from ? wander.rms_db * normal : is_db * kept + fresh * normal;
            timeline_.losses.push_back({at, direction, -1, next_db - is_db, fault_of_list()});
            is_db = next_db;
        }
        if (when.to < horizon_) timeline_.losses.push_back({when.to, direction, -1, -is_db, fault_of_list()});
    });
}

void TimelineBuilder::take(const LostLanes& lanes, const PlannedFault& fault, const FaultTarget& target,
                           Interval when) {
    const auto lost = static_cast<std::int32_t>(lanes.lost);
    const auto retrain = [&](std::uint32_t direction, Time at, std::int32_t change) {
        const Time trained = after(at, lanes.retraining);
        if (trained > at) timeline_.outages.push_back({at, trained, direction, OutageCause::lane_change, occurrence()});
        widths_.push_back({trained, direction, lanes.lanes, change, occurrence()});
    };
    for_each_direction(fault, target, [&](std::uint32_t direction) {
        retrain(direction, when.from, lost);
        if (when.to < horizon_) retrain(direction, when.to, -lost);
    });
}

void TimelineBuilder::take(const NewModule& module, const PlannedFault&, const FaultTarget& target, Interval when) {
    require(when.to != kNever, "a module that is replaced must be back after a while");
    for (const CableId cable : target.cables) {
        for (const std::uint32_t direction : {2 * cable.value, 2 * cable.value + 1})
            timeline_.outages.push_back({when.from, when.to, direction, OutageCause::module_swap, occurrence()});
        timeline_.modules.push_back({when.to, cable, module.upper, 0});
    }
}

Rate TimelineBuilder::rate_of(std::uint32_t direction, std::uint32_t lanes, std::uint32_t lost) const {
    const std::int64_t full = topology_.tiers[topology_.cables[direction / 2].tier].rate.bit_rate().bits_per_second;
    const auto rate = full % lanes == 0 ? Rate::from({full / lanes * (lanes - lost)}) : std::nullopt;
    if (!rate)
        throw FaultError(fmt::format("{} of {} lanes of {} b/s is no rate of a port", lanes - lost, lanes, full));
    return *rate;
}

// Faults of one link add up: its rate is that of the lanes that none of them took, and without any it is dark.
void TimelineBuilder::set_rates() {
    std::ranges::stable_sort(widths_, {}, [](const WidthChange& w) { return std::pair(w.direction, w.at); });
    std::int64_t lost = 0;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
        const WidthChange& change = widths_[i];
        const bool first = i == 0 || widths_[i - 1].direction != change.direction;
        const bool last = i + 1 == widths_.size() || widths_[i + 1].direction != change.direction;
        require(first || widths_[i - 1].lanes == change.lanes, "two faults give one link different numbers of lanes");
        lost = (first ? 0 : lost) + change.lost;
        const Time until = last ? kNever : widths_[i + 1].at;
        if (until == change.at) continue;
        if (lost >= change.lanes)
            timeline_.outages.push_back(
                {change.at, until, change.direction, OutageCause::lane_change, change.occurrence});
        else
            timeline_.rates.push_back({change.at, change.direction,
                                       rate_of(change.direction, change.lanes, static_cast<std::uint32_t>(lost))});
    }
}

FaultTimeline TimelineBuilder::finished() {
    set_rates();
    std::ranges::stable_sort(timeline_.outages, {}, [](const Outage& o) { return std::pair(o.direction, o.from); });
    std::ranges::stable_sort(timeline_.losses, {}, &LossChange::at);
    std::ranges::stable_sort(timeline_.modules, {}, &ModuleChange::at);
    std::map<std::pair<CableId, bool>, std::uint32_t> times;
    for (ModuleChange& change : timeline_.modules) change.times = ++times[{change.cable, change.upper}];
    return std::move(timeline_);
}

}  // namespace

FaultTarget target_of(CableId cable) { return {.entity = cable.value, .cables = {cable}}; }

FaultTarget target_of(const Topology& topology, NodeId node) {
    const Topology::Node& of = topology.nodes[node.value];
    FaultTarget target{.entity = std::uint64_t{1} << 32 | node.value, .cables = {}, .node = node};
    for (std::uint32_t port = of.first_port; port < of.first_port + of.ports; ++port)
        target.cables.push_back(topology.ports[port].cable);
    return target;
}

double mean_up_of_fit(double fit) {
    require(fit > 0.0, "a rate in FIT must be positive");
    return 1e9 / fit * kPicosecondsPerHour;
}

double mean_up_of_monthly(double share_per_month) {
    require(share_per_month > 0.0, "a share per month must be positive");
    return kHoursPerMonth / share_per_month * kPicosecondsPerHour;
}

FaultTimeline fault_timeline(const Topology& topology, std::span<const PlannedFault> faults, Time horizon,
                             std::uint64_t seed) {
    TimelineBuilder builder(topology, horizon, seed);
    for (std::uint32_t i = 0; i < faults.size(); ++i) builder.add(i, faults[i]);
    return builder.finished();
}

}  // namespace lightloom
