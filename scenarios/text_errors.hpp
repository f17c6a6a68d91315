// What a user is told about a text that is wrong: where, which key, what, and what next.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/nearest_name.hpp"

namespace lightloom {

struct InputError {
    std::string file;          // or the option that said it: "--set topology.spines=x"
    int line = 0, column = 0;  // from 1; 0 for what is not in a file
    std::string key;           // "tier.leaf-spine.length"; empty for what is wrong before there are keys
    std::string message;       // "150 has no unit"
    std::string hint;          // "a length is a number and m or km, such as "150m""; may be empty
    friend bool operator==(const InputError&, const InputError&) = default;
};

/// "leaf_spine.toml:15:10: error: tier.leaf-spine.length: 150 has no unit\n    a length is ...", no newline at its end.
std::string to_string(const InputError& error);

/// What to say to somebody who used an unknown name: "did you mean "ring"?", or what is known if nothing is near.
std::string suggestion(std::string_view name, std::span<const std::string> known);

}  // namespace lightloom
