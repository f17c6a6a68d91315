#include "models/optics/waterfall.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>

namespace lightloom {
namespace {

constexpr double kLeastShown_db = 5e-4;  // a term that rounds to nothing is not told of

// Writes the lines of one lane; `how` and `source` of each term in one place.
class Writer {
public:
    Writer(const LinkModel& model, std::size_t row, const LinkCondition& condition)
        : model_(model),
          plant_(model.plant()),
          kind_(plant_.classes[plant_.class_of_cable[row / 2]]),
          joint_(model.joint(plant_.class_of_cable[row / 2])),
          sender_(row % 2 == 0 ? *joint_.lower : *joint_.upper),
          receiver_(row % 2 == 0 ? *joint_.upper : *joint_.lower),
          length_m_(model.length_m(row)),
          condition_(condition),
          lanes_(model.budgets(row, condition)),
          lane_(static_cast<std::size_t>(lanes_.worst_lane())) {
        for (const Reading& reading : plant_.readings)
            if (reading.cable == row / 2) {
                length_is_read_ |= reading.length_m.has_value();
                if (reading.direction >= 0 && reading.direction != static_cast<int>(row % 2)) continue;
                if (reading.fibre >= 0 && reading.fibre != fibre_of_lane()) continue;
                loss_is_read_ |= reading.loss_db.has_value();
                power_is_read_ |= reading.received_dbm.has_value();
                reflectance_is_read_ |= reading.reflectance_db.has_value();
            }
    }

    std::vector<WaterfallLine> lines() && {
        level(power_is_read_ ? "reading" : "transmitter", Term::transmitter, transmitter_how(), module_basis(sender_),
              sender_.from.source);
        for (auto term = static_cast<int>(Term::ageing); term < static_cast<int>(kFirstPenalty); ++term) loss(term);
        add_level("received", lanes_.received_dbm[lane_], fmt::format("lane {}, the one with the least margin", lane_));
        for (auto term = static_cast<int>(kFirstPenalty); term < static_cast<int>(Term::sensitivity); ++term)
            loss(term);
        running_ -= value(Term::sensitivity);
        lines_.push_back({"sensitivity", value(Term::sensitivity), true, running_, sensitivity_how(),
                          module_basis(receiver_), receiver_.from.source});
        lines_.push_back({"margin", lanes_.margin_db[lane_], false, running_, "received less penalties and sensitivity",
                          "computed", ""});
        return std::move(lines_);
    }

private:
    double value(Term term) const { return lanes_.term(term)[lane_]; }
    // Levels of some modules are not published: their limits are assumed.
    std::string module_basis(const ModuleRow& module) const {
        if (plant_.basis == Basis::typical) return "typical, ASSUMED";
        return is_assumed(model_.catalogue(), module) ? "limit, ASSUMED" : "limit";
    }
    double held_m() const { return sender_.reach_m.at(joint_.fibre->id).value_or(0.0); }
    int fibre_of_lane() const {
        return static_cast<int>(lane_) * std::max(1, joint_.fibres) / std::max(1, joint_.lanes);
    }

    void level(std::string what, Term term, std::string how, std::string basis, std::string source) {
        running_ = value(term);
        if (power_is_read_) {
            how = "received power as read, as OMA at the least extinction ratio";
            basis = "measured";
            source = "the plant's readings";
        }
        lines_.push_back(
            {std::move(what), running_, true, running_, std::move(how), std::move(basis), std::move(source)});
    }
    void add_level(std::string what, double dbm, std::string how) {
        lines_.push_back({std::move(what), dbm, true, dbm, std::move(how), "computed", ""});
        running_ = dbm;
    }

    void loss(int index) {
        const auto term = static_cast<Term>(index);
        const bool always = term == Term::fibre || term == Term::connectors;
        const bool nothing = std::abs(value(term)) < kLeastShown_db;
        if (nothing && (!always || power_is_read_ || (loss_is_read_ && term != Term::fibre))) return;
        running_ -= value(term);
        WaterfallLine line{std::string(name_of_term(term)), -value(term), false, running_, "", "", ""};
        explain(term, line);
        lines_.push_back(std::move(line));
    }
    static std::string_view name_of_term(Term term) { return lightloom::name_of(term); }

