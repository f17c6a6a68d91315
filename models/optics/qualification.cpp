#include "models/optics/qualification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "models/optics/ber.hpp"
#include "models/optics/fec.hpp"
#include "models/optics/fec_histogram.hpp"
#include "models/optics/link_errors.hpp"
#include "models/optics/passive_losses.hpp"
#include "models/optics/receiver.hpp"

namespace lightloom {
namespace {

constexpr double kSecondsPerYear = 365.25 * 86'400.0;
constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostLoss_db = 40.0;  // beyond any cliff
constexpr double kRounding_db = 1e-9;  // of a budget's sum: a margin that is met exactly is met
constexpr double kKp4Threshold = 2.4e-4;
constexpr double kLongestLife = 30.0;  // years, as far as ageing laws are worth anything

// IEEE 802.3 promises a bit error ratio of 1e-12 at the MAC up to 100 Gb/s and of 1e-13 above; as a share of 64-byte
// frames that are lost these are 6.2e-10 and 6.2e-11. Optics and hosts together must stay below.
double frame_loss_target(const FecRow& fec) { return fec.line_rate_gbps < 150.0 ? 6.2e-10 : 6.2e-11; }

class Qualifier {
public:
    Qualifier(const LinkModel& model, const LinkConditions& links, const Targets& targets, int frame_bytes,
              std::size_t kind)
        : model_(model), links_(links), targets_(targets), frame_bytes_(frame_bytes) {
        q_.kind = kind;
        q_.name = model.plant().classes[kind].name;
        q_.joint = model.joint(kind);
        for (std::size_t row = 0; row < links.directions(); ++row)
            if (model.plant().class_of_cable[row / 2] == kind) rows_.push_back(row);
        q_.links = rows_.size();
        q_.has_budget = !q_.joint.specified_end_to_end();
    }

    Qualification qualified() && {
        set_targets();
        averages();
        if (q_.has_budget) {
            budget();
            host();
            errors();
            operations();
        } else {
            q_.worst_row = worst_by(links_.frame_loss_ratio);
            q_.worst_ber = links_.worst_lane_ber[q_.worst_row];
            q_.worst_codeword_error = links_.codeword_error_ratio[q_.worst_row];
            q_.worst_frame_loss = links_.frame_loss_ratio[q_.worst_row];
            spares();
        }
        judge();
        return std::move(q_);
    }

private:
    std::size_t worst_by(const std::vector<double>& column) const {
        return *std::ranges::max_element(rows_, {}, [&](std::size_t row) { return column[row]; });
    }
    const LinkErrors& errors_of_class() const { return model_.errors(q_.kind); }

    void set_targets() {
        const FecRow& fec = errors_of_class().fec();
        q_.ber_threshold = q_.ber_limit = fec.threshold_ber;
        q_.frame_loss_target = frame_loss_target(fec);
        if (fec.kind == FecRow::Kind::reed_solomon)
            q_.ber_limit = bit_error_ratio_for_frames(fec.code, fec.interleave, q_.frame_loss_target, 64);
        q_.reach_m = q_.joint.reach_m;
        for (const std::size_t row : rows_) q_.longest_m = std::max(q_.longest_m, links_.length_m[row]);
    }

    void averages() {
        const auto mean = [&](const std::vector<double>& column) {
            double sum = 0.0;
            for (const std::size_t row : rows_) sum += column[row];
            return sum / static_cast<double>(rows_.size());
        };
        double lock_losses = 0.0, flaps = 0.0;
        for (const std::size_t row : rows_) {
            const double in_lock = errors_of_class().share_in_lock(links_.lock_losses_per_second[row]);
            lock_losses += links_.lock_losses_per_second[row] * in_lock;
            flaps += links_.flaps_per_second[row] * in_lock;
        }
        q_.lock_losses_per_link_year = 2.0 * kSecondsPerYear * lock_losses / static_cast<double>(rows_.size());
        q_.flaps_per_link_year = 2.0 * kSecondsPerYear * flaps / static_cast<double>(rows_.size());
        q_.watt_per_link = 2.0 * mean(links_.power_watt);
        q_.usd_per_link = 2.0 * mean(links_.price_usd);
        q_.latency_ns = static_cast<double>(links_.phy_ps[rows_[0]]) / 1e3;
    }

