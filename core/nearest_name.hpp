// The name that a mistyped one was probably meant to be, for error messages.
// Not here: the messages (scenarios/text_errors.hpp, topologies/user_topology.cpp).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lightloom {

/// The name that was probably meant: the one fewest typing mistakes away, capitals aside; empty if none is near. What
/// was shortened, so that all its letters stand in a name in their order, is meant before what was mistyped.
std::string_view nearest_name(std::string_view name, std::span<const std::string> known);

}  // namespace lightloom
