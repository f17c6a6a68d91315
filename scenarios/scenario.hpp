// Scenario: what a scenario file says, typed and in SI-like units, every default filled in. Plain data: it knows
// neither TOML (scenarios/scenario_text.hpp) nor how a run is put together (scenarios/assembly.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/network/parameters.hpp"
#include "models/optics/plant.hpp"
#include "models/optics/targets.hpp"
#include "models/transport/parameters.hpp"
#include "models/workload/collectives/nccl_model.hpp"
#include "models/workload/traffic.hpp"
#include "models/workload/training/demand.hpp"
#include "scenarios/checkpoint.hpp"
#include "scenarios/fault.hpp"
#include "scenarios/in_network.hpp"
#include "scenarios/messages.hpp"
#include "scenarios/question.hpp"
#include "scenarios/series.hpp"
#include "scenarios/tiers.hpp"
#include "scenarios/trace.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

enum class TopologyKind { leaf_spine, rail_optimised, folded_clos, multi_plane, ocs_pods, graph };
inline constexpr std::size_t kTopologyKinds = 6;
enum class WorkloadKind {
    all_reduce,
    permutation,
    incast,
    all_gather,
    reduce_scatter,
    broadcast,
    reduce,
    all_to_all,
    barrier,
    send_receive,
    training,
    trace,
    uniform,
    hot_spot
};
enum class ScaleUpKind { none, nvlink };
enum class TransportKind { window, rocev2, uec };
enum class LossRecovery { go_back_n, selective_repeat };
using ClassMask = std::uint8_t;
enum class PortWeights { equal, capacity };
enum class ExpertRouting { even, drawn };
enum class InServer { formula, packets };
enum class DcqcnPreset { paper_2015, connectx, simai };

struct Scenario {
    std::string title;

    /// What a kind does not know is not read.
    struct Fabric {
        TopologyKind kind = TopologyKind::leaf_spine;
        std::int64_t servers = 0, gpus_per_server = 8, leaves = 0, spines = 0, links_per_pair = 1;
        std::int64_t servers_per_unit = 0, units_per_group = 0, cores = 0, links_per_core = 1;  // rail-optimised
        std::int64_t pods = 0, leaves_per_pod = 0, spines_per_pod = 0, servers_per_leaf = 0;    // folded-clos, ocs-pods
        std::int64_t leaf_spine_links = 1, spine_core_links = 1, buildings = 1;
        std::int64_t segments = 0, servers_per_segment = 0, nics_per_gpu = 2;  // multi-plane
        bool rails = true, planes = true;
        std::int64_t spines_per_plane = 0, cores_per_plane = 0;
        std::int64_t circuits_per_spine = 1, states = 1;  // ocs-pods
        Duration period = milliseconds(1);                // of a state, in which ...
        Duration dark = microseconds(10);                 // ... a circuit that is new carries nothing at first

        std::string file{};                       // graph: beside the scenario
        std::shared_ptr<const Topology> graph{};  // what it says

        /// Ports that switches of a kind have; none: as many as it takes.
        struct Radix {
            std::optional<std::int64_t> leaf{}, spine{}, core{};
            friend bool operator==(const Radix&, const Radix&) = default;
        } radix{};

        BitRate rate{400'000'000'000};
        friend bool operator==(const Fabric&, const Fabric&) = default;
    } topology;

    /// What the cables of one tier are made of.
    struct Tier {
        std::optional<BitRate> rate{};                      // of a cable, each way; none: topology.rate
        std::string lower_module, upper_module;             // catalogue ids, of its ends
        std::string fibre = "os2";                          // catalogue id; not read for copper
        Distribution length{};                              // metres, per cable
        std::int64_t connectors = 0;                        // mated pairs per cable
        std::string connector_family = "mpo-apc-low-loss";  // catalogue id; not read without connectors
        std::optional<Distribution> connector_loss{};       // dB, of one pair; none: the family's
        std::int64_t splices = 0;                           // per cable
        std::vector<std::string> parts{};                   // catalogue ids of what else lies in the way
        double bend_turns = 0.0;                            // of each fibre
        Metres bend_radius{0.03};
        HostLoss lower_host_loss{}, upper_host_loss{};
        friend bool operator==(const Tier&, const Tier&) = default;
    };
    Tier host_leaf{.lower_module = "400g-aec", .upper_module = "400g-aec", .length = {Distribution::Kind::fixed, 2.0}};
    Tier leaf_spine{
        .lower_module = "400gbase-dr4", .upper_module = "400gbase-dr4", .length = {Distribution::Kind::fixed, 50.0}};
    Tier spine_core{
        .lower_module = "400gbase-dr4", .upper_module = "400gbase-dr4", .length = {Distribution::Kind::fixed, 100.0}};
    Tier campus{.lower_module = "400gbase-lr4-6",
                .upper_module = "400gbase-lr4-6",
                .length = {Distribution::Kind::fixed, 2000.0}};
    Tier circuit{.lower_module = "400gbase-fr4",
                 .upper_module = "400gbase-fr4",
                 .length = {Distribution::Kind::fixed, 100.0},
                 .parts = {"ocs-mems"}};
    Tier scale_up{.lower_module = "400g-dac", .upper_module = "400g-dac", .length = {Distribution::Kind::fixed, 1.0}};

