// What a selector of cables gets wrong with the fabric: a tier that is not there, a node or cable past the last, ends
// that do not belong together. Not here: how it is written (scenarios/selector_text.hpp), what a fault asks of what it
// selects (scenarios/fault_checks.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario_checks.hpp"
#include "scenarios/tiers.hpp"

namespace lightloom {

class SelectorChecks {
public:
    /// @param key  of the selector   @param counts_are_sound  whether the shape may be counted in
    SelectorChecks(const Scenario& scenario, const FabricShape& shape, const Selector& select, std::string key,
                   const std::function<bool(std::string_view)>& is_sound, bool counts_are_sound,
                   std::vector<Contradiction>& found)
        : s_(scenario),
          shape_(shape),
          select_(select),
          key_(std::move(key)),
          is_sound_(is_sound),
          counts_are_sound_(counts_are_sound),
          found_(found) {}

    /// That it names, or what it means without one; none: there is no such tier.
    std::optional<TierKind> tier(const std::string& name);
    void cables(TierKind tier);
    void counted(std::string_view name, std::optional<std::int64_t> index, std::int64_t count);

private:
    void complain(std::string message, std::string hint) {
        found_.push_back({key_, std::move(message), std::move(hint)});
    }
    void selected(TierKind tier, std::string_view name, std::optional<std::int64_t> index, std::int64_t count);
    void server_under_leaf();

    const Scenario& s_;
    const FabricShape& shape_;
    const Selector& select_;
    std::string key_;
    const std::function<bool(std::string_view)>& is_sound_;
    bool counts_are_sound_;
    std::vector<Contradiction>& found_;
};

}  // namespace lightloom
