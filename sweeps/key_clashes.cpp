#include "sweeps/key_clashes.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace lightloom {
namespace {

/// A place that sets something: a line of [set], or a key of an axis.
struct Claim {
    TextPosition at;
    std::set<std::string> keys;
};
/// Which key was set where first.
using Claimed = std::map<std::string, TextPosition>;

void add_keys_of(const std::string& key, const TomlValue& value, std::set<std::string>& keys) {
    if (value.members.empty()) keys.insert(key);
    for (const TomlMember& member : value.members) add_keys_of(key + '.' + member.name, member.value, keys);
}

std::vector<Claim> claims_of(const Sweep& sweep) {
    std::vector<Claim> claims;
    for (const Setting& setting : sweep.settings) {
        claims.push_back({setting.at, {}});
        const TomlDocument value = parse_toml("x = " + setting.value);  // a fault: longer than a line may be
        add_keys_of(setting.key, value.fault ? TomlValue{} : value.root.members[0].value, claims.back().keys);
    }
    for (const SweepAxis& axis : sweep.axes)
        for (const KeyValues& key : axis.keys) {
            claims.push_back({key.at, {}});
            if (const auto* list = std::get_if<ValueList>(&key.values))
                for (const TomlValue& value : list->values) add_keys_of(key.key, value, claims.back().keys);
            else
                claims.back().keys.insert(key.key);
        }
    std::ranges::stable_sort(claims, {}, &Claim::at);
    return claims;
}

Claimed::const_iterator clashing(const Claimed& claimed, const std::string& key) {
    for (std::string whole = key;; whole.resize(whole.rfind('.'))) {
        if (const auto found = claimed.find(whole); found != claimed.end()) return found;
        if (whole.find('.') == std::string::npos) break;
    }
    const auto part = claimed.lower_bound(key + '.');
    return part != claimed.end() && part->first.starts_with(key + '.') ? part : claimed.end();
}

}  // namespace

std::vector<KeyClash> key_clashes(const Sweep& sweep) {
    std::vector<KeyClash> clashes;
    Claimed claimed;
    for (const Claim& claim : claims_of(sweep)) {
        for (const std::string& key : claim.keys) {
            const auto other = clashing(claimed, key);
            if (other == claimed.end()) continue;
            clashes.push_back({key, other->first, claim.at, other->second});
            break;
        }
        for (const std::string& key : claim.keys) claimed.try_emplace(key, claim.at);
    }
    return clashes;
}

}  // namespace lightloom
