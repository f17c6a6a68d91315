#include "scenarios/result_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/economics.hpp"
#include "scenarios/result_faults.hpp"
#include "scenarios/result_jobs.hpp"
#include "scenarios/result_meanings.hpp"
#include "scenarios/result_series.hpp"
#include "scenarios/result_training.hpp"
#include "scenarios/workload.hpp"
#include "topologies/analysis.hpp"

namespace lightloom {
namespace {

using hdf5::Group;
using hdf5::Meaning;
using hdf5::Table;

using hdf5::bytes;
using hdf5::count;
using hdf5::picoseconds;

/// One value per row of a table, in a vector that lives as long as the write.
template <class T, class Row>
std::vector<T> column_of(const std::vector<Row>& rows, auto value) {
    std::vector<T> column(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) column[i] = static_cast<T>(value(rows[i]));
    return column;
}

void write_nodes(const Group& topology, const Topology& t) {
    using Node = Topology::Node;
    Table table(topology, "nodes", "node", t.nodes.size(), "node, rack by rack");
    table.flags("kind", column_of<std::uint8_t>(t.nodes, [](const Node& n) { return n.kind; }),
                {"server", "leaf", "spine", "core", "scale-up"}, "kind of node");
    table.column("index", column_of<std::uint32_t>(t.nodes, [](const Node& n) { return n.index; }),
                 count("number among its kind"));
    table.column("first_port", column_of<std::uint32_t>(t.nodes, [](const Node& n) { return n.first_port; }),
                 count("its first port"));
    table.column("ports", column_of<std::uint32_t>(t.nodes, [](const Node& n) { return n.ports; }),
                 count("how many consecutive ports it has"));
    table.column("pod", column_of<std::int32_t>(t.nodes, [](const Node& n) { return n.pod; }),
                 count("pod, segment or scalable unit; -1 for what serves several"));
    table.close();
}

void write_links(const Group& topology, const Topology& t) {
    using Cable = Topology::Cable;
    std::vector<std::string> tiers;
    for (const Topology::Tier& tier : t.tiers) tiers.push_back(tier.name);
    const auto node_of = [&](PortId port) { return t.ports[port.value].node.value; };
    const auto column = [&](auto value) { return column_of<std::uint32_t>(t.cables, value); };

    Table table(topology, "links", "link", t.cables.size(), "cable");
    table.flags("tier", column_of<std::uint8_t>(t.cables, [](const Cable& c) { return c.tier; }), tiers, "tier");
    table.column("lower_node", column([&](const Cable& c) { return node_of(c.lower); }),
                 count("node at the end nearer to the servers"));
    table.column("upper_node", column([&](const Cable& c) { return node_of(c.upper); }),
                 count("node at the other end"));
    table.column("lower_port", column([](const Cable& c) { return c.lower.value; }), count("port of lower_node"));
    table.column("upper_port", column([](const Cable& c) { return c.upper.value; }), count("port of upper_node"));
    table.column("rate",
                 column_of<std::int64_t>(
                     t.cables, [&](const Cable& c) { return t.tiers[c.tier].rate.bit_rate().bits_per_second; }),
                 {"bit/s", "line rate of each direction"});
    table.close();
}

void write_endpoints(const Group& topology, const Topology& t) {
    using Endpoint = Topology::Endpoint;
    const auto column = [&](auto value) { return column_of<std::uint32_t>(t.endpoints, value); };
    Table table(topology, "endpoints", "endpoint", t.endpoints.size(), "GPU and its NIC");
    table.column("server", column([](const Endpoint& e) { return e.server.value; }), count("node of the server"));
    table.column("nic", column([](const Endpoint& e) { return e.nic.value; }), count("port of the NIC"));
    table.column("leaf", column([](const Endpoint& e) { return e.leaf.value; }), count("node of the leaf"));
    table.column("nics", column([](const Endpoint& e) { return e.nics; }), count("consecutive ports of its NIC"));
    table.close();
}

void write_worst_failure(const Group& topology, const Topology& t) {
    std::uint64_t cut_off = 0, concerned = 0;
    for (const Failure& failure : single_failures(t)) {
        const BlastRadius radius = blast_radius(t, failure);
        cut_off = std::max(cut_off, radius.cut_off);
        concerned = std::max(concerned, radius.cut_off + radius.reduced);
    }
    topology.scalar("worst_failure_cut_off", cut_off, count("GPUs that the worst failure of one part cuts off"));
    topology.scalar("worst_failure_gpus", concerned,
                    count("GPUs that the worst failure of one part cuts off or slows"));
}

void write_optics(const Group& root, const LinkConditions& links) {
    Group optics = root.child("optics");
    const std::size_t rows = links.directions();
    std::vector<std::uint32_t> cable(rows);
    std::vector<std::uint8_t> backwards(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        cable[i] = static_cast<std::uint32_t>(i / 2);
        backwards[i] = static_cast<std::uint8_t>(i % 2);
    }
    Table t(optics, "links", "direction", rows, "direction of a cable: 2 x link, + 1 for downwards");
    t.column("link", cable, count("cable, as in /topology/links"));
    t.flags("way", backwards, {"up", "down"}, "whether it leads from the lower to the upper end or back");
    t.column("length_m", links.length_m, {"m", "length"});
    for (std::size_t term = 0; term < kTerms; ++term) {
        const auto which = static_cast<Term>(term);
        const bool is_level = which == Term::transmitter || which == Term::sensitivity;
        const std::string name = fmt::format("{}_{}", name_of(which), is_level ? "dbm" : "db");
        const std::string long_name = fmt::format("term of the worst lane's budget: {}", name_of(which));
        t.column(name.c_str(), links.term(which), {is_level ? "dBm" : "dB", long_name.c_str()});
    }
    t.column("received_dbm", links.received_dbm,
             {"dBm", "received power, worst lane: OMA where intensity is modulated, average where it is not"});
    t.column("margin_db", links.margin_db, {"dB", "received power over what the receiver needs, worst lane"});
    t.column("worst_lane", links.worst_lane, count("lane with the least margin"));
    t.column("case_temperature_c", links.case_temperature_c, {"degC", "case of the sending module"});
    t.column("host_ber", links.host_ber, {"1", "bit error ratio of the retimed electrical segments"});
    t.column("pre_fec_ber", links.pre_fec_ber, {"1", "bit error ratio before correction, mean of the lanes"});
    t.column("worst_lane_ber", links.worst_lane_ber, {"1", "bit error ratio before correction, worst lane"});
    t.column("codeword_error_ratio", links.codeword_error_ratio, {"1", "codewords beyond correction"});
    t.column("frame_loss_ratio", links.frame_loss_ratio, {"1", "frames lost, expected"});
    t.column("codeword_hazard", links.codeword_hazard, {"1", "-ln(1 - codeword_error_ratio)"});
    t.column("lock_losses_per_second", links.lock_losses_per_second, {"s-1", "expected losses of lock"});
    t.column("flaps_per_second", links.flaps_per_second, {"s-1", "expected losses of lock that outlast the debounce"});
    t.column("interleave", links.interleave, count("codewords in a group: one bad one spoils them all"));
    t.column("codeword_bits", links.codeword_bits, count("bits of frames in one codeword"));
    t.column("propagation_ps", links.propagation_ps, picoseconds("propagation delay"));
    t.column("phy_ps", links.phy_ps, picoseconds("delay of both modules and of error correction"));
    t.column("power_watt", links.power_watt, {"W", "half of the power of the modules at both ends"});
    t.column("price_usd", links.price_usd, {"1", "US dollars: half of the modules at both ends, and the fibre"});
    t.close();
    optics.close();
}

void write_summary(const Group& root, const RunResult& result) {
    const RunResult::Summary& s = result.summary;
    Group g = root.child("summary");
    g.scalar("end_ps", s.end_ps, picoseconds("all acknowledged and computed, or the run stopped"));
    g.scalar("completion_ps", s.completion_ps,
             picoseconds("last message delivered or last rank done, complete or not"));
    if (!result.collectives.group.empty()) {
        g.scalar("algorithm_bandwidth", s.algorithm_bandwidth, {"byte/s", "size / time, as nccl-tests defines it"});
        g.scalar("bus_bandwidth", s.bus_bandwidth,
                 {"byte/s", "size / time x the collective's factor, as nccl-tests defines it"});
    }
    if (s.straggler_ratio > 0.0)
        g.scalar("straggler_ratio", s.straggler_ratio,
                 {"1", "slowest rank / median rank; where no collective ran, of flows"});
    g.scalar("messages", s.messages, count("messages"));
    g.scalar("messages_delivered", s.messages_delivered, count("messages delivered"));
    g.scalar("payload_bytes_delivered", s.payload_bytes_delivered, bytes("payload delivered"));
    g.scalar("frames_sent", s.frames_sent, count("frames sent on any link"));
    g.scalar("frames_lost", s.frames_lost, count("frames lost on links"));
    g.scalar("frames_lost_in_dark", s.frames_lost_in_dark, count("of frames_lost: while the link had no lock"));
    g.scalar("lock_losses", s.lock_losses, count("losses of lock of all directions"));
    g.scalar("flaps", s.flaps, count("losses of lock after which a port went down"));
    g.scalar("frames_dropped", s.frames_dropped, count("frames dropped for lack of buffer"));
    g.scalar("frames_marked", s.frames_marked, count("marks (ECN) set by all ports, acknowledgements included"));
    g.scalar("retransmissions", s.retransmissions, count("packets sent again"));
    g.scalar("duplicates", s.duplicates, count("packets delivered again"));
    g.scalar("timeouts", s.timeouts, count("time-outs"));
    g.scalar("pauses", s.pauses, count("pauses that ports asked of their peers"));
    g.scalar("frames_trimmed", s.frames_trimmed, count("packets that lost their payload for lack of buffer"));
    g.scalar("frames_replayed", s.frames_replayed, count("frames that a port sent again to its peer"));
    g.scalar("frames_unrouted", s.frames_unrouted, count("frames that had no way to go, or went round too long"));
    g.scalar("frames_black_holed", s.frames_black_holed, count("frames that ended in a switch: no port led on"));
    g.scalar("frames_looped", s.frames_looped, count("frames that ended in a switch: they went round too long"));
    g.scalar("groups", s.groups, count("groups of flows: rings, or one for a whole pattern"));
    g.scalar("flows_failed", s.flows_failed, count("flows whose retries were used up"));
    g.scalar("worst_margin_db", s.worst_margin_db, {"dB", "least link margin during the run, faults included"});
    g.scalar("first_percentile_margin_db", s.first_percentile_margin_db,
             {"dB", "of the least margins of all directions, first percentile"});
    g.scalar("worst_link", s.worst_link, count("direction with the least margin, as in /optics/links"));
    g.scalar("worst_received_dbm", s.worst_received_dbm, {"dBm", "received power of that direction at that margin"});
    g.close();
}

void write_flows(const Group& root, const RunResult::Flows& flows) {
    if (flows.source.empty()) return;
    Table t(root, "flows", "flow", flows.source.size(), "flow");
    t.column("source", flows.source,
             count("endpoint that sends; from the number of endpoints on: the node of a switch that adds up"));
    t.column("destination", flows.destination, count("endpoint that receives, likewise"));
    t.column("job", flows.job, count("job as in /jobs"));
    t.column("messages", flows.messages, count("messages"));
    t.column("payload_bytes", flows.payload_bytes, bytes("payload to deliver"));
    t.column("packets_sent", flows.packets_sent, count("data packets sent, with repetitions"));
    t.column("packets_delivered", flows.packets_delivered, count("data packets delivered, with repetitions"));
    t.column("packets_lost", flows.packets_lost, count("data packets lost on links: to bit errors, or in the dark"));
    t.column("packets_dropped", flows.packets_dropped, count("data packets dropped for lack of buffer"));
    t.column("packets_in_flight", flows.packets_in_flight, count("data packets under way when the run ended"));
    t.column("acknowledgements_lost", flows.acknowledgements_lost, count("acknowledgements lost to bit errors"));
    t.column("acknowledgements_dropped", flows.acknowledgements_dropped,
             count("acknowledgements dropped for lack of buffer"));
    t.column("retransmissions", flows.retransmissions, count("data packets sent again"));
    t.column("timeouts", flows.timeouts, count("time-outs"));
    t.column("duplicates", flows.duplicates, count("data packets delivered again"));
    t.column("marked", flows.marked, count("data packets delivered with a mark (ECN)"));
    t.column("start_ps", flows.start_ps, picoseconds("first message released; -1: not yet"));
    t.column("delivered_ps", flows.delivered_ps, picoseconds("last message delivered; -1: not yet"));
    t.column("acknowledged_ps", flows.acknowledged_ps, picoseconds("last message acknowledged; -1: not yet"));
    t.column("failed_ps", flows.failed_ps, picoseconds("retries used up; -1: never"));
    t.column("reordered", flows.reordered, count("data packets that arrived after one of a higher number"));
    t.column("longest_stall_ps", flows.longest_stall_ps,
             picoseconds("longest time without acknowledgement, though something was outstanding"));
    t.column("stalled_ps", flows.stalled_ps, picoseconds("sum of such times of a time-out or longer"));
    t.close();
}

void write_collectives(const Group& root, const RunResult::Collectives& c) {
    if (c.group.empty()) return;
    Table t(root, "collectives", "collective", c.group.size(), "collective: a group's iteration");
    t.column("group", c.group, count("group of ranks"));
    t.column("iteration", c.iteration, count("iteration"));
    t.column("ranks", c.ranks, count("ranks"));
    t.column("bytes", c.bytes, bytes("size per rank"));
    t.column("start_ps", c.start_ps, picoseconds("start"));
    t.column("end_ps", c.end_ps, picoseconds("slowest rank done; -1: not yet"));
    t.column("median_rank_ps", c.median_rank_ps, picoseconds("time of the median rank"));
    t.column("slowest_rank_ps", c.slowest_rank_ps, picoseconds("time of the slowest rank"));
    t.column("algorithm_bandwidth", c.algorithm_bandwidth, {"byte/s", "size / time, as nccl-tests defines it"});
    t.column("bus_bandwidth", c.bus_bandwidth, {"byte/s", "2 (n - 1) / n x size / time, as nccl-tests defines it"});
    t.close();
}

void write_sizes(const Group& root, const RunResult::Sizes& sizes) {
    if (sizes.bytes.empty()) return;
    Table t(root, "sizes", "size", sizes.bytes.size(), "size of a sweep");
    t.column("bytes", sizes.bytes, bytes("size per rank, as nccl-tests defines it"));
    t.column("ranks", sizes.ranks, count("ranks"));
    t.flags("algorithm", sizes.algorithm, algorithm_names(), "algorithm");
    t.flags("protocol", sizes.protocol, {"ll", "ll128", "simple"}, "protocol");
    t.column("channels", sizes.channels, count("channels"));
    t.column("time_ps", sizes.time_ps, picoseconds("mean time of an iteration; -1: it did not end"));
    t.column("algorithm_bandwidth", sizes.algorithm_bandwidth, {"byte/s", "size / time, as nccl-tests defines it"});
    t.column("bus_bandwidth", sizes.bus_bandwidth, {"byte/s", "as nccl-tests defines it"});
    t.column("straggler_ratio", sizes.straggler_ratio, count("slowest rank / median rank"));
    t.close();
}

void write_ports(const Group& root, const RunResult::Ports& ports, const Topology& topology) {
    if (ports.frames_sent.empty()) return;
    using Port = Topology::Port;
    std::vector<std::uint32_t> direction(topology.ports.size());
    for (std::size_t c = 0; c < topology.cables.size(); ++c) {
        direction[topology.cables[c].lower.value] = static_cast<std::uint32_t>(2 * c);
        direction[topology.cables[c].upper.value] = static_cast<std::uint32_t>(2 * c + 1);
    }
    Table t(root, "ports", "port", ports.frames_sent.size(), "port, as a sender");
    t.column("node", column_of<std::uint32_t>(topology.ports, [](const Port& p) { return p.node.value; }),
             count("node it belongs to"));
    t.column("peer_node",
             column_of<std::uint32_t>(topology.ports,
                                      [&](const Port& p) { return topology.ports[p.peer.value].node.value; }),
             count("node at the other end"));
    t.column("direction", direction, count("direction it sends in, as in /optics/links"));
    t.column("frames_sent", ports.frames_sent, count("frames whose transmission began"));
    t.column("bytes_sent", ports.bytes_sent, bytes("bytes sent, with framing"));
    t.column("frames_delivered", ports.frames_delivered, count("frames that arrived"));
    t.column("frames_lost", ports.frames_lost, count("frames lost on the link"));
    t.column("frames_lost_in_dark", ports.frames_lost_in_dark, count("of frames_lost: while the link had no lock"));
    t.column("lock_losses", ports.lock_losses, count("losses of lock of the outgoing direction"));
    t.column("flaps", ports.flaps, count("losses of lock after which the port went down"));
    t.column("dark_ps", ports.dark_ps, picoseconds("time without lock, or down after it"));
    t.column("frames_dropped", ports.frames_dropped, count("frames dropped before it for lack of buffer"));
    t.column("frames_marked", ports.frames_marked,
             count("frames, acknowledgements included, that entered its queue beyond the ECN threshold"));
    t.column("frames_in_flight", ports.frames_in_flight, count("frames under way when the run ended"));
    t.column("busy_ps", ports.busy_ps, picoseconds("time spent sending"));
    t.column("deepest_queue_bytes", ports.deepest_queue_bytes, bytes("deepest queue"));
    t.column("pauses_sent", ports.pauses_sent, count("pauses that it asked of its peer"));
    t.column("pauses_received", ports.pauses_received, count("pauses that its peer asked of it"));
    t.column("paused_ps", ports.paused_ps, picoseconds("time paused, over all classes, of pauses that have ended"));
    t.column("frames_trimmed", ports.frames_trimmed, count("packets that lost their payload here"));
    t.column("frames_replayed", ports.frames_replayed, count("frames that it sent again to its peer"));
    t.column("deepest_pause_hops", ports.deepest_pause_hops,
             count("most hops from where a pause began that its peer asked of it"));
    t.column("deepest_headroom_bytes", ports.deepest_headroom_bytes, bytes("most headroom in use, of one class"));
    t.column("utilisation", ports.utilisation, {"1", "busy_ps / end of the run"});
    t.column("least_margin_db", ports.least_margin_db,
             {"dB", "least margin of the outgoing direction during the run, faults included"});
    t.close();
}

void write_histogram(const Group& histograms, const char* name, const char* title, const Histogram& h) {
    const auto& counts = h.counts();
    const auto used = std::find_if(counts.begin(), counts.end(), [](std::uint64_t n) { return n > 0; });
    const auto first = static_cast<std::uint32_t>(used - counts.begin());
    std::vector<std::int64_t> lower, upper;
    for (std::uint32_t bucket = first; bucket < counts.size(); ++bucket) {
        lower.push_back(Histogram::lower_bound(bucket));
        upper.push_back(Histogram::lower_bound(bucket + 1));
    }
    Table t(histograms, name, "bin", lower.size(), "bin, from the first that is not empty");
    t.group().attribute("long_name", title);
    t.column("lower", lower, picoseconds("lower edge, inside"));
    t.column("upper", upper, picoseconds("upper edge, outside"));
    t.column("count", std::vector<std::uint64_t>(used, counts.end()), count("samples"));
    t.group().scalar("samples", h.count(), count("samples in all"));
    t.group().scalar("min", h.min(), picoseconds("least sample"));
    t.group().scalar("mean", h.mean(), picoseconds("mean"));
    t.group().scalar("p50", h.quantile(0.5), picoseconds("median"));
    t.group().scalar("p99", h.quantile(0.99), picoseconds("99th percentile"));
    t.group().scalar("p99_9", h.quantile(0.999), picoseconds("99.9th percentile"));
    t.group().scalar("p99_99", h.quantile(0.9999), picoseconds("99.99th percentile"));
    t.group().scalar("max", h.max(), picoseconds("greatest sample"));
    t.close();
}

void write_histograms(const Group& root, const RunResult& result) {
    struct Row {
        const char *name, *title;
        const Histogram& histogram;
    };
    const std::array<Row, 4> rows{{
        {"packet_latency", "data packets, from the source NIC's start to the destination NIC", result.packet_latency},
        {"acknowledgement_latency", "acknowledgements, from NIC to NIC", result.acknowledgement_latency},
        {"message_latency", "messages, from first packet to last acknowledgement, as the sender sees it",
         result.message_latency},
        {"packet_jitter", "difference of successive latencies in a flow (RFC 3393)", result.packet_jitter},
    }};
    if (std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.histogram.count() == 0; })) return;
    Group histograms = root.child("histograms");
    for (const Row& row : rows)
        if (row.histogram.count() > 0) write_histogram(histograms, row.name, row.title, row.histogram);
    histograms.close();
}

}  // namespace

