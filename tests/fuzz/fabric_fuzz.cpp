// Any bytes, as a list of edges and as GraphML, are a fabric that holds together or one refusal that names a line of
// the text.
#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/fuzz/must.hpp"
#include "topologies/user_topology.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

void must_be_sound(const std::string& refusal) {
    must(!refusal.empty(), "a refusal says what is wrong");
    must(std::ranges::all_of(refusal, [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; }),
         "a refusal shows no control characters");
}

void check(std::string_view text, TopologyFormat format) {
    try {
        const Topology topology = user_topology(text, format, "f");
        must(!topology.endpoints.empty(), "a fabric has endpoints or is refused");
        for (const Topology::Cable& cable : topology.cables) {
            must(topology.ports[cable.lower.value].peer == cable.upper, "a cable joins its two ports");
            must(topology.ports[cable.upper.value].peer == cable.lower, "either way");
            must(cable.tier < topology.tiers.size(), "a cable has a tier");
        }
    } catch (const TopologyError& error) {
        must_be_sound(error.what());
    }
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    lightloom::check(text, lightloom::TopologyFormat::edge_list);
    lightloom::check(text, lightloom::TopologyFormat::graphml);
    return 0;
}
