// Frames that were lost on the links of a run, by what took them: the dark, faults that degraded a link, or bit errors
// of links as they were built, of which alone the expectation is known. Not here: what a report makes of it
// (report_verdict.hpp).
#pragma once

#include <string>

#include "tools/lightloom/report_fabric.hpp"

namespace lightloom {

struct LinkLosses {
    /// Bit errors, and how many frames FEC was expected to leave uncorrected on the same links as built.
    struct Errors {
        double lost = 0.0, expected = 0.0;
        /// Twice the expectation and five deviations of it are chance: errors come in bursts.
        bool is_chance() const;
    };

    double without_lock = 0.0;  // in the dark, on links that lost lock
    double in_outages = 0.0;    // in the dark, on links that never did: faults took them down
    Errors degraded;            // on links whose margin a fault lowered
    Errors as_built;            // on all others
    bool tells_built = true;    // else faults that began with the run are in all that is known of some links
    bool tells_faults = true;   // else the result has no columns to tell what faults took: all is as_built

    double total() const { return without_lock + in_outages + degraded.lost + as_built.lost; }
    /// By links as they were built.
    bool is_explained() const;
};

/// Nothing of a run that has not ended.
LinkLosses losses_on(const ReportedFabric& fabric);

/// "frames lost on links: 16,444, of them 15,634 in the dark on links that lost lock, ..."
std::string sentence_of(const LinkLosses& losses);

}  // namespace lightloom