    void budget() {
        std::vector<std::size_t> by_margin = rows_;
        std::ranges::stable_sort(by_margin, {}, [&](std::size_t row) { return links_.margin_db[row]; });
        q_.worst_row = by_margin.front();
        q_.median_row = by_margin[by_margin.size() / 2];
        q_.worst_margin_db = links_.margin_db[q_.worst_row];
        q_.first_percentile_margin_db = links_.margin_db[by_margin[(by_margin.size() - 1) / 100]];
        q_.median_margin_db = links_.margin_db[q_.median_row];
        worst_condition_ = model_.condition(q_.worst_row);
        q_.worst_budget = waterfall(model_, q_.worst_row, worst_condition_);
        q_.median_budget = waterfall(model_, q_.median_row, model_.condition(q_.median_row));
    }

    void host() {
        q_.worst_lanes = model_.budgets(q_.worst_row, worst_condition_);
        const auto shown = [](const ModuleRow& module) {
            return fmt::format("{}, {}", name_of(module.host_interface),
                               module.host.empty() ? "no host row" : module.host);
        };
        const ModuleRow &sender = this->sender(), &receiver = this->receiver();
        q_.sender_host = shown(sender);
        q_.receiver_host = shown(receiver);
        if (sender.levels && receiver.levels) q_.eye = eye(sender, receiver);
    }

    // Calibrated where the margin is 0, then given what the worst lane receives less its penalties.
    std::optional<EyeOfReceiver> eye(const ModuleRow& sender, const ModuleRow& receiver) const {
        const TransmitterRow* light = model_.catalogue().transmitter(sender.transmitter);
        const ReceiverRow* diode = model_.catalogue().receiver(receiver.receiver);
        if (light == nullptr || diode == nullptr) return std::nullopt;
        DirectReceiver physics{.responsivity_a_per_w = diode->responsivity_a_per_w,
                               .thermal_pa_per_sqrt_hz = diode->thermal_pa_per_sqrt_hz,
                               .bandwidth_over_baud = diode->bandwidth_over_baud,
                               .dark_current_na = diode->dark_current_na,
                               .apd_gain = diode->apd_gain,
                               .apd_ionisation_ratio = diode->apd_k};
        const auto worst = static_cast<std::size_t>(q_.worst_lanes.worst_lane());
        const Decibel er = sender.levels->extinction_ratio_min;
        const double sensitivity_dbm = q_.worst_lanes.term(Term::sensitivity)[worst];
        DirectSignal signal{.modulation = sender.modulation,
                            .baud_gbd = sender.baud_gbd,
                            .average_power = average_power({sensitivity_dbm}, er),
                            .extinction_ratio = er,
                            .rin_db_per_hz = light->rin_db_per_hz,
                            .amplified = std::nullopt,
                            .noise_floor = model_.plant().noise_floor};
        const auto thermal = thermal_noise_for(physics, signal, receiver.specified_ber);
        if (!thermal) return std::nullopt;
        physics.thermal_pa_per_sqrt_hz = *thermal;
        signal.average_power = average_power({sensitivity_dbm + q_.worst_lanes.margin_db[worst]}, er);
        const Reception seen = receive(physics, signal);
        // An eye's edge is overstepped so often where the bit error ratio is at the threshold.
        const double edge = normal_tail(half_spacing(sender.modulation, q_.ber_threshold));
        EyeOfReceiver eye{*thermal, INFINITY, INFINITY, seen.snr.value};
        for (const Eye& each : seen.eyes) {
            eye.least_height_ua = std::min(eye.least_height_ua, each.height_ua(edge));
            eye.least_q = std::min(eye.least_q, each.q_factor);
        }
        return eye;
    }

    // The worst link under a condition
    Corner corner(const LinkCondition& condition, double extra_db) {
        LinkCondition changed = condition;
        for (double& lane : changed.extra_loss_db) lane += extra_db;
        model_.evaluate(q_.worst_row, changed, frame_bytes_, one_row_, 0);
        return {changed.inlet_c,
                changed.age_years,
                extra_db,
                one_row_.margin_db[0],
                one_row_.worst_lane_ber[0],
                errors_of_class().frame_loss_ratio(one_row_.codeword_error_ratio[0], 64),
                kSecondsPerYear * one_row_.lock_losses_per_second[0] *
                    errors_of_class().share_in_lock(one_row_.lock_losses_per_second[0])};
    }

