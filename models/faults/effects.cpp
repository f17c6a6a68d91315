#include "models/faults/effects.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace lightloom {
namespace {

/// What a number of occurrences did, taken together.
class Observed {
public:
    void lose(const FaultTimeline::Occurrence& in, const OutageLosses& losses) {
        if (losses.frames == 0) return;
        effects_.frames_lost += losses.frames;
        const Duration wait = losses.first - in.from;
        effects_.to_first_loss = std::min(effects_.to_first_loss.value_or(wait), wait);
    }
    void stall(const FaultTimeline::Occurrence& in, const FlowStall& stall) {
        flows_.insert(stall.flow);
        for (const EndpointId end : {stall.source, stall.destination})
            if (end.valid()) endpoints_.insert(end);
        if (stall.group != kNoGroup) groups_.insert(stall.group);
        if (stall.to == kNever) {
            recovered_ = false;
            const Time last = stall.failed == kNever ? stall.seen_until : stall.failed;
            effects_.longest_stall = std::max(effects_.longest_stall, last - stall.from);
            if (stall.failed == kNever) return;
            failed_.insert(stall.flow);
            if (stall.group != kNoGroup) failed_groups_.insert(stall.group);
            return;
        }
        effects_.longest_stall = std::max(effects_.longest_stall, stall.to - stall.from);
        to_recovery_ = std::max(to_recovery_, stall.to - in.from);
    }
    FaultEffects effects() const {
        FaultEffects all = effects_;
        all.flows_stalled = static_cast<std::uint32_t>(flows_.size());
        all.endpoints_affected = static_cast<std::uint32_t>(endpoints_.size());
        all.flows_failed = static_cast<std::uint32_t>(failed_.size());
        all.groups_stalled = static_cast<std::uint32_t>(groups_.size());
        all.groups_failed = static_cast<std::uint32_t>(failed_groups_.size());
        if (recovered_) all.to_recovery = to_recovery_;
        return all;
    }

private:
    static constexpr std::uint32_t kNoGroup = UINT32_MAX;
    FaultEffects effects_;
    std::set<std::uint32_t> flows_, failed_, groups_, failed_groups_;
    std::set<EndpointId> endpoints_;
    bool recovered_ = true;
    Duration to_recovery_{0};
};

/// @param row_of  an occurrence's place in the result
template <class RowOf>
std::vector<FaultEffects> observe(std::size_t rows, std::span<const FaultTimeline::Occurrence> occurrences,
                                  std::span<const Outage> outages, std::span<const OutageLosses> losses,
                                  std::span<const FlowStall> stalls, Duration least_stall, RowOf&& row_of) {
    std::vector<Observed> observed(rows);
    std::vector<bool> took(occurrences.size());  // light, or frames
    for (std::size_t i = 0; i < outages.size(); ++i) {
        const std::uint32_t n = outages[i].occurrence;
        if (n >= occurrences.size()) continue;
        observed[row_of(n)].lose(occurrences[n], losses[i]);
        took[n] = took[n] || outages[i].cause != OutageCause::loss || losses[i].frames > 0;
    }
    // By their beginnings, and with each the latest end so far: the search for what overlaps a stall need not go on
    // where all before have ended.
    std::vector<std::uint32_t> order(occurrences.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t n) { return occurrences[n].from; });
    std::vector<Time> latest_end;
    for (const std::uint32_t n : order)
        latest_end.push_back(latest_end.empty() ? occurrences[n].to : std::max(latest_end.back(), occurrences[n].to));
    std::vector<std::uint32_t> overlapping;
    for (const FlowStall& stall : stalls) {
        if (stall.to != kNever && stall.to - stall.from < least_stall) continue;
        const Time end = std::min(stall.to, stall.failed);
        const auto later = std::ranges::lower_bound(order, end, {}, [&](auto n) { return occurrences[n].from; });
        overlapping.clear();
        for (auto i = static_cast<std::size_t>(later - order.begin()); i > 0 && latest_end[i - 1] > stall.from; --i)
            if (stall.from < occurrences[order[i - 1]].to) overlapping.push_back(order[i - 1]);
        const bool any_took = std::ranges::any_of(overlapping, [&](std::uint32_t n) { return took[n]; });
        for (const std::uint32_t n : overlapping)
            if (took[n] || !any_took) observed[row_of(n)].stall(occurrences[n], stall);
    }
    std::vector<FaultEffects> effects;
    for (const Observed& one : observed) effects.push_back(one.effects());
    return effects;
}

}  // namespace

std::vector<FaultEffects> fault_effects(std::span<const FaultTimeline::Occurrence> occurrences,
                                        std::span<const Outage> outages, std::span<const OutageLosses> losses,
                                        std::span<const FlowStall> stalls, Duration least_stall) {
    return observe(occurrences.size(), occurrences, outages, losses, stalls, least_stall,
                   [](std::uint32_t n) { return n; });
}

std::vector<FaultEffects> effects_by_fault(std::size_t faults, std::span<const FaultTimeline::Occurrence> occurrences,
                                           std::span<const Outage> outages, std::span<const OutageLosses> losses,
                                           std::span<const FlowStall> stalls, Duration least_stall) {
    return observe(faults, occurrences, outages, losses, stalls, least_stall,
                   [&](std::uint32_t n) { return occurrences[n].fault; });
}

}  // namespace lightloom
