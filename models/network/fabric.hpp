// Fabric: all that a packet-level run knows, as tables over nodes, ports and flows, and the model that core/engine.hpp
// runs. A node (a server with its NICs, or a switch) touches only its own rows; the rest is immutable or an event.
// A port has a row as sender (its clock, its link's losses) and counters as sender and as receiver.
//
// The walk of a packet is in models/network/fabric_walk.hpp, from the NIC's decision to send it to its acknowledgement:
// there a frame is queued, marked, dropped, lost and delivered. Here is what those steps read and write.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/digest.hpp"
#include "core/histogram.hpp"
#include "models/network/committed_ports.hpp"
#include "models/network/counters.hpp"
#include "models/network/dark_intervals.hpp"
#include "models/network/fabric_input.hpp"
#include "models/network/frame.hpp"
#include "models/network/loss_budget.hpp"
#include "models/network/nic.hpp"
#include "models/network/port_clock.hpp"
#include "models/network/port_pairs.hpp"
#include "models/network/port_samples.hpp"
#include "models/network/published_queues.hpp"
#include "models/network/shared_buffer.hpp"
#include "models/transport/congestion_control.hpp"
#include "models/transport/window_transport.hpp"
#include "models/workload/execution.hpp"
#include "models/workload/exposure.hpp"
#include "topologies/routes.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

class Fabric {
public:
    using Event = Frame;

    using PortCounters = lightloom::PortCounters;
    using FlowLosses = lightloom::FlowLosses;
    /// Everything counted over all nodes of a partition: sums and histograms, so that merging them is associative.
    struct Statistics {
        Histogram packet_latency, acknowledgement_latency, message_latency, packet_jitter;
        std::int64_t messages_delivered = 0, messages_acknowledged = 0, payload_bytes_delivered = 0;
        std::int64_t messages_released = 0;  // by workers
        std::int64_t workers_done = 0;
        std::vector<FlowLosses> losses;  // per flow
        void merge(const Statistics& other);
    };
    /// A sender's and a receiver's view of one flow's time; -1: not yet.
    struct FlowTimes {
        std::int64_t start_ps = -1, delivered_ps = -1, acknowledged_ps = -1;
        std::int64_t messages = 0, payload_bytes = 0;  // released so far: the source's
    };

    explicit Fabric(const FabricInput& input);

    // The model that the engine runs -------------------------------------------------------------------------------
    static bool is_progress(const Frame& frame) { return frame.kind < Happening::timeout; }
    /// Nothing more will come: all is acknowledged or has failed, or ports wait for each other for ever.
    bool finished() const { return all_acknowledged() || !deadlock().empty(); }
    bool all_acknowledged() const;
    /// When the first flow of a group failed: its retries were used up; kNever: all of them live.
    Time failed(std::uint32_t group) const;
    /// Asks the memory for the rows that an event will need.
    void prefetch(const Frame& frame) const {
        __builtin_prefetch(&nodes_[frame.node]);
        if (frame.kind != Happening::arrival) return;
        __builtin_prefetch(&counters_[frame.source]);
        __builtin_prefetch(&ports_[frame.source]);
        if (!committed_.empty()) __builtin_prefetch(&committed_[frame.source].in_shared);
        transport_.prefetch(frame.flow, frame.has(Frame::kAcknowledgement));
    }
    template <class Context>
    void handle(Context& context, const Frame& frame);  // models/network/fabric_walk.hpp
    /// Called when a node has handled all its events before `end`: its committed ports start what they can till then.
    template <class Context>
    void end_of_window(Context& context, std::uint32_t node, Time end);  // models/network/committed_walk.hpp

    /// The events that set the run off: flows that open with messages, all workers, and samples, each at its start.
    template <class Engine>
    void post_starts(Engine& engine);  // models/network/work_walk.hpp

