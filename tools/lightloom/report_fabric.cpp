#include "tools/lightloom/report_fabric.hpp"

#include <fmt/format.h>

namespace lightloom {
namespace {

constexpr std::size_t kMostPorts = std::size_t{1} << 32;

// A file from anywhere: rows that refer to rows which are not there.
void check_references(const ResultReader& result, const std::vector<std::int64_t>& references, std::size_t rows,
                      const char* path) {
    for (const std::int64_t row : references)
        if (row < 0 || static_cast<std::size_t>(row) >= rows)
            throw ResultUnreadable(fmt::format("{}: {} refers to row {} of {}", result.path(), path, row, rows));
}

void check_rows(const ResultReader& result, std::size_t found, std::size_t wanted, const char* path) {
    if (found != wanted)
        throw ResultUnreadable(fmt::format("{}: {} has {} rows, not {}", result.path(), path, found, wanted));
}

/// A column of /ports in the order of directions. @param sorted  what directions without a port have
template <class Number>
std::vector<Number> by_direction(const std::vector<std::int64_t>& direction, const std::vector<Number>& by_port,
                                 std::vector<Number> sorted) {
    for (std::size_t port = 0; port < direction.size(); ++port)
        sorted[static_cast<std::size_t>(direction[port])] = by_port[port];
    return sorted;
}

}  // namespace

ReportedFabric::ReportedFabric(const ResultReader& result)
    : kinds(words_or_numbers(result, "topology/nodes/kind")),
      tiers(words_or_numbers(result, "topology/links/tier")),
      kind(result.whole_column("topology/nodes/kind")),
      index(result.whole_column("topology/nodes/index")),
      first_port(result.whole_column("topology/nodes/first_port")),
      tier(result.whole_column("topology/links/tier")),
      lower_node(result.whole_column("topology/links/lower_node")),
      upper_node(result.whole_column("topology/links/upper_node")),
      lower_port(result.whole_column("topology/links/lower_port")),
      upper_port(result.whole_column("topology/links/upper_port")),
      margin_db(result.column("optics/links/margin_db")),
      frame_loss_ratio(result.column("optics/links/frame_loss_ratio")) {
    check_references(result, kind, kinds.size(), "topology/nodes/kind");
    check_references(result, tier, tiers.size(), "topology/links/tier");
    check_references(result, lower_node, kind.size(), "topology/links/lower_node");
    check_references(result, upper_node, kind.size(), "topology/links/upper_node");
    for (const auto* ports : {&first_port, &lower_port, &upper_port})
        check_references(result, *ports, kMostPorts, "a port");
    check_rows(result, margin_db.size(), directions(), "optics/links");
    check_rows(result, frame_loss_ratio.size(), directions(), "optics/links");
    if (result.has("optics/links/fault_db")) {
        fault_db = result.column("optics/links/fault_db");
        check_rows(result, fault_db.size(), directions(), "optics/links");
    }
    if (!result.has("ports/direction")) return;

    const std::vector<std::int64_t> direction = result.whole_column("ports/direction");
    check_references(result, direction, directions(), "ports/direction");
    const auto whole = [&](const char* column) {
        return by_direction(direction, result.whole_column(std::string("ports/") + column),
                            std::vector<std::int64_t>(directions()));
    };
    const auto whole_if_any = [&](const char* column) {
        return result.has(std::string("ports/") + column) ? whole(column) : std::vector<std::int64_t>();
    };
    utilisation = by_direction(direction, result.column("ports/utilisation"), std::vector<double>(directions()));
    frames_sent = whole("frames_sent");
    frames_lost = whole("frames_lost");
    frames_dropped = whole("frames_dropped");
    deepest_queue_bytes = whole("deepest_queue_bytes");
    paused_ps = whole("paused_ps");
    if (result.has("ports/least_margin_db"))
        least_margin_db = by_direction(direction, result.column("ports/least_margin_db"), margin_db);
    frames_lost_in_dark = whole_if_any("frames_lost_in_dark");
    lock_losses = whole_if_any("lock_losses");
}

double ReportedFabric::margin_in_run(std::size_t direction) const {
    return least_margin_db.empty() ? margin_db[direction] : least_margin_db[direction];
}

std::string ReportedFabric::node_name(std::size_t node) const {
    return fmt::format("{} {}", kinds[static_cast<std::size_t>(kind[node])], index[node]);
}

std::string ReportedFabric::sender_name(std::size_t direction) const {
    const std::size_t cable = direction / 2;
    const bool down = direction % 2 == 1;
    const auto from = static_cast<std::size_t>(down ? upper_node[cable] : lower_node[cable]);
    const auto to = static_cast<std::size_t>(down ? lower_node[cable] : upper_node[cable]);
    const std::int64_t port = (down ? upper_port[cable] : lower_port[cable]) - first_port[from];
    return fmt::format("{} port {} -> {}", node_name(from), port, node_name(to));
}

}  // namespace lightloom
