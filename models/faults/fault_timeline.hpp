// FaultTimeline: from what is to go wrong, given or drawn from rates, to what every direction of a cable goes through:
// outages, changes of loss, of rate and of modules, all known before the run. A fault costs its own rows, whether it
// lasts a microsecond or a day. Not here: which cables a selector names (models/faults/selection.hpp) or what fails
// together (models/faults/risk_groups.hpp), what a loss in dB does to a link (models/optics), text (scenarios).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "core/distribution.hpp"
#include "models/faults/outage.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// A fault that cannot be; what() names the parameter and what would be right.
struct FaultError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What fails together, at instants of its own.
struct FaultTarget {
    std::uint64_t entity = 0;  // that the instants are drawn for: faults of one seed and number share none
    std::vector<CableId> cables;
    NodeId node{};  // whose cables they are; none: of no node in particular
};
FaultTarget target_of(CableId cable);
/// A node and all its cables: a switch, or a server's NICs.
FaultTarget target_of(const Topology& topology, NodeId node);

enum class Way { both, up, down };  // up: from a cable's lower to its upper end

struct Once {
    Time at;
    std::optional<Duration> lasting = {};  // none: for good
};
/// Good and bad by turns from `at` on, good first: what flaps, and what fails at a rate and is mended.
struct Train {
    Time at;
    std::optional<Time> until = {};  // none: to the horizon
    double mean_up_ps = 0.0;         // exponential
    Distribution down_ps;
};
using Occasion = std::variant<Once, Train>;

/// Mean time between failures of one piece, in ps. FIT: failures in 1e9 hours (JEDEC JESD85).
double mean_up_of_fit(double fit);
/// The same of a share that fails per month of 730.5 h, such as 0.00057 of links (Alibaba HPN, SIGCOMM 2024).
double mean_up_of_monthly(double share_per_month);

struct Dark {
    OutageCause cause = OutageCause::link_down;
};
struct AddedLoss {
    double db = 0.0;
    std::int32_t lane = -1;  // -1: every lane
};
/// The margin wanders around where it was: an Ornstein-Uhlenbeck process, stationary from its beginning.
struct Wander {
    double rms_db = 0.0;
    Duration time_constant;
    Duration step;  // its loss is a constant for so long at a time
};
/// Dark while the link retrains, then the rate of the lanes that are left; again when they are back.
struct LostLanes {
    std::uint32_t lanes = 4, lost = 1;
    Duration retraining;
};
/// Dark while the module at one end is replaced; what then goes in is another of its kind.
struct NewModule {
    bool upper = false;
};
using FaultEffect = std::variant<Dark, AddedLoss, Wander, LostLanes, NewModule>;

struct PlannedFault {
    FaultEffect effect;
    std::vector<FaultTarget> targets;
    Occasion when = Once{};
    Way way = Way::both;       // not read of NewModule, which concerns both
    std::uint32_t number = 0;  // of two faults that draw for one entity, each its own
};

/// From an instant on, so much more loss (or less, if negative) than just before.
struct LossChange {
    Time at;
    std::uint32_t direction = 0;  // as in Outage
    std::int32_t lane = -1;       // -1: every lane
    double added_db = 0.0;
    std::uint32_t fault = 0;  // of the list
};
struct ModuleChange {
    Time at;
    CableId cable;
    bool upper = false;
    std::uint32_t times = 1;  // how often this end's module was replaced so far
};

struct FaultTimeline {
    /// A target of a fault (both by their place in the list) was bad in [from, to); what began before the horizon.
    struct Occurrence {
        std::uint32_t fault = 0, target = 0;
        Time from, to;
    };
    std::vector<Occurrence> occurrences;  // fault by fault, target by target, in order of time
    std::vector<Outage> outages;          // by direction and time
    std::vector<Impairment> impairments;  // in the order of the occurrences
    std::vector<LossChange> losses;       // by time; of one instant in the order of the faults
    std::vector<ModuleChange> modules;    // by time
    std::vector<RateChange> rates;        // by direction and time
};

/// @param horizon  a train or a wander without an end is followed so far, and what begins later is left out
/// @throws FaultError of the first fault that cannot be, or if more than 2^22 occurrences or steps would come out
FaultTimeline fault_timeline(const Topology& topology, std::span<const PlannedFault> faults, Time horizon,
                             std::uint64_t seed);

}  // namespace lightloom
