#include "models/optics/link_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <variant>

#include "models/optics/coherent_link.hpp"
#include "models/optics/lane_budget.hpp"
#include "models/optics/link_errors.hpp"

namespace lightloom {
namespace {

constexpr double kLightSpeedMetresPerSecond = 299'792'458.0;
constexpr double kLongestFibre_m = 1e7;  // only a slip of the pen exceeds it
constexpr int kMostConnectors = 1000;    // bounds the work, and the numbers that a draw can tell apart
constexpr double kNotModelled = std::numeric_limits<double>::quiet_NaN();

std::uint32_t cable_of(std::size_t row) { return static_cast<std::uint32_t>(row / 2); }
int direction_of(std::size_t row) { return static_cast<int>(row % 2); }

void check(const CableClass& kind) {
    if (kind.connectors < 0 || kind.connectors > kMostConnectors || kind.splices < 0 || kind.splices > kMostConnectors)
        throw CatalogueError(fmt::format("{}: a cable has 0 to {} connectors and splices, not {} and {}", kind.name,
                                         kMostConnectors, kind.connectors, kind.splices));
}

void check(const ExtraLoss& extra, const Joint& joint) {
    const auto refuse = [&](const std::string& why) {
        throw CatalogueError(fmt::format("extra loss on cable {}: {}", extra.cable, why));
    };
    if (joint.specified_end_to_end())
        refuse(fmt::format("\"{}\" is specified by its error ratio, which no loss changes", joint.lower->id));
    if (extra.lane < -1 || extra.lane >= joint.lanes)
        refuse(fmt::format("\"{}\" has no lane {}, only 0 to {}", joint.lower->id, extra.lane, joint.lanes - 1));
    if (!(extra.loss.value >= 0.0)) refuse(fmt::format("{} dB is no loss", extra.loss.value));
}

void check(const Reading& reading, const Joint& joint, bool amplified) {
    const auto refuse = [&](const std::string& why) {
        throw CatalogueError(fmt::format("a reading of cable {}: {}", reading.cable, why));
    };
    if (joint.specified_end_to_end() && (reading.loss_db || reading.reflectance_db || reading.received_dbm))
        refuse(fmt::format("\"{}\" is specified by its error ratio, which no reading changes", joint.lower->id));
    if (amplified && joint.lower->coherent && (reading.loss_db || reading.received_dbm))
        refuse("its line is amplified, and gains make up for losses: only a length can be read");
    if (reading.fibre >= std::max(1, joint.fibres))
        refuse(fmt::format("\"{}\" has no fibre {} each way, only 0 to {}", joint.lower->id, reading.fibre,
                           std::max(1, joint.fibres) - 1));
}

// Where the group index is looked up: the middle of the module's wavelengths.
double nominal_wavelength_nm(const Catalogue& catalogue, const ModuleRow& module) {
    const GridRow* grid = catalogue.grid(module.grid);
    if (grid == nullptr || grid->channels.empty()) return 1310.0;
    return grid->channels[grid->channels.size() / 2].wavelength_nm;
}

// @param sorted  by cable
template <class Row>
std::span<const Row> rows_of(const std::vector<Row>& sorted, std::uint32_t cable) {
    return {std::ranges::lower_bound(sorted, cable, {}, &Row::cable),
            std::ranges::upper_bound(sorted, cable, {}, &Row::cable)};
}

// By cable; those of one cable stay in the order given, so that their sum does too.
template <class Row>
void sort_by_cable(std::vector<Row>& rows) {
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.cable < b.cable; });
}

}  // namespace

struct LinkModel::Kind {
    const CableClass& cable;
    Joint joint;
    LinkErrors errors;
    std::vector<std::variant<LaneBudget, CoherentLink>> directions;  // two; none if specified end to end
};