    const Tier& tier(TierKind kind) const {
        switch (kind) {
            case TierKind::host_leaf: return host_leaf;
            case TierKind::leaf_spine: return leaf_spine;
            case TierKind::spine_core: return spine_core;
            case TierKind::campus: return campus;
            case TierKind::circuit: return circuit;
            case TierKind::scale_up: return scale_up;
        }
        return host_leaf;
    }
    BitRate rate_of(TierKind kind) const {
        if (kind == TierKind::scale_up && scale_up_network.has_racks())
            return {scale_up_network.rate.bits_per_second / scale_up_network.switches};
        return tier(kind).rate.value_or(topology.rate);
    }

    struct Optics {
        Basis basis = Basis::limit;
        Decibel noise_floor{17.0};     // receiver-side signal to noise as 20 log10 x_floor: what no optical power mends
        std::string catalogue, plant;  // files of the user: parts of his own, readings of his plant; empty: none
        bool allow_out_of_spec = false;
        // Typical basis only
        Years age;
        Celsius inlet_temperature{25.0};
        Celsius inlet_gradient, daily_swing;  // differences
        Dirt dirt;
        LockSettings lock;
        BurstSettings burst;
        LineSettings line;
        friend bool operator==(const Optics&, const Optics&) = default;
    } optics;

    Targets qualify;

    struct Switch {
        Forwarding forwarding = Forwarding::store_and_forward;
        Duration latency = nanoseconds(500);  // from the first (cut-through) or last bit in to the egress queue
        Bytes buffer{32 << 20};               // shared by all ports
        Bytes queue_limit{4 << 20};           // one egress queue's share
        Bytes ecn_threshold{256 << 10};       // a frame that finds more ahead of it may be marked,
        Bytes ecn_full{0};                    // from here on it is; below the threshold: at once
        double ecn_probability = 1.0;         // between the two it rises from 0 to this
        double buffer_alpha = 0.0;            // share of the free buffer that a queue may hold; 0: no such limit
        FlowControl flow_control = FlowControl::none;
        std::optional<Bytes> headroom{};  // per port; none: what its link needs
        ClassMask lossless = 0x01;        // classes that flow control protects, a bit each
        ClassMask strict = 0x80;          // classes that go before all below them; the others share by weight
        std::array<std::uint8_t, TrafficClasses::kCount> weights{1, 1, 1, 1, 1, 1, 1, 1};
        bool trimming = false;
        std::int64_t link_retries = 0;
        friend bool operator==(const Switch&, const Switch&) = default;
    } switches;

    struct Nic {
        Duration latency = nanoseconds(500);
        friend bool operator==(const Nic&, const Nic&) = default;
    } nic;

    /// What joins the GPUs of one server, or of several that make a rack, among themselves.
    struct ScaleUp {
        ScaleUpKind kind = ScaleUpKind::none;
        std::int64_t servers = 1, switches = 18;  // of a rack; with one server there are no such switches
        BitRate rate{3'600'000'000'000};          // of a GPU, one way: NVLink 4, 450 GB/s
        Duration latency =
            nanoseconds(25);  // from a packet's last bit at one GPU to its effect at another; of a switch
        Bytes header{16};     // of a packet, in place of the fabric's
        bool pxn = false;     // packets leave by the NIC on the destination's rail
        std::vector<std::int64_t> affinity{};  // by GPU of a server: whose NIC it uses; empty: each its own
        bool has_racks() const { return kind != ScaleUpKind::none && servers > 1; }
        friend bool operator==(const ScaleUp&, const ScaleUp&) = default;
    } scale_up_network;

    struct Routing {
        PathPolicy policy = PathPolicy::spray;
        PortWeights weights = PortWeights::equal;  // of ports on equally short paths
        std::int64_t queue_pairs = 1;
        unsigned hash = 7;  // what a path hash reads: bits of flow, entropy, attempt
        Duration flowlet_gap = microseconds(5);
        std::optional<Duration> staleness{};  // of what adaptive switches know of others' queues; none: only their own
        std::int64_t hop_limit = 16;
        bool failover = true;                      // traffic leaves cables that are down
        Duration detection = milliseconds(10);     // until the switches at its ends know of it
        Duration convergence = milliseconds(100);  // until all the others do, after that
        friend bool operator==(const Routing&, const Routing&) = default;
    } routing;

    Framing framing;

