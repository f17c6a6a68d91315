#include "models/optics/alternatives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lightloom {
namespace {

constexpr std::size_t kMostCables = 4096;

// The plant with the class as its class 0. Cables keep their numbers, so that what was drawn for them (their lengths,
// their dirt) stays theirs. Class 1 is of the cables that are left out: other classes, and those beyond the limit.
Plant with_class_first(const Plant& plant, std::size_t kind) {
    Plant first = plant;
    std::size_t taken = 0;
    for (std::uint32_t& of_cable : first.class_of_cable) of_cable = of_cable == kind && taken++ < kMostCables ? 0 : 1;
    // Readings and faults are of what hangs there now
    first.readings.clear();
    if (first.basis == Basis::measured) first.basis = Basis::limit;
    first.extra_losses.clear();
    first.allow_out_of_spec = false;
    return first;
}

// What a module is plugged with: the class's own fibre and connectors where they fit, else the first that do.
CableClass tried_with(const Catalogue& catalogue, const CableClass& kind, const ModuleRow& module) {
    CableClass tried = kind;
    tried.lower_module = tried.upper_module = module.id;
    // The boards stay what they are, where their loss is told at the frequency that the module uses.
    const auto nyquist_ghz = [&](const std::string& id) {
        const ModuleRow* row = catalogue.module(id);
        const HostChannelRow* host = row == nullptr ? nullptr : catalogue.host(row->host);
        return host == nullptr ? 0.0 : host->nyquist_ghz;
    };
    if (nyquist_ghz(kind.lower_module) != nyquist_ghz(module.id)) tried.lower_host_loss = {};
    if (nyquist_ghz(kind.upper_module) != nyquist_ghz(module.id)) tried.upper_host_loss = {};
    if (!module.is_optical()) return tried;
    const FibreRow* fibre = catalogue.fibre(kind.fibre);
    if (fibre == nullptr || fibre->medium != module.medium)
        tried.fibre = module.medium == Medium::multimode ? "om4" : "os2";
    const ConnectorRow* connector = catalogue.connector(kind.connector_family);
    if (kind.connectors == 0 ||
        (connector != nullptr && connector->medium == module.medium && connector->face == module.connector))
        return tried;
    for (const std::string& id : catalogue.ids("connectors")) {
        const ConnectorRow& row = *catalogue.connector(id);
        if (row.medium != module.medium || row.face != module.connector) continue;
        tried.connector_family = id;
        break;
    }
    return tried;
}

Alternative tried(const Catalogue& catalogue, const Plant& plant, const CableClass& cable, const Targets& targets,
                  int frame_bytes) {
    Alternative result;
    result.module = cable.lower_module;
    result.fibre = cable.fibre;
    if (cable.connectors > 0) result.connectors = cable.connector_family;
    const ModuleRow& module = *catalogue.module(cable.lower_module);
    if (!module.is_optical()) result.fibre = module.captive_cable, result.connectors = "";
    result.price_year = module.price ? module.price->year : "";
    if (const Joint joint = join(catalogue, cable); !joint.objections.empty()) {
        result.why_not = joint.objections.front();
        return result;
    }
    try {
        Plant with = plant;
        with.classes = {cable, cable};
        const LinkModel model(catalogue, std::move(with));
        const Qualification q = qualify(model, model.evaluate(frame_bytes, 0), 0, targets, frame_bytes);
        result.serves = true;
        result.verdict = q.verdict;
        result.reason = q.reason;
        result.worst_margin_db = q.has_budget ? q.worst_margin_db : std::numeric_limits<double>::quiet_NaN();
        result.watt_per_link = q.watt_per_link;
        result.usd_per_link = q.usd_per_link;
        result.latency_ns = q.latency_ns;
        result.assumed = is_assumed(catalogue, module) || plant.basis == Basis::typical;
        if (q.longest_m > q.reach_m) {
            result.serves = false;
            result.why_not = "its reach is shorter than the longest cable";
        }
    } catch (const CatalogueError& error) {
        result.why_not = error.what();
    }
    return result;
}

double key_of(const Alternative& a, AlternativeOrder order) {
    const double value = order == AlternativeOrder::cost    ? a.usd_per_link
                         : order == AlternativeOrder::power ? a.watt_per_link
                                                            : -a.worst_margin_db;
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

}  // namespace

std::vector<Alternative> alternatives(const Plant& plant, std::size_t kind, const Targets& targets, int frame_bytes,
                                      const std::function<const Catalogue&(Assumption::Level)>& catalogue_with,
                                      AlternativeOrder order) {
    using Level = Assumption::Level;
    const Plant first = with_class_first(plant, kind);
    const CableClass& present = plant.classes.at(kind);
    std::vector<Alternative> all;
    for (const ModuleRow& module : catalogue_with(Level::mid).modules()) {
        if (lanes_at(module, present.rate) == 0) continue;
        const CableClass cable = tried_with(catalogue_with(Level::mid), present, module);
        Alternative middle = tried(catalogue_with(Level::mid), first, cable, targets, frame_bytes);
        middle.present = present.lower_module == module.id && present.upper_module == module.id;
        if (middle.serves && middle.assumed)
            for (const Level level : {Level::low, Level::high}) {
                const Verdict there = tried(catalogue_with(level), first, cable, targets, frame_bytes).verdict;
                if (there == middle.verdict || middle.verdict == Verdict::undecided) continue;
                middle.reason +=
                    fmt::format("; {} with assumed figures at the middle, {} with all {}", name_of(middle.verdict),
                                name_of(there), level == Level::low ? "low" : "high");
                middle.verdict = Verdict::undecided;
            }
        all.push_back(std::move(middle));
    }
    std::ranges::stable_sort(all, {}, [order](const Alternative& a) { return std::pair(!a.serves, key_of(a, order)); });
    return all;
}

}  // namespace lightloom
