#include "tools/lightloom/report_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace lightloom {
namespace {

constexpr std::size_t kMostPlaces = 48;  // of a kind: as many columns as a heat map can name

struct Places {
    std::vector<std::int64_t> of_node;
    std::vector<std::string> names;
    std::vector<std::int64_t> kind, nodes;
};

Places places_of(const ReportedFabric& fabric) {
    std::vector<std::vector<std::size_t>> by_kind(fabric.kinds.size());
    for (std::size_t node = 0; node < fabric.kind.size(); ++node)
        by_kind[static_cast<std::size_t>(fabric.kind[node])].push_back(node);
    Places places;
    places.of_node.resize(fabric.kind.size());
    for (std::size_t kind = 0; kind < by_kind.size(); ++kind) {
        std::vector<std::size_t>& nodes = by_kind[kind];
        std::stable_sort(nodes.begin(), nodes.end(),
                         [&](std::size_t a, std::size_t b) { return fabric.index[a] < fabric.index[b]; });
        const std::size_t share = (nodes.size() + kMostPlaces - 1) / kMostPlaces;
        for (std::size_t begin = 0; begin < nodes.size(); begin += share) {
            const std::size_t end = std::min(begin + share, nodes.size());
            for (std::size_t n = begin; n < end; ++n)
                places.of_node[nodes[n]] = static_cast<std::int64_t>(places.names.size());
            std::string name = fabric.node_name(nodes[begin]);
            if (end - begin > 1) name += fmt::format(" - {}", fabric.index[nodes[end - 1]]);
            places.names.push_back(name);
            places.kind.push_back(static_cast<std::int64_t>(kind));
            places.nodes.push_back(static_cast<std::int64_t>(end - begin));
        }
    }
    return places;
}

struct Line {
    std::int64_t cables = 0, frames_sent = 0, frames_lost = 0;
    double utilisation = 0.0, margin_db = std::numeric_limits<double>::infinity();
};

// Whatever a file from anywhere says.
void add(std::int64_t& sum, std::int64_t value) {
    if (__builtin_add_overflow(sum, value, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

void add_direction(Line& line, const ReportedFabric& fabric, std::size_t direction) {
    if (const double margin_db = fabric.margin_in_run(direction); std::isfinite(margin_db))
        line.margin_db = std::min(line.margin_db, margin_db);
    if (!fabric.has_ports()) return;
    line.utilisation = std::max(line.utilisation, fabric.utilisation[direction]);
    add(line.frames_sent, fabric.frames_sent[direction]);
    add(line.frames_lost, fabric.frames_lost[direction]);
}

}  // namespace

JsonObject map_of(const ReportedFabric& fabric) {
    const Places places = places_of(fabric);
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, Line> lines;  // tier, lower place, upper place
    for (std::size_t cable = 0; cable < fabric.tier.size(); ++cable) {
        Line& line = lines[{fabric.tier[cable], places.of_node[static_cast<std::size_t>(fabric.lower_node[cable])],
                            places.of_node[static_cast<std::size_t>(fabric.upper_node[cable])]}];
        ++line.cables;
        add_direction(line, fabric, 2 * cable);
        add_direction(line, fabric, 2 * cable + 1);
    }
    std::vector<std::int64_t> tier, lower, upper, cables, frames_sent, frames_lost;
    std::vector<double> utilisation, margin_db;
    for (const auto& [key, line] : lines) {
        tier.push_back(std::get<0>(key));
        lower.push_back(std::get<1>(key));
        upper.push_back(std::get<2>(key));
        cables.push_back(line.cables);
        utilisation.push_back(line.utilisation);
        margin_db.push_back(line.margin_db);
        frames_sent.push_back(line.frames_sent);
        frames_lost.push_back(line.frames_lost);
    }
    JsonObject json;
    json.add("kinds", fabric.kinds).add("tiers", fabric.tiers);
    json.add("places", places.names).add("kind", places.kind).add("nodes", places.nodes);
    json.add("tier", tier).add("lower", lower).add("upper", upper).add("cables", cables).add("margin_db", margin_db);
    if (fabric.has_ports())
        json.add("utilisation", utilisation).add("frames_sent", frames_sent).add("frames_lost", frames_lost);
    return json;
}

}  // namespace lightloom
