#include "scenarios/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/faults/selection.hpp"
#include "models/network/port_samples.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/fault_plan.hpp"
#include "scenarios/selector_text.hpp"
#include "topologies/validation.hpp"

namespace lightloom {

std::vector<std::uint32_t> sampled_ports(const Scenario& scenario, const Topology& topology) {
    if (!scenario.series.interval) return {};
    std::vector<std::uint32_t> ports;
    if (!scenario.series.select) {
        ports.resize(topology.ports.size());
        std::iota(ports.begin(), ports.end(), 0u);
        return ports;
    }
    CableSelection selection = selection_of(*scenario.series.select);
    selection.number = UINT32_MAX;  // no fault's: one more of them leaves the draw as it is
    try {
        for (const CableId cable : select(topology, selection, scenario.seeds.faults))
            for (const PortId end : {topology.cables[cable.value].lower, topology.cables[cable.value].upper})
                ports.push_back(end.value);
    } catch (const FaultError& error) {
        throw TopologyError(
            fmt::format("series.select, \"{}\": {}", selector_text(*scenario.series.select), error.what()));
    }
    std::ranges::sort(ports);
    return ports;
}

// Columns of scenarios/result_groups.cpp, most of eight bytes. The rest is the same for all fabrics: what HDF5 says of
// each dataset, and histograms.
double result_bytes(const Plan& plan, std::size_t flows, std::int64_t samples) {
    constexpr double kRest = 240'000;
    constexpr double kPerNode = 45, kPerEndpoint = 20, kPerCable = 29 + 2 * 321, kPerPort = 184, kPerFlow = 176;
    const auto rows = [](const auto& table) { return static_cast<double>(table.size()); };
    const Topology& topology = plan.topology;
    return kRest + kPerNode * rows(topology.nodes) + kPerEndpoint * rows(topology.endpoints) +
           kPerCable * rows(topology.cables) + kPerPort * rows(topology.ports) + kPerFlow * static_cast<double>(flows) +
           static_cast<double>(samples) * (rows(plan.sampled_ports) * double{PortSeries::kBytesPerPlace} + 8.0);
}

}  // namespace lightloom
