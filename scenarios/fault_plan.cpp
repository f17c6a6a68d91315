#include "scenarios/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/quantity_text.hpp"
#include "models/optics/catalogue.hpp"
#include "scenarios/schema_types.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

FaultEffect effect_of(const Scenario::Fault& fault) {
    switch (fault.kind) {
        case FaultKind::degrade: return AddedLoss{fault.extra_loss->value, static_cast<int>(fault.lane.value_or(-1))};
        case FaultKind::down: return Dark{};
    }
    throw std::logic_error("unknown kind of fault");
}

}  // namespace

CableSelection selection_of(const Scenario::Fault& selector) {
    return {.tier = selector.tier,
            .leaf = selector.leaf,
            .spine = selector.spine,
            .core = selector.core,
            .server = selector.server,
            .pod = selector.pod,
            .link = selector.link};
}

std::vector<PlannedFault> planned_faults(const Scenario& scenario, const Topology& topology) {
    if (scenario.faults.empty()) return {};
    const CableIndex index(topology);
    std::vector<PlannedFault> planned;
    for (const Scenario::Fault& fault : scenario.faults) {
        PlannedFault& plan =
            planned.emplace_back(PlannedFault{.effect = effect_of(fault),
                                              .targets = {},
                                              .when = Once{.at = Time{fault.at.ps}, .lasting = fault.lasts},
                                              .number = static_cast<std::uint32_t>(planned.size())});
        for (const CableId cable : index.matching(selection_of(fault))) plan.targets.push_back(target_of(cable));
        if (plan.targets.empty()) throw TopologyError("no cable is selected by \"" + selector_text(fault) + '"');
    }
    return planned;
}

std::vector<ExtraLoss> losses_at_start(const std::vector<PlannedFault>& faults) {
    std::vector<ExtraLoss> losses;
    for (const PlannedFault& fault : faults) {
        const auto* loss = std::get_if<AddedLoss>(&fault.effect);
        if (loss == nullptr || std::get<Once>(fault.when).at > Time{0}) continue;
        for (const FaultTarget& target : fault.targets)
            for (const CableId cable : target.cables) losses.push_back({cable.value, loss->lane, Decibel{loss->db}});
    }
    std::ranges::stable_sort(losses, {}, &ExtraLoss::cable);
    return losses;
}

std::vector<ChannelChange> channel_changes(const FaultTimeline& timeline, const Topology& topology,
                                           const LinkModel& model, int frame_bytes) {
    std::vector<ChannelChange> changes;
    std::map<std::uint32_t, LinkCondition> worsened;  // by direction
    LinkConditions one(1);
    for (const LossChange& loss : timeline.losses) {
        if (loss.at == Time{0}) continue;  // the plant has it already
        const Joint& joint = model.joint(topology.cables[loss.direction / 2].tier);
        if (loss.lane >= joint.lanes)
            throw CatalogueError(fmt::format("a fault at {}: \"{}\" has no lane {}, only 0 to {}",
                                             to_text(loss.at - Time{0}), joint.lower->id, loss.lane, joint.lanes - 1));
        LinkCondition& condition = worsened.try_emplace(loss.direction, model.condition(loss.direction)).first->second;
        for (std::size_t lane = 0; lane < condition.extra_loss_db.size(); ++lane)
            if (loss.lane < 0 || loss.lane == static_cast<std::int32_t>(lane))
                condition.extra_loss_db[lane] += loss.added_db;
        model.evaluate(loss.direction, condition, frame_bytes, one, 0);
        changes.push_back({.at = loss.at,
                           .direction = loss.direction,
                           .codeword_hazard = one.codeword_hazard[0],
                           .lock_loss_per_second = one.lock_losses_per_second[0]});
    }
    return changes;
}

}  // namespace lightloom
