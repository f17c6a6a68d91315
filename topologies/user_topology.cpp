#include "topologies/user_topology.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <span>

#include "core/nearest_name.hpp"
#include "core/quantity_text.hpp"
#include "topologies/builder.hpp"
#include "topologies/fabric_text.hpp"

namespace lightloom {
namespace {

constexpr std::uint32_t kMostCables = 1 << 23;
constexpr std::uint32_t kMostGpus = 1 << 12;                                 // of one server
const std::array<std::string, 4> kKinds{"server", "leaf", "spine", "core"};  // racks are not a matter of the graph
const std::array<std::string, 4> kNodeAttributes{"kind", "gpus", "nics", "pod"};
const std::array<std::string, 3> kCableAttributes{"rate", "tier", "count"};
const std::array<std::string, 5> kTiers{"host-leaf", "leaf-spine", "spine-core", "campus", "circuit"};

std::string suggestion(std::string_view word, std::span<const std::string> known) {
    const std::string_view near = nearest_name(word, known);
    if (!near.empty()) return ": did you mean \"" + std::string(near) + "\"?";
    std::string all = "; known are";
    for (const std::string& one : known) all += " " + one;
    return all;
}

class Reader {
public:
    Reader(const std::string& name, bool strict) : name_(name), strict_(strict) {}

    Topology read(const FabricText& text) {
        for (const FabricText::Element& node : text.nodes) add_node(node);
        for (const FabricText::Edge& edge : text.edges) add_cables(edge);
        try {
            return builder_.build();
        } catch (const TopologyError& error) {
            throw TopologyError(name_ + ": " + error.what());
        }
    }

private:
    [[noreturn]] void complain(const FabricText::Element& at, const std::string& sentence) const {
        throw TopologyError(name_ + ":" + std::to_string(at.line) + ": " + sentence);
    }

    std::optional<std::string> attribute(const FabricText::Element& at, std::string_view key) const {
        for (const auto& [name, value] : at.attributes)
            if (name == key) return value;
        return std::nullopt;
    }

    void check_names(const FabricText::Element& at, std::span<const std::string> known) const {
        std::map<std::string, int> seen;
        for (const auto& [name, value] : at.attributes) {
            if (++seen[name] > 1) complain(at, quoted_for_display(name) + " is given twice");
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            if (strict_ || !nearest_name(name, known).empty())
                complain(at, "unknown attribute " + quoted_for_display(name) + suggestion(name, known));
        }
    }

    std::uint32_t number(const FabricText::Element& at, std::string_view key, std::uint32_t otherwise,
                         std::uint32_t least, std::uint32_t most) const {
        const std::optional<std::string> text = attribute(at, key);
        if (!text) return otherwise;
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (error != std::errc() || end != text->data() + text->size() || value < least || value > most)
            complain(at, std::string(key) + " is " + quoted_for_display(*text) + ": must be a whole number from " +
                             std::to_string(least) + " to " + std::to_string(most));
        return value;
    }

    void add_node(const FabricText::Element& node) {
        check_names(node, kNodeAttributes);
        const std::optional<std::string> word = attribute(node, "kind");
        if (!word) complain(node, "a node without a kind" + suggestion("", kKinds));
        const auto known = std::find(kKinds.begin(), kKinds.end(), *word);
        if (known == kKinds.end())
            complain(node, "unknown kind " + quoted_for_display(*word) + suggestion(*word, kKinds));
        const auto kind = static_cast<NodeKind>(known - kKinds.begin());
        if (strict_ && kind != NodeKind::server && (attribute(node, "gpus") || attribute(node, "nics")))
            complain(node, "only a server has GPUs and NICs");
        if (strict_ && kind == NodeKind::core && attribute(node, "pod")) complain(node, "a core is in no pod");
        const std::uint32_t pod = number(node, "pod", 0, 0, UINT32_MAX - 1);
        kinds_.push_back(kind);
        switch (kind) {
            case NodeKind::server:
                ids_.push_back(builder_.add_server(number(node, "gpus", 1, 1, kMostGpus),
                                                   number(node, "nics", 1, 1, kMostGpus), pod));
                break;
            case NodeKind::leaf: ids_.push_back(builder_.add_leaf(pod)); break;
            case NodeKind::spine: ids_.push_back(builder_.add_spine(pod)); break;
            case NodeKind::core: ids_.push_back(builder_.add_core()); break;
            case NodeKind::scale_up: break;  // has no name among kKinds
        }
    }

    void add_cables(const FabricText::Edge& edge) {
        check_names(edge, kCableAttributes);
        const bool upwards = kinds_[edge.source] <= kinds_[edge.target];
        const std::size_t lower = upwards ? edge.source : edge.target, upper = upwards ? edge.target : edge.source;
        const std::uint32_t count = number(edge, "count", 1, 1, kMostCables);
        cables_ += count;
        if (cables_ > kMostCables)
            complain(edge, "more than " + std::to_string(kMostCables) + " cables are beyond the simulator");
        builder_.connect(ids_[lower], ids_[upper], tier_of(edge, kinds_[lower], kinds_[upper]), count);
    }

    std::string tier_name(const FabricText::Edge& edge, NodeKind lower, NodeKind upper) const {
        if (const std::optional<std::string> tier = attribute(edge, "tier")) {
            if (std::find(kTiers.begin(), kTiers.end(), *tier) == kTiers.end())
                complain(edge, "unknown tier " + quoted_for_display(*tier) + suggestion(*tier, kTiers));
            return *tier;
        }
        if (lower == NodeKind::server) return "host-leaf";
        return lower == NodeKind::leaf && upper == NodeKind::spine ? "leaf-spine" : "spine-core";
    }

    // A tier has one rate: whatever is said of it later, of its optics or its price, holds of all its cables.
    std::uint32_t tier_of(const FabricText::Edge& edge, NodeKind lower, NodeKind upper) {
        const std::string tier = tier_name(edge, lower, upper);
        const std::optional<std::string> text = attribute(edge, "rate");
        if (!text) complain(edge, "a cable without a rate, such as \"400Gbps\"");
        const Parsed<BitRate> parsed = parse_quantity<BitRate>(*text);
        if (!parsed.value) complain(edge, "rate: " + parsed.error + "; " + parsed.hint);
        const std::optional<Rate> rate = Rate::from(*parsed.value);
        if (!rate) complain(edge, "rate: " + quoted_for_display(*text) + " is not a rate that a port can have");
        const auto known = tiers_.find(tier);
        if (known == tiers_.end()) {
            const std::uint32_t index = builder_.add_tier(tier, *rate);
            tiers_.emplace(tier, std::pair{index, *rate});
            return index;
        }
        if (known->second.second != *rate)
            complain(edge, "a cable of " + to_text(rate->bit_rate()) + ", but the others of tier " + tier + " have " +
                               to_text(known->second.second.bit_rate()));
        return known->second.first;
    }

    const std::string& name_;
    bool strict_;  // every attribute is ours, and said of this element; not another's, or a default of all nodes
    TopologyBuilder builder_;
    std::vector<NodeKind> kinds_;
    std::vector<NodeId> ids_;
    std::map<std::string, std::pair<std::uint32_t, Rate>> tiers_;
    std::uint64_t cables_ = 0;
};

}  // namespace

Topology user_topology(std::string_view text, TopologyFormat format, const std::string& name) {
    switch (format) {
        case TopologyFormat::graphml: return Reader(name, false).read(read_graphml_text(text, name));
        case TopologyFormat::edge_list: return Reader(name, true).read(read_edge_list(text, name));
    }
    return {};
}

}  // namespace lightloom
