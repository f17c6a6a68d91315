// The kinds of value that a plant's keys have: quantities that vary from cable to cable, modules that may differ at a
// cable's two ends, losses by port. Used by scenarios/schema.cpp only; the plain kinds are in schema_types.hpp.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/schema_types.hpp"

namespace lightloom {

/// A quantity, or a distribution that it is drawn from. @tparam Q  Metres, Decibel or Duration (kept in ps)
template <class Q>
std::optional<Complaint> read_distribution(const TomlValue& value, Q least, Q most, Distribution& field);
template <class Q>
std::string distribution_text(const Distribution& distribution);

std::string distribution_shape();

/// Of something that may differ at the two ends of a cable, if `one` is what stands for one of them.
std::string ends_shape(const TierNames& ends, std::string_view one);
std::optional<Complaint> read_modules(const TomlValue& value, const TierNames& ends, const ScenarioNames& names,
                                      Scenario::Tier& tier);
std::string modules_text(const TierNames& ends, const Scenario::Tier& tier);
std::optional<Complaint> read_host_losses(const TomlValue& value, const TierNames& ends, Scenario::Tier& tier);
std::string host_losses_text(const TierNames& ends, const Scenario::Tier& tier);
std::optional<Complaint> read_ids(const TomlValue& value, std::string_view noun, std::span<const std::string> known,
                                  std::vector<std::string>& field);

/// @param field  a function from a Root to a Distribution
template <class Q, class Root, class Field>
ValueType<Root> distribution(Field field, Q least, Q most) {
    return {fmt::format("a quantity {}, or {{ uniform = [least, most] }}, {{ normal = [mean, deviation] }} or "
                        "{{ lognormal = [median, deviation of the logarithm] }}",
                        range_text(least, most)),
            [=](const TomlValue& value, const ScenarioNames&, Root& root) {
                return read_distribution<Q>(value, least, most, field(root));
            },
            [field](const Root& root) { return distribution_text<Q>(field(root)); }, distribution_shape()};
}

}  // namespace lightloom