    // The extra loss at which `is_over` begins; negative where the link must have less to be on the good side. Looked
    // for from here in steps, since far away, where a receiver gets too much, it may be over again.
    template <class IsOver>
    double cliff(IsOver is_over) {
        constexpr double kStep_db = 0.25;
        const bool over_now = is_over(corner(worst_condition_, 0.0));
        double good = 0.0;
        while (std::abs(good) < kMostLoss_db && is_over(corner(worst_condition_, good)) == over_now)
            good += over_now ? -kStep_db : kStep_db;
        if (std::abs(good) >= kMostLoss_db) return over_now ? -kNever : kNever;
        double bad = good + (over_now ? kStep_db : -kStep_db);  // on the other side of it
        while (std::abs(good - bad) > 1e-3) {
            const double middle = 0.5 * (good + bad);
            (is_over(corner(worst_condition_, middle)) == over_now ? bad : good) = middle;
        }
        return over_now ? bad : good;
    }

    void errors() {
        q_.worst_ber = links_.worst_lane_ber[q_.worst_row];
        q_.worst_codeword_error = links_.codeword_error_ratio[q_.worst_row];
        q_.worst_frame_loss = links_.frame_loss_ratio[q_.worst_row];
        q_.cliff_db = cliff([&](const Corner& c) { return c.frame_loss_ratio > q_.frame_loss_target; });
        q_.lock_cliff_db = cliff([](const Corner& c) { return c.lock_losses_per_year > 1.0; });
        const bool ages = model_.plant().basis == Basis::typical;
        const std::vector<double> inlets = ages ? std::vector{worst_condition_.inlet_c - 10.0, worst_condition_.inlet_c,
                                                              worst_condition_.inlet_c + 10.0}
                                                : std::vector{worst_condition_.inlet_c};
        const std::vector<double> years =
            ages && sags() ? std::vector{0.0, 3.0, 5.0, 7.0} : std::vector{worst_condition_.age_years};
        for (const double inlet_c : inlets)
            for (const double age : years)
                for (const double extra_db : {0.0, 0.5, 1.0, 2.0, 3.0}) {
                    LinkCondition condition = worst_condition_;
                    condition.inlet_c = inlet_c;
                    condition.age_years = age;
                    q_.corners.push_back(corner(condition, extra_db));
                }
        if (ages)
            run_out();
        else
            q_.runs_out_note = "limits hold over life; readings say how it is today";
    }

    // Does the sender's power fall with age? Under constant power it does not: bias rises until the laser fails.
    bool sags() const {
        const TransmitterRow* row = model_.catalogue().transmitter(sender().transmitter);
        return row != nullptr && row->bias_control == BiasControl::constant_bias;
    }

    const ModuleRow& sender() const { return q_.worst_row % 2 == 0 ? *q_.joint.lower : *q_.joint.upper; }
    const ModuleRow& receiver() const { return q_.worst_row % 2 == 0 ? *q_.joint.upper : *q_.joint.lower; }

    // Under constant power age is no loss but a hazard: lasers fail at random, and wear out.
    std::string hazard() const {
        const TransmitterRow* row = model_.catalogue().transmitter(sender().transmitter);
        if (row == nullptr || sags()) return "";
        const LaserPhysics laser = laser_of(*row);
        const Celsius junction = junction_temperature(laser, {q_.worst_lanes.case_temperature_c});
        return fmt::format(
            "; its lasers wear out after {:.3g} years (median, {:.0f} C at the junction, ASSUMED), {:.2g} of "
            "them fail within {:g} years",
            wear_out_years(laser, junction), junction.value, 1.0 - survival(laser, junction, targets_.life.value),
            targets_.life.value);
    }

