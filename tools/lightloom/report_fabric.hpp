// The fabric of a result as a report needs it: which tier a direction belongs to, what its sender is called, and what
// was measured of it. Read once, since every chart of links asks. Not here: what is drawn (report_links.hpp,
// report_map.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/result_reader.hpp"

namespace lightloom {

struct ReportedFabric {
    explicit ReportedFabric(const ResultReader& result);

    std::size_t directions() const { return 2 * tier.size(); }
    bool has_ports() const { return !utilisation.empty(); }
    std::string node_name(std::size_t node) const;
    /// "spine 2 port 12 -> leaf 3"
    std::string sender_name(std::size_t direction) const;
    /// The least during the run where the result has it, else as built.
    double margin_in_run(std::size_t direction) const;
    /// Did a fault lower its margin after the start? One that began with the run is in what is known of the start.
    bool was_degraded(std::size_t direction) const { return margin_in_run(direction) < margin_db[direction]; }
    bool began_degraded(std::size_t direction) const { return !fault_db.empty() && fault_db[direction] > 0.0; }

    std::vector<std::string> kinds, tiers;  // words
    // By node
    std::vector<std::int64_t> kind, index, first_port;
    // By cable
    std::vector<std::int64_t> tier, lower_node, upper_node, lower_port, upper_port;
    // By direction, 2 x cable + 1 for downwards, at the start of the run: as the links were built, but for faults then
    std::vector<double> margin_db, frame_loss_ratio;
    std::vector<double> fault_db;  // empty of results of before the file had it
    // By direction, too; empty of a run that has not ended
    std::vector<double> utilisation;
    std::vector<std::int64_t> frames_sent, frames_lost, frames_dropped, deepest_queue_bytes, paused_ps;
    // Likewise, and of results of before the file had these columns
    std::vector<double> least_margin_db;
    std::vector<std::int64_t> frames_lost_in_dark, lock_losses;
};

}  // namespace lightloom
