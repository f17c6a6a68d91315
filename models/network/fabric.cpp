#include "models/network/fabric.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/abort.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {

Fabric::Fabric(const FabricInput& input)
    : topology_(input.topology),
      reroutes_(input.reroutes),
      routes_(input.reroutes ? input.reroutes->table() : input.routes),
      traffic_(input.traffic),
      channels_(input.channels),
      changes_(input.changes.begin(), input.changes.end()),
      outages_(input.outages.begin(), input.outages.end()),
      rates_(input.rates.begin(), input.rates.end()),
      impairments_(input.impairments.begin(), input.impairments.end()),
      network_(input.network),
      protected_(input.network.flow_control == FlowControl::none ? 0u : input.network.lossless),
      preamble_bits_(input.network.framing.preamble.count * 8),
      gap_bits_(input.network.framing.gap.count * 8),
      queue_limit_bits_(input.network.queue_limit.count * 8),
      ecn_threshold_bits_(input.network.ecn_threshold.count * 8),
      ecn_full_bits_(std::max(input.network.ecn_full, input.network.ecn_threshold).count * 8),
      largest_frame_bytes_(std::max(input.network.framing.header.count + input.transport.payload.count,
                                    input.network.framing.acknowledgement.count)),
      only_job_(input.only_job),
      fault_seed_(input.fault_seed),
      hash_mask_(input.network.hash_fields.mask()),
      chooses_by_state_(input.network.path == PathPolicy::round_robin || input.network.path == PathPolicy::flowlet ||
                        input.network.staleness > Duration{0}),
      transport_(input.traffic.flows.size(), input.transport, input.topology.nodes.size()),
      control_(input.transport, line_rates(input)),
      scale_up_(input.scale_up),
      has_detours_(input.scale_up.has_value()),
      execution_(input.traffic),
      exposure_(input.traffic),
      statistics_(input.partitions) {
    build_nodes(input);
    build_steering();
    build_ports(input);
    build_flows();
    build_conditions(input);
    build_committed(input);
    build_scale_up(input);
    build_pairs(input);
    build_published();
    const auto [shortest, longest] = std::ranges::minmax(nodes_, {}, &Node::latency);
    samples_ = PortSamples(input.sampling, topology_, longest.latency, shortest.latency);
}

void Fabric::build_nodes(const FabricInput& input) {
    nodes_.resize(topology_.nodes.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        const Topology::Node& from = topology_.nodes[i];
        Node& node = nodes_[i];
        node.first_port = from.first_port;
        const bool in_rack = from.kind == NodeKind::scale_up && scale_up_ && scale_up_->racks;
        node.is_switch = forwards(from.kind) || in_rack;
        node.latency = in_rack ? scale_up_->latency : node.is_switch ? network_.switch_latency : network_.nic_latency;
        if (!node.is_switch) continue;
        node.cuts_through = in_rack || network_.forwarding == Forwarding::cut_through;
        if (from.kind == NodeKind::leaf) node.leaf = from.index;
        if (in_rack)
            node.leaf = kScaleUpLeaf;
        else
            node.first_route = routes_.role_of_node[i] * routes_.leaves;
        node.hash_salt = draw(network_.hash_seed, i, Purpose::switch_hash, 0);
        node.buffer = static_cast<std::uint32_t>(buffers_.size());
        Duration longest{0};
        for (std::uint32_t port = from.first_port; port < from.first_port + from.ports; ++port) {
            const Topology::Cable& cable = topology_.cables[topology_.ports[port].cable.value];
            const std::int64_t bits =
                (network_.queue_limit + network_.framing.preamble + network_.framing.gap).count * 8;
            // A frame that is sent again holds its memory for a round trip each time.
            const Duration retries = channel_of(port).delay * (2 * network_.link_retries);
            longest = std::max(longest, topology_.tiers[cable.tier].rate.duration_of(bits) + retries);
        }
        buffers_.emplace_back(input.network.buffer, longest);
    }
}

