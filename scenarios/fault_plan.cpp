#include "scenarios/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/quantity_text.hpp"
#include "models/optics/catalogue.hpp"
#include "scenarios/schema_types.hpp"
#include "scenarios/selector_text.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

FaultEffect effect_of(const Scenario::Fault& fault) {
    switch (fault.kind) {
        case FaultKind::degrade:
            return AddedLoss{fault.extra_loss->value, static_cast<std::int32_t>(fault.lane.value_or(-1))};
        case FaultKind::down: return Dark{fault.way == Way::both ? OutageCause::link_down : OutageCause::one_direction};
        case FaultKind::flaps: return Dark{OutageCause::flap};
        case FaultKind::wander: return Wander{fault.rms.value, fault.time_constant, fault.step};
        case FaultKind::lanes:
            return LostLanes{.lost = static_cast<std::uint32_t>(fault.lanes), .retraining = fault.retraining};
        case FaultKind::swap: return NewModule{fault.end == End::upper};
        case FaultKind::crash: return Dark{OutageCause::switch_crash};
        case FaultKind::nic_loss: return Dark{OutageCause::nic_loss};
        case FaultKind::circuit_loss: return Dark{OutageCause::circuit_loss};
    }
    throw std::logic_error("unknown kind of fault");
}

Occasion occasion_of(const Scenario::Fault& fault) {
    const Time at{fault.at.ps};
    std::optional<Time> until;
    if (fault.until) until = Time{fault.until->ps};
    if (!fault.recurs())
        return Once{at, fault.kind == FaultKind::wander && until ? std::optional(*until - at) : fault.lasts};
    const double mean_up_ps = fault.mean_up ? static_cast<double>(fault.mean_up->ps)
                              : fault.fit   ? mean_up_of_fit(*fault.fit)
                                            : mean_up_of_monthly(*fault.monthly);
    return Train{.at = at, .until = until, .mean_up_ps = mean_up_ps, .down_ps = fault.down_ps};
}

NodeSelection nodes_of(const Scenario::Fault& fault, std::uint32_t number) {
    const Selector& select = fault.select;
    NodeSelection nodes{.pod = select.pod, .random = select.random, .number = number};
    if (fault.kind == FaultKind::nic_loss) {
        nodes.kind = NodeKind::server;
        nodes.index = select.server;
        return nodes;
    }
    nodes.switches = true;
    for (const auto& [index, kind] : {std::pair(select.leaf, NodeKind::leaf), std::pair(select.spine, NodeKind::spine),
                                      std::pair(select.core, NodeKind::core)})
        if (index) {
            nodes.kind = kind;
            nodes.index = index;
        }
    return nodes;
}

// A server's cables to its leaves, all or the one of a port; of a switch all that it has.
std::vector<FaultTarget> targets_on_nodes(const Scenario::Fault& fault, const Topology& topology, std::uint64_t seed,
                                          std::uint32_t number) {
    std::vector<FaultTarget> targets;
    for (const NodeId node : select_nodes(topology, nodes_of(fault, number), seed)) {
        FaultTarget target = target_of(topology, node);
        if (fault.kind == FaultKind::nic_loss)
            std::erase_if(target.cables, [&](CableId id) {
                const Topology::Cable& cable = topology.cables[id.value];
                const std::int64_t port = cable.lower.value - topology.nodes[node.value].first_port;
                const NodeId upper = topology.ports[cable.upper.value].node;
                return topology.nodes[upper.value].kind == NodeKind::scale_up ||
                       (fault.select.link && *fault.select.link != port);
            });
        if (target.cables.empty())
            throw FaultError(fmt::format("{} has no such cable to a leaf", topology.node_name(node)));
        targets.push_back(std::move(target));
    }
    return targets;
}

/// Is it part of the plant that the run starts with?
bool is_at_start(const PlannedFault& fault) {
    const auto* once = std::get_if<Once>(&fault.when);
    return std::holds_alternative<AddedLoss>(fault.effect) && once != nullptr && once->at == Time{0};
}

/// Conditions of directions as they change, and what each change makes of a channel.
class ChangingChannels {
public:
    ChangingChannels(const Topology& topology, const LinkModel& model, int frame_bytes)
        : topology_(topology), model_(model), frame_bytes_(frame_bytes) {}

    void take(const LossChange& loss) {
        const Joint& joint = model_.joint(topology_.cables[loss.direction / 2].tier);
        if (joint.specified_end_to_end())
            throw CatalogueError(fmt::format("fault.{}: \"{}\" is specified by its error ratio, which no loss changes",
                                             loss.fault, joint.lower->id));
        if (loss.lane >= joint.lanes)
            throw CatalogueError(fmt::format("fault.{}: \"{}\" has no lane {}, only 0 to {}", loss.fault,
                                             joint.lower->id, loss.lane, joint.lanes - 1));
        LinkCondition& condition = condition_of(loss.direction);
        for (std::size_t lane = 0; lane < condition.extra_loss_db.size(); ++lane)
            if (loss.lane < 0 || loss.lane == static_cast<std::int32_t>(lane))
                condition.extra_loss_db[lane] += loss.added_db;
        evaluate(loss.at, loss.direction);
    }
    void take(const ModuleChange& module) {
        for (const std::uint32_t direction : {2 * module.cable.value, 2 * module.cable.value + 1}) {
            condition_of(direction).swaps[module.upper ? 1 : 0] = module.times;
            evaluate(module.at, direction);
        }
    }
    OpticsChanges changes{};

private:
    LinkCondition& condition_of(std::uint32_t direction) {
        return conditions_.try_emplace(direction, model_.condition(direction)).first->second;
    }
    void evaluate(Time at, std::uint32_t direction) {
        model_.evaluate(direction, condition_of(direction), frame_bytes_, one_, 0);
        changes.channels.push_back({.at = at,
                                    .direction = direction,
                                    .codeword_hazard = one_.codeword_hazard[0],
                                    .lock_loss_per_second = one_.lock_losses_per_second[0]});
        changes.margins.push_back(
            {.at = at, .direction = direction, .margin_db = one_.margin_db[0], .received_dbm = one_.received_dbm[0]});
    }

