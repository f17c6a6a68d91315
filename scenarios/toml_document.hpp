// TomlDocument: a scenario's text as a tree of values, each with its place. The only door to the TOML library, and the
// only place that meets bytes from outside: whatever they are, what comes out is a tree or one located fault.
// Not here: what the keys mean (scenarios/schema.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lightloom {

/// Where something stands in a text; columns count code points. Both from 1; 0 for what stands in no text.
struct TextPosition {
    int line = 0;
    int column = 0;
    friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

struct TomlMember;

struct TomlValue {
    enum class Kind { boolean, integer, real, text, date, list, table };
    Kind kind = Kind::table;
    TextPosition at;
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0.0;  // may be infinite or not a number
    std::string text;   // valid UTF-8
    std::vector<TomlValue> items;
    std::vector<TomlMember> members;  // of a table, by name
};

struct TomlMember {
    std::string name;
    TextPosition at;
    TomlValue value;
};

struct TomlFault {
    TextPosition at;  // always inside the text: no further than one past its last character
    std::string message, hint;
};

struct TomlDocument {
    TomlValue root;
    std::optional<TomlFault> fault;  // the first one; `root` is empty then
};

// What a text may be at most. Long before these a scenario is a mistake, and below them no text, however nested, can
// exhaust the stack.
inline constexpr std::size_t kMostScenarioBytes = 1 << 20;
inline constexpr std::size_t kMostLineBytes = 1024;

/// @param text  any bytes
TomlDocument parse_toml(std::string_view text);

/// `text` as a TOML string in double quotes. @param text  UTF-8
std::string toml_string(std::string_view text);

/// "a number", "a table": what a value is called in a message.
std::string_view kind_name(TomlValue::Kind kind);

}  // namespace lightloom
