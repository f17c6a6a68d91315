// Alternatives: every module of the catalogue that could serve the cables of a class, with what it costs, draws and
// leaves, and why the others cannot. A module that needs other fibre or connectors is tried with those, and says so.
// Not here: qualifying what is there (qualification.hpp).
#pragma once

#include <string>
#include <vector>

#include "models/optics/qualification.hpp"

namespace lightloom {

struct Alternative {
    std::string module, fibre, connectors;  // what it was tried with
    bool present = false;                   // it is what the class has, at both ends
    bool serves = false;
    std::string why_not;  // where it does not serve: the first objection
    Verdict verdict = Verdict::fail;
    std::string reason;
    double worst_margin_db = 0.0;  // NaN where it is specified end to end
    double watt_per_link = 0.0, usd_per_link = 0.0, latency_ns = 0.0;
    std::string price_year;
    bool assumed = false;  // figures of it are assumed; then `verdict` is undecided where low and high differ
};

enum class AlternativeOrder { cost, power, margin };

/// @param plant  as planned; the cables of `kind` are tried, the first 4,096 of them
/// @param catalogue_with  the catalogue under an assumption, alive while this runs
std::vector<Alternative> alternatives(const Plant& plant, std::size_t kind, const Targets& targets, int frame_bytes,
                                      const std::function<const Catalogue&(Assumption::Level)>& catalogue_with,
                                      AlternativeOrder order);

}  // namespace lightloom