LinkModel::LinkModel(const Catalogue& catalogue, Plant plant) : catalogue_(catalogue), plant_(std::move(plant)) {
    for (const CableClass& cable : plant_.classes) {
        check(cable);
        Joint joint = join_or_refuse(catalogue_, cable, plant_.allow_out_of_spec);
        LinkErrors errors(*joint.fec, plant_.lock, plant_.burst);
        kinds_.push_back({cable, std::move(joint), std::move(errors), {}});
        Kind& kind = kinds_.back();
        if (kind.joint.specified_end_to_end()) continue;
        for (const int direction : {0, 1}) {
            if (kind.joint.lower->coherent)
                kind.directions.emplace_back(std::in_place_type<CoherentLink>, catalogue_, plant_, cable, kind.joint,
                                             direction);
            else
                kind.directions.emplace_back(std::in_place_type<LaneBudget>, catalogue_, plant_, cable, kind.joint,
                                             direction);
        }
    }
    sort_by_cable(plant_.extra_losses);
    // A received power takes the place of everything before it, and of a loss that is read too
    std::ranges::stable_sort(plant_.readings, {}, [](const Reading& reading) {
        return std::pair(reading.cable, reading.received_dbm.has_value());
    });
    for (const ExtraLoss& extra : plant_.extra_losses) {
        if (extra.cable >= plant_.class_of_cable.size())
            throw CatalogueError(fmt::format("extra loss on cable {}: none such", extra.cable));
        check(extra, kinds_.at(plant_.class_of_cable[extra.cable]).joint);
    }
    for (const Reading& reading : plant_.readings) {
        if (reading.cable >= plant_.class_of_cable.size())
            throw CatalogueError(fmt::format("a reading of cable {}: none such", reading.cable));
        check(reading, kinds_.at(plant_.class_of_cable[reading.cable]).joint, plant_.line.amplified);
    }
}

LinkModel::~LinkModel() = default;

const LinkModel::Kind& LinkModel::kind_of(std::size_t row) const {
    return kinds_[plant_.class_of_cable[cable_of(row)]];
}

const Joint& LinkModel::joint(std::size_t kind) const { return kinds_.at(kind).joint; }
const LinkErrors& LinkModel::errors(std::size_t kind) const { return kinds_.at(kind).errors; }

LinkCondition LinkModel::condition(std::size_t row) const {
    LinkCondition condition{.age_years = plant_.life.age_years, .inlet_c = plant_.life.inlet.value};
    for (const ExtraLoss& extra : rows_of(plant_.extra_losses, cable_of(row)))
        for (int lane = 0; lane < LinkCondition::kMostLanes; ++lane)
            if ((extra.direction < 0 || extra.direction == direction_of(row)) && (extra.lane < 0 || extra.lane == lane))
                condition.extra_loss_db[static_cast<std::size_t>(lane)] += extra.loss.value;
    return condition;
}

LaneBudgets LinkModel::budgets(std::size_t row, const LinkCondition& condition) const {
    const Kind& kind = kind_of(row);
    const PlantDraws draws(plant_.seed, cable_of(row), direction_of(row), condition.swaps);
    LaneBudgets lanes;
    try {
        std::visit(
            [&](const auto& direction) {
                direction.fill(draws, length_m(row), rows_of(plant_.readings, cable_of(row)), condition, lanes);
            },
            kind.directions.at(static_cast<std::size_t>(direction_of(row))));
    } catch (const CatalogueError& error) {  // beyond what the physics of a coherent line is told of
        throw CatalogueError(fmt::format("{}: cable {}: {}", kind.cable.name, cable_of(row), error.what()));
    }
    return lanes;
}

double LinkModel::length_m(std::size_t row) const {
    const Kind& kind = kind_of(row);
    const PlantDraws draws(plant_.seed, cable_of(row), direction_of(row));
    double length_m = kind.cable.length_m.at(draws.length_u());
    for (const Reading& reading : rows_of(plant_.readings, cable_of(row)))
        length_m = reading.length_m.value_or(length_m);
    const double most_m = kind.joint.specified_end_to_end() ? kind.joint.reach_m : kLongestFibre_m;
    if (!(length_m >= 0.0 && length_m <= most_m))
        throw CatalogueError(fmt::format("cable {} of \"{}\" comes out {:.4g} m long; 0 to {:g} m is possible",
                                         cable_of(row), kind.joint.lower->id, length_m, most_m));
    return length_m;
}