    // What a run learns from it ------------------------------------------------------------------------------------
    /// The least time from an event at one node to its effect at another, and the port that sets it; without such
    /// nodes the longest there is, and none.
    struct Lookahead {
        Duration least;
        PortId port;
    };
    /// @param partition_of  per node: only channels between different partitions count; none: all do
    Lookahead lookahead(std::span<const std::uint16_t> partition_of = {}) const;
    /// Per cable: does it set a lookahead below `target`, or join a rack's GPUs? It had better not be cut.
    std::vector<bool> cables_below(Duration target) const;
    std::vector<std::uint32_t> ports_per_node() const;
    Statistics merged_statistics() const;
    /// Sums over partitions, cheap enough to ask between windows.
    std::int64_t messages_delivered() const;
    std::int64_t payload_bytes_delivered() const;
    const Topology& topology() const { return topology_; }
    const Traffic& traffic() const { return traffic_; }
    const WindowTransport& transport() const { return transport_; }
    const CongestionControl& control() const { return control_; }
    std::span<const PortCounters> counters() const { return counters_; }
    const FlowTimes& flow_times(std::uint32_t flow) const { return flow_times_[flow]; }
    /// When a worker ended an iteration; -1: not yet.
    std::int64_t iteration_end_ps(std::uint32_t worker, std::uint32_t iteration) const {
        return iteration_end_ps_[first_iteration_[worker] + iteration];
    }
    const Exposure& exposure() const { return exposure_; }
    /// How long a port took to send all its frames, so many of so many bytes altogether, with preamble and gap.
    Duration busy(std::uint32_t port, std::int64_t frames, std::int64_t bytes) const;
    const PortClock& clock(std::uint32_t port) const { return ports_[port].clock; }
    Duration delay(std::uint32_t port) const { return ports_[port].delay; }
    std::uint32_t peer(std::uint32_t port) const { return ports_[port].peer; }
    bool is_nic(std::uint32_t port) const { return !nodes_[ports_[ports_[port].peer].peer_node].is_switch; }
    /// The port of an endpoint into its server's scale-up network: they follow the topology's ports.
    std::uint32_t scale_up_port(EndpointId endpoint) const {
        return static_cast<std::uint32_t>(topology_.ports.size()) + endpoint.value;
    }
    bool is_scale_up(std::uint32_t port) const { return port >= topology_.ports.size(); }
    std::int64_t wire_bits(const Frame& frame) const { return preamble_bits_ + frame.bytes * std::int64_t{8}; }
    /// Frames that a switch had no port for, and that had passed too many switches.
    const Steering& steering(NodeId node) const { return steering_[nodes_[node.value].buffer]; }
    /// To be called between windows when the FabricInput::reroutes have been extended.
    void routes_extended();
    /// Lock losses and outages of a port's outgoing direction, frames or none, up to `end`: when the run ended.
    DarkIntervals::Sum dark_until(std::uint32_t port, Time end) const;
    /// A port that commits itself late, or none. @return what it has, as sender and as receiver
    const CommittedPort* committed(std::uint32_t port) const {
        return committed_.empty() || is_scale_up(port) ? nullptr : &committed_[port];
    }
    std::size_t committed_ports() const { return committed_.size(); }
    bool has_committed_ports() const { return !committed_.empty(); }
    /// Calls visit(frame, port) for each frame that waits at a committed port; models/network/simulation.hpp
    template <class Visit>
    void for_each_waiting(Visit&& visit) const;
    /// What one lossless class needs at a port for what comes in after a pause was called for.
    Bytes headroom_of(std::uint32_t port) const;
    /// Ports each of which waits for the next, and the last for the first: nothing can end that. Empty: there is none.
    std::vector<std::uint32_t> deadlock() const;
    /// All outages, by direction and time, and of each what was lost to it, of the frames that its port has booked.
    std::span<const Outage> outages() const { return outages_; }
    std::span<const OutageLosses> outage_losses() const { return outage_losses_; }
    /// The same of impairments. One that was over by `end` lasts, here, until a lock lost in it is found again.
    std::vector<Impairment> impairments_until(Time end) const;
    std::span<const OutageLosses> impairment_losses() const { return impairment_losses_; }
    /// Had a frame in flight to `frame.source` begun to leave its sender before `now`? (A port books frames ahead.)
    bool had_started(const Frame& frame, Time now) const;
    std::uint64_t digest() const;
    PortSamples& samples() { return samples_; }

private:
    struct alignas(64) Node {
        bool is_switch = false;
        bool timeout_pending = false;
        bool cuts_through = false;
        bool in_order = false;  // its committed ports go in order of time: models/network/committed_walk.hpp
        std::uint32_t first_port = 0;
        Duration latency;  // from the event to the egress queue
        Digest digest;
        std::uint32_t own_events = 0;                 // the order of what it posts to itself
        std::uint32_t leaf = UINT32_MAX;              // a leaf's index; none for other nodes
        std::uint32_t first_route = 0;                // of its role, in Routes::sets
        std::uint32_t buffer = 0;                     // a switch's, in buffers_
        std::uint32_t queues = CommittedPort::kNone;  // in queues_; none: all its ports are arithmetic
        std::uint32_t first_flow = 0, last_flow = 0;  // a server's flows: [first_flow, last_flow)
        std::uint64_t hash_salt = 0;                  // each switch hashes in its own way, or tiers would pick alike
    };
    /// A port as the sender of its outgoing direction.
    struct alignas(64) Port {
        PortClock clock;
        Duration delay;  // propagation, PHY and FEC
        LossBudget losses;
        Time steady_until = kNever;  // a frame whose last bit leaves before meets no dark interval and no change
        std::uint32_t peer = 0;      // port at the other end
        std::uint32_t peer_node = 0;
        std::int32_t risk_bits = 0;  // bits that a frame spends of `losses` beside those on the wire
        bool on_first_bit = false;   // the receiver acts on the first bit: it cuts through
    };
    static_assert(sizeof(Port) == 64);
    /// Do this run's ports commit themselves late? Where the context knows, the walk is compiled for one kind of port.
    template <class Context>
    bool commits() const {
        if constexpr (requires { Context::ModelType::kCommitted; })
            return Context::ModelType::kCommitted;
        else
            return !committed_.empty();
    }
    /// What a port needs only when a frame is lost.
    struct Hazard {
        static constexpr std::uint32_t kSteady = UINT32_MAX;
        double per_codeword = 0;
        std::uint32_t losses = 0;
        std::uint32_t unsteady = kSteady;  // its row in unsteady_
    };
    /// What is known of a direction's future: [first, last) of changes_, of outages_, of rates_ and of impairments_.
    struct Known {
        std::uint32_t first_change = 0, last_change = 0, first_outage = 0, last_outage = 0;
        std::uint32_t first_rate = 0, last_rate = 0, first_impairment = 0, last_impairment = 0;
    };
    /// A port whose direction has dark intervals or changes ahead.
    struct Unsteady {
        DarkIntervals dark;  // stands at the first interval that may meet a frame still to be sent
        Known known;
        std::uint32_t next;                             // the first change that no frame has met
        std::uint32_t next_outage;                      // the first outage that is not over
        std::uint32_t next_rate;                        // the first change of rate that no frame has met
        std::uint32_t next_impairment;                  // the first impairment that is not over
        std::int64_t earlier_bits = 0, earlier_ps = 0;  // sent at earlier rates, and how long that took
    };

