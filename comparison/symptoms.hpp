// Symptoms: where a result hurts: the tier that is busiest, the deepest queue, where frames are lost, the worst fault,
// the tier with the least margin. From them follows, in words, why one design does better than another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/metrics.hpp"
#include "scenarios/result_reader.hpp"

namespace lightloom {

struct Symptoms {
    struct Tier {
        std::string name;
        double utilisation = 0.0, greatest_utilisation = 0.0;  // mean over its ports, and the busiest one's
        double frames_lost = 0.0;
        std::optional<double> margin_db{};  // the least, during the run where it has ended
    };
    std::vector<Tier> tiers;
    std::string queue_at;  // the kind of node with the deepest queue
    double queue_bytes = 0.0;
    double dropped = 0.0, lock_losses = 0.0, flaps = 0.0;

    struct Fault {
        std::size_t number = 0;
        std::string kind;
        double flows_stalled = 0.0, longest_stall_ps = 0.0, frames_lost = 0.0;
        std::string run{};  // of several, which: "all seeds 4"
    };
    std::optional<Fault> worst_fault;  // by its longest stall

    struct Share {
        std::string kind;                  // "switches"
        double watt = 0.0, dollars = 0.0;  // per GPU
    };
    std::vector<Share> bill;
};

Symptoms symptoms_of(const ResultReader& result);

/// Of several runs: means; of a tier the least margin, and of all faults the worst. @pre one run at least
/// @param names  which run is which: "all seeds 4"
Symptoms mean_of(const std::vector<Symptoms>& runs, const std::vector<std::string>& names);

/// That with the least margin; nullptr: none has one.
const Symptoms::Tier* weakest_tier(const Symptoms& of);

/// What went wrong in one design and not, or less, in another: frames lost or dropped, locks lost, flows stalled.
std::vector<std::string> troubles(const Symptoms& better, const std::string& worse_name, const Symptoms& worse);

/// Why `metric` of one design differs from another's, as far as results show it, the plainest first; may be empty.
std::vector<std::string> differences(const Metric& metric, const std::string& better_name, const Symptoms& better,
                                     const std::string& worse_name, const Symptoms& worse);

}  // namespace lightloom
