// The kinds of value that a key of the schema may have, each with its range, how it is read and how it is written.
// A `field` is a function from a Root, const or not, to the field's reference. Used by scenarios/schema.cpp only.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/quantity_text.hpp"
#include "scenarios/schema.hpp"

namespace lightloom {

/// A list of words for a shape (ValueType): ["a", "b"].
std::string json_list(std::span<const std::string> words);
/// To the ids of a catalogue's table, which tools/lightloom/schema.cpp defines by the noun for one of them.
std::string json_reference(std::string_view noun);
/// What a JSON Schema can say of quantities: a number and a unit, in quotes.
inline constexpr const char* kQuantityShape =
    R"({"type": "string", "pattern": "^\\s*[+-]?[0-9]+(\\.[0-9]+)?\\s*[A-Za-z/]+\\s*$"})";

/// How a value is cited in a message: what stands in the text, or its kind if that would be long.
std::string cited(const TomlValue& value);

std::optional<Complaint> read_text(const TomlValue& value, std::string& field);
std::optional<Complaint> read_whole_number(const TomlValue& value, std::int64_t least, std::int64_t most,
                                           std::int64_t& field);
std::optional<Complaint> read_name(const TomlValue& value, std::string_view noun, std::span<const std::string> known,
                                   std::string& field);
std::optional<Complaint> read_number(const TomlValue& value, double least, double most, double& field);

template <class Q>
std::string range_text(Q least, Q most) {
    if (least == most) return fmt::format("only {} as yet", to_text(least));
    return fmt::format("from {} to {}", to_text(least), to_text(most));
}

template <class Q>
std::optional<Complaint> read_quantity(const TomlValue& value, Q least, Q most, Q& field) {
    using Kind = TomlValue::Kind;
    if (value.kind == Kind::integer || value.kind == Kind::real)
        return Complaint{value.at, cited(value) + " has no unit", quantity_form<Q>()};
    if (value.kind != Kind::text) return Complaint{value.at, "found " + cited(value), quantity_form<Q>()};
    auto parsed = parse_quantity<Q>(value.text);
    if (!parsed.value) return Complaint{value.at, std::move(parsed.error), std::move(parsed.hint)};
    if (*parsed.value < least || *parsed.value > most)
        return Complaint{value.at, cited(value) + " is out of range", "possible is " + range_text(least, most)};
    field = *parsed.value;
    return std::nullopt;
}

/// The kinds of value of a key whose field lies in a Root.
template <class Root>
struct TypesOf {
    using Type = ValueType<Root>;
    using MaybeComplaint = std::optional<Complaint>;

    template <class Field>
    static Type text(Field field) {
        return {
            "text of one line, at most 200 bytes",
            [field](const TomlValue& value, const ScenarioNames&, Root& root) { return read_text(value, field(root)); },
            [field](const Root& root) { return toml_string(field(root)); }, R"({"type": "string", "maxLength": 200})"};
    }