    void build_nodes(const FabricInput& input);
    void build_ports(const FabricInput& input);
    void build_flows();
    void build_steering();
    void build_conditions(const FabricInput& input);
    void build_committed(const FabricInput& input);
    Rate slowest_rate(std::uint32_t direction, Rate rate) const;
    static std::vector<double> line_rates(const FabricInput& input);
    void check_conditions() const;
    void build_scale_up(const FabricInput& input);
    void build_scale_up_ports(const FabricInput& input);
    void build_pairs(const FabricInput& input);
    void build_published();
    void send_by(std::uint32_t flow, std::span<const EndpointId> nic_of);
    void join_by_routes(std::uint32_t flow);
    void join_neighbours(std::uint32_t flow, PortId from);
    Duration least_delay(std::uint32_t port) const;  // from an event at its node to its effect at the peer
    Frame first_event(EndpointId at, Happening kind, std::uint32_t number, Time when);
    bool runs_job(std::uint32_t job) const { return !only_job_ || *only_job_ == job; }
    bool runs(const Traffic::Flow& flow) const { return runs_job(traffic_.groups[flow.group].job); }

    // One step each of the walk; models/network/fabric_walk.hpp
    void arrive(Node& node, Statistics& statistics, const Frame& frame);
    template <class Context>
    void forward(Context& context, Node& node, const Frame& frame);
    static constexpr std::uint32_t kNoPort = UINT32_MAX;
    std::uint32_t choose_port(const Node& node, const Frame& frame) const;
    std::uint32_t choose_among(const Node& node, const Frame& frame, const Routes::PortSet& hops) const;
    void note_choice(const Node& node, const Frame& frame);
    void follow_routes(Node& node, Time now);
    bool publish(Node& node, Time now);
    template <class Context>
    void be_due_to_publish(Context& context, Node& node, Time now);
    std::size_t flowlet_of(const Node& node, const Frame& frame) const;
    void give_up(const Node& node, Statistics& statistics, const Frame& frame, std::uint8_t flags, bool looped);
    template <class Context>
    void enqueue(Context& context, Node& node, std::uint32_t index, const Frame& frame, std::uint8_t flags, Time now);
    template <class Context>
    void drop(Context& context, std::uint32_t index, const Frame& frame, std::uint8_t flags);
    bool finds_room(SharedBuffer& buffer, const PortClock& clock, const Frame& frame, std::int64_t waiting,
                    Time now) const;
    bool is_to_be_marked(const Frame& frame, std::uint32_t index, std::int64_t waiting) const;
    template <class Context>
    Time transmit(Context& context, std::uint32_t index, const Frame& frame, std::uint8_t flags, Time now);
    template <class Context>
    static void post_arrival(Context& context, const Port& port, const Frame& frame, Happening kind, std::uint8_t flags,
                             Time at);

