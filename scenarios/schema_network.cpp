#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys network_keys() {
    return {
        {"switch", "forwarding", S::choice(AT(switches.forwarding), {"store-and-forward", "cut-through"}),
         "when a frame may leave"},
        {"switch", "latency", S::quantity(AT(switches.latency), nanoseconds(1), milliseconds(1)),
         "from its last bit in, or first if cut through, to the queue"},
        {"switch", "buffer", S::quantity(AT(switches.buffer), kByte, kLargestBuffer),
         "shared by all ports of a switch"},
        {"switch", "queue_limit", S::quantity(AT(switches.queue_limit), kByte, kLargestBuffer),
         "what one port may hold of it"},
        {"switch", "ecn_threshold", S::quantity(AT(switches.ecn_threshold), Bytes{0}, kLargestBuffer),
         "a frame that finds more ahead of it may be marked"},
        {"switch", "ecn_full", S::quantity(AT(switches.ecn_full), Bytes{0}, kLargestBuffer),
         "one that finds more than this is marked; below the threshold: at once"},
        {"switch", "ecn_probability", S::number(AT(switches.ecn_probability), 0.0, 1.0),
         "of a mark where the queue is nearly ecn_full; it rises to this from 0"},
        {"switch", "buffer_alpha", S::number(AT(switches.buffer_alpha), 0.0, 128.0),
         "times the free buffer is what a queue, or with pause an ingress, may hold; 0 for no such limit"},
        {"switch", "flow_control", S::choice(AT(switches.flow_control), {"none", "pause", "credit"}),
         "what keeps it from dropping: PFC, or credits as in InfiniBand"},
        {"switch", "headroom",
         S::optional(AT(switches.headroom), "auto", TypesOf<Bytes>::quantity(kItself, kByte, kLargestBuffer)),
         "per port for what comes in after a pause; auto: from the delays of its link"},
        {"switch", "trimming", S::truth(AT(switches.trimming)),
         "a packet without room loses its payload instead, and its header hurries on"},
        {"switch", "link_retries", S::whole_number(AT(switches.link_retries), 0, 16),
         "how often a port sends again what its link corrupted"},

        {"nic", "latency", S::quantity(AT(nic.latency), nanoseconds(1), milliseconds(1)),
         "from the decision to send a frame to its first bit, where the port is free"},

        {"routing", "policy",
         S::choice(AT(routing.policy), {"ecmp", "spray", "round-robin", "entropy", "flowlet", "adaptive"}),
         "one path per flow, every packet its own, in turn, as the sender says, per burst, or the shortest queue"},
        {"routing", "weights", S::choice(AT(routing.weights), {"equal", "capacity"}),
         "of the ports that a switch picks among: all alike, or by what the cables behind them can still carry"},
        {"routing", "queue_pairs", S::whole_number(AT(routing.queue_pairs), 1, 256),
         "that a flow's messages are dealt out to, each with a path of its own under ecmp"},
        {"routing", "flowlet_gap", S::quantity(AT(routing.flowlet_gap), nanoseconds(1), seconds(1)),
         "a flow that pauses for longer may take another path"},
        {"routing", "hop_limit", S::whole_number(AT(routing.hop_limit), 1, 30), "cables that a frame may pass"},
        {"routing", "failover", S::truth(AT(routing.failover)), "traffic leaves cables that are down"},
        {"routing", "detection", S::quantity(AT(routing.detection), Duration{0}, seconds(1000)),
         "until the switches at the ends of a cable know that it is down, or up"},
        {"routing", "convergence", S::quantity(AT(routing.convergence), Duration{0}, seconds(1000)),
         "until all others know, after that"},

        {"framing", "preamble", S::quantity(AT(framing.preamble), Bytes{0}, Bytes{64}), "ahead of each frame"},
        {"framing", "gap", S::quantity(AT(framing.gap), Bytes{0}, Bytes{1024}), "after each frame, at least"},
        {"framing", "header", S::quantity(AT(framing.header), kLeastFrame, Bytes{535}),
         "headers and check sums of a data packet"},
        {"framing", "acknowledgement", S::quantity(AT(framing.acknowledgement), kLeastFrame, Bytes{9216}),
         "a whole acknowledgement"},

    };
}

#undef AT

}  // namespace lightloom