LinkConditions LinkModel::evaluate(int frame_bytes) const {
    LinkConditions links(2 * plant_.class_of_cable.size());
    for (std::size_t row = 0; row < links.directions(); ++row) evaluate(row, condition(row), frame_bytes, links, row);
    return links;
}

LinkConditions LinkModel::evaluate(int frame_bytes, std::size_t kind) const {
    LinkConditions links(2 * plant_.class_of_cable.size());
    for (std::size_t row = 0; row < links.directions(); ++row)
        if (plant_.class_of_cable[cable_of(row)] == kind) evaluate(row, condition(row), frame_bytes, links, row);
    return links;
}

void LinkModel::evaluate(std::size_t row, const LinkCondition& condition, int frame_bytes, LinkConditions& into,
                         std::size_t at) const {
    assert(frame_bytes > 0);
    const Kind& kind = kind_of(row);
    fill_times_and_costs(kind, row, into, at);
    if (kind.joint.specified_end_to_end()) {  // every lane has the error ratio of the module's row
        for (auto& term : into.terms_db) term[at] = kNotModelled;
        into.received_dbm[at] = into.margin_db[at] = into.case_temperature_c[at] = kNotModelled;
        LaneBudgets::PerLane ber{};
        ber.fill(kind.joint.lower->specified_ber);
        kind.errors.fill({ber.data(), static_cast<std::size_t>(kind.joint.lanes)}, frame_bytes, at, into);
        return;
    }
    const LaneBudgets lanes = budgets(row, condition);
    const auto worst = static_cast<std::size_t>(lanes.worst_lane());
    for (std::size_t term = 0; term < kTerms; ++term) into.terms_db[term][at] = lanes.terms_db[term][worst];
    into.received_dbm[at] = lanes.received_dbm[worst];
    into.margin_db[at] = lanes.margin_db[worst];
    into.worst_lane[at] = static_cast<std::int64_t>(worst);
    into.case_temperature_c[at] = lanes.case_temperature_c;
    into.host_ber[at] = lanes.sender_host_ber + lanes.receiver_host_ber;
    kind.errors.fill({lanes.ber.data(), static_cast<std::size_t>(lanes.lanes)}, frame_bytes, at, into);
}

// What does not depend on light
void LinkModel::fill_times_and_costs(const Kind& kind, std::size_t row, LinkConditions& into, std::size_t at) const {
    const ModuleRow &a = *kind.joint.lower, &b = *kind.joint.upper;
    const double meters = length_m(row);
    const double index = kind.joint.fibre->group_index.at(nominal_wavelength_nm(catalogue_, a));
    into.length_m[at] = meters;
    into.propagation_ps[at] = std::llround(meters * index / kLightSpeedMetresPerSecond * 1e12);
    into.phy_ps[at] = std::llround((a.latency_ns + b.latency_ns + kind.joint.fec->latency_ns()) * 1e3);
    into.interleave[at] = kind.joint.fec->interleave;
    into.codeword_bits[at] = kind.joint.fec->code.payload_bits();
    // A module of several ports, or of lanes that are links of their own, serves several cables.
    const auto share = [&](const ModuleRow& module) { return static_cast<double>(kind.joint.lanes) / module.lanes; };
    const bool typical = plant_.basis == Basis::typical;
    const auto watts = [&](const ModuleRow& m) { return (typical ? m.power_typical : m.power_max).value * share(m); };
    const auto price = [&](const ModuleRow& m) { return m.price ? m.price->middle_usd() * share(m) : kNotModelled; };
    into.power_watt[at] = 0.5 * (watts(a) + watts(b));
    // An assembly's price is that of the whole cable, a module's that of one end
    into.price_usd[at] = a.is_optical() ? 0.5 * (price(a) + price(b)) : 0.5 * price(a);
    if (a.is_optical())
        into.price_usd[at] += kind.joint.fibres * meters * kind.joint.fibre->price_usd_per_m.value_or(0.0);
}

}  // namespace lightloom