    void run_out() {
        const auto margin_at = [&](double years) {
            LinkCondition condition = worst_condition_;
            condition.age_years = years;
            return corner(condition, 0.0).margin_db;
        };
        if (margin_at(0.0) < 0.0) {
            q_.runs_out_years = 0.0;
            q_.runs_out_note = "the worst link has none at the start";
            return;
        }
        if (margin_at(kLongestLife) >= 0.0) {
            q_.runs_out_note = fmt::format("the margin outlasts {:g} years{}", kLongestLife, hazard());
            return;
        }
        double low = 0.0, high = kLongestLife;
        while (high - low > 0.01) {
            const double middle = 0.5 * (low + high);
            (margin_at(middle) < 0.0 ? high : low) = middle;
        }
        q_.runs_out_years = high;
        q_.runs_out_note = "the worst link's margin is gone";
    }

    void operations() {
        Operations& o = q_.operations;
        const ModuleRow &sender = this->sender(), &receiver = this->receiver();
        if (sender.levels && receiver.levels) {
            o.rx_power_dbm = rx_power_alarms(receiver.levels->rx_average_min, receiver.levels->rx_overload_average);
            o.tx_power_dbm = tx_power_alarms(sender.levels->tx_average_min, sender.levels->tx_average_max);
        } else if (sender.coherent && receiver.coherent) {
            const CoherentLevels& levels = *receiver.coherent;
            const PowerDbm least = model_.plant().line.amplified
                                       ? levels.rx_power_min_amplified
                                       : levels.rx_power_min_unamplified.value_or(levels.rx_power_min_amplified);
            o.rx_power_dbm = rx_power_alarms(least, levels.rx_overload);
            o.tx_power_dbm = tx_power_alarms(sender.coherent->tx_power_min, sender.coherent->tx_power_max);
        }
        const CageRow* cage = model_.catalogue().cage(sender.cage());
        o.case_temperature_c = temperature_alarms({cage != nullptr ? cage->case_max_c : 70.0});
        const Corner now = corner(worst_condition_, 0.0);
        // A link with just the margin asked for; a better one must not alarm, nor fail its acceptance.
        const Corner at_target = corner(worst_condition_, now.margin_db - targets_.margin.value);
        o.soak_ber =
            std::clamp(at_target.worst_lane_ber, kBitErrorWarning * q_.ber_threshold / kKp4Threshold, q_.ber_limit);
        o.ber_warn = o.soak_ber;
        o.ber_alarm = std::max(std::sqrt(o.ber_warn * q_.ber_limit), kBitErrorAlarm * q_.ber_threshold / kKp4Threshold);
        o.most_wrong_symbols = wrong_symbols();
        const double channel_db = channel_loss_db();
        o.loss_limit_db = power_is_read() ? kNone : std::max(0.0, channel_db + now.margin_db - targets_.margin.value);
        if (!std::isnan(q_.joint.channel_loss_max_db))
            o.loss_limit_db = power_is_read() ? kNone : std::min(o.loss_limit_db, q_.joint.channel_loss_max_db);
        const int pairs = std::max(1, model_.plant().classes[q_.kind].connectors);
        const ConnectorRow* connector = model_.catalogue().connector(model_.plant().classes[q_.kind].connector_family);
        o.inspection_loss_db = connector != nullptr && model_.plant().classes[q_.kind].connectors > 0
                                   ? connector->loss_max.value
                                   : o.loss_limit_db / pairs;
        // Long enough for a hundred errors at that ratio, so that their count is good to a tenth, and for as many more
        // as the confidence asks for where there are none; a minute at least, for what comes and goes.
        const double bits_per_second = sender.baud_gbd * 1e9 * bits_per_symbol(sender.modulation);
        constexpr double kErrorsWanted = 100.0;
        o.soak_seconds =
            std::max(60.0, (kErrorsWanted - std::log(1.0 - targets_.confidence)) / (o.soak_ber * bits_per_second));
        spares();
    }

    // Of the FEC histogram at the worst link's error ratios; 0 for codes that are not counted through.
    int wrong_symbols() const {
        const FecRow& fec = errors_of_class().fec();
        if (fec.kind != FecRow::Kind::reed_solomon) return 0;
        const std::span lanes(q_.worst_lanes.ber.data(), static_cast<std::size_t>(q_.worst_lanes.lanes));
        return most_wrong_symbols(
            fec_histogram(fec.code, fec.striped
                                        ? lanes
                                        : lanes.subspan(static_cast<std::size_t>(q_.worst_lanes.worst_lane()), 1)),
            1e9);
    }