void write_header(const Group& root, const RunHeader& header) {
    root.attribute("Conventions", "CF-1.8");
    root.attribute("title", header.title);
    root.attribute("history", "simulated by lightloom " + std::string(header.program_version));
    root.attribute("format", "lightloom-result");
    root.attribute("format_version", std::span<const std::int32_t>(kResultFormatVersion));
    root.attribute("program", "lightloom");
    root.attribute("program_version", header.program_version);
    root.attribute("scenario", header.scenario_text);
    root.attribute("effective_scenario", header.effective_scenario);
    root.attribute("plant_seed", header.plant_seed);
    root.attribute("traffic_seed", header.traffic_seed);
    root.attribute("faults_seed", header.faults_seed);

    Group topology = root.child("topology");
    write_nodes(topology, header.topology);
    write_links(topology, header.topology);
    write_endpoints(topology, header.topology);
    write_worst_failure(topology, header.topology);
    topology.close();
    write_optics(root, header.links);
}

void write_measurements(const Group& root, const RunResult& result) {
    write_summary(root, result);
    write_jobs(root, result.jobs);
    write_job_waits(root, result.job_waits);
    write_replay_ranks(root, result.replay_ranks);
    write_message_sizes(root, result.message_sizes);
    write_training(root, result.training);
    write_collectives(root, result.collectives);
    write_sizes(root, result.sizes);
    write_histograms(root, result);
    write_flows(root, result.flows);
    write_ports(root, result.ports, result.topology);
    write_series(root, result.series);
    write_faults(root, result);
    write_economics(root, result);
}

void write_execution(const Group& run, const RunResult::Execution& e) {
    run.attribute("host", e.host);
    run.attribute("started_at", e.started_at);
    run.scalar("wall_seconds", e.wall_seconds, {"s", "wall time of the run"});
    run.scalar("setup_seconds", e.setup_seconds, {"s", "wall time before the first event"});
    run.scalar("threads", e.threads, count("threads"));
    run.scalar("partitions", e.partitions, count("partitions"));
    run.scalar("windows", e.windows, count("windows"));
    run.scalar("window_ps", e.window_ps, picoseconds("length of a window"));
    run.scalar("events", e.events, count("events handled"));
    run.scalar("packet_hops", e.packet_hops, count("hops of packets"));
    run.scalar("peak_memory_bytes", e.peak_memory_bytes, bytes("most memory in use"));
}

}  // namespace lightloom
