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
void warn_of_reach(const Plan& plan, std::size_t tier, const Joint& joint) {
    const double longest_m = longest_cable_m(plan, tier);
    if (joint.specified_end_to_end() || longest_m <= joint.reach_m) return;
    const std::string ends = joint.lower == joint.upper
                                 ? joint.lower->id + " is"
                                 : fmt::format("{} and {} are", joint.lower->id, joint.upper->id);
    print_warning(fmt::format("tier.{}.length: the longest cable has {:.6g} m, {} specified for {} of {}",
                              plan.topology.tiers[tier].name, longest_m, ends, to_text(Metres{joint.reach_m}),
                              joint.fibre->id));
}

void warn_of_objections(const Plan& plan, std::size_t tier, const Joint& joint) {
    for (const std::string& objection : joint.objections)
        print_warning(fmt::format("tier.{}: out of specification: {}", plan.topology.tiers[tier].name, objection));
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

void print_warnings(const Plan& plan) {
    for (std::size_t tier = 0; tier < plan.joints.size(); ++tier) {
        warn_of_reach(plan, tier, plan.joints[tier]);
        warn_of_objections(plan, tier, plan.joints[tier]);
    }
    warn_of_loss(plan);
}

}  // namespace lightloom
