// The keys of a scenario for sums that the fabric's switches make.
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys in_network_keys() {
    return {
        {"in_network", "latency", S::quantity(AT(in_network.latency), Duration{0}, milliseconds(1)),
         "of a sum in a switch, beside switch.latency (assumed)"},
        {"in_network", "memory", S::quantity(AT(in_network.memory), kByte, kLargestBuffer),
         "of a switch for a group's sums under way: no GPU sends further ahead of what came back (assumed)"},
    };
}

#undef AT

}  // namespace lightloom
