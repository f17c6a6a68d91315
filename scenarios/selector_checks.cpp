#include "scenarios/selector_checks.hpp"

#include <fmt/format.h>

#include "core/quantity_text.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

std::optional<TierKind> SelectorChecks::tier(const std::string& name) {
    const auto kind = tier_named(name);
    if (kind && shape_.has_tier(*kind)) return kind;
    std::vector<std::string> known;
    for (std::size_t i = 0; i < kTierKinds; ++i)
        if (shape_.has[i]) known.emplace_back(kTiers[i].name);
    complain("no tier " + quoted_for_display(name), suggestion(name, known));
    return std::nullopt;
}

void SelectorChecks::cables(TierKind tier) {
    selected(tier, "leaf", select_.leaf, shape_.leaves);
    selected(tier, "spine", select_.spine, shape_.spines);
    selected(tier, "core", select_.core, shape_.cores);
    selected(tier, "server", select_.server, shape_.servers);
    counted("pod", select_.pod, shape_.pods);
    counted("link", select_.link, shape_.links[static_cast<std::size_t>(tier)]);
    server_under_leaf();
}

/// A node that the selector names at an end of its cables.
void SelectorChecks::selected(TierKind tier, std::string_view name, std::optional<std::int64_t> index,
                              std::int64_t count) {
    if (!index) return;
    const TierNames& ends = names_of(tier);
    const bool is_circuit = tier == TierKind::circuit && name == "spine";
    if (name == ends.lower || name == ends.upper || is_circuit)
        counted(name, index, count);
    else
        complain(fmt::format("a cable of tier {} has no {}", ends.name, name), fmt::format("leave {} out", name));
}

void SelectorChecks::counted(std::string_view name, std::optional<std::int64_t> index, std::int64_t count) {
    if (!index || !counts_are_sound_ || *index < count) return;
    complain(
        fmt::format("there is no {} {}", name, *index),
        count == 0 ? "there are none" : fmt::format("there {} {}, counted from 0", count == 1 ? "is" : "are", count));
}

void SelectorChecks::server_under_leaf() {
    const auto& t = s_.topology;
    if (t.kind != TopologyKind::leaf_spine || !select_.server || !select_.leaf || !is_sound_("topology.servers") ||
        !is_sound_("topology.leaves"))
        return;
    if (*select_.server >= t.servers || *select_.leaf >= t.leaves || t.servers % t.leaves != 0) return;
    const std::int64_t leaf = *select_.server / (t.servers / t.leaves);
    if (leaf != *select_.leaf)
        complain(fmt::format("server {} is not under leaf {}", *select_.server, *select_.leaf),
                 fmt::format("it is under leaf {}", leaf));
}

}  // namespace lightloom