    const Topology& topology_;
    const LinkModel& model_;
    int frame_bytes_;
    std::map<std::uint32_t, LinkCondition> conditions_;  // by direction
    LinkConditions one_{1};
};

}  // namespace

std::string tier_of(const Scenario::Fault& fault) {
    return fault.select.tier.value_or(fault.kind == FaultKind::circuit_loss ? "circuit" : "leaf-spine");
}

CableSelection selection_of(const Selector& selector, const std::string& tier) {
    CableSelection selection{.tier = selector.tier.value_or(tier),
                             .leaf = selector.leaf,
                             .spine = selector.spine,
                             .core = selector.core,
                             .server = selector.server,
                             .pod = selector.pod,
                             .link = selector.link,
                             .random = selector.random};
    if (selector.group) {
        selection.group = RiskGrouping{*selector.group, usual_members(*selector.group)};
        if (selector.per) selection.group->per_group = static_cast<std::uint32_t>(*selector.per);
    }
    return selection;
}

std::vector<PlannedFault> planned_faults(const Scenario& scenario, const Topology& topology) {
    if (scenario.faults.empty()) return {};
    const CableIndex index(topology);
    const std::uint64_t seed = scenario.seeds.faults;
    std::vector<PlannedFault> planned;
    for (const Scenario::Fault& fault : scenario.faults) {
        const auto number = static_cast<std::uint32_t>(planned.size());
        PlannedFault& plan = planned.emplace_back(PlannedFault{.effect = effect_of(fault),
                                                               .targets = {},
                                                               .when = occasion_of(fault),
                                                               .way = is_of_nodes(fault.kind) ? Way::both : fault.way,
                                                               .number = number});
        try {
            if (is_of_nodes(fault.kind)) {
                plan.targets = targets_on_nodes(fault, topology, seed, number);
            } else {
                CableSelection selection = selection_of(fault.select, tier_of(fault));
                selection.number = number;
                if (fault.kind == FaultKind::swap) selection.group_end = fault.end;
                plan.targets = select_targets(index, selection, seed);
            }
        } catch (const FaultError& error) {
            throw TopologyError(fmt::format("fault.{}, \"{}\": {}", number, selector_text(fault.select), error.what()));
        }
    }
    return planned;
}

void set_widths(std::vector<PlannedFault>& faults, const Topology& topology, const LinkModel& model) {
    for (std::size_t i = 0; i < faults.size(); ++i) {
        auto* lost = std::get_if<LostLanes>(&faults[i].effect);
        if (lost == nullptr) continue;
        std::optional<std::uint32_t> width;
        for (const FaultTarget& target : faults[i].targets)
            for (const CableId cable : target.cables) {
                const auto lanes = static_cast<std::uint32_t>(model.joint(topology.cables[cable.value].tier).lanes);
                if (width.value_or(lanes) != lanes)
                    throw TopologyError(
                        fmt::format("fault.{}: some of its cables have {} lanes, others {}", i, *width, lanes));
                width = lanes;
                if (lost->lost >= lanes)
                    throw TopologyError(
                        fmt::format("fault.{}: {} lanes are lost of cables that have {}: that is kind "
                                    "= \"down\"",
                                    i, lost->lost, lanes));
            }
        lost->lanes = width.value_or(lost->lanes);
    }
}

std::vector<ExtraLoss> losses_at_start(const std::vector<PlannedFault>& faults) {
    std::vector<ExtraLoss> losses;
    for (const PlannedFault& fault : faults) {
        if (!is_at_start(fault)) continue;
        const auto& loss = std::get<AddedLoss>(fault.effect);
        const int direction = fault.way == Way::both ? -1 : fault.way == Way::up ? 0 : 1;
        for (const FaultTarget& target : fault.targets)
            for (const CableId cable : target.cables)
                losses.push_back({cable.value, loss.lane, Decibel{loss.db}, direction});
    }
    std::ranges::stable_sort(losses, {}, &ExtraLoss::cable);
    return losses;
}

OpticsChanges optics_changes(const std::vector<PlannedFault>& faults, const FaultTimeline& timeline,
                             const Topology& topology, const LinkModel& model, int frame_bytes) {
    ChangingChannels channels(topology, model, frame_bytes);
    auto module = timeline.modules.begin();
    const auto replace_until = [&](Time at) {
        for (; module != timeline.modules.end() && module->at < at; ++module) channels.take(*module);
    };
    for (const LossChange& loss : timeline.losses) {
        if (loss.at == Time{0} && is_at_start(faults[loss.fault])) continue;
        replace_until(loss.at);
        channels.take(loss);
    }
    replace_until(kNever);
    return std::move(channels.changes);
}

}  // namespace lightloom
