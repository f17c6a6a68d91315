#include "scenarios/economics.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_meanings.hpp"

namespace lightloom {
namespace {

using hdf5::Group;
using hdf5::Meaning;
using hdf5::Table;

using hdf5::count;
constexpr Meaning watts(const char* long_name) { return {"W", long_name}; }
constexpr Meaning dollars(const char* long_name) { return {"1", long_name}; }

// As switch.preset = "infiniband" sets it: Ethernet has credits (UEC) and cut-through, but hardly both.
Network network_of(const Scenario& scenario) {
    const bool is_infiniband = scenario.switches.flow_control == FlowControl::credit &&
                               scenario.switches.forwarding == Forwarding::cut_through &&
                               scenario.transport.kind != TransportKind::uec;
    return is_infiniband ? Network::infiniband : Network::ethernet;
}

// Numbers for words, which are numbered as they first occur.
struct Words {
    std::vector<std::uint8_t> numbers;
    std::vector<std::string> known;

    void add(std::string word) {
        std::ranges::replace(word, ' ', '_');
        if (word.empty()) word = "none";
        const auto at = std::ranges::find(known, word);
        numbers.push_back(static_cast<std::uint8_t>(at - known.begin()));
        if (at == known.end()) known.push_back(std::move(word));
    }
};

void write_items(const Group& economics, const Inventory& inventory) {
    const std::vector<InventoryLine>& lines = inventory.lines;
    Words kind, use, item;
    for (const InventoryLine& line : lines) {
        kind.add(std::string(name_of(line.kind)));
        use.add(line.use);
        item.add(line.id);
    }
    const auto column = [&](auto value) {
        std::vector<double> values(lines.size());
        std::ranges::transform(lines, values.begin(), value);
        return values;
    };
    const auto price = [&](double Estimate::*level) {
        return column([=](const InventoryLine& line) {
            return line.has_price ? line.price_usd.*level : std::numeric_limits<double>::quiet_NaN();
        });
    };
    const auto power = [&](double Estimate::*level) {
        return column([=](const InventoryLine& line) { return line.power_watt.*level; });
    };
    Table t(economics, "items", "line", lines.size(), "kind of thing that is bought, for one use");
    t.flags("kind", kind.numbers, kind.known, "kind of thing");
    t.flags("use", use.numbers, use.known, "what it serves as, or which tier");
    t.flags("item", item.numbers, item.known, "its row in the catalogue");
    t.column("count", column([](const InventoryLine& line) { return line.count; }),
             count("pieces; of fibre metres of one fibre"));
    t.column("power_watt_low", power(&Estimate::low), watts("power of all of them, low"));
    t.column("power_watt", power(&Estimate::mid), watts("power of all of them"));
    t.column("power_watt_high", power(&Estimate::high), watts("power of all of them, high"));
    t.column("price_usd_low", price(&Estimate::low), dollars("US dollars of all of them, low"));
    t.column("price_usd", price(&Estimate::mid), dollars("US dollars of all of them; NaN: nobody says"));
    t.column("price_usd_high", price(&Estimate::high), dollars("US dollars of all of them, high"));
    t.close();
}

}  // namespace

CableFacts cable_facts(const Scenario& scenario, const Topology& topology, const LinkModel& model) {
    CableFacts facts{.joints = {},
                     .length_m = {},
                     .typical_power = scenario.optics.basis == Basis::typical,
                     .network = network_of(scenario)};
    for (std::size_t tier = 0; tier < topology.tiers.size(); ++tier) facts.joints.push_back(model.joint(tier));
    for (std::size_t c = 0; c < topology.cables.size(); ++c) facts.length_m.push_back(model.length_m(2 * c));
    return facts;
}

void write_economics(const Group& root, const RunResult& result) {
    const Inventory& inventory = result.inventory;
    if (inventory.lines.empty()) return;
    const auto gpus = static_cast<double>(result.topology.endpoints.size());
    const RunResult::Summary& summary = result.summary;
    Group g = root.child("economics");
    g.scalar("gpus", static_cast<std::int64_t>(result.topology.endpoints.size()), count("GPUs"));
    g.scalar("power_watt_low", inventory.power_watt.low, watts("switches, NICs and modules, assumed figures low"));
    g.scalar("power_watt", inventory.power_watt.mid, watts("switches, NICs and modules"));
    g.scalar("power_watt_high", inventory.power_watt.high, watts("switches, NICs and modules, assumed figures high"));
    g.scalar("price_usd_low", inventory.price_usd.low, dollars("US dollars of all that has a price, assumed low"));
    g.scalar("price_usd", inventory.price_usd.mid, dollars("US dollars of all that has a price"));
    g.scalar("price_usd_high", inventory.price_usd.high, dollars("US dollars of all that has a price, assumed high"));
    g.scalar("transceivers", inventory.transceivers, count("separate modules, at both ends"));
    g.scalar("cable_assemblies", inventory.cable_assemblies, count("cables with their ends"));
    g.scalar("fibre_km", inventory.fibre_km, {"km", "length of single fibres"});
    g.scalar("lines_without_price", inventory.lines_without_price, count("rows of items without a price"));
    g.scalar("watt_per_gpu", inventory.power_watt.mid / gpus, watts("power per GPU"));
    g.scalar("usd_per_gpu", inventory.price_usd.mid / gpus, dollars("US dollars per GPU"));
    g.scalar("transceivers_per_gpu", static_cast<double>(inventory.transceivers) / gpus, count("modules per GPU"));
    if (summary.payload_bytes_delivered > 0)
        g.scalar("energy_per_bit",
                 inventory.power_watt.mid * Time{summary.end_ps}.seconds() /
                     (8.0 * static_cast<double>(summary.payload_bytes_delivered)),
                 {"J", "power over the whole run per bit of payload delivered"});
    write_items(g, inventory);
    g.close();
}

}  // namespace lightloom
