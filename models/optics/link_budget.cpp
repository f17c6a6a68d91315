#include "models/optics/link_budget.hpp"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "core/random.hpp"
#include "models/optics/ber.hpp"
#include "models/optics/fec.hpp"

namespace lightloom {
namespace {

constexpr double kLightSpeedMetresPerSecond = 299'792'458.0;
constexpr double kLongestFibre_m = 1e6;  // far beyond any module here: only a slip of the pen exceeds it
constexpr double kNotModelled = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBlock = 1024;  // cables evaluated at a time, so that their lanes stay in the cache

using LaneTable = Eigen::ArrayXXd;  // a row per lane, a column per direction: 2 per cable, in the block's order
using Cables = std::span<const std::uint32_t>;

// A cable class with its ids looked up
struct Parts {
    const ModuleRow& module;
    const FibreRow& cable;
    const FecRow& fec;
    const ConnectorRow* connector;  // null if there are none
    int connectors;
    const Distribution& length_m;
};

template <class Row>
const Row& known(const Row* row, const char* what, const std::string& id) {
    if (row == nullptr) throw CatalogueError(fmt::format("no {} \"{}\" in the catalogue", what, id));
    return *row;
}

Parts parts_of(const Catalogue& catalogue, const CableClass& kind) {
    const ModuleRow& module = known(catalogue.module(kind.module), "module", kind.module);
    const bool captive = !module.captive_cable.empty();
    const std::string& cable_id = captive ? module.captive_cable : kind.fibre;
    const FibreRow& cable = known(catalogue.fibre(cable_id), "fibre", cable_id);
    if (cable.medium != module.medium)
        throw CatalogueError(fmt::format("module \"{}\" does not take fibre \"{}\"", module.id, cable.id));

    constexpr int kMostConnectors = 1000;  // bounds the work, and the numbers that a draw can tell apart
    const int connectors = captive ? 0 : kind.connectors;
    if (connectors < 0 || connectors > kMostConnectors)
        throw CatalogueError(fmt::format("a cable has 0 to {} connectors, not {}", kMostConnectors, connectors));
    const ConnectorRow* connector = nullptr;
    if (connectors > 0)
        connector = &known(catalogue.connector(kind.connector_family), "connector", kind.connector_family);
    return {module, cable, known(catalogue.fec(module.fec), "fec", module.fec), connector, connectors, kind.length_m};
}

ErrorCurve error_curve(const ModuleRow& module, Decibel noise_floor) {
    const Decibel limit = ErrorCurve::noise_floor_limit(Modulation::pam4, module.specified_ber);
    if (!(noise_floor > limit))
        throw CatalogueError(
            fmt::format("with a noise floor of {} dB no power brings \"{}\" to the bit error ratio of "
                        "{} that it is specified for; it takes more than {:.2f} dB",
                        noise_floor.value, module.id, module.specified_ber, limit.value));
    return ErrorCurve(Modulation::pam4, module.specified_ber, noise_floor);
}

double draw_length_m(const Parts& parts, std::uint64_t seed, std::uint32_t cable) {
    const double length_m = parts.length_m.at(uniform(draw(seed, cable, Purpose::fibre_length, 0)));
    const double most_m = parts.module.levels ? kLongestFibre_m : parts.module.reach.value;
    if (!(length_m >= 0.0 && length_m <= most_m))
        throw CatalogueError(fmt::format("cable {} of \"{}\" comes out {} m long; 0 to {} m is possible", cable,
                                         parts.module.id, length_m, most_m));
    return length_m;
}

// Loss of all mated pairs in a row. A fibre is one chain of them, so the wavelengths that share it share its loss.
LaneTable connector_losses(const Parts& parts, std::uint64_t seed, Cables cables) {
    const Eigen::Index lanes = parts.module.lanes, fibres = parts.module.fibres_per_direction;
    const auto directions = static_cast<Eigen::Index>(2 * cables.size());
    LaneTable loss_db = LaneTable::Zero(lanes, directions);
    if (parts.connector == nullptr) return loss_db;

    // The cut-off lognormal by its inverse: u is squeezed into the part of (0, 1) that lies below the maximum.
    const double median_db = parts.connector->loss_median.value, sigma = parts.connector->loss_sigma_ln;
    const double below_maximum = 1.0 - normal_tail(std::log(parts.connector->loss_max.value / median_db) / sigma);

    for (Eigen::Index column = 0; column < directions; ++column) {
        const std::uint32_t cable = cables[static_cast<std::size_t>(column / 2)];
        for (Eigen::Index fibre = 0; fibre < fibres; ++fibre) {
            double fibre_db = 0.0;
            for (int pair = 0; pair < parts.connectors; ++pair) {
                // Direction, fibre and pair have digits of their own, so that one pair more moves no other draw.
                const auto n = static_cast<std::uint64_t>(column % 2) << 40 | static_cast<std::uint64_t>(fibre) << 20 |
                               static_cast<std::uint64_t>(pair);
                const double u = uniform(draw(seed, cable, Purpose::connector_loss, n));
                fibre_db += median_db * std::exp(sigma * inverse_normal(u * below_maximum));
            }
            loss_db.col(column).segment(fibre * lanes / fibres, lanes / fibres) = fibre_db;
        }
    }
    return loss_db;
}

// @param sorted  by cable
LaneTable extra_losses(const Parts& parts, std::span<const ExtraLoss> sorted, Cables cables) {
    LaneTable loss_db = LaneTable::Zero(parts.module.lanes, static_cast<Eigen::Index>(2 * cables.size()));
    for (std::size_t n = 0; n < cables.size(); ++n) {
        const auto before = [](const ExtraLoss& extra, std::uint32_t cable) { return extra.cable < cable; };
        auto extra = std::lower_bound(sorted.begin(), sorted.end(), cables[n], before);
        for (; extra != sorted.end() && extra->cable == cables[n]; ++extra) {
            auto both_ways = loss_db.middleCols(static_cast<Eigen::Index>(2 * n), 2);
            if (extra->lane < 0)
                both_ways += extra->loss.value;
            else
                both_ways.row(extra->lane) += extra->loss.value;
        }
    }
    return loss_db;
}

// What does not depend on light
void fill_times_and_power(const Parts& parts, std::uint64_t seed, Cables cables, LinkConditions& links) {
    const double phy_ns = 2.0 * parts.module.latency_ns + parts.fec.latency_ns();
    for (const std::uint32_t cable : cables) {
        const double length_m = draw_length_m(parts, seed, cable);
        const double propagation_s = length_m * parts.cable.group_index / kLightSpeedMetresPerSecond;
        for (const std::size_t row : {std::size_t{2} * cable, std::size_t{2} * cable + 1}) {
            links.length_m[row] = length_m;
            links.propagation_ps[row] = std::llround(propagation_s * 1e12);
            links.phy_ps[row] = std::llround(phy_ns * 1e3);
            links.power_watt[row] = parts.module.power_max.value;  // a half of each of two modules
            links.interleave[row] = parts.fec.interleave;
        }
    }
}

void fill_errors(const FecRow& fec, std::span<const double> lane_ber, int frame_bytes, std::size_t row,
                 LinkConditions& links) {
    const double codeword_error_ratio = striped_codeword_error_ratio(fec.code, lane_ber);
    const double ber_sum = std::accumulate(lane_ber.begin(), lane_ber.end(), 0.0);
    links.pre_fec_ber[row] = ber_sum / static_cast<double>(lane_ber.size());
    links.worst_lane_ber[row] = *std::max_element(lane_ber.begin(), lane_ber.end());
    links.codeword_error_ratio[row] = codeword_error_ratio;
    links.codeword_hazard[row] = -std::log1p(-codeword_error_ratio);
    links.frame_loss_ratio[row] = frame_loss_ratio(fec.code, fec.interleave, codeword_error_ratio, frame_bytes);
}

// A cable specified end to end: every lane has the error ratio of its row.
void fill_as_specified(const Parts& parts, int frame_bytes, Cables cables, LinkConditions& links) {
    const std::vector<double> lane_ber(static_cast<std::size_t>(parts.module.lanes), parts.module.specified_ber);
    for (const std::uint32_t cable : cables)
        for (const std::size_t row : {std::size_t{2} * cable, std::size_t{2} * cable + 1}) {
            for (auto* term : {&links.fibre_loss_db, &links.connector_loss_db, &links.extra_loss_db,
                               &links.received_oma_dbm, &links.margin_db})
                (*term)[row] = kNotModelled;
            fill_errors(parts.fec, lane_ber, frame_bytes, row, links);
        }
}

// The walk of the header: losses, received power, margin, error ratios; for a block of cables with light in them.
void fill_budget(const Parts& parts, const Plant& plant, std::span<const ExtraLoss> extras, int frame_bytes,
                 Cables cables, LinkConditions& links) {
    const LaneTable connector_db = connector_losses(parts, plant.seed, cables);
    const LaneTable extra_db = extra_losses(parts, extras, cables);
    Eigen::RowVectorXd fibre_db(connector_db.cols());
    const auto row_of = [&](Eigen::Index column) {
        return std::size_t{2} * cables[static_cast<std::size_t>(column / 2)] + static_cast<std::size_t>(column % 2);
    };
    for (Eigen::Index column = 0; column < fibre_db.size(); ++column)
        fibre_db(column) = links.length_m[row_of(column)] * parts.cable.attenuation_db_per_km.value() / 1000.0;

    const LaneTable loss_db = (connector_db + extra_db).rowwise() + fibre_db.array();
    const LaneTable received_dbm = parts.module.levels->tx_oma().value - loss_db;
    const LaneTable margin_db = received_dbm - parts.module.levels->rx_sensitivity().value;
    const ErrorCurve curve = error_curve(parts.module, plant.noise_floor);
    const LaneTable ber = margin_db.unaryExpr([&](double margin) { return curve.bit_error_ratio({margin}); });

    for (Eigen::Index column = 0; column < ber.cols(); ++column) {
        const std::size_t row = row_of(column);
        Eigen::Index worst = 0;
        margin_db.col(column).minCoeff(&worst);
        links.fibre_loss_db[row] = fibre_db(column);
        links.connector_loss_db[row] = connector_db(worst, column);
        links.extra_loss_db[row] = extra_db(worst, column);
        links.received_oma_dbm[row] = received_dbm(worst, column);
        links.margin_db[row] = margin_db(worst, column);
        const std::span lane_ber(ber.col(column).data(), static_cast<std::size_t>(ber.rows()));
        fill_errors(parts.fec, lane_ber, frame_bytes, row, links);
    }
}

void check(const ExtraLoss& extra, const ModuleRow& module) {
    const auto refuse = [&](const std::string& why) {
        throw CatalogueError(fmt::format("extra loss on cable {}: {}", extra.cable, why));
    };
    if (!module.levels) refuse(fmt::format("\"{}\" is specified by its error ratio, which no loss changes", module.id));
    if (extra.lane < -1 || extra.lane >= module.lanes)
        refuse(fmt::format("\"{}\" has no lane {}, only 0 to {}", module.id, extra.lane, module.lanes - 1));
    if (!(extra.loss.value >= 0.0)) refuse(fmt::format("{} dB is no loss", extra.loss.value));
}

// By cable; those of one cable stay in the order given, so that their sum does too.
std::vector<ExtraLoss> sorted_extra_losses(const Plant& plant, const std::vector<Parts>& parts) {
    std::vector<ExtraLoss> sorted = plant.extra_losses;
    for (const ExtraLoss& extra : sorted) {
        if (extra.cable >= plant.class_of_cable.size())
            throw CatalogueError(fmt::format("extra loss on cable {}: none such", extra.cable));
        check(extra, parts.at(plant.class_of_cable[extra.cable]).module);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.cable < b.cable; });
    return sorted;
}

}  // namespace