    template <class Field>
    static Type whole_number(Field field, std::int64_t least, std::int64_t most) {
        return {fmt::format("a whole number from {} to {}", least, most),
                [=](const TomlValue& value, const ScenarioNames&, Root& root) {
                    return read_whole_number(value, least, most, field(root));
                },
                [field](const Root& root) { return fmt::format("{}", field(root)); },
                fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", least, most)};
    }

    template <class Q, class Field>
    static Type quantity(Field field, Q least, Q most) {
        return {range_text(least, most),
                [=](const TomlValue& value, const ScenarioNames&, Root& root) {
                    return read_quantity(value, least, most, field(root));
                },
                [field](const Root& root) { return toml_string(to_text(field(root))); }, kQuantityShape};
    }

    /// One of a closed set. @param names  in the order of the field's enumerators, which count from 0
    template <class Field>
    static Type choice(Field field, std::vector<std::string> names) {
        return {fmt::format("\"{}\"", fmt::join(names, "\" or \"")),
                [field, names](const TomlValue& value, const ScenarioNames&, Root& root) -> MaybeComplaint {
                    std::string name;
                    if (auto complaint = read_name(value, "value", names, name)) return complaint;
                    using Enum = std::remove_reference_t<decltype(field(root))>;
                    field(root) = static_cast<Enum>(std::ranges::find(names, name) - names.begin());
                    return std::nullopt;
                },
                [field, names](const Root& root) { return toml_string(names[static_cast<std::size_t>(field(root))]); },
                fmt::format(R"({{"enum": {}}})", json_list(names))};
    }

    /// An id of a catalogue.
    template <class Field>
    static Type id(Field field, std::string_view noun, std::vector<std::string> ScenarioNames::*known) {
        return {fmt::format("the id of a {}", noun),
                [=](const TomlValue& value, const ScenarioNames& names, Root& root) {
                    return read_name(value, noun, names.*known, field(root));
                },
                [field](const Root& root) { return toml_string(field(root)); }, json_reference(noun)};
    }

    /// One of a list of ids.
    template <class Field>
    static Type one_of(Field field, std::string_view noun, std::vector<std::string> ids) {
        return {fmt::format("the id of a {}", noun),
                [=](const TomlValue& value, const ScenarioNames&, Root& root) {
                    return read_name(value, noun, ids, field(root));
                },
                [field](const Root& root) { return toml_string(field(root)); },
                fmt::format(R"({{"enum": {}}})", json_list(ids))};
    }

    /// A number without unit, such as a share.
    template <class Field>
    static Type number(Field field, double least, double most) {
        return {fmt::format("a number from {:g} to {:g}", least, most),
                [=](const TomlValue& value, const ScenarioNames&, Root& root) {
                    return read_number(value, least, most, field(root));
                },
                [field](const Root& root) { return to_text(field(root)); },
                fmt::format(R"({{"type": "number", "minimum": {}, "maximum": {}}})", least, most)};
    }

    template <class Field>
    static Type truth(Field field) {
        return {"true or false",
                [field](const TomlValue& value, const ScenarioNames&, Root& root) -> MaybeComplaint {
                    if (value.kind != TomlValue::Kind::boolean)
                        return Complaint{value.at, "found " + cited(value), "it is true or false, without quotes"};
                    field(root) = value.boolean;
                    return std::nullopt;
                },
                [field](const Root& root) { return std::string(field(root) ? "true" : "false"); },
                R"({"type": "boolean"})"};
    }

    /// A list of some of a closed set, in any order. @param field  of so many flags: bit i for names[i]
    template <class Field>
    static Type flags(Field field, std::vector<std::string> names) {
        return {fmt::format("a list of \"{}\"", fmt::join(names, "\", \"")),
                [field, names](const TomlValue& value, const ScenarioNames&, Root& root) -> MaybeComplaint {
                    if (value.kind != TomlValue::Kind::list)
                        return Complaint{value.at, "found " + cited(value),
                                         fmt::format("a list of some of {}", fmt::join(names, ", "))};
                    unsigned bits = 0;
                    for (const TomlValue& item : value.items) {
                        std::string name;
                        if (auto complaint = read_name(item, "value", names, name)) return complaint;
                        bits |= 1u << (std::ranges::find(names, name) - names.begin());
                    }
                    field(root) = bits;
                    return std::nullopt;
                },
                [field, names](const Root& root) {
                    std::vector<std::string> given;
                    for (std::size_t i = 0; i < names.size(); ++i)
                        if (static_cast<unsigned>(field(root)) >> i & 1u) given.push_back(toml_string(names[i]));
                    return fmt::format("[{}]", fmt::join(given, ", "));
                },
                fmt::format(R"({{"type": "array", "items": {{"enum": {}}}}})", json_list(names))};
    }

    /// A number that starts a sequence of draws: whole, not negative.
    template <class Field>
    static Type seed(Field field) {
        return {"a whole number, not negative",
                [field](const TomlValue& value, const ScenarioNames&, Root& root) {
                    std::int64_t number = 0;
                    auto complaint = read_whole_number(value, 0, INT64_MAX, number);
                    if (!complaint) field(root) = static_cast<std::uint64_t>(number);
                    return complaint;
                },
                [field](const Root& root) { return fmt::format("{}", field(root)); },
                R"({"type": "integer", "minimum": 0})"};
    }

    /// What `of` reads, or the word that stands for no value at all.
    /// @param of  a type of the same field's value, made from a function to a reference of it
    template <class Value, class Field>
    static Type optional(Field field, std::string_view none, ValueType<Value> of) {
        return {fmt::format("\"{}\", or {}", none, of.form),
                [=](const TomlValue& value, const ScenarioNames& names, Root& root) -> MaybeComplaint {
                    field(root).reset();
                    if (value.kind == TomlValue::Kind::text && value.text == none) return std::nullopt;
                    Value read{};
                    auto complaint = of.read(value, names, read);
                    if (complaint)
                        complaint->hint = fmt::format("\"{}\", or: {}", none, complaint->hint);
                    else
                        field(root) = read;
                    return complaint;
                },
                [=](const Root& root) { return field(root) ? of.print(*field(root)) : toml_string(none); },
                fmt::format(R"({{"anyOf": [{{"const": "{}"}}, {}]}})", none, of.shape)};
    }
};

}  // namespace lightloom
