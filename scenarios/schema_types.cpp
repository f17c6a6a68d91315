#include "scenarios/schema_types.hpp"

#include <array>
#include <charconv>

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::size_t kLongestTitle = 200;

/// One "name=value" of a selector.
std::optional<std::string> read_selected(std::string_view name, std::string_view value, Scenario::Fault& fault) {
    if (name == "tier") {
        fault.tier = value;
        return std::nullopt;
    }
    auto& field = name == "leaf"     ? fault.leaf
                  : name == "spine"  ? fault.spine
                  : name == "core"   ? fault.core
                  : name == "pod"    ? fault.pod
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

std::optional<Complaint> read_number(const TomlValue& value, double least, double most, double& field) {
    const std::string range = fmt::format("it is a number from {:g} to {:g}, without quotes", least, most);
    const double number = value.kind == Kind::integer ? static_cast<double>(value.integer) : value.real;
    if (value.kind != Kind::integer && value.kind != Kind::real)
        return Complaint{value.at, "found " + cited(value), range};
    if (!(number >= least && number <= most)) return Complaint{value.at, cited(value) + " is out of range", range};
    field = number;
    return std::nullopt;
}

std::optional<Complaint> read_selector(const TomlValue& value, Scenario::Fault& fault) {
    const std::string form = R"(such as "tier=leaf-spine & leaf=3 & spine=7"; what is not named matches every one)";
    if (value.kind != Kind::text) return Complaint{value.at, "found " + cited(value), form};
    const std::array<std::string, 7> known{"tier", "leaf", "spine", "core", "pod", "server", "link"};
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
    fault.core = selected.core;
    fault.pod = selected.pod;
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
    add("core", fault.core);
    add("pod", fault.pod);
    add("server", fault.server);
    add("link", fault.link);
    return text;
}

}  // namespace lightloom
