// The keys of a scenario for what joins the GPUs of a server, or of a rack, among themselves.
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

constexpr std::int64_t kMostGpus = 64;
// A scale-up switch has a port for each GPU, so 65,535 at most.
constexpr std::int64_t kMostServers = 1023, kMostSwitches = 1024;

ValueType<Scenario> affinity() {
    const std::string form = "\"own\", or a list with a number for each GPU of a server: whose NIC it uses, from 0";
    return {form,
            [form](const TomlValue& value, const ScenarioNames&, Scenario& scenario) -> std::optional<Complaint> {
                std::vector<std::int64_t>& field = scenario.scale_up_network.affinity;
                field.clear();
                if (value.kind == TomlValue::Kind::text && value.text == "own") return std::nullopt;
                if (value.kind != TomlValue::Kind::list || value.items.empty() || value.items.size() > kMostGpus)
                    return Complaint{value.at, "found " + cited(value), form};
                std::vector<std::int64_t> nics(value.items.size());
                for (std::size_t i = 0; i < nics.size(); ++i)
                    if (auto complaint = read_whole_number(value.items[i], 0, kMostGpus - 1, nics[i])) return complaint;
                field = std::move(nics);
                return std::nullopt;
            },
            [](const Scenario& scenario) {
                const auto& nics = scenario.scale_up_network.affinity;
                return nics.empty() ? std::string("\"own\"") : fmt::format("[{}]", fmt::join(nics, ", "));
            },
            R"({"anyOf": [{"const": "own"}, {"type": "array", "items": {"type": "integer", "minimum": 0}}]})"};
}

}  // namespace

Keys scale_up_keys() {
    return {
        {"scale_up", "kind", S::choice(AT(scale_up_network.kind), {"none", "nvlink"}),
         "what joins the GPUs of a server; with none they meet at their leaf"},
        {"scale_up", "servers", S::whole_number(AT(scale_up_network.servers), 1, kMostServers),
         "consecutive ones whose GPUs it joins, over switches of their own: NVL72 is 18 of 4; 1: each by itself",
         Presence::optional, ~bit(TopologyKind::graph)},
        {"scale_up", "switches", S::whole_number(AT(scale_up_network.switches), 1, kMostSwitches),
         "that join such servers; each GPU has a port to every one", Presence::optional, ~bit(TopologyKind::graph)},
        {"scale_up", "rate", S::quantity(AT(scale_up_network.rate), kSlowestPort, kFastestPort),
         "of a GPU into it, each way, by all of its ports"},
        {"scale_up", "latency", S::quantity(AT(scale_up_network.latency), nanoseconds(1), milliseconds(1)),
         "from a packet's last bit at one GPU to its effect at another; of a switch, with several servers"},
        {"scale_up", "header", S::quantity(AT(scale_up_network.header), kLeastFrame, Bytes{535}),
         "that a packet carries there, in place of the fabric's"},
        {"scale_up", "pxn", S::truth(AT(scale_up_network.pxn)),
         "a packet for another rail goes to the GPU on that rail first, and leaves by its NIC"},
        {"scale_up", "affinity", affinity(), "where GPUs share NICs"},
    };
}

#undef AT

}  // namespace lightloom