    // How each term came about. One line each, so that a reader can add up and look up.
    void explain(Term term, WaterfallLine& line) const {
        const auto say = [&](std::string how, std::string basis, std::string source) {
            line.how = std::move(how);
            line.basis = std::move(basis);
            line.source = std::move(source);
        };
        const std::string basis(name_of(plant_.basis == Basis::measured ? Basis::typical : plant_.basis));
        switch (term) {
            case Term::ageing:
                return say(fmt::format("{:g} years under constant bias", condition_.age_years), "typical, ASSUMED",
                           "transmitter " + sender_.transmitter);
            case Term::heat:
                return say(fmt::format("case {:.1f} C under constant bias", lanes_.case_temperature_c),
                           "typical, ASSUMED", "transmitter " + sender_.transmitter);
            case Term::fibre: return fibre(line, basis);
            case Term::connectors: return connectors(line);
            case Term::splices: return say(fmt::format("{} splices", kind_.splices), "typical", "part " + kind_.splice);
            case Term::parts: return say(fmt::format("{}", fmt::join(kind_.parts, ", ")), basis, "catalogue");
            case Term::amplifiers:
                return say(fmt::format("{} spans of nominal gain and {:g} dB noise figure; OSNR {:.1f} dB in 0.1 nm",
                                       plant_.line.spans, plant_.line.noise_figure.value, lanes_.osnr_db),
                           "scenario", "the scenario's optics.line");
            case Term::host:
                return say("noise of linear hosts, in margin", "computed, ASSUMED",
                           "hosts " + sender_.host + " and " + receiver_.host);
            case Term::bends:
                return say(fmt::format("{:g} turns of {:g} mm", kind_.bend_turns, 1000.0 * kind_.bend_radius.value),
                           "computed, ASSUMED", "ITU-T G.657 limits, exponential in radius and wavelength");
            case Term::dirt: return say("dirt on a mated surface", "assumed", "the scenario's optics.dirt");
            case Term::fault: return say("loss that a fault adds", "scenario", "the scenario's faults");
            case Term::dispersion:
                if (sender_.coherent)
                    return say("chromatic and polarisation mode dispersion", "limit", receiver_.from.source);
                return say(fmt::format("{:g} m against the {:g} m that TDECQ holds; polarisation", length_m_, held_m()),
                           "computed, ASSUMED", "5 dB x eta^2, low chirp");
            case Term::modal:
                return say(fmt::format("modal bandwidth over {:g} m against {:g} m", length_m_, held_m()), "computed",
                           joint_.fibre->from.source);
            case Term::reflections:
                return say(reflectance_is_read_ ? "interference of reflections as read" : "interference of reflections",
                           reflectance_is_read_ ? "measured" : "computed",
                           "upper bound of the pairs in amplitude, discounted to what is seen");
            case Term::crosstalk:
                return say("leakage of neighbouring wavelengths", "computed", "incoherent sum; isolation of cwdm4-mux");
            case Term::wavelength:
                return say(fmt::format("drift at {:.1f} C out of the channel", lanes_.case_temperature_c), "computed",
                           "transmitter " + sender_.transmitter);
            case Term::overload: return say("more light than the receiver takes", "computed, ASSUMED", "3 dB per dB");
            case Term::allocation:
                return say("set aside for reflections and delay spread: (OMA-TDECQ)min + TDECQmax - ILmax - SRS",
                           module_basis(receiver_), receiver_.from.source);
            case Term::transmitter:
            case Term::sensitivity: return;
        }
    }

    void fibre(WaterfallLine& line, const std::string& basis) const {
        if (loss_is_read_) {
            line.how = "whole channel as read";
            line.basis = "measured";
            line.source = "the plant's readings";
            return;
        }
        const double per_km = length_m_ > 0.0 ? value(Term::fibre) / length_m_ * 1000.0 : 0.0;
        line.how = fmt::format("{:.6g} m{} of {} at {:.3g} dB/km", length_m_, length_is_read_ ? " as read" : "",
                               joint_.fibre->id, per_km);
        line.basis = basis;
        line.source = joint_.fibre->from.source;
    }

