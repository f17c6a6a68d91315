#include "scenarios/fault_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/quantity_text.hpp"
#include "scenarios/fault_plan.hpp"
#include "scenarios/selector_checks.hpp"

namespace lightloom {
namespace {

/// Of one fault.
class FaultChecks {
public:
    FaultChecks(const Scenario& scenario, const FabricShape& shape, const ScenarioNames& names,
                const std::function<bool(std::string_view)>& is_sound, bool counts_are_sound, std::size_t index,
                std::vector<Contradiction>& found)
        : s_(scenario),
          shape_(shape),
          names_(names),
          is_sound_(is_sound),
          fault_(scenario.faults[index]),
          prefix_(fmt::format("fault.{}.", index)),
          selector_(scenario, shape, fault_.select, prefix_ + "select", is_sound, counts_are_sound, found),
          found_(found) {}

    void all() {
        if (!sound("kind")) return;
        needs();
        occasions();
        if (!sound("select") || !is_sound_("topology.kind")) return;
        if (is_of_nodes(fault_.kind))
            nodes();
        else
            cables();
    }

private:
    bool sound(std::string_view key) const { return is_sound_(prefix_ + std::string(key)); }
    void complain(std::string_view key, std::string message, std::string hint) {
        found_.push_back({prefix_ + std::string(key), std::move(message), std::move(hint)});
    }

    void needs() {
        if (fault_.kind == FaultKind::degrade && !fault_.extra_loss && sound("extra_loss"))
            complain("extra_loss", "is missing", "a degrade needs it: what it loses each way, such as \"3dB\"");
        if (fault_.kind == FaultKind::swap && !fault_.recurs() && !fault_.lasts && sound("lasts"))
            complain("lasts", "is missing", "how long a module's replacement takes, such as \"5ms\"");
    }

    void occasions() {
        for (const std::string_view key : {"mean_up", "fit", "monthly", "until", "lasts", "down", "at"})
            if (!sound(key)) return;
        const int rates = fault_.mean_up.has_value() + fault_.fit.has_value() + fault_.monthly.has_value();
        if (rates > 1)
            complain(fault_.monthly ? "monthly" : "fit", "a fault recurs at one rate",
                     "one of mean_up, fit and monthly");
        if (fault_.kind == FaultKind::flaps && rates == 0)
            complain("mean_up", "is missing", "what flaps needs one of mean_up, fit and monthly");
        const bool goes_on = fault_.recurs() || fault_.kind == FaultKind::wander;
        if (fault_.recurs() && fault_.lasts)
            complain("lasts", "says how long a fault lasts that happens once", "of one that recurs down says it");
        if (!goes_on && fault_.kind != FaultKind::flaps) {
            if (fault_.until) complain("until", "is for what recurs", "with mean_up, fit or monthly; else lasts");
            if (fault_.down_ps != Scenario::Fault{}.down_ps)
                complain("down", "is for what recurs", "with mean_up, fit or monthly; else lasts");
        }
        if (goes_on && fault_.until && *fault_.until <= fault_.at)
            complain("until", fmt::format("{} is not after its beginning", to_text(*fault_.until)),
                     fmt::format("at is {}", to_text(fault_.at)));
        if (goes_on && !fault_.until && !s_.until && is_sound_("run.until"))
            complain("until", "is missing",
                     "run.until is \"done\", which is no instant: give until here, or run.until");
    }

    // A crash befalls switches, a lost NIC is one of a server.
    void nodes() {
        const Selector& select = fault_.select;
        const bool is_crash = fault_.kind == FaultKind::crash;
        const auto refuse = [&](std::string_view name, bool is_given) {
            if (is_given)
                complain(
                    "select", fmt::format("{} selects no {}", name, is_crash ? "switch" : "server"),
                    is_crash ? "leaf, spine or core, pod and random do" : "server, pod and random do; link: its port");
        };
        refuse("tier", select.tier.has_value());
        refuse("group", select.group.has_value());
        refuse("link", is_crash && select.link);
        refuse("server", is_crash && select.server);
        refuse("leaf", !is_crash && select.leaf);
        refuse("spine", !is_crash && select.spine);
        refuse("core", !is_crash && select.core);
        if (is_crash && select.leaf.has_value() + select.spine.has_value() + select.core.has_value() > 1)
            complain("select", "no switch is of two kinds", "one of leaf, spine and core");
        selector_.counted("leaf", select.leaf, shape_.leaves);
        selector_.counted("spine", select.spine, shape_.spines);
        selector_.counted("core", select.core, shape_.cores);
        selector_.counted("server", select.server, shape_.servers);
        selector_.counted("pod", select.pod, shape_.pods);
        selector_.counted("link", select.link, shape_.links[static_cast<std::size_t>(TierKind::host_leaf)]);
    }

    void cables() {
        const std::string tier = tier_of(fault_);
        const auto kind = selector_.tier(tier);
        if (!kind) return;
        if (fault_.kind == FaultKind::circuit_loss && *kind != TierKind::circuit)
            complain("select", fmt::format("tier {} has no circuits", tier), "tier=circuit has");
        optics(*kind);
        selector_.cables(*kind);
    }

    /// What a fault asks of the modules of its tier. What a risk group reaches beside it is seen when it is planned.
    void optics(TierKind kind) {
        const TierNames& tier = names_of(kind);
        const std::string& module = s_.tier(kind).lower_module;
        if (!is_sound_(fmt::format("tier.{}.module", tier.name))) return;
        const bool needs_light = fault_.kind == FaultKind::degrade || fault_.kind == FaultKind::wander;
        if (!names_.captive_cables.contains(module)) return;
        if (needs_light)
            complain("select", fmt::format("a {} needs an optical cable", name_of(fault_.kind)),
                     fmt::format("tier {} is {}, whose error ratio no loss changes", tier.name, module));
        if (fault_.kind == FaultKind::swap)
            complain("select", "a swap needs modules that come apart from their cable",
                     fmt::format("tier {} is {}: kind = \"down\" replaces the whole cable", tier.name, module));
    }

    const Scenario& s_;
    const FabricShape& shape_;
    const ScenarioNames& names_;
    const std::function<bool(std::string_view)>& is_sound_;
    const Scenario::Fault& fault_;
    std::string prefix_;
    SelectorChecks selector_;
    std::vector<Contradiction>& found_;
};

}  // namespace

std::vector<Contradiction> fault_contradictions(const Scenario& scenario, const FabricShape& shape,
                                                const ScenarioNames& names,
                                                const std::function<bool(std::string_view key)>& is_sound,
                                                bool counts_are_sound) {
    std::vector<Contradiction> found;
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
        FaultChecks(scenario, shape, names, is_sound, counts_are_sound, i, found).all();
    return found;
}

}  // namespace lightloom