    struct Transport {
        TransportKind kind = TransportKind::window;
        Bytes payload{4096};        // of a full data packet
        std::int64_t window = 256;  // packets in flight per flow
        Duration timeout = microseconds(250);
        std::optional<std::int64_t> retries{};  // time-outs in a row after which a flow fails; none: it never does
        LossRecovery loss_recovery = LossRecovery::go_back_n;  // of rocev2
        Control congestion = Control::none;
        DcqcnPreset dcqcn = DcqcnPreset::paper_2015;
        Duration base_rtt = microseconds(10);  // that nscc takes for an idle fabric's
        std::int64_t acknowledgement_class = 0;
        friend bool operator==(const Transport&, const Transport&) = default;
    } transport;

    struct Workload {
        WorkloadKind kind = WorkloadKind::all_reduce;
        std::optional<Algorithm> algorithm;       // none: the usual one of the collective
        bool tuned = false;                       // algorithm, protocol, channels and chunk as NCCL would choose them
        std::optional<NcclProtocol> protocol{};   // none: the tuner's, else Simple
        Grouping groups = Grouping::rails;        // who runs a collective together
        Placement placement = Placement::spread;  // spread: neighbours in rank sit under different leaves
        Bytes bytes{64 << 20};                    // of a collective as nccl-tests counts them, or per flow
        std::int64_t channels = 1;
        std::optional<Bytes> chunk;  // none: a block is sent in one piece
        std::int64_t root = 0;       // of a broadcast or reduce
        std::int64_t iterations = 1;
        std::optional<Bytes> smallest{};  // of a sweep of sizes up to `bytes`, ...
        std::int64_t factor = 2;          // ... each so many times the last
        std::int64_t traffic_class = 0;
        std::int64_t senders = 0;     // incast: how many endpoints send to endpoint 0; 0 stands for all others
        ScenarioMessages messages{};  // of a pattern
        friend bool operator==(const Workload&, const Workload&) = default;
    } workload;

    /// What the engine of a collective library costs at a GPU, by what carries a message.
    struct Engine {
        EngineCosts ll{.efficiency = 0.5, .efficiency_across = 0.5};           // 8 bytes of data in 16
        EngineCosts ll128{.efficiency = 0.9375, .efficiency_across = 0.9375};  // 120 in 128
        EngineCosts simple, in_switch;
        friend bool operator==(const Engine&, const Engine&) = default;
    } engine;

    ScenarioInNetwork in_network;

    struct Training {  // of a workload of that kind
        std::string model = "llama3-8b", gpu = "h100";
        std::int64_t tensor = 1, context = 1, pipeline = 1, expert = 1;  // data parallel: as far as the GPUs reach
        std::int64_t micro_batches = 1, micro_batch = 1, virtual_stages = 1;
        std::int64_t sequence = 0;  // tokens; 0: the model's own
        PipelineSchedule schedule = PipelineSchedule::one_forward_one_backward;
        Sharding sharding = Sharding::optimizer;
        Precision precision = Precision::bf16;
        bool recompute = false;
        double efficiency = 0.5;
        std::optional<InServer> in_server{};  // none: by formula where there is no scale-up network
        double jitter = 0.0;                  // relative deviation of a computation's duration
        struct Stragglers {
            std::int64_t count = 0;
            double share = 0.0, slowdown = 1.0;
            friend bool operator==(const Stragglers&, const Stragglers&) = default;
        } stragglers;
        ExpertRouting routing = ExpertRouting::even;
        double expert_skew = 0.0;              // of drawn routing: Zipf exponent of the experts' popularity
        std::int64_t expert_nodes = 0;         // servers that a token's experts are in at most; 0: any number
        Precision dispatch = Precision::bf16;  // of what is sent to experts; it comes back in bf16
        friend bool operator==(const Training&, const Training&) = default;
    } training;

    struct Job {  // one of several; [workload] with [training] is one that has all GPUs to itself
        std::string name;
        Duration start;
        std::optional<std::int64_t> gpus;  // none: all that the others leave, or as many as are listed
        Placement placement = Placement::packed;
        std::vector<GpuRange> list;
        Workload workload;
        Training training;
        ScenarioTrace trace;
        friend bool operator==(const Job&, const Job&) = default;
    };
    std::vector<Job> jobs;
    ScenarioCheckpoint checkpoint;
    ScenarioTrace trace;

    using Fault = ScenarioFault;
    std::vector<Fault> faults;

    ScenarioSeries series;
    Question question;  // for who compares results

    struct Seeds {
        std::uint64_t plant = 1, traffic = 1, faults = 1;
        friend bool operator==(const Seeds&, const Seeds&) = default;
    } seeds;
    std::optional<Duration> until;  // none: until every message is delivered and acknowledged
    bool alone = false;             // each of several jobs is run by itself, too

    friend bool operator==(const Scenario&, const Scenario&) = default;
};

}  // namespace lightloom
