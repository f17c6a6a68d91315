// Just enough JSON to write one object: names and values in the order given, escaped, numbers that read back exactly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lightloom {

/// In quotes, escaped; what is not UTF-8, as a file name may be, is replaced by U+FFFD.
std::string json_text(std::string_view text);

class JsonObject {
public:
    JsonObject& add(std::string_view name, std::string_view text);
    JsonObject& add(std::string_view name, std::int64_t number);
    JsonObject& add(std::string_view name, std::uint64_t number);
    JsonObject& add(std::string_view name, double number);  // null for NaN and infinities, which JSON has not
    JsonObject& add(std::string_view name, bool truth);
    JsonObject& add(std::string_view name, const JsonObject& object);
    JsonObject& add(std::string_view name, const std::vector<JsonObject>& list);
    JsonObject& add(std::string_view name, const std::vector<std::string>& texts);
    JsonObject& add(std::string_view name, const std::vector<double>& numbers);
    JsonObject& add(std::string_view name, const std::vector<std::int64_t>& numbers);
    JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
    /// @param value  JSON already
    JsonObject& add_json(std::string_view name, std::string_view value);

    std::string text() const { return "{" + members_ + "}"; }

private:
    std::string members_;
};

}  // namespace lightloom