    // Where the receiver's reading is known the loss before it is not.
    bool power_is_read() const {
        return std::ranges::any_of(model_.plant().readings, [&](const Reading& reading) {
            return reading.cable == q_.worst_row / 2 && reading.received_dbm.has_value();
        });
    }

    double channel_loss_db() const {
        double sum = 0.0;
        for (auto term = static_cast<std::size_t>(Term::fibre); term < static_cast<std::size_t>(kFirstPenalty); ++term)
            sum += links_.terms_db[term][q_.worst_row];
        return sum;
    }

    // The least stock with which, by Poisson's law, none is missing while a replacement is on its way.
    void spares() {
        Operations& o = q_.operations;
        const double links = static_cast<double>(q_.links) / 2.0;
        o.modules = o.failures_per_year = 0.0;
        const bool is_assembly = q_.joint.specified_end_to_end();  // one part, both ends in it
        for (const ModuleRow* module : {q_.joint.lower, q_.joint.upper}) {
            if (is_assembly && module == q_.joint.upper && o.modules > 0.0) break;
            const double modules = links * q_.joint.lanes / module->lanes;
            o.modules += modules;
            o.failures_per_year += module->mtbf_hours ? modules * kHoursPerYear / *module->mtbf_hours : kNone;
        }
        if (std::isnan(o.failures_per_year)) return;
        const double expected = o.failures_per_year * targets_.replacement.seconds() / kSecondsPerYear;
        if (expected > 500.0) {  // where Poisson's law is the normal one
            o.spares =
                static_cast<int>(std::ceil(expected + inverse_normal(targets_.confidence) * std::sqrt(expected)));
            return;
        }
        double term = std::exp(-expected), sum = term;
        while (sum < targets_.confidence) {
            ++o.spares;
            term *= expected / o.spares;
            sum += term;
        }
    }

    void judge() {
        const Targets& t = targets_;
        if (!q_.has_budget) return judge_as_specified();
        const double runs_out = q_.runs_out_years.value_or(std::numeric_limits<double>::infinity());
        const double errored = errors_of_class().frame_loss_ratio(q_.worst_codeword_error, 64);
        if (q_.worst_margin_db < -kRounding_db) {
            q_.verdict = Verdict::fail;
            q_.reason = fmt::format("margin {:+.2f} dB on the worst link", q_.worst_margin_db);
        } else if (errored > q_.frame_loss_target * (1.0 + 1e-9)) {
            q_.verdict = Verdict::fail;
            q_.reason = fmt::format("frame loss {:.2g} of 64-byte frames on the worst link, {:.2g} at most", errored,
                                    q_.frame_loss_target);
        } else if (q_.flaps_per_link_year > t.flaps_per_link_year) {
            q_.verdict = Verdict::fail;
            q_.reason =
                fmt::format("{:.2g} flaps per link-year, {:g} at most", q_.flaps_per_link_year, t.flaps_per_link_year);
        } else if (too_warm_k() > 0.0) {
            q_.verdict = Verdict::fail;
            q_.reason = fmt::format("the warmest module's case is {:.1f} C above what it may be", too_warm_k());
        } else if (runs_out < t.life.value) {
            q_.verdict = Verdict::fail;
            q_.reason = fmt::format("the worst link's margin is gone after {:.1f} years, {:g} are asked for", runs_out,
                                    t.life.value);
        } else if (q_.worst_margin_db < t.margin.value - kRounding_db) {
            q_.verdict = Verdict::marginal;
            q_.reason = fmt::format("margin {:+.2f} dB on the worst link, {:g} dB are asked for", q_.worst_margin_db,
                                    t.margin.value);
        } else {
            q_.reason = fmt::format("margin {:+.2f} dB on the worst link, {:g} dB are asked for", q_.worst_margin_db,
                                    t.margin.value);
        }
        if (q_.longest_m > q_.reach_m) {
            q_.joint.objections.push_back(
                fmt::format("the longest cable has {:.6g} m, the modules are specified for {:g} m of {}", q_.longest_m,
                            q_.reach_m, q_.joint.fibre->id));
            if (q_.verdict == Verdict::pass) q_.verdict = Verdict::marginal;
        }
        q_.would_flip = what_would_flip(errored, runs_out);
        // What a technician can take away is named
        for (const Term term : {Term::dirt, Term::fault})
            if (const double db = links_.term(term)[q_.worst_row]; db > 0.0)
                q_.would_flip += fmt::format("; {:.2f} dB of its loss is {}", db, lightloom::name_of(term));
        if (!q_.joint.objections.empty()) q_.reason += "; out of specification: " + q_.joint.objections.front();
    }