void Fabric::build_ports(const FabricInput& input) {
    ports_.resize(topology_.ports.size());
    counters_.resize(topology_.ports.size());
    hazards_.resize(topology_.ports.size());
    nics_.resize(topology_.ports.size());
    const std::int64_t full_frame_bits =
        preamble_bits_ + gap_bits_ + 8 * (input.network.framing.header + input.transport.payload).count;
    for (std::uint32_t i = 0; i < ports_.size(); ++i) {
        const Topology::Port& from = topology_.ports[i];
        const Topology::Cable& cable = topology_.cables[from.cable.value];
        const Channel& channel = channel_of(i);
        Port& port = ports_[i];
        port.clock = PortClock{topology_.tiers[cable.tier].rate, gap_bits_};
        port.delay = channel.delay;
        port.peer = from.peer.value;
        port.peer_node = topology_.ports[from.peer.value].node.value;
        port.on_first_bit = nodes_[port.peer_node].cuts_through;
        port.risk_bits =
            static_cast<std::int32_t>(LossBudget::overhead(channel.interleave, channel.codeword_bits) - preamble_bits_);
        nics_[i].full_frame = port.clock.duration_of(full_frame_bits);
        hazards_[i].per_codeword = channel.codeword_hazard;
        port.losses = LossBudget::drawn(channel.codeword_hazard, fault_seed_, i, 0);
    }
}

Frame Fabric::first_event(EndpointId at, Happening kind, std::uint32_t number, Time when) {
    const std::uint32_t node = node_of(topology_, at).value;
    Frame first{};
    first.at = when;
    first.node = node;
    first.source = kOwnEvent | nodes_[node].own_events++;
    first.flow = number;
    first.kind = kind;
    return first;
}

void Fabric::note_iteration(std::uint32_t worker, Time now) {
    iteration_end_ps_[first_iteration_[worker] + execution_.iterations(worker) - 1] = now.ps;
}

const Channel& Fabric::channel_of(std::uint32_t port) const {
    const CableId cable = topology_.ports[port].cable;
    return channels_[2 * std::size_t{cable.value} + (topology_.cables[cable.value].upper.value == port)];
}

DarkIntervals::Cause Fabric::cause_of(std::uint32_t port, const Known& known) const {
    return {.channel = channel_of(port),
            .changes = std::span(changes_).subspan(known.first_change, known.last_change - known.first_change),
            .seed = fault_seed_,
            .direction = port,
            .outages = std::span(outages_).subspan(known.first_outage, known.last_outage - known.first_outage)};
}

void Fabric::check_conditions() const {
    for (const ChannelChange& change : changes_)
        if (change.direction >= channels_.size())
            abort_run("direction {} of {} is to change", change.direction, channels_.size());
    for (const Outage& outage : outages_)
        if (outage.direction >= channels_.size() || outage.from < Time{0} || outage.to <= outage.from)
            abort_run("an outage of direction {} of {} from {} ps to {} ps", outage.direction, channels_.size(),
                      outage.from.ps, outage.to.ps);
    for (const RateChange& change : rates_) {  // a faster port would have an effect before the lookahead
        const std::uint32_t cable = change.direction / 2;
        if (cable >= topology_.cables.size() || change.at < Time{0} ||
            PortClock{change.rate, 0}.faster_than({topology_.tiers[topology_.cables[cable].tier].rate, 0}))
            abort_run("direction {} of {} is to have another rate at {} ps", change.direction, channels_.size(),
                      change.at.ps);
    }
}