LinkConditions evaluate(const Catalogue& catalogue, const Plant& plant, int frame_bytes) {
    assert(frame_bytes > 0);
    std::vector<Parts> parts;
    for (const CableClass& kind : plant.classes) parts.push_back(parts_of(catalogue, kind));
    std::vector<std::vector<std::uint32_t>> cables_of(plant.classes.size());
    for (std::uint32_t cable = 0; cable < plant.class_of_cable.size(); ++cable)
        cables_of.at(plant.class_of_cable[cable]).push_back(cable);
    const std::vector<ExtraLoss> extras = sorted_extra_losses(plant, parts);

    LinkConditions links(2 * plant.class_of_cable.size());
    for (std::size_t kind = 0; kind < parts.size(); ++kind)
        for (std::size_t first = 0; first < cables_of[kind].size(); first += kBlock) {
            const Cables cables =
                Cables(cables_of[kind]).subspan(first, std::min(kBlock, cables_of[kind].size() - first));
            fill_times_and_power(parts[kind], plant.seed, cables, links);
            if (parts[kind].module.levels)
                fill_budget(parts[kind], plant, extras, frame_bytes, cables, links);
            else
                fill_as_specified(parts[kind], frame_bytes, cables, links);
        }
    return links;
}

}  // namespace lightloom
