#include "scenarios/text_errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lightloom {

std::string to_string(const InputError& error) {
    std::string text = error.file;
    if (error.line > 0) text += fmt::format(":{}:{}", error.line, error.column);
    text += ": error: ";
    if (!error.key.empty()) text += error.key + ": ";
    text += error.message;
    if (!error.hint.empty()) text += "\n    " + error.hint;
    return text;
}

std::string suggestion(std::string_view name, std::span<const std::string> known) {
    if (const auto nearest = nearest_name(name, known); !nearest.empty())
        return fmt::format("did you mean \"{}\"?", nearest);
    if (known.size() == 1) return fmt::format("only \"{}\" is known", known[0]);
    return fmt::format("known are \"{}\"", fmt::join(known, "\", \""));
}

}  // namespace lightloom
