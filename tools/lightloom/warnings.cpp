#include "tools/lightloom/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/quantity_text.hpp"
#include "models/optics/catalogue.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/summary.hpp"

namespace lightloom {
namespace {

constexpr double kHeavyLoss = 1e-3;  // of frames; working Ethernet is many powers of ten below

double longest_cable_m(const Plan& plan, std::size_t tier) {
    double longest = 0.0;
    for (std::size_t c = 0; c < plan.topology.cables.size(); ++c)
        if (plan.topology.cables[c].tier == tier) longest = std::max(longest, plan.links.length_m[2 * c]);
    return longest;
}

// A captive cable beyond its reach is an error of the scenario, so only glass comes here.
void warn_of_reach(const Plan& plan, std::size_t tier, const Scenario::Tier& made_of) {
    const ModuleRow* module = Catalogue::built_in().module(made_of.module);
    const double longest_m = longest_cable_m(plan, tier);
    if (module == nullptr || !module->levels || longest_m <= module->reach.value) return;
    print_warning(fmt::format(
        "tier.{}.length: the longest cable has {:.5g} m, {} is specified for {}; the budget counts the loss "
        "of more fibre, not its dispersion",
        plan.topology.tiers[tier].name, longest_m, module->id, to_text(module->reach)));
}

void warn_of_loss(const Plan& plan) {
    const auto& loss = plan.links.frame_loss_ratio;
    const auto worst = std::max_element(loss.begin(), loss.end());
    if (worst == loss.end() || *worst <= kHeavyLoss) return;
    const auto direction = static_cast<std::uint32_t>(worst - loss.begin());
    const double margin_db = plan.links.margin_db[direction];
    const auto heavy = std::count_if(loss.begin(), loss.end(), [](double ratio) { return ratio > kHeavyLoss; });
    print_warning(
        fmt::format("{} loses {} of its frames{}; {} of {} directions of links lose more than {}. Packets that meet "
                    "one are repeated after a time-out; a path of which nothing arrives never completes: set run.until",
                    sender_name(plan.topology, direction), readable_ratio(*worst),
                    std::isfinite(margin_db) ? fmt::format(" (margin {})", readable_decibel(margin_db)) : "",
                    readable_count(heavy), readable_count(static_cast<std::int64_t>(loss.size())), kHeavyLoss));
}

}  // namespace

void print_warnings(const Scenario& scenario, const Plan& plan) {
    for (std::size_t tier = 0; tier < plan.topology.tiers.size(); ++tier) {
        const bool at_host = plan.topology.tiers[tier].name == "host-leaf";
        warn_of_reach(plan, tier, at_host ? scenario.host_leaf : scenario.leaf_spine);
    }
    warn_of_loss(plan);
}

}  // namespace lightloom