// Ports that will never be in another condition than at the start, as most, get no row.
void Fabric::build_conditions(const FabricInput& input) {
    check_conditions();
    std::ranges::stable_sort(changes_, {}, [](const ChannelChange& c) { return std::pair(c.direction, c.at); });
    std::ranges::stable_sort(outages_, {}, [](const Outage& o) { return std::pair(o.direction, o.from); });
    std::ranges::stable_sort(rates_, {}, [](const RateChange& c) { return std::pair(c.direction, c.at); });
    std::ranges::stable_sort(impairments_, {}, [](const Impairment& i) { return std::pair(i.direction, i.from); });
    outage_losses_.resize(outages_.size());
    impairment_losses_.resize(impairments_.size());
    Known known;
    for (std::uint32_t direction = 0; direction < input.channels.size(); ++direction) {
        known.first_change = known.last_change;
        known.first_outage = known.last_outage;
        known.first_rate = known.last_rate;
        known.first_impairment = known.last_impairment;
        const auto is_here = [&](const auto& rows, std::uint32_t row) {
            return row < rows.size() && rows[row].direction == direction;
        };
        while (is_here(changes_, known.last_change)) ++known.last_change;
        while (is_here(outages_, known.last_outage)) ++known.last_outage;
        while (is_here(rates_, known.last_rate)) ++known.last_rate;
        while (is_here(impairments_, known.last_impairment)) ++known.last_impairment;
        const Topology::Cable& cable = topology_.cables[direction / 2];
        const std::uint32_t port = (direction % 2 == 0 ? cable.lower : cable.upper).value;
        const DarkIntervals dark(cause_of(port, known));
        if (known.first_change == known.last_change && known.first_rate == known.last_rate &&
            known.first_impairment == known.last_impairment && dark.from() == kNever)
            continue;
        hazards_[port].unsteady = static_cast<std::uint32_t>(unsteady_.size());
        unsteady_.push_back({.dark = dark,
                             .known = known,
                             .next = known.first_change,
                             .next_outage = known.first_outage,
                             .next_rate = known.first_rate,
                             .next_impairment = known.first_impairment});
        look_ahead(port);
    }
}

LossBudget Fabric::next_losses(std::uint32_t port) {
    Hazard& hazard = hazards_[port];
    return LossBudget::drawn(hazard.per_codeword, fault_seed_, port, ++hazard.losses);
}

// A port books frames ahead, and knows of each when it will be on the line. So no event changes a port's condition,
// which would come too late for what is booked: a frame takes its port's condition on to its own time. It goes by the
// hazard at its first bit, and is lost to darkness that meets it anywhere between its first bit here and its last one
// there. Cold: called for the frame that ends a budget, and for those that meet a change or a dark interval.
// @param is_last_try  the link will not repeat the frame: corrupted, it is lost
// @return what becomes of the frame, as flags
[[gnu::cold, gnu::noinline]] std::uint8_t Fabric::meet_condition(std::uint32_t index, const Frame& frame,
                                                                 Time departure, bool is_last_try) {
    Port& port = ports_[index];
    const std::int64_t bits = wire_bits(frame);
    const Time start = departure - port.clock.duration_of(bits);
    if (departure >= port.steady_until) {
        port.losses.refund(port.risk_bits + bits);
        Unsteady& unsteady = unsteady_[hazards_[index].unsteady];
        for (; unsteady.next < unsteady.known.last_change && changes_[unsteady.next].at <= start; ++unsteady.next)
            set_hazard(index, changes_[unsteady.next].codeword_hazard);
        const DarkIntervals::Cause cause = cause_of(index, unsteady.known);
        while (unsteady.dark.to() <= start && unsteady.dark.from() != kNever) unsteady.dark.advance(cause);
        look_ahead(index);
        if (const Time arrival = departure + port.delay; arrival >= unsteady.dark.from()) {
            count_outage(unsteady, start, arrival);
            count_impairments(index, unsteady.dark.is_lock_loss() ? std::min(start, unsteady.dark.from()) : start,
                              arrival);
            return Frame::kCorrupted | Frame::kDark;
        }
        if (!port.losses.spend(port.risk_bits + bits)) return 0;
    }
    port.losses = next_losses(index);
    if (is_last_try) count_impairments(index, start, departure + port.delay);
    return Frame::kCorrupted;
}

// A port's frames go in order of time: what is over for one is over for the next.
void Fabric::count_outage(Unsteady& unsteady, Time start, Time arrival) {
    const std::uint32_t last = unsteady.known.last_outage;
    while (unsteady.next_outage < last && outages_[unsteady.next_outage].to <= start) ++unsteady.next_outage;
    for (std::uint32_t i = unsteady.next_outage; i < last && outages_[i].from <= arrival; ++i) {
        if (outages_[i].to <= start) continue;
        OutageLosses& losses = outage_losses_[i];
        ++losses.frames;
        losses.last = std::max(start, outages_[i].from);
        losses.first = std::min(losses.first, losses.last);
        return;
    }
}

void Fabric::set_hazard(std::uint32_t port, double per_codeword) {
    const double before = std::exchange(hazards_[port].per_codeword, per_codeword);
    if (before == per_codeword) return;
    LossBudget& losses = ports_[port].losses;
    losses = losses.rescaled(before, per_codeword, [&] { return next_losses(port); });
}