    // How far the warmest sender's case is above what its cage's modules are specified for; limits hold up to there.
    double too_warm_k() const {
        if (model_.plant().basis != Basis::typical) return 0.0;
        double excess = 0.0;
        for (const std::size_t row : rows_) {
            const ModuleRow& sender = row % 2 == 0 ? *q_.joint.lower : *q_.joint.upper;
            const CageRow* cage = model_.catalogue().cage(sender.cage());
            if (cage != nullptr) excess = std::max(excess, links_.case_temperature_c[row] - cage->case_max_c);
        }
        return excess;
    }

    // In the order of the reasons above.
    std::string what_would_flip(double errored, double runs_out) const {
        const double to_target_db = q_.worst_margin_db - targets_.margin.value;
        if (q_.verdict == Verdict::fail && q_.worst_margin_db >= -kRounding_db) {
            const bool errs = errored > q_.frame_loss_target * (1.0 + 1e-9);
            if (errs && std::isinf(q_.cliff_db)) return "hosts that make fewer errors; no optical power mends theirs";
            if (errs) return fmt::format("{:.2f} dB less loss on the worst link", -std::min(q_.cliff_db, to_target_db));
            if (q_.flaps_per_link_year > targets_.flaps_per_link_year)
                return "fewer losses of lock (less loss on the worst links), or a host that waits longer for lock";
            if (too_warm_k() > 0.0) return fmt::format("air that is {:.1f} C cooler", too_warm_k());
            return fmt::format("a life of {:.1f} years at most", runs_out);
        }
        return to_target_db >= -kRounding_db
                   ? fmt::format("{:.2f} dB more loss on the worst link", std::max(0.0, to_target_db))
                   : fmt::format("{:.2f} dB less loss on the worst link (or a module with that much more)",
                                 -to_target_db);
    }

    void judge_as_specified() {
        const double errored = errors_of_class().frame_loss_ratio(q_.worst_codeword_error, 64);
        const bool holds = errored <= q_.frame_loss_target * (1.0 + 1e-9);
        q_.verdict = holds && q_.joint.objections.empty() ? Verdict::pass : Verdict::fail;
        q_.reason = fmt::format(
            "specified end to end: BER {:.2g}, frame loss {:.2g} of 64-byte frames ({:.2g} at most), {:.4g} m of {:g} "
            "m",
            q_.worst_ber, errored, q_.frame_loss_target, q_.longest_m, q_.reach_m);
        q_.would_flip = fmt::format("a cable longer than {:g} m", q_.reach_m);
    }

    const LinkModel& model_;
    const LinkConditions& links_;
    const Targets& targets_;
    int frame_bytes_;
    LinkConditions one_row_{1};
    std::vector<std::size_t> rows_;
    LinkCondition worst_condition_;
    Qualification q_;
};

}  // namespace

Qualification qualify(const LinkModel& model, const LinkConditions& links, std::size_t kind, const Targets& targets,
                      int frame_bytes) {
    return Qualifier(model, links, targets, frame_bytes, kind).qualified();
}

std::vector<Qualification> qualify(const LinkModel& model, const LinkConditions& links, const Targets& targets,
                                   int frame_bytes) {
    std::vector<Qualification> all;
    for (std::size_t kind = 0; kind < model.plant().classes.size(); ++kind)
        if (std::ranges::find(model.plant().class_of_cable, kind) != model.plant().class_of_cable.end())
            all.push_back(qualify(model, links, kind, targets, frame_bytes));
    return all;
}

}  // namespace lightloom
