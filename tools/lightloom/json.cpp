#include "tools/lightloom/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lightloom {
namespace {

// null for NaN and infinities, which JSON has not
std::string number_text(double number) { return std::isfinite(number) ? fmt::format("{}", number) : "null"; }
std::string number_text(std::int64_t number) { return fmt::to_string(number); }

template <class Number>
std::string list_text(const std::vector<Number>& numbers) {
    std::string items;
    for (const Number number : numbers) {
        if (!items.empty()) items += ',';
        items += number_text(number);
    }
    return "[" + items + "]";
}

// Bytes of the character of UTF-8 that a text begins with; 0: of none. Overlong forms and surrogates are no characters.
std::size_t length_of_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t at = 1; at < length; ++at)
        if (byte(at) < (at == 1 ? least : 0x80) || byte(at) > (at == 1 ? most : 0xBF)) return 0;
    return length;
}

}  // namespace

std::string json_text(std::string_view text) {
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
    std::string result = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const std::size_t length = length_of_character(text.substr(at));
        if (length != 1) {
            result += length == 0 ? kReplacement : text.substr(at, length);
            at += std::max<std::size_t>(length, 1);
            continue;
        }
        ++at;
        if (c == '"' || c == '\\')
            result += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20)
            result += fmt::format("\\u{:04x}", c);
        else
            result += c;
    }
    return result + '"';
}

JsonObject& JsonObject::add_json(std::string_view name, std::string_view value) {
    if (!members_.empty()) members_ += ", ";
    members_ += fmt::format("{}: {}", json_text(name), value);
    return *this;
}

JsonObject& JsonObject::add(std::string_view name, std::string_view text) { return add_json(name, json_text(text)); }
JsonObject& JsonObject::add(std::string_view name, std::int64_t number) {
    return add_json(name, fmt::to_string(number));
}
JsonObject& JsonObject::add(std::string_view name, std::uint64_t number) {
    return add_json(name, fmt::to_string(number));
}
JsonObject& JsonObject::add(std::string_view name, double number) { return add_json(name, number_text(number)); }
JsonObject& JsonObject::add(std::string_view name, bool truth) { return add_json(name, truth ? "true" : "false"); }
JsonObject& JsonObject::add(std::string_view name, const JsonObject& object) { return add_json(name, object.text()); }

JsonObject& JsonObject::add(std::string_view name, const std::vector<JsonObject>& list) {
    std::string items;
    for (const JsonObject& object : list) items += (items.empty() ? "" : ", ") + object.text();
    return add_json(name, "[" + items + "]");
}
JsonObject& JsonObject::add(std::string_view name, const std::vector<std::string>& texts) {
    std::string items;
    for (const std::string& text : texts) items += (items.empty() ? "" : ", ") + json_text(text);
    return add_json(name, "[" + items + "]");
}
JsonObject& JsonObject::add(std::string_view name, const std::vector<double>& numbers) {
    return add_json(name, list_text(numbers));
}
JsonObject& JsonObject::add(std::string_view name, const std::vector<std::int64_t>& numbers) {
    return add_json(name, list_text(numbers));
}

}  // namespace lightloom
