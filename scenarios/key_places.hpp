// KeyPlaces: where each key of a scenario was said, in its file or by a --set, for what turns out to be wrong only when
// other files have been read or a fabric is laid out; and which files are named, as names in the text come from some of
// them. Not here: mistakes that the text itself has (scenario_text.hpp).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/scenario_text.hpp"

namespace lightloom {

class KeyPlaces {
public:
    KeyPlaces() = default;
    /// @param text  of a scenario; where it is no TOML, nothing is known of it   @param file  its name, for errors
    KeyPlaces(std::string_view text, std::string file, std::span<const Override> overrides);

    /// An error where `key` was said; else where its table begins; else at the beginning of the file.
    InputError error(const std::string& key, std::string message, std::string hint = "") const;
    /// What `key` says, if that is a text; else nothing.
    std::string text_of(std::string_view key) const;

private:
    struct Place {
        std::string source;  // the file, or "--set topology.spines=x"
        TextPosition at;
        std::string text = {};  // that is said, if it is one
    };
    void add(const TomlValue& value, const std::string& key, const std::string& source);

    std::string file_;
    std::map<std::string, Place, std::less<>> places_;
};

}  // namespace lightloom