    // The same at committed ports; models/network/committed_walk.hpp
    enum class Admission { dropped, shared, headroom };
    /// All rows of a committed port, looked up once.
    struct CommittedRows {
        std::uint32_t index;
        Port& port;
        CommittedPort& committed;
        PortCounters& counters;
        NodeQueues& queues;
    };
    CommittedRows rows_of(const Node& node, std::uint32_t index) {
        return {index, ports_[index], committed_[index], counters_[index], queues_[node.queues]};
    }
    /// A frame that has begun to leave a committed port.
    struct Departure {
        Time start, at;        // when the port chose it, and when its last bit leaves
        std::uint32_t source;  // the port that it came in by
        std::uint16_t bytes;
        std::uint8_t traffic_class;  // kControl: it took no memory that frames share
        bool in_headroom;
    };
    template <class Context>
    void enqueue_committed(Context& context, Node& node, std::uint32_t index, const Frame& frame, std::uint8_t flags,
                           Time now);
    template <class Context>
    void enqueue_trimmed(Context& context, Node& node, std::uint32_t index, Frame frame, std::uint8_t flags, Time now);
    template <class Context>
    void queue_admitted(Context& context, Node& node, const CommittedRows& rows, const Frame& frame, std::uint8_t flags,
                        Admission admission, Time now);
    template <class Context>
    Admission admit(Context& context, Node& node, const CommittedRows& rows, const Frame& frame, Time now);
    template <class Context>
    Admission admit_to_headroom(Context& context, Node& node, std::uint32_t index, const Frame& frame, Time now);
    bool has_room(SharedBuffer& buffer, const CommittedRows& rows, const Frame& frame, bool lossless, Time now);
    template <class Context>
    void hand_over(Context& context, Node& node, const CommittedRows& rows, const Frame& frame, std::uint8_t flags,
                   int queue, bool in_headroom, Time now);
    static void note_backlog(const CommittedRows& rows, Time now);
    template <class Context>
    void catch_up(Context& context, Node& node, Time now);
    Time prune_candidates(Node& node);
    bool goes_in_order(const Node& node) const;
    static void add_candidate(Node& node, const CommittedRows& rows);
    static void drop_candidate(NodeQueues& queues, CommittedPort& port);
    template <class Context>
    void start_until(Context& context, Node& node, const CommittedRows& rows, Time now);
    template <class Context>
    Departure start_next(Context& context, const CommittedRows& rows, unsigned classes);
    template <class Context>
    Departure begin(Context& context, const CommittedRows& rows, const Frame& frame, std::uint8_t flags, int queue,
                    bool in_headroom, Time start, bool back_to_back);
    template <class Context>
    void free_ingress(Context& context, Node& node, const Departure& gone);
    template <class Context>
    void answer_ingress(Context& context, Node& node, const Departure& gone);
    template <class Context>
    void let_go(Context& context, Node& node, const Frame& frame);
    template <class Context>
    void tell_peer(Context& context, Node& node, std::uint32_t port, Happening what, int traffic_class,
                   std::uint32_t value, std::uint8_t depth, Time now);
    template <class Context>
    void heed_peer(Context& context, Node& node, const Frame& frame);
    bool may_leave(const CommittedPort& port, int queue, std::uint32_t bytes) const;
    unsigned eligible(const CommittedPort& port, const NodeQueues& queues) const;
    /// Of a data packet as it arrives: inside a rack it has the scale-up network's.
    std::int64_t header_bytes(const Frame& frame) const {
        return (frame.to_leaf == kScaleUpLeaf && scale_up_ ? scale_up_->header : network_.framing.header).count;
    }
    std::int64_t wire_and_gap_bits(const Frame& frame) const { return wire_bits(frame) + gap_bits_; }
    bool is_lossless(int traffic_class) const { return protected_ >> traffic_class & 1u; }
    std::int64_t shared_limit(const SharedBuffer& buffer) const;
    bool is_stopped(std::uint32_t port, int traffic_class) const;
    /// What a frame finds ahead of it at `now`, in PortClock's unit.
    static std::int64_t backlog_of(const CommittedRows& rows, int traffic_class, Time now);
    /// How long a port is busy with what it has of a class. A committed one has been brought up to `now`.
    Duration waiting_at(bool committed, std::uint32_t index, int traffic_class, Time now) const;
    std::uint8_t meet_condition(std::uint32_t port, const Frame& frame, Time departure, bool is_last_try = true);
    void set_hazard(std::uint32_t port, double per_codeword);
    void look_ahead(std::uint32_t port);
    // Changes of rate; models/network/rate_changes.cpp
    void take_up_rate(std::uint32_t port, Time now);
    PortClock clock_at(std::uint32_t port, Time at) const;
    PortClock incoming_clock(const Frame& frame) const;
    bool outruns(std::uint32_t port, const Frame& frame) const;
    void count_outage(Unsteady& unsteady, Time start, Time arrival);
    void count_impairments(std::uint32_t port, Time since, Time until);  // models/network/impairments.cpp
    LossBudget next_losses(std::uint32_t port);
    const Channel& channel_of(std::uint32_t port) const;
    DarkIntervals::Cause cause_of(std::uint32_t port, const Known& known) const;
    template <class Context>
    void receive_data(Context& context, Node& node, const Frame& frame);
    template <class Context>
    void deliver_messages(Context& context, Node& node, std::uint32_t flow, Time now);
    template <class Context>
    struct WorkActions;
    template <class Context>
    void go_on(Context& context, Node& node, const Frame& frame);
    template <class Context>
    void send_step(Context& context, Node& node, const Frame& frame);
    void note_iteration(std::uint32_t worker, Time now);
    template <class Context>
    void receive_acknowledgement(Context& context, Node& node, const Frame& frame);
    template <class Context>
    void open(Context& context, Node& node, std::uint32_t flow, Time now);
    template <class Context>
    void open_next(Context& context, Node& node, std::uint32_t loop, Time now);
    template <class Context>
    void release(Context& context, Node& node, std::uint32_t flow, std::int64_t bytes, Time now);
    void give(std::uint32_t flow, std::int64_t bytes, Time now);
    template <class Context>
    void make_ready(Context& context, Node& node, std::uint32_t flow, Time now);
    template <class Context>
    void serve(Context& context, Node& node, std::uint32_t port, Time now);
    void unpark(Nic& nic, Time now);
    /// @param port  that it leaves by; @param pair  of the flow's pairs, or 0 if it has none
    template <class Context>
    void send_packet(Context& context, Node& node, std::uint32_t flow, std::uint32_t port, std::uint32_t pair,
                     Duration waiting, Time now);
    std::uint16_t entropy_of_next(std::uint32_t flow, const Sender& sender, PacketNumber packet) const {
        return static_cast<std::uint16_t>(transport_.entropy(flow) ^
                                          entropy_of(network_.path, sender.opened - 1, packet, network_.queue_pairs));
    }
    // models/network/bonded_walk.hpp
    struct PairChoice {
        static constexpr std::uint32_t kNoPair = UINT32_MAX;
        std::uint32_t pair = kNoPair;
        Duration waiting{0};
        Time dry = kNever;
    };
    PairChoice choose_pair(const Node& node, std::uint32_t flow, Time now);
    template <class Context>
    void serve_bonded(Context& context, Node& node, std::uint32_t port, Time now);
    std::pair<bool, Time> room_of(const PortPairs::Bond& bond, std::uint32_t flow, const Node& node, Time now) const;
    Duration waiting_of_flow(std::uint32_t flow, std::uint32_t port, const Node& node, Time now) const {
        return waiting_at(has_committed_ports(), port, class_of_flow_[flow], now + node.latency);
    }
    bool has_room(std::uint32_t port, Duration waiting) const { return waiting <= nics_[port].full_frame * 2; }
    Time runs_dry(std::uint32_t port, Duration waiting, Time now) const {
        return now + (waiting - nics_[port].full_frame);
    }
    void answer_by_pair_of(const Frame& frame, Receiver& receiver) const;
    std::uint32_t nic_port_of(const Frame& frame) const {
        if (bonded_ && pairs_.has(frame.flow)) return pairs_.pair(frame.flow, frame.cumulative).from.nic;
        return transport_.sender(frame.flow).nic_port;
    }
    // models/network/scale_up_walk.hpp
    template <class Context>
    void launch(Context& context, Node& node, std::uint32_t port, const Frame& frame, std::uint8_t flags, Time now);
    template <class Context>
    void cross(Context& context, std::uint32_t index, const Frame& frame, std::uint8_t flags, Happening kind, Time now);
    template <class Context>
    void hand_to_nic(Context& context, Node& node, std::uint32_t port, const Frame& frame, std::uint8_t flags,
                     Time now);
    template <class Context>
    void relay(Context& context, Node& node, const Frame& frame);
    // models/network/sums_walk.hpp
    template <class Context>
    void send_to_neighbour(Context& context, Node& node, std::uint32_t port, const Frame& frame, std::uint8_t flags,
                           Time now);
    template <class Context>
    void receive_at_switch(Context& context, Node& node, const Frame& frame);
    std::int64_t scale_up_bits(std::uint16_t bytes, std::uint8_t flags) const {
        const std::int64_t payload = flags & Frame::kAcknowledgement ? 0 : bytes - network_.framing.header.count;
        return 8 * (scale_up_->header.count + payload);
    }
    template <class Context>
    void check_timeouts(Context& context, Node& node, Time now);
    template <class Context>
    void post_own(Context& context, Node& node, Frame frame, Happening kind, Time at);
    PortSamples::Reading reading(std::uint32_t port, Time at) const;
    template <class Context>
    void sample(Context& context, Node& node, const Frame& frame);

