// What every fuzz target demands of errors: each says something, shows nothing that a terminal would obey, and points
// into the text that it is about.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scenarios/text_errors.hpp"

namespace lightloom {

inline void must(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

/// @param text  of the file "f"
inline void must_be_sound(const InputError& error, std::string_view text) {
    must(!error.message.empty(), "an error says what is wrong");
    const std::string shown = to_string(error);
    must(std::ranges::all_of(shown, [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; }),
         "an error shows no control characters");
    if (error.file != "f") return;
    must(error.line >= 1 && error.column >= 1, "an error in the file has a line and a column");
    std::size_t start = 0;
    for (int line = 1; line < error.line; ++line) {
        const std::size_t end = text.find('\n', start);
        must(end != std::string_view::npos, "the line exists");
        start = end + 1;
    }
    const std::size_t length = std::min(text.find('\n', start), text.size()) - start;
    must(static_cast<std::size_t>(error.column) <= length + 1, "the column exists");
}

}  // namespace lightloom
