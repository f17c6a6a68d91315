#include "tools/lightloom/json.hpp"

#include <fmt/format.h>

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

}  // namespace

std::string json_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
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
