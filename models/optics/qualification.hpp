// Qualification: does every link of a class hold, by how much, for how long, and what decides? The practical analysis
// in five steps: targets; budget; host and electrical; error performance over temperature, age and loss; operations.
// Figures only: how they are printed is in tools/lightloom/qualify.cpp.
// Not here: other modules for the same span (alternatives.hpp), the budget itself (link_model.hpp).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/optics/link_model.hpp"
#include "models/optics/targets.hpp"
#include "models/optics/telemetry.hpp"
#include "models/optics/waterfall.hpp"

namespace lightloom {

enum class Verdict { pass, marginal, fail, undecided };
constexpr std::string_view name_of(Verdict verdict) {
    constexpr std::array<std::string_view, 4> names{"PASS", "MARGINAL", "FAIL", "UNDECIDED"};
    return names[static_cast<std::size_t>(verdict)];
}

/// How a link does in one corner of temperature, age and loss.
struct Corner {
    double inlet_c, age_years, extra_loss_db;
    double margin_db, worst_lane_ber, frame_loss_ratio, lock_losses_per_year;
};

/// The eye of the worst lane, by first principles: a receiver of the catalogue's kind whose thermal noise is such that
/// it meets the specified error ratio at its sensitivity.
struct EyeOfReceiver {
    double thermal_pa_per_sqrt_hz;    // calibrated
    double least_height_ua, least_q;  // of the eyes; height at the code's threshold
    double snr_db;
};

struct Operations {
    AlarmLevels rx_power_dbm, tx_power_dbm, case_temperature_c;  // to set in telemetry; powers average, per lane
    double ber_warn, ber_alarm;
    int most_wrong_symbols;  // of a codeword in 1e9, expected: more in the FEC histogram is news
    // Acceptance
    double loss_limit_db;       // of the channel, at installation: the target margin is left
    double inspection_loss_db;  // of one pair, from which on it is to be cleaned
    double soak_seconds;        // of each lane without more errors than the threshold, for the stated confidence
    double soak_ber;            // that it proves
    // Spares
    double modules, failures_per_year;  // of the class; NaN where no rate is known
    int spares;                         // so that with the stated confidence none is missing
};

struct Qualification {
    std::string name;  // of the class
    std::size_t kind = 0;
    std::size_t links = 0;  // directions
    Joint joint;
    Verdict verdict = Verdict::pass;
    std::string reason;                          // the number that decided
    std::string would_flip;                      // what would change the verdict
    std::size_t assumed_figures = 0;             // that its budget reads
    std::vector<std::string> figures_to_obtain;  // undecided: assumed figures that flip it

    // 1 Targets
    double frame_loss_target = 0.0;
    double ber_threshold = 0.0;  // of the code: what optics alone may reach
    double ber_limit = 0.0;      // with the hosts, where frame loss is at its target
    double reach_m = 0.0, longest_m = 0.0;
    // 2 Budget
    bool has_budget = false;  // false: specified end to end
    double worst_margin_db = 0.0, first_percentile_margin_db = 0.0, median_margin_db = 0.0;
    std::size_t worst_row = 0, median_row = 0;
    std::vector<WaterfallLine> worst_budget, median_budget;
    // 3 Host and electrical, of the worst link
    LaneBudgets worst_lanes;
    std::string sender_host, receiver_host;  // "retimed, 100g-c2m"
    std::optional<EyeOfReceiver> eye;        // of light that is detected directly
    // 4 Error performance
    double worst_ber = 0.0, worst_frame_loss = 0.0, worst_codeword_error = 0.0;
    // Loss more that the worst link bears until frames are lost beyond the target; negative where it must have less,
    // infinite where loss neither brings it about nor mends it
    double cliff_db = 0.0;
    double lock_cliff_db = 0.0;                                         // and until it loses lock once a year
    double lock_losses_per_link_year = 0.0, flaps_per_link_year = 0.0;  // mean over the class, dark times counted
    std::optional<double> runs_out_years;  // when the worst link's margin is gone; none: not by age, on this basis
    std::string runs_out_note;
    std::vector<Corner> corners;  // of the worst link
    // 5 Operations
    Operations operations{};
    // And what it takes
    double watt_per_link = 0.0, usd_per_link = 0.0, latency_ns = 0.0;
};

/// Qualifies every class of the plant that has cables. @param links  model.evaluate(frame_bytes)
std::vector<Qualification> qualify(const LinkModel& model, const LinkConditions& links, const Targets& targets,
                                   int frame_bytes);

/// One class. @param links  its rows must be evaluated: model.evaluate(frame_bytes, kind) will do
Qualification qualify(const LinkModel& model, const LinkConditions& links, std::size_t kind, const Targets& targets,
                      int frame_bytes);

/// The same at the middle of what is assumed, and again with all assumed figures low and high: a verdict that flips is
/// undecided, and each figure that alone flips it is named; if none does, those that move the margin, most first.
/// @param model_with  builds the model under an assumption
std::vector<Qualification> qualify_with_assumptions(
    const std::function<std::unique_ptr<LinkModel>(const Assumption&)>& model_with, const Targets& targets,
    int frame_bytes);

}  // namespace lightloom
