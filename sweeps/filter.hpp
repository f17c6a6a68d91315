// Filters of a sweep: "topology.spines * 2 <= topology.leaves or routing.policy = ecmp" keeps the points for which it
// holds. Operands are keys of the scenario, numbers, quantities and names, multiplied or divided; a key counts with the
// value that the point gives it, else with that of the base scenario.
// Not here: which points there are (sweeps/plan.hpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/toml_document.hpp"

namespace lightloom {

/// Every key of a scenario by its path, "tier.leaf-spine.length".
using KeyTable = std::map<std::string, TomlValue, std::less<>>;

/// Adds every value below `value`, whose own path is `path`; a table counts as itself and as what is in it.
void add_keys(const TomlValue& value, const std::string& path, KeyTable& keys);

struct FilterVerdict {
    bool holds = false;
    std::string error, hint;  // why it cannot be said; empty: it can
};

class Filter {
public:
    struct Parsed;
    static Parsed parse(std::string_view text);

    FilterVerdict verdict(const KeyTable& keys) const;

private:
    enum class Relation { equal, unequal, less, less_or_equal, greater, greater_or_equal };
    struct Product {
        std::vector<std::string> factors;
        std::vector<bool> divides;  // factor i divides what stands before it
    };
    struct Comparison {
        Product left;
        Relation relation = Relation::equal;
        Product right;
    };
    static FilterVerdict compare(const Comparison& comparison, const KeyTable& keys);

    std::vector<Comparison> any_of_;
};

struct Filter::Parsed {
    std::optional<Filter> filter;
    std::string error, hint;
};

}  // namespace lightloom
