#include "scenarios/schema_types.hpp"

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

constexpr std::size_t kLongestTitle = 200;

}  // namespace

std::string json_list(std::span<const std::string> words) {
    std::vector<std::string> quoted;
    for (const std::string& word : words) quoted.push_back(fmt::format("\"{}\"", word));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string json_reference(std::string_view noun) {
    std::string name(noun);
    std::ranges::replace(name, ' ', '-');
    return fmt::format(R"({{"$ref": "#/definitions/{}"}})", name);
}

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

}  // namespace lightloom
