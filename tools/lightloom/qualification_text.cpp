#include "tools/lightloom/qualification_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/summary.hpp"

namespace lightloom {
namespace {

std::string row(const char* name, const std::string& value) { return fmt::format("     {:<22}{}\n", name, value); }

std::string link_name(const Topology& topology, std::size_t row) {
    return sender_name(topology, static_cast<std::uint32_t>(row));
}

std::string per_year(double value) { return value < 1e-12 ? "none" : fmt::format("{:.2g} per link-year", value); }

std::string dollars(double value) { return std::isnan(value) ? "price unknown" : fmt::format("${:.0f}", value); }

std::string head(const Qualification& q) {
    const std::string ends =
        q.joint.lower == q.joint.upper ? q.joint.lower->id : q.joint.lower->id + " to " + q.joint.upper->id;
    std::string text = fmt::format("\n{}  {}: {}\n", name_of(q.verdict), q.name, q.reason);
    if (!q.would_flip.empty()) text += fmt::format("     what would flip it: {}\n", q.would_flip);
    for (const std::string& figure : q.figures_to_obtain) text += fmt::format("     figure to obtain: {}\n", figure);
    text +=
        fmt::format("     {} links of {} over {} x {} each way; {:.3g} W and {} a link, {:.0f} ns of modules and FEC\n",
                    readable_count(static_cast<std::int64_t>(q.links / 2)), ends, q.joint.fibres, q.joint.fibre->id,
                    q.watt_per_link, dollars(q.usd_per_link), q.latency_ns);
    if (q.assumed_figures > 0)
        text += fmt::format("     ASSUMED: {} of the figures in its budget\n", q.assumed_figures);
    for (const std::string& objection : q.joint.objections) text += "     OUT OF SPECIFICATION: " + objection + '\n';
    return text;
}

std::string targets_text(const Qualification& q, const Targets& targets) {
    return "  1  targets\n" +
           row("reach", fmt::format("{} of {} that the modules are specified for", readable_metres(q.longest_m),
                                    readable_metres(q.reach_m))) +
           row("code", fmt::format("{}: {:.3g} before correction from optics, {:.3g} with hosts, so that {:.2g} of "
                                   "64-byte frames are lost at most",
                                   q.joint.fec->name, q.ber_threshold, q.ber_limit, q.frame_loss_target)) +
           row("margin, life, flaps", fmt::format("{:g} dB, {:g} years, {:g} per link-year", targets.margin.value,
                                                  targets.life.value, targets.flaps_per_link_year));
}

// What the level is compared with has none itself.
bool has_level(const WaterfallLine& line) { return line.what != "margin" && line.what != "sensitivity"; }

std::string waterfall_text(const std::vector<WaterfallLine>& lines) {
    std::string text = fmt::format("     {:<14}{:>9}{:>11}  {}\n", "", "", "level", "how  [basis; source]");
    for (const WaterfallLine& line : lines) {
        const std::string value = line.absolute ? readable_dbm(line.value) : readable_decibel(line.value);
        const std::string level = has_level(line) ? readable_dbm(line.running_dbm) : "";
        const std::string source = line.source.empty() ? "" : "; " + line.source;
        text +=
            fmt::format("     {:<13}{:>10}{:>11}  {}  [{}{}]\n", line.what, value, level, line.how, line.basis, source);
    }
    return text;
}

std::string budget_text(const Qualification& q, const Topology& topology) {
    std::string text = "  2  budget\n";
    text += row("margin",
                fmt::format("worst {}, 1st percentile {}, median {}", readable_decibel(q.worst_margin_db),
                            readable_decibel(q.first_percentile_margin_db), readable_decibel(q.median_margin_db)));
    text += fmt::format("     worst: {}\n{}", link_name(topology, q.worst_row), waterfall_text(q.worst_budget));
    if (q.median_margin_db - q.worst_margin_db < 0.005) return text;
    text += fmt::format("     median: {}\n{}", link_name(topology, q.median_row), waterfall_text(q.median_budget));
    return text;
}

std::string host_text(const Qualification& q) {
    const LaneBudgets& lanes = q.worst_lanes;
    const auto worst = static_cast<std::size_t>(lanes.worst_lane());
    const auto segment = [](const std::string& interface, double loss_db, double ber) {
        return fmt::format(
            "{}: {:.1f} dB at Nyquist, {}", interface, loss_db,
            ber > 0.0 ? "bit error ratio " + readable_ratio(ber) : "its noise is the optical slicer's too");
    };
    std::string eye;
    if (q.eye)
        eye = row("eye", fmt::format("least Q {:.2f}, SNR {:.1f} dB, {:.1f} uA open at {:.2g} (thermal noise of {:.0f} "
                                     "pA/sqrt(Hz), calibrated at sensitivity)",
                                     q.eye->least_q, q.eye->snr_db, q.eye->least_height_ua, q.ber_threshold,
                                     q.eye->thermal_pa_per_sqrt_hz));
    return "  3  host and electrical, worst link\n" +
           row("sending host", segment(q.sender_host, lanes.sender_host_loss_db, lanes.sender_host_ber)) +
           row("optics", "bit error ratio " + readable_ratio(lanes.optics_ber[worst])) + eye +
           row("receiving host", segment(q.receiver_host, lanes.receiver_host_loss_db, lanes.receiver_host_ber)) +
           row("in all", fmt::format("{} before correction; {:.3g} at most, hosts included",
                                     readable_ratio(lanes.ber[worst]), q.ber_limit));
}

std::string corners_text(const Qualification& q) {
    std::string text = fmt::format("     {:<24}", "inlet, age \\ extra loss");
    std::vector<double> extras;
    for (const Corner& c : q.corners)
        if (std::ranges::find(extras, c.extra_loss_db) == extras.end()) extras.push_back(c.extra_loss_db);
    for (const double extra_db : extras) text += fmt::format("{:>20}", fmt::format("{:g} dB", extra_db));
    for (std::size_t n = 0; n < q.corners.size(); ++n) {
        const Corner& c = q.corners[n];
        if (n % extras.size() == 0)
            text += fmt::format("\n     {:<24}", fmt::format("{:g} C, {:g} years", c.inlet_c, c.age_years));
        text += fmt::format("{:>20}", fmt::format("{:+.2f} dB {:>8}", c.margin_db, readable_ratio(c.worst_lane_ber)));
    }
    return text + '\n';
}

std::string errors_text(const Qualification& q) {
    const auto cliff = [](double db) {
        if (std::isinf(db)) return std::string(db > 0.0 ? "never" : "already, whatever the loss,");
        return readable_decibel(db);
    };
    std::string text =
        "  4  errors\n" +
        row("worst link", fmt::format("bit error ratio {} on its worst lane, frame loss {}",
                                      readable_ratio(q.worst_ber), readable_ratio(q.worst_frame_loss))) +
        row("margin to the cliff", fmt::format("{} until frames are lost, {} until lock is lost once a year, each way",
                                               cliff(q.cliff_db), cliff(q.lock_cliff_db))) +
        row("lock losses, flaps", per_year(q.lock_losses_per_link_year) + ", " + per_year(q.flaps_per_link_year)) +
        row("runs out", q.runs_out_years ? fmt::format("after {:.1f} years: {}", *q.runs_out_years, q.runs_out_note)
                                         : q.runs_out_note);
    return text + "     margin and bit error ratio of the worst link:\n" + corners_text(q);
}

std::string spares_text(const Operations& o, const Targets& targets) {
    if (std::isnan(o.failures_per_year)) return "no failure rate is known";
    return fmt::format("{} for {} modules: {:.3g} failures a year, {} for a replacement, {:g} sure", o.spares,
                       readable_count(std::llround(o.modules)), o.failures_per_year,
                       fmt::format("{:.3g} days", targets.replacement.seconds() / 86'400.0), targets.confidence);
}

std::string levels(const AlarmLevels& levels, const char* unit) {
    return fmt::format("warn below {:.1f} and above {:.1f}, alarm below {:.1f} and above {:.1f} {}", levels.low_warning,
                       levels.high_warning, levels.low_alarm, levels.high_alarm, unit);
}

std::string operations_text(const Qualification& q, const Targets& targets) {
    const Operations& o = q.operations;
    std::string text = "  5  operations\n";
    if (q.has_budget) {
        text += row("receive power", levels(o.rx_power_dbm, "dBm (average, per lane)"));
        text += row("transmit power", levels(o.tx_power_dbm, "dBm (average, per lane)"));
        text += row("case temperature", levels(o.case_temperature_c, "C"));
        const std::string bins = o.most_wrong_symbols > 0
                                     ? fmt::format("; {} wrong symbols at most in 1e9 codewords", o.most_wrong_symbols)
                                     : "";
        text += row("bit errors",
                    fmt::format("warn at {:.2g}, alarm at {:.2g} before correction{}", o.ber_warn, o.ber_alarm, bins));
        text += row("acceptance", fmt::format("{}each lane {:.0f} s below {:.1e} ({:g} sure)",
                                              std::isnan(o.loss_limit_db)
                                                  ? ""
                                                  : fmt::format("channel loss at most {:.2f} dB; ", o.loss_limit_db),
                                              std::ceil(o.soak_seconds), o.soak_ber, targets.confidence));
        text += row("inspect and clean", fmt::format("a pair that loses more than {:.2f} dB", o.inspection_loss_db));
    }
    return text + row("spares", spares_text(o, targets));
}

JsonObject line_json(const WaterfallLine& line) {
    return JsonObject()
        .add("what", line.what)
        .add(line.absolute ? "dbm" : "db", line.value)
        .add("level_dbm", has_level(line) ? line.running_dbm : std::nan(""))
        .add("how", line.how)
        .add("basis", line.basis)
        .add("source", line.source);
}

JsonObject corner_json(const Corner& corner) {
    return JsonObject()
        .add("inlet_c", corner.inlet_c)
        .add("age_years", corner.age_years)
        .add("extra_loss_db", corner.extra_loss_db)
        .add("margin_db", corner.margin_db)
        .add("worst_lane_ber", corner.worst_lane_ber)
        .add("frame_loss_ratio", corner.frame_loss_ratio)
        .add("lock_losses_per_year", corner.lock_losses_per_year);
}

template <class Rows, class ToJson>
std::vector<JsonObject> list_of(const Rows& rows, ToJson to_json) {
    std::vector<JsonObject> list;
    for (const auto& each : rows) list.push_back(to_json(each));
    return list;
}

JsonObject levels_json(const AlarmLevels& levels) {
    return JsonObject()
        .add("low_alarm", levels.low_alarm)
        .add("low_warning", levels.low_warning)
        .add("high_warning", levels.high_warning)
        .add("high_alarm", levels.high_alarm);
}

JsonObject operations_json(const Operations& o) {
    return JsonObject()
        .add("rx_power_dbm", levels_json(o.rx_power_dbm))
        .add("tx_power_dbm", levels_json(o.tx_power_dbm))
        .add("case_temperature_c", levels_json(o.case_temperature_c))
        .add("most_wrong_symbols", std::int64_t{o.most_wrong_symbols})
        .add("ber_warn", o.ber_warn)
        .add("ber_alarm", o.ber_alarm)
        .add("loss_limit_db", o.loss_limit_db)
        .add("inspection_loss_db", o.inspection_loss_db)
        .add("soak_seconds", o.soak_seconds)
        .add("soak_ber", o.soak_ber)
        .add("modules", o.modules)
        .add("failures_per_year", o.failures_per_year)
        .add("spares", std::int64_t{o.spares});
}

}  // namespace

std::string qualification_text(const Qualification& q, const Scenario& scenario, const Topology& topology) {
    std::string text = head(q) + targets_text(q, scenario.qualify);
    if (q.has_budget) text += budget_text(q, topology) + host_text(q) + errors_text(q);
    return text + operations_text(q, scenario.qualify);
}

JsonObject qualification_json(const Qualification& q, const Topology& topology) {
    JsonObject json;
    json.add("class", q.name)
        .add("verdict", name_of(q.verdict))
        .add("reason", q.reason)
        .add("would_flip", q.would_flip)
        .add("figures_to_obtain", q.figures_to_obtain)
        .add("objections", q.joint.objections)
        .add("links", static_cast<std::int64_t>(q.links / 2))
        .add("lower_module", q.joint.lower->id)
        .add("upper_module", q.joint.upper->id)
        .add("fibre", q.joint.fibre->id)
        .add("fibres_each_way", std::int64_t{q.joint.fibres})
        .add("lanes_each_way", std::int64_t{q.joint.lanes})
        .add("fec", q.joint.fec->id)
        .add("longest_m", q.longest_m)
        .add("reach_m", q.reach_m)
        .add("frame_loss_target", q.frame_loss_target)
        .add("ber_threshold", q.ber_threshold)
        .add("ber_limit", q.ber_limit)
        .add("assumed_figures", static_cast<std::int64_t>(q.assumed_figures))
        .add("worst_ber", q.worst_ber)
        .add("worst_frame_loss_ratio", q.worst_frame_loss)
        .add("lock_losses_per_link_year", q.lock_losses_per_link_year)
        .add("flaps_per_link_year", q.flaps_per_link_year)
        .add("watt_per_link", q.watt_per_link)
        .add("usd_per_link", q.usd_per_link)
        .add("latency_ns", q.latency_ns);
    if (q.has_budget) {
        const auto worst = static_cast<std::size_t>(q.worst_lanes.worst_lane());
        json.add("worst_link", link_name(topology, q.worst_row))
            .add("worst_margin_db", q.worst_margin_db)
            .add("first_percentile_margin_db", q.first_percentile_margin_db)
            .add("median_margin_db", q.median_margin_db)
            .add("worst_budget", list_of(q.worst_budget, line_json))
            .add("sender_host_ber", q.worst_lanes.sender_host_ber)
            .add("optics_ber", q.worst_lanes.optics_ber[worst])
            .add("receiver_host_ber", q.worst_lanes.receiver_host_ber)
            .add("eye_least_q", q.eye ? q.eye->least_q : std::nan(""))
            .add("eye_snr_db", q.eye ? q.eye->snr_db : std::nan(""))
            .add("eye_least_height_ua", q.eye ? q.eye->least_height_ua : std::nan(""))
            .add("cliff_db", q.cliff_db)
            .add("lock_cliff_db", q.lock_cliff_db)
            .add("runs_out_years", q.runs_out_years.value_or(std::nan("")))
            .add("corners", list_of(q.corners, corner_json));
    }
    return json.add("operations", operations_json(q.operations));
}

std::string alternatives_text(const std::string& name, const std::vector<Alternative>& all, AlternativeOrder order) {
    constexpr std::array<const char*, 3> orders{"cost", "power", "margin"};
    std::string text = fmt::format(
        "\n{}: modules that could serve these cables, by {} (USD: middle of the range)\n  "
        "{:<20}{:<11}{:>10}{:>9}{:>10}{:>8}  {}\n",
        name, orders[static_cast<std::size_t>(order)], "module", "verdict", "margin", "W/link", "USD/link", "ns",
        "with, year of the price, what decided");
    for (const Alternative& a : all) {
        if (!a.serves) continue;
        text += fmt::format(
            "{} {:<20}{:<11}{:>10}{:>9.3g}{:>10}{:>8.0f}  {}{}{}{}; {}\n", a.present ? "*" : " ", a.module,
            name_of(a.verdict), std::isnan(a.worst_margin_db) ? "-" : readable_decibel(a.worst_margin_db),
            a.watt_per_link, std::isnan(a.usd_per_link) ? "?" : fmt::format("{:.0f}", a.usd_per_link), a.latency_ns,
            a.fibre, a.connectors.empty() ? "" : " " + a.connectors, a.price_year.empty() ? "" : ", " + a.price_year,
            a.assumed ? ", ASSUMED figures" : "", a.reason);
    }
    text += "  cannot serve:\n";
    for (const Alternative& a : all)
        if (!a.serves) text += fmt::format("{} {:<20}{}\n", a.present ? "*" : " ", a.module, a.why_not);
    return text;
}

JsonObject alternative_json(const Alternative& a) {
    return JsonObject()
        .add("module", a.module)
        .add("present", a.present)
        .add("serves", a.serves)
        .add("why_not", a.why_not)
        .add("verdict", a.serves ? name_of(a.verdict) : "")
        .add("reason", a.reason)
        .add("fibre", a.fibre)
        .add("connectors", a.connectors)
        .add("worst_margin_db", a.serves ? a.worst_margin_db : std::nan(""))
        .add("watt_per_link", a.watt_per_link)
        .add("usd_per_link", a.usd_per_link)
        .add("price_year", a.price_year)
        .add("latency_ns", a.latency_ns)
        .add("assumed", a.assumed);
}

}  // namespace lightloom
