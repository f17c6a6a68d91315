#include "scenarios/schema_types.hpp"

#include <array>
#include <charconv>

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::size_t kLongestTitle = 200;

// What a cable may measure: from a patch inside a rack to the longest span without an amplifier.
constexpr Metres kShortestCable{0.1};
constexpr Metres kLongestCable{100'000.0};
// inverse_normal never leaves +-8.3 (core/random.hpp), so with this much room no drawn length is negative.
constexpr double kMostDeviationsBelowMean = 8.3;

std::optional<Complaint> read_pair(const TomlValue& list, Metres& first, std::string_view form) {
    if (list.kind != Kind::list || list.items.size() != 2)
        return Complaint{list.at, "found " + cited(list), std::string(form)};
    return read_quantity(list.items[0], kShortestCable, kLongestCable, first);
}

std::optional<Complaint> read_uniform(const TomlValue& list, Distribution& field) {
    Metres least, most;
    if (auto complaint = read_pair(list, least, R"(uniform takes two lengths, such as ["20m", "120m"])"))
        return complaint;
    if (auto complaint = read_quantity(list.items[1], kShortestCable, kLongestCable, most)) return complaint;
    if (least > most) return Complaint{list.at, "the least length is above the most", "uniform = [least, most]"};
    field = {Distribution::Kind::uniform, least.value, most.value};
    return std::nullopt;
}

std::optional<Complaint> read_normal(const TomlValue& list, Distribution& field) {
    Metres mean, deviation;
    if (auto complaint = read_pair(list, mean, R"(normal takes two lengths, such as ["50m", "5m"])")) return complaint;
    if (auto complaint = read_quantity(list.items[1], Metres{0.0}, kLongestCable, deviation)) return complaint;
    if (mean.value < kMostDeviationsBelowMean * deviation.value)
        return Complaint{list.at, "a draw could be a negative length",
                         "the mean must be at least 8.3 deviations; a lognormal length is never negative"};
    field = {Distribution::Kind::normal, mean.value, deviation.value};
    return std::nullopt;
}

std::optional<Complaint> read_lognormal(const TomlValue& list, Distribution& field) {
    Metres median;
    if (auto complaint = read_pair(list, median, R"(lognormal takes a length and a number, such as ["50m", 0.3])"))
        return complaint;
    const TomlValue& value = list.items[1];
    const double deviation = value.kind == Kind::integer ? static_cast<double>(value.integer) : value.real;
    const bool is_number = value.kind == Kind::integer || value.kind == Kind::real;
    if (!is_number || !(deviation >= 0.0 && deviation <= 1.0))
        return Complaint{value.at, "found " + cited(value), "the deviation of the logarithm is a number from 0 to 1"};
    field = {Distribution::Kind::lognormal, median.value, deviation};
    return std::nullopt;
}

/// One "name=value" of a selector.
std::optional<std::string> read_selected(std::string_view name, std::string_view value, Scenario::Fault& fault) {
    if (name == "tier") {
        fault.tier = value;
        return std::nullopt;
    }
    auto& field = name == "leaf"     ? fault.leaf
                  : name == "spine"  ? fault.spine
                  : name == "server" ? fault.server
                                     : fault.link;
    if (field) return fmt::format("{} is selected twice", name);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < 0)
        return fmt::format("{} must be a whole number from 0, not {}", name, quoted_for_display(value));
    field = number;
    return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string cited(const TomlValue& value) {
    if (value.kind == Kind::text) return quoted_for_display(value.text);
    if (value.kind == Kind::integer) return fmt::format("{}", value.integer);
    if (value.kind == Kind::real) return fmt::format("{}", value.real);
    if (value.kind == Kind::boolean) return value.boolean ? "true" : "false";
    return std::string(kind_name(value.kind));
}

std::optional<Complaint> read_text(const TomlValue& value, std::string& field) {
    if (value.kind != Kind::text) return Complaint{value.at, "found " + cited(value), "it is a text in quotes"};
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (value.text.size() > kLongestTitle || std::ranges::any_of(value.text, is_control))
        return Complaint{value.at, "is not one line of at most 200 bytes", {}};
    field = value.text;
    return std::nullopt;
}

std::optional<Complaint> read_whole_number(const TomlValue& value, std::int64_t least, std::int64_t most,
                                           std::int64_t& field) {
    const std::string range = fmt::format("it is a whole number from {} to {}, without quotes", least, most);
    if (value.kind != Kind::integer) return Complaint{value.at, "found " + cited(value), range};
    if (value.integer < least || value.integer > most)
        return Complaint{value.at, cited(value) + " is out of range", range};
    field = value.integer;
    return std::nullopt;
}

std::optional<Complaint> read_name(const TomlValue& value, std::string_view noun, std::span<const std::string> known,
                                   std::string& field) {
    if (value.kind != Kind::text)
        return Complaint{value.at, "found " + cited(value), suggestion({}, known) + ", in quotes"};
    if (std::ranges::find(known, value.text) == known.end())
        return Complaint{value.at, fmt::format("no {} {}", noun, cited(value)), suggestion(value.text, known)};
    field = value.text;
    return std::nullopt;
}

std::optional<Complaint> read_length(const TomlValue& value, Distribution& field) {
    if (value.kind != Kind::table) {
        Metres length;
        auto complaint = read_quantity(value, kShortestCable, kLongestCable, length);
        if (!complaint) field = {Distribution::Kind::fixed, length.value, 0.0};
        return complaint;
    }
    const std::array<std::string, 3> known{"uniform", "normal", "lognormal"};
    if (value.members.size() != 1)
        return Complaint{value.at, "a length follows one distribution", R"(such as { uniform = ["20m", "120m"] })"};
    const TomlMember& member = value.members[0];
    if (member.name == "uniform") return read_uniform(member.value, field);
    if (member.name == "normal") return read_normal(member.value, field);
    if (member.name == "lognormal") return read_lognormal(member.value, field);
    return Complaint{member.at, "unknown distribution " + quoted_for_display(member.name),
                     suggestion(member.name, known)};
}

std::string length_text(const Distribution& length) {
    const std::string a = to_text(Metres{length.a}), b = to_text(Metres{length.b});
    switch (length.kind) {
        case Distribution::Kind::fixed: return fmt::format("\"{}\"", a);
        case Distribution::Kind::uniform: return fmt::format("{{ uniform = [\"{}\", \"{}\"] }}", a, b);
        case Distribution::Kind::normal: return fmt::format("{{ normal = [\"{}\", \"{}\"] }}", a, b);
        case Distribution::Kind::lognormal:
            // TOML's 1 is an integer and its 1.0 a number; both are read
            return fmt::format("{{ lognormal = [\"{}\", {}] }}", a, to_text(length.b));
    }
    return {};
}

std::optional<Complaint> read_selector(const TomlValue& value, Scenario::Fault& fault) {
    const std::string form = R"(such as "tier=leaf-spine & leaf=3 & spine=7"; what is not named matches every one)";
    if (value.kind != Kind::text) return Complaint{value.at, "found " + cited(value), form};
    const std::array<std::string, 5> known{"tier", "leaf", "spine", "server", "link"};
    Scenario::Fault selected;
    std::string_view rest = value.text;
    for (bool more = true; more;) {
        const std::size_t end = rest.find('&');
        more = end != std::string_view::npos;
        const std::string_view term = trimmed(rest.substr(0, end));
        if (more) rest.remove_prefix(end + 1);
        const std::size_t equals = term.find('=');
        if (equals == std::string_view::npos)
            return Complaint{value.at, quoted_for_display(term) + " is not name=value", form};
        const std::string_view name = trimmed(term.substr(0, equals));
        if (std::ranges::find(known, name) == known.end())
            return Complaint{value.at, "nothing is selected by " + quoted_for_display(name), suggestion(name, known)};
        if (auto wrong = read_selected(name, trimmed(term.substr(equals + 1)), selected))
            return Complaint{value.at, *wrong, form};
    }
    fault.tier = selected.tier;
    fault.leaf = selected.leaf;
    fault.spine = selected.spine;
    fault.server = selected.server;
    fault.link = selected.link;
    return std::nullopt;
}

std::string selector_text(const Scenario::Fault& fault) {
    std::string text = "tier=" + fault.tier;
    const auto add = [&](std::string_view name, const std::optional<std::int64_t>& number) {
        if (number) text += fmt::format(" & {}={}", name, *number);
    };
    add("leaf", fault.leaf);
    add("spine", fault.spine);
    add("server", fault.server);
    add("link", fault.link);
    return text;
}

}  // namespace lightloom
