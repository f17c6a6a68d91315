// What a scenario file says of one [[fault]]: what happens, to what, and when. Plain data, as the rest of a Scenario.
// Not here: how a selector is written (scenarios/selector_text.hpp), which keys belong to which kind of fault
// (scenarios/schema_faults.cpp), what comes of it (scenarios/fault_plan.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/faults/fault_timeline.hpp"
#include "models/faults/risk_groups.hpp"

namespace lightloom {

/// Cables, or nodes where the fault is one of nodes. What is not named matches every one.
struct Selector {
    std::optional<std::string> tier{};
    std::optional<std::int64_t> leaf{}, spine{}, core{}, pod{}, server{}, link{};
    std::optional<RiskKind> group{};
    std::optional<std::int64_t> per{};     // members of a group; none: as many as usual
    std::optional<std::int64_t> random{};  // so many of those that match
    friend bool operator==(const Selector&, const Selector&) = default;
};

enum class FaultKind { degrade, down, flaps, wander, lanes, swap, crash, nic_loss, circuit_loss };
inline constexpr std::array<std::string_view, 9> kFaultKinds{"degrade", "down",  "flaps",    "wander",      "lanes",
                                                             "swap",    "crash", "nic-loss", "circuit-loss"};
constexpr std::string_view name_of(FaultKind kind) { return kFaultKinds[static_cast<std::size_t>(kind)]; }

/// A key that does not belong to the kind is not read.
struct ScenarioFault {
    FaultKind kind = FaultKind::degrade;
    Duration at;  // after the start
    Selector select;
    Way way = Way::both;
    std::optional<std::int64_t> lane;   // counted from 0; none: every lane
    std::optional<Decibel> extra_loss;  // of a degrade, which needs it
    Decibel rms{0.5};
    Duration time_constant = milliseconds(1), step = microseconds(100);
    std::int64_t lanes = 1;  // that are lost
    Duration retraining = milliseconds(1);
    End end = End::lower;
    std::optional<Duration> lasts;  // none: for good
    // A fault that recurs has one of three
    std::optional<Duration> mean_up;
    std::optional<double> fit, monthly;
    Distribution down_ps{Distribution::Kind::lognormal, 1e10, 1.0};
    std::optional<Duration> until;  // after the start; none: to the end of the run

    bool recurs() const { return mean_up || fit || monthly; }
    friend bool operator==(const ScenarioFault&, const ScenarioFault&) = default;
};

}  // namespace lightloom