void Fabric::look_ahead(std::uint32_t index) {
    Port& port = ports_[index];
    const Unsteady& unsteady = unsteady_[hazards_[index].unsteady];
    const Time change = unsteady.next < unsteady.known.last_change ? changes_[unsteady.next].at : kNever;
    const Time rate = unsteady.next_rate < unsteady.known.last_rate ? rates_[unsteady.next_rate].at : kNever;
    port.steady_until = std::min({change, rate, unsteady.dark.from() - port.delay});
}

DarkIntervals::Sum Fabric::dark_until(std::uint32_t port, Time end) const {
    if (hazards_[port].unsteady == Hazard::kSteady) return {};
    return DarkIntervals::until(cause_of(port, unsteady_[hazards_[port].unsteady].known), end);
}

bool Fabric::all_acknowledged() const {
    std::int64_t outstanding = opening_messages_, working = workers_;
    for (const auto& statistics : statistics_) {
        outstanding += statistics.messages_released - statistics.messages_acknowledged;
        working -= statistics.workers_done;
    }
    return outstanding == 0 && working == 0;
}

Time Fabric::failed(std::uint32_t group) const {
    Time first = kNever;
    for (std::uint32_t flow = 0; flow < traffic_.flows.size(); ++flow)
        if (traffic_.flows[flow].group == group) first = std::min(first, transport_.sender(flow).failed);
    return first;
}

std::int64_t Fabric::messages_delivered() const {
    return std::accumulate(statistics_.begin(), statistics_.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& s) { return sum + s.messages_delivered; });
}

std::int64_t Fabric::payload_bytes_delivered() const {
    return std::accumulate(statistics_.begin(), statistics_.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& s) { return sum + s.payload_bytes_delivered; });
}

Duration Fabric::least_delay(std::uint32_t index) const {
    const Port& port = ports_[index];
    const Duration least = nodes_[topology_.ports[index].node.value].latency + port.delay;
    if (port.on_first_bit) return least;
    const bool in_rack = scale_up_ && topology_.nodes[topology_.ports[index].node.value].kind == NodeKind::scale_up;
    const std::int64_t smallest = in_rack
                                      ? scale_up_->header.count
                                      : std::min(network_.framing.header.count, network_.framing.acknowledgement.count);
    return least + Duration{port.clock.duration_of(preamble_bits_ + 8 * smallest).ps - 1};  // clocks keep fractions
}

Fabric::Lookahead Fabric::lookahead(std::span<const std::uint16_t> partition_of) const {
    Lookahead lookahead{{INT64_MAX}, {}};
    for (std::uint32_t i = 0; i < topology_.ports.size(); ++i) {
        if (!partition_of.empty() && partition_of[topology_.ports[i].node.value] == partition_of[ports_[i].peer_node])
            continue;
        if (const Duration least = least_delay(i); least < lookahead.least) lookahead = {least, PortId{i}};
    }
    return lookahead;
}

std::vector<bool> Fabric::cables_below(Duration target) const {
    std::vector<bool> below(topology_.cables.size());
    for (std::uint32_t i = 0; i < topology_.ports.size(); ++i) {
        const bool in_rack = nodes_[ports_[i].peer_node].leaf == kScaleUpLeaf;
        if (in_rack || least_delay(i) < target) below[topology_.ports[i].cable.value] = true;
    }
    return below;
}

std::vector<std::uint32_t> Fabric::ports_per_node() const {
    std::vector<std::uint32_t> ports;
    for (const Topology::Node& node : topology_.nodes) ports.push_back(node.ports);
    return ports;
}

