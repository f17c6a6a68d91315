#include "scenarios/result_faults.hpp"

#include <algorithm>

#include "scenarios/result_meanings.hpp"

namespace lightloom {
namespace {

using hdf5::Group;
using hdf5::Meaning;
using hdf5::Table;

using hdf5::bytes;
using hdf5::count;
using hdf5::picoseconds;

void write_fault_rows(const Group& root, const RunResult::Faults& f) {
    if (f.kind.empty()) return;
    std::vector<std::string> words;  // kinds that occur, in their first order
    std::vector<std::uint8_t> kind;
    for (const std::string& word : f.kind) {
        const auto known = std::find(words.begin(), words.end(), word);
        kind.push_back(static_cast<std::uint8_t>(known - words.begin()));
        if (known == words.end()) words.push_back(word);
    }
    Table t(root, "faults", "fault", f.kind.size(), "fault of the scenario, over all its occurrences");
    t.flags("kind", kind, words, "what happened");
    t.column("cables", f.cables, count("cables that it concerns"));
    t.column("occurrences", f.occurrences, count("instants at which it began, of one cable or more"));
    t.column("from_ps", f.from_ps, picoseconds("when it first began; -1: never"));
    t.column("to_ps", f.to_ps, picoseconds("when it was last lifted, dark or not; -1: for good"));
    t.column("frames_lost", f.frames_lost, count("frames lost on its cables until they had lock again"));
    t.column("to_first_loss_ps", f.to_first_loss_ps, picoseconds("from its beginning to a first loss; -1: none"));
    t.column("to_detect_ps", f.to_detect_ps,
             picoseconds("until switches at the ends of its cables knew, the longest; -1: they did not"));
    t.column("to_reroute_ps", f.to_reroute_ps,
             picoseconds("until the last of all switches had new routes, the longest; -1: they had not"));
    t.column("to_recover_ps", f.to_recover_ps,
             picoseconds("until the last flow that stalled went on, the longest; -1: one did not"));
    t.column("flows_stalled", f.flows_stalled, count("flows that stalled for a time-out or longer meanwhile"));
    t.column("flows_failed", f.flows_failed, count("of flows_stalled: their retries were used up"));
    t.column("endpoints_affected", f.endpoints_affected, count("endpoints of flows that stalled: the blast radius"));
    t.column("longest_stall_ps", f.longest_stall_ps, picoseconds("longest stall, up to the end of the run"));
    t.column("groups_stalled", f.groups_stalled,
             count("groups of flows of which one stalled for a time-out or longer"));
    t.column("groups_failed", f.groups_failed, count("groups of flows of which one failed"));
    t.close();
}

void write_events(const Group& root, const RunResult::Events& events) {
    if (events.time_ps.empty()) return;
    Table t(root, "events", "event", events.time_ps.size(), "event, in order of time");
    t.column("time_ps", events.time_ps, picoseconds("when"));
    t.flags("kind", events.kind, {"fault", "detected", "rerouted", "repaired", "flow_failed"},
            "what: a fault began, was noticed, all switches had new routes, it ended; a flow gave up");
    t.column("subject", events.subject, count("fault as in /faults; of flow_failed the flow as in /flows"));
    t.close();
}

void write_switches(const Group& root, const RunResult::Switches& switches) {
    if (switches.node.empty()) return;
    Table t(root, "switches", "switch", switches.node.size(), "switch");
    t.column("node", switches.node, count("node as in /topology/nodes"));
    t.column("frames_black_holed", switches.frames_black_holed, count("frames ended here: no port led on"));
    t.column("frames_looped", switches.frames_looped, count("frames ended here: they had passed too many switches"));
    t.close();
}

void write_scale_up_ports(const Group& root, const RunResult::ScaleUpPorts& ports) {
    if (ports.frames_sent.empty()) return;
    Table t(root, "scale_up_ports", "endpoint", ports.frames_sent.size(), "endpoint's port into its server's network");
    t.column("frames_sent", ports.frames_sent, count("frames that it was given"));
    t.column("bytes_sent", ports.bytes_sent, bytes("bytes of these"));
    t.column("frames_delivered", ports.frames_delivered, count("frames that arrived from it"));
    t.column("deepest_queue_bytes", ports.deepest_queue_bytes, bytes("deepest queue"));
    t.close();
}

}  // namespace

void write_faults(const Group& root, const RunResult& result) {
    write_fault_rows(root, result.faults);
    write_events(root, result.events);
    write_switches(root, result.switches);
    write_scale_up_ports(root, result.scale_up_ports);
}

}  // namespace lightloom
