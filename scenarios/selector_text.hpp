// A selector as text: "tier=leaf-spine & leaf=3 & spine=7", "leaf=0 & group=trunk & per=12 & random 2".
// Not here: what it selects (models/faults/selection.hpp), whether there are such cables (scenarios/fault_checks.hpp).
#pragma once

#include <optional>
#include <string>

#include "scenarios/fault.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {

std::optional<Complaint> read_selector(const TomlValue& value, Selector& field);

/// As it reads back.
std::string selector_text(const Selector& selector);

}  // namespace lightloom
