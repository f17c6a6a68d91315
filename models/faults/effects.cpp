#include "models/faults/effects.hpp"

#include <algorithm>
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
        endpoints_.insert(stall.source);
        endpoints_.insert(stall.destination);
        if (stall.to == kNever) {
            recovered_ = false;
            return;
        }
        effects_.longest_stall = std::max(effects_.longest_stall, stall.to - stall.from);
        to_recovery_ = std::max(to_recovery_, stall.to - in.from);
    }
    FaultEffects effects() const {
        FaultEffects all = effects_;
        all.flows_stalled = static_cast<std::uint32_t>(flows_.size());
        all.endpoints_affected = static_cast<std::uint32_t>(endpoints_.size());
        if (recovered_) all.to_recovery = to_recovery_;
        return all;
    }

private:
    FaultEffects effects_;
    std::set<std::uint32_t> flows_;
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
    for (std::size_t i = 0; i < outages.size(); ++i)
        if (const std::uint32_t n = outages[i].occurrence; n < occurrences.size())
            observed[row_of(n)].lose(occurrences[n], losses[i]);
    for (const FlowStall& stall : stalls) {
        if (stall.to != kNever && stall.to - stall.from < least_stall) continue;
        for (std::uint32_t n = 0; n < occurrences.size(); ++n)
            if (occurrences[n].from < stall.to && stall.from < occurrences[n].to)
                observed[row_of(n)].stall(occurrences[n], stall);
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
