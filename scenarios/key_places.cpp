#include "scenarios/key_places.hpp"

#include <utility>

namespace lightloom {

KeyPlaces::KeyPlaces(std::string_view text, std::string file, std::span<const Override> overrides)
    : file_(std::move(file)) {
    add(parse_toml(text).root, "", file_);
    for (const Override& override : overrides) {
        const TomlDocument value = parse_override_value(override.value);
        const std::string said = value.fault ? "" : value.root.members[0].value.text;
        places_.insert_or_assign(override.key, Place{source_of(override), override.at, said});
    }
}

std::string KeyPlaces::text_of(std::string_view key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? "" : found->second.text;
}

void KeyPlaces::add(const TomlValue& value, const std::string& key, const std::string& source) {
    const std::string prefix = key.empty() ? "" : key + '.';
    for (const TomlMember& member : value.members) {
        const bool is_table = member.value.kind == TomlValue::Kind::table;
        places_[prefix + member.name] = {source, is_table ? member.at : member.value.at, member.value.text};
        add(member.value, prefix + member.name, source);
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (value.items[i].kind != TomlValue::Kind::table) continue;
        places_[prefix + std::to_string(i)] = {source, value.items[i].at, {}};
        add(value.items[i], prefix + std::to_string(i), source);
    }
}

InputError KeyPlaces::error(const std::string& key, std::string message, std::string hint) const {
    Place place{file_, {1, 1}, {}};
    for (std::string known = key;; known.resize(known.rfind('.'))) {
        if (const auto found = places_.find(known); found != places_.end()) {
            place = found->second;
            break;
        }
        if (known.find('.') == std::string::npos) break;
    }
    return {place.source, place.at.line, place.at.column, key, std::move(message), std::move(hint)};
}

}  // namespace lightloom