    void connectors(WaterfallLine& line) const {
        line.how =
            kind_.connectors == 0 ? "none" : fmt::format("{} pairs of {}", kind_.connectors, kind_.connector_family);
        line.basis = kind_.connector_loss_db ? "scenario" : "drawn";
        if (kind_.connector_loss_db)
            line.source = "the scenario's connectors.loss";
        else if (const ConnectorRow* row = model_.catalogue().connector(kind_.connector_family))
            line.source = row->from.source;
    }

    std::string transmitter_how() const {
        if (sender_.coherent)
            return fmt::format("{}: average power, {}", sender_.id,
                               plant_.basis == Basis::typical ? "middle of its range" : "the least it may send");
        const OpticalLevels& levels = *sender_.levels;
        if (plant_.basis == Basis::typical)
            return fmt::format("{}: OMA of this lane at the start of its life", sender_.id);
        return fmt::format("{}: OMA = max({:g}; {:g} + TDECQ {:g})", sender_.id, levels.tx_oma_min.value,
                           levels.tx_oma_minus_tdecq_min.value, levels.tdecq_max.value);
    }

    std::string sensitivity_how() const {
        if (sender_.coherent)
            return plant_.line.amplified
                       ? fmt::format("{}: needs an OSNR of {:.1f} dB at this power; the rest is margin", receiver_.id,
                                     lanes_.required_osnr_db)
                       : fmt::format("{}: power that it needs at the OSNR of the light", receiver_.id);
        const OpticalLevels& levels = *receiver_.levels;
        if (plant_.basis == Basis::typical)
            return fmt::format("{}: of this lane, behind TDECQ {:.2f} dB", receiver_.id, lanes_.tdecq_db);
        return fmt::format("{}: max({:g}; TDECQ {:g} {:+g})", receiver_.id, levels.rx_sensitivity_min.value,
                           sender_.levels->tdecq_max.value, levels.rx_sensitivity_at_zero_secq.value);
    }

    const LinkModel& model_;
    const Plant& plant_;
    const CableClass& kind_;
    const Joint& joint_;
    const ModuleRow &sender_, &receiver_;
    double length_m_;
    LinkCondition condition_;
    LaneBudgets lanes_;
    std::size_t lane_;
    bool loss_is_read_ = false, power_is_read_ = false, reflectance_is_read_ = false, length_is_read_ = false;
    double running_ = 0.0;
    std::vector<WaterfallLine> lines_;
};

}  // namespace

bool is_assumed(const Catalogue& catalogue, const ModuleRow& module) {
    return std::ranges::any_of(catalogue.assumed(), [&](const AssumedFigure& figure) {
        return figure.table == "modules" && figure.id == module.id;
    });
}

std::vector<WaterfallLine> waterfall(const LinkModel& model, std::size_t row, const LinkCondition& condition) {
    return Writer(model, row, condition).lines();
}

std::vector<AssumedFigure> assumed_figures(const LinkModel& model, std::size_t kind) {
    const CableClass& cable = model.plant().classes.at(kind);
    const Joint& joint = model.joint(kind);
    std::set<std::pair<std::string, std::string>> used{{"fibres", joint.fibre->id}, {"fec", joint.fec->id}};
    if (cable.connectors > 0) used.insert({"connectors", cable.connector_family});
    if (cable.splices > 0) used.insert({"passives", cable.splice});
    if (joint.lanes > joint.fibres) used.insert({"passives", "cwdm4-mux"});
    for (const std::string& part : cable.parts) used.insert({"passives", part});
    for (const ModuleRow* module : {joint.lower, joint.upper}) {
        used.insert({"modules", module->id});
        used.insert({"hosts", module->host});
        if (model.plant().basis != Basis::typical) continue;  // limits read nothing of what follows
        used.insert({"transmitters", module->transmitter});
        used.insert({"receivers", module->receiver});
        used.insert({"cages", module->cage()});
    }
    std::vector<AssumedFigure> figures;
    // Specified end to end: nothing of it is added up
    if (joint.specified_end_to_end()) return figures;
    for (const AssumedFigure& figure : model.catalogue().assumed())
        if (used.contains({figure.table, figure.id}) && figure.column != "burst_probability") figures.push_back(figure);
    return figures;
}

}  // namespace lightloom