void Fabric::Statistics::merge(const Statistics& other) {
    packet_latency.merge(other.packet_latency);
    acknowledgement_latency.merge(other.acknowledgement_latency);
    message_latency.merge(other.message_latency);
    packet_jitter.merge(other.packet_jitter);
    messages_delivered += other.messages_delivered;
    messages_acknowledged += other.messages_acknowledged;
    messages_released += other.messages_released;
    workers_done += other.workers_done;
    payload_bytes_delivered += other.payload_bytes_delivered;
    losses.resize(std::max(losses.size(), other.losses.size()));
    for (std::size_t i = 0; i < other.losses.size(); ++i) {
        losses[i].lost += other.losses[i].lost;
        losses[i].dropped += other.losses[i].dropped;
        losses[i].lost_acknowledgements += other.losses[i].lost_acknowledgements;
        losses[i].dropped_acknowledgements += other.losses[i].dropped_acknowledgements;
        losses[i].unrouted += other.losses[i].unrouted;
        losses[i].unrouted_acknowledgements += other.losses[i].unrouted_acknowledgements;
    }
}

Fabric::Statistics Fabric::merged_statistics() const {
    Statistics merged;
    for (const auto& statistics : statistics_) merged.merge(statistics);
    return merged;
}

bool Fabric::had_started(const Frame& frame, Time now) const {
    const Port& sender = ports_[ports_[frame.source].peer];
    Time start = frame.at - sender.delay;
    if (scale_up_ && is_scale_up(frame.source))
        start = start - sender.clock.duration_of(scale_up_bits(frame.bytes, frame.flags));
    else if (!sender.on_first_bit)
        start = start - sender.clock.duration_of(wire_bits(frame));
    return start < now;
}

std::uint64_t Fabric::digest() const {
    Digest all;
    for (const Node& node : nodes_) all.fold(node.digest.value());
    for (const PortCounters& c : counters_)
        for (const std::uint64_t word : {c.frames_sent, c.bytes_sent, c.frames_delivered, c.frames_lost,
                                         std::uint64_t{c.frames_dropped} << 32 | c.frames_marked,
                                         static_cast<std::uint64_t>(c.deepest_backlog_ps)})
            all.fold(word);
    for (std::uint32_t port = 0; port < counters_.size(); ++port)  // runs without darkness keep their digests
        if (const std::uint64_t lost = counters_[port].frames_lost_in_dark) all.fold(port, lost, 0);
    for (const CommittedPort& port : committed_) {  // what an arithmetic port has none of leaves a digest as it is
        const std::uint64_t paused = std::uint64_t{port.pauses_sent} << 32 | port.pauses_received;
        if (paused != 0) all.fold(paused, static_cast<std::uint64_t>(port.paused_ps), port.deepest_pause);
        if (port.replays + port.trimmed != 0) all.fold(std::uint64_t{port.replays} << 32 | port.trimmed);
    }
    for (std::uint32_t i = 0; i < steering_.size(); ++i)  // and so do runs in which every frame found its way
        if (const Steering& s = steering_[i]; s.black_holed + s.looped != 0)
            for (const std::uint64_t word : {std::uint64_t{i}, s.black_holed, s.looped}) all.fold(word);
    for (std::uint32_t flow = 0; flow < flow_times_.size(); ++flow) {
        const Sender& s = transport_.sender(flow);
        const Receiver& r = transport_.receiver(flow);
        const FlowTimes& t = flow_times_[flow];
        for (const std::uint64_t word :
             {std::uint64_t{s.base} << 32 | s.next, std::uint64_t{s.retransmissions} << 32 | s.marks,
              std::uint64_t{r.base} << 32 | r.delivered, std::uint64_t{r.duplicates} << 32 | r.marks,
              static_cast<std::uint64_t>(t.start_ps), static_cast<std::uint64_t>(t.delivered_ps),
              static_cast<std::uint64_t>(t.acknowledged_ps)})
            all.fold(word);
        if (s.has_failed()) all.fold(flow, static_cast<std::uint64_t>(s.failed.ps), 0);
        if (transport_.parameters().reliability == Reliability::window && !control_.active()) continue;  // as ever
        all.fold(std::uint64_t{r.refused} << 32 | r.reordered, std::uint64_t{r.negatives} << 32 | s.tries,
                 static_cast<std::uint64_t>(s.longest_stall_ps));
    }
    const Statistics merged = merged_statistics();
    for (const Histogram* histogram :
         {&merged.packet_latency, &merged.acknowledgement_latency, &merged.message_latency, &merged.packet_jitter})
        for (const std::uint64_t count : histogram->counts()) all.fold(count);
    return all.value();
}

}  // namespace lightloom
