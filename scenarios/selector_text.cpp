#include "scenarios/selector_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/schema_types.hpp"

namespace lightloom {
namespace {

const std::string kForm = R"(such as "tier=leaf-spine & leaf=3 & spine=7"; what is not named matches every one)";
const std::array<std::string, 10> kNames{"tier",   "leaf", "spine", "core", "pod",
                                         "server", "link", "group", "per",  "random"};
const std::array<std::string, 6> kRiskKinds{"module", "line-card", "trunk", "panel", "route", "node"};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return text.substr(text.size());
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::int64_t>& number_named(std::string_view name, Selector& selector) {
    if (name == "leaf") return selector.leaf;
    if (name == "spine") return selector.spine;
    if (name == "core") return selector.core;
    if (name == "pod") return selector.pod;
    if (name == "server") return selector.server;
    if (name == "link") return selector.link;
    return name == "per" ? selector.per : selector.random;
}

class SelectorReader {
public:
    explicit SelectorReader(const TomlValue& value) : value_(value) {}

    std::optional<Complaint> term(std::string_view text) {
        constexpr std::string_view kRandom = "random";
        if (text.starts_with(kRandom) && text.substr(kRandom.size()).starts_with(' ') &&
            text.find('=') == std::string_view::npos)
            return named(text.substr(0, kRandom.size()), trimmed(text.substr(kRandom.size())));
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos)
            return Complaint{at(text), quoted_for_display(text) + " is not name=value", kForm};
        return named(trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)));
    }
    /// Where a part of the value's text stands: behind the quote that opens it. An escape before it, which no right
    /// selector has, would bring it too far to the left; what stands in no text has no place.
    TextPosition at(std::string_view part) const {
        if (value_.at.line == 0) return value_.at;
        const std::string_view before(value_.text.data(), static_cast<std::size_t>(part.data() - value_.text.data()));
        const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
        return {value_.at.line, value_.at.column + 1 + static_cast<int>(std::ranges::count_if(before, begins))};
    }
    Selector selected{};
    TextPosition per_at{};

private:
    std::optional<Complaint> named(std::string_view name, std::string_view value) {
        if (std::ranges::find(kNames, name) == kNames.end())
            return Complaint{at(name), "nothing is selected by " + quoted_for_display(name), suggestion(name, kNames)};
        const auto twice = [&] { return Complaint{at(name), fmt::format("{} is selected twice", name), kForm}; };
        if (name == "tier") {
            if (selected.tier) return twice();
            selected.tier = value;
            return std::nullopt;
        }
        if (name == "group") {
            if (selected.group) return twice();
            const auto kind = std::ranges::find(kRiskKinds, value);
            if (kind == kRiskKinds.end())
                return Complaint{at(value), "no group " + quoted_for_display(value), suggestion(value, kRiskKinds)};
            selected.group = static_cast<RiskKind>(kind - kRiskKinds.begin());
            return std::nullopt;
        }
        auto& field = number_named(name, selected);
        if (field) return twice();
        const std::int64_t least = name == "per" || name == "random" ? 1 : 0;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size() || number < least || number > UINT32_MAX)
            return Complaint{
                at(value),
                fmt::format("{} must be a whole number from {}, not {}", name, least, quoted_for_display(value)),
                kForm};
        if (name == "per") per_at = at(name);
        field = number;
        return std::nullopt;
    }

    const TomlValue& value_;
};

}  // namespace

std::optional<Complaint> read_selector(const TomlValue& value, Selector& field) {
    if (value.kind != TomlValue::Kind::text) return Complaint{value.at, "found " + cited(value), kForm};
    SelectorReader reader(value);
    std::string_view rest = value.text;
    for (bool more = true; more;) {
        const std::size_t end = rest.find('&');
        more = end != std::string_view::npos;
        const std::string_view term = trimmed(rest.substr(0, end));
        if (more) rest.remove_prefix(end + 1);
        if (auto wrong = reader.term(term)) return wrong;
    }
    const Selector& selected = reader.selected;
    if (selected.per && (!selected.group || *selected.group == RiskKind::route || *selected.group == RiskKind::node))
        return Complaint{reader.per_at, "per is how many make a group",
                         "with group=module, line-card, trunk or panel; a route and a node have what they have"};
    field = selected;
    return std::nullopt;
}

std::string selector_text(const Selector& selector) {
    std::string text;
    const auto add = [&](const std::string& term) { text += (text.empty() ? "" : " & ") + term; };
    const auto number = [&](std::string_view name, const std::optional<std::int64_t>& of) {
        if (of) add(fmt::format("{}={}", name, *of));
    };
    if (selector.tier) add("tier=" + *selector.tier);
    number("leaf", selector.leaf);
    number("spine", selector.spine);
    number("core", selector.core);
    number("pod", selector.pod);
    number("server", selector.server);
    number("link", selector.link);
    if (selector.group) add("group=" + kRiskKinds[static_cast<std::size_t>(*selector.group)]);
    number("per", selector.per);
    if (selector.random) add(fmt::format("random {}", *selector.random));
    return text;
}

}  // namespace lightloom
