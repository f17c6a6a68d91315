// Magnitude: a value of a scenario as something that can be counted through and compared: a number, or a quantity in
// the base unit of its kind. Not here: the grammar of quantities (core/quantity_text.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/toml_document.hpp"

namespace lightloom {

struct Magnitude {
    enum class Kind { whole, real, time, size, rate, length, loss, power, temperature, age, watts };
    Kind kind = Kind::whole;
    double number = 0.0;  // whole ones below 2^53 exactly
};

/// Nothing for what is no number and no quantity.
std::optional<Magnitude> magnitude_of(const TomlValue& value);
std::optional<Magnitude> quantity_of(std::string_view text);

/// As TOML. Whole kinds are rounded to whole ones, the others to twelve digits: what differs between two machines' libm
/// is behind those, and 0.1 + 0.2 is 0.3.
std::string toml_of(Magnitude magnitude);

/// Both are numbers, or quantities of one kind.
bool comparable(Magnitude::Kind a, Magnitude::Kind b);

/// UDUNITS of the base unit; "1" for numbers.
std::string_view unit_of(Magnitude::Kind kind);

/// Any value as TOML, on one line.
std::string toml_of(const TomlValue& value);

}  // namespace lightloom