    // Immutable
    const Topology& topology_;
    const RouteTimeline* reroutes_;
    const Routes& routes_;
    const Traffic& traffic_;
    std::span<const Channel> channels_;
    std::vector<ChannelChange> changes_;   // by direction and time
    std::vector<Outage> outages_;          // likewise
    std::vector<RateChange> rates_;        // likewise
    std::vector<Impairment> impairments_;  // likewise
    NetworkParameters network_;
    std::uint32_t protected_;  // bit c: flow control keeps class c from being dropped
    std::int64_t preamble_bits_, gap_bits_, queue_limit_bits_, ecn_threshold_bits_, ecn_full_bits_;
    std::int64_t largest_frame_bytes_;
    std::optional<std::uint32_t> only_job_;
    std::int64_t opening_messages_ = 0, workers_ = 0;  // of the jobs that run
    std::uint64_t fault_seed_;
    std::vector<std::uint8_t> class_of_flow_;
    std::uint64_t hash_mask_;
    bool chooses_by_state_;                     // a path policy that depends on what passed before
    std::vector<std::size_t> first_iteration_;  // per worker, in iteration_end_ps_

    // A node's rows
    std::vector<Node> nodes_;
    std::vector<Port> ports_;
    std::vector<PortCounters> counters_;
    std::vector<Hazard> hazards_;
    std::vector<Unsteady> unsteady_;
    std::vector<OutageLosses> outage_losses_, impairment_losses_;  // of those: the sending port's
    std::vector<Nic> nics_;                                        // by port; those of switches stay idle
    std::vector<SharedBuffer> buffers_;
    std::vector<CommittedPort> committed_;  // by port; empty where none is committed
    std::vector<NodeQueues> queues_;
    std::vector<Steering> steering_;  // beside buffers_
    PublishedQueues published_;
    std::vector<std::uint32_t> row_beyond_;  // by port: of published_, the peer's; only where queues are published
    std::vector<Flowlet> flowlets_;          // flowlet_slots for each switch, if that is the policy
    bool bonded_ = false;                    // some NIC has several ports: only then is there anything in pairs_
    PortPairs pairs_;
    WindowTransport transport_;
    CongestionControl control_;
    static constexpr std::uint32_t kNoRelay = UINT32_MAX;
    std::optional<ScaleUpParameters> scale_up_;
    bool has_detours_ = false;                    // not all that sets out goes by routes
    std::vector<std::uint32_t> relay_of_flow_;    // the scale-up port that its packets pass on their way to a NIC
    std::vector<FlowTimes> flow_times_;           // start and acknowledged: the source's; delivered: the destination's
    std::vector<std::int64_t> iteration_end_ps_;  // the worker's node's
    std::vector<std::uint32_t> opened_of_loop_;   // flows; the source's
    Execution execution_;
    Exposure exposure_;
    PortSamples samples_;

    // A partition's
    struct alignas(128) PartitionStatistics : Statistics {};
    std::vector<PartitionStatistics> statistics_;
};

}  // namespace lightloom
