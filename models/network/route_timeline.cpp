#include "models/network/route_timeline.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "core/abort.hpp"

namespace lightloom {

RouteTimeline::RouteTimeline(const Topology& topology, Routes whole, const RerouteParameters& parameters)
    : topology_(topology),
      whole_(std::move(whole)),
      parameters_(parameters),
      bonded_(topology.nodes.size()),
      has_others_(topology.ports.size()),
      changes_(topology.nodes.size()),
      views_(topology.nodes.size()),
      local_(topology.nodes.size()) {
    if (parameters.detection < Duration{0}) abort_run("a detection time below 0");
    for (const Topology::Endpoint& endpoint : topology.endpoints)
        for (const auto& [first, ports] :
             {std::pair(endpoint.nic, endpoint.nics), std::pair(endpoint.scale_up, endpoint.scale_ups)}) {
            if (ports < 2) continue;
            bonded_[endpoint.server.value] = true;
            std::fill_n(has_others_.begin() + first.value, ports, true);
        }
    extend({}, Time{0});
}

void RouteTimeline::extend(std::span<const Outage> more, Time until) {
    for (const Outage& outage : more) {
        if (outage.direction >= 2 * topology_.cables.size())
            abort_run("direction {} of {} is to go dark", outage.direction, 2 * topology_.cables.size());
        if (outage.from < until_) abort_run("an outage at {} ps is told after that instant", outage.from.ps);
        outages_.push_back(outage);
    }
    until_ = std::max(until_, until);

    const std::vector<Edge> failures = edges_of(false);
    failed_ = states_of(parameters_.failover ? failures : std::vector<Edge>{});
    planned_ = states_of(edges_of(true));
    for (auto& steps : local_) steps.clear();
    if (parameters_.failover)
        for (const Edge& edge : failures)
            for (const PortId port : {topology_.cables[edge.cable].lower, topology_.cables[edge.cable].upper}) {
                const NodeId node = topology_.ports[port.value].node;
                const bool at_start = edge.dark && edge.at == Time{0};
                local_[node.value].push_back({at_start ? edge.at : edge.at + parameters_.detection,
                                              edge.dark ? Step::Kind::port_dark : Step::Kind::port_lit,
                                              port.value - topology_.nodes[node.value].first_port});
            }
    for (std::uint32_t node = 0; node < topology_.nodes.size(); ++node)
        if (forwards(topology_.nodes[node].kind) || bonded_[node]) resolve(node);
}

// A cable that traffic can go round: not that of a host which hangs on it alone, nor of a GPU on a rack's only switch.
bool RouteTimeline::is_followed(std::uint32_t cable) const {
    const Topology::Cable& row = topology_.cables[cable];
    const auto kind = [&](PortId port) { return topology_.nodes[topology_.ports[port.value].node.value].kind; };
    return forwards(kind(row.lower)) ? forwards(kind(row.upper)) : has_others_[row.lower.value];
}

// Both directions of a cable and all outages that overlap or touch make one.
std::vector<RouteTimeline::Edge> RouteTimeline::edges_of(bool planned) const {
    struct Dark {
        std::uint32_t cable;
        Time from, to;
    };
    std::vector<Dark> all;
    for (const Outage& outage : outages_) {
        if ((outage.cause == OutageCause::circuit) != planned || outage.from >= outage.to) continue;
        if (!is_followed(outage.direction / 2)) continue;
        all.push_back({outage.direction / 2, std::max(outage.from, Time{0}), outage.to});
    }
    std::sort(all.begin(), all.end(),
              [](const Dark& a, const Dark& b) { return std::pair(a.cable, a.from) < std::pair(b.cable, b.from); });
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < all.size();) {
        Dark dark = all[i];
        for (++i; i < all.size() && all[i].cable == dark.cable && all[i].from <= dark.to; ++i)
            dark.to = std::max(dark.to, all[i].to);
        const bool unnoticed = !planned && dark.from > Time{0} && dark.to - dark.from < parameters_.detection;
        if (unnoticed || (dark.from >= until_ && dark.from > Time{0})) continue;
        edges.push_back({dark.from, dark.cable, true});
        if (dark.to < until_) edges.push_back({dark.to, dark.cable, false});
    }
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
        return std::tuple(a.at, a.cable, a.dark) < std::tuple(b.at, b.cable, b.dark);
    });
    return edges;
}

// The first is that of time 0.
std::vector<RouteTimeline::State> RouteTimeline::states_of(const std::vector<Edge>& edges) const {
    std::vector<State> states{{Time{0}, {}, {}}};
    for (const Edge& edge : edges) {
        if (edge.at != states.back().at) states.push_back({edge.at, states.back().dead, states.back().dead_nics});
        const NodeId lower = topology_.ports[topology_.cables[edge.cable].lower.value].node;
        DeadSet& dead = bonded_[lower.value] ? states.back().dead_nics : states.back().dead;
        const auto place = std::lower_bound(dead.begin(), dead.end(), edge.cable);
        if (edge.dark)
            dead.insert(place, edge.cable);
        else
            dead.erase(place);
    }
    return states;
}

// All that a node learns, in order of time.
std::vector<RouteTimeline::Step> RouteTimeline::steps_of(std::uint32_t node) const {
    std::vector<Step> steps = local_[node];
    Time last{0};
    for (std::uint32_t i = 1; i < failed_.size(); ++i) {
        const double drawn = parameters_.convergence.at(uniform(draw(parameters_.seed, node, Purpose::convergence, i)));
        const Duration convergence{static_cast<std::int64_t>(std::clamp(drawn, 0.0, 1e18))};
        last = std::max(last, failed_[i].at + parameters_.detection + convergence);
        steps.push_back({last, Step::Kind::failed, i});
    }
    for (std::uint32_t i = 1; i < planned_.size(); ++i) steps.push_back({planned_[i].at, Step::Kind::planned, i});
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
    return steps;
}

void RouteTimeline::resolve(std::uint32_t node) {
    std::vector<std::uint16_t> dark_ports;
    std::uint32_t failures = 0, schedule = 0;
    const auto version = [&]() -> const std::vector<std::uint32_t>& {
        return version_of(failed_[failures].dead, planned_[schedule].dead);
    };
    const bool server = bonded_[node];
    std::vector<Change>& changes = changes_[node];
    std::vector<View>& views = views_[node];
    changes.clear();
    views.clear();
    const std::vector<Step> steps = steps_of(node);
    std::uint32_t current = version()[node];
    if (server)
        views.push_back({Time{0}, failures, &version(), {}});
    else
        table_.role_of_node[node] = current / std::max(table_.leaves, 1u);
    for (std::size_t i = 0; i < steps.size();) {
        const Time at = steps[i].at;
        for (; i < steps.size() && steps[i].at == at; ++i) {
            const std::uint32_t value = steps[i].value;
            const auto port = static_cast<std::uint16_t>(value);
            switch (steps[i].kind) {
                case Step::Kind::failed: failures = value; break;
                case Step::Kind::planned: schedule = value; break;
                case Step::Kind::port_dark:
                    dark_ports.insert(std::lower_bound(dark_ports.begin(), dark_ports.end(), port), port);
                    break;
                case Step::Kind::port_lit:
                    dark_ports.erase(std::lower_bound(dark_ports.begin(), dark_ports.end(), port));
                    break;
            }
        }
        if (server) {
            if (at == Time{0}) views.clear();
            views.push_back({at, failures, &version(), dark_ports});
            continue;
        }
        const std::uint32_t next = repaired(version()[node], dark_ports);
        if (at > Time{0} && next != current) changes.push_back({at, next});
        current = next;
    }
}

bool RouteTimeline::usable(const View& view, PortId out, PortId in) const {
    const Topology::Port &here = topology_.ports[out.value], &there = topology_.ports[in.value];
    const auto own = static_cast<std::uint16_t>(out.value - topology_.nodes[here.node.value].first_port);
    if (std::ranges::binary_search(view.dark_ports, own)) return false;
    if (std::ranges::binary_search(failed_[view.failures].dead_nics, there.cable.value)) return false;
    const NodeId from = topology_.ports[here.peer.value].node, to = topology_.ports[there.peer.value].node;
    return from == to || table_.sets[(*view.first_routes)[from.value] + topology_.nodes[to.value].index].count > 0;
}

std::vector<RouteTimeline::Response> RouteTimeline::responses() const {
    if (!parameters_.failover) return {};
    const std::vector<Edge> edges = edges_of(false);
    std::vector<Time> rerouted(failed_.size(), Time{0});
    for (std::uint32_t node = 0; node < topology_.nodes.size(); ++node)
        if (forwards(topology_.nodes[node].kind) || bonded_[node])
            for (const Step& step : steps_of(node))
                if (step.kind == Step::Kind::failed) rerouted[step.value] = std::max(rerouted[step.value], step.at);
    std::vector<Response> responses;
    std::map<std::uint32_t, std::size_t> open;  // by cable: its last row
    std::size_t state = 0;
    for (const Edge& edge : edges) {
        while (failed_[state].at != edge.at) ++state;
        if (!edge.dark) {
            responses[open.at(edge.cable)].lit = edge.at;
            continue;
        }
        open[edge.cable] = responses.size();
        const Time detected = edge.at == Time{0} ? edge.at : edge.at + parameters_.detection;
        responses.push_back({edge.cable, edge.at, kNever, detected, rerouted[state]});
    }
    std::ranges::stable_sort(responses, {}, &Response::cable);
    return responses;
}

const std::vector<std::uint32_t>& RouteTimeline::version_of(const DeadSet& failed, const DeadSet& planned) {
    DeadSet dead;
    std::set_union(failed.begin(), failed.end(), planned.begin(), planned.end(), std::back_inserter(dead));
    const auto [entry, fresh] = versions_.try_emplace(std::move(dead));
    if (!fresh) return entry->second;
    std::vector<CableId> cables;
    for (const std::uint32_t cable : entry->first) cables.emplace_back(cable);
    Routes routes = cables.empty() ? whole_ : equal_cost_routes_without(topology_, cables);
    if (parameters_.weighted && !cables.empty()) routes = weighted_routes(topology_, routes);
    if (table_.role_of_node.empty()) {
        table_.leaves = routes.leaves;
        table_.role_of_node.assign(topology_.nodes.size(), UINT32_MAX);
    }
    std::vector<std::uint32_t> first_route_of_role;
    for (std::size_t first = 0; first < routes.sets.size(); first += routes.leaves) {
        std::vector<Routes::PortSet> row;
        for (std::size_t leaf = 0; leaf < routes.leaves; ++leaf) {
            const Routes::PortSet& set = routes.sets[first + leaf];
            const bool again = leaf > 0 && set.first == routes.sets[first + leaf - 1].first &&
                               set.count == routes.sets[first + leaf - 1].count;
            const auto ports = routes.ports.begin() + set.first;
            row.push_back(again ? row.back() : set_of({ports, ports + set.count}));
        }
        first_route_of_role.push_back(row_of(row));
    }
    for (const std::uint32_t role : routes.role_of_node)
        entry->second.push_back(role == UINT32_MAX ? UINT32_MAX : first_route_of_role[role]);
    return entry->second;
}

Routes::PortSet RouteTimeline::set_of(const std::vector<std::uint16_t>& ports) {
    const Routes::PortSet next{static_cast<std::uint32_t>(table_.ports.size()),
                               static_cast<std::uint32_t>(ports.size())};
    const auto [entry, fresh] = sets_.try_emplace(ports, next);
    if (fresh) table_.ports.insert(table_.ports.end(), ports.begin(), ports.end());
    return entry->second;
}

std::uint32_t RouteTimeline::row_of(const std::vector<Routes::PortSet>& sets) {
    std::vector<std::uint32_t> key;  // a set is known by where its ports lie and how many they are
    for (const Routes::PortSet& set : sets) {
        key.push_back(set.first);
        key.push_back(set.count);
    }
    const auto [entry, fresh] = rows_.try_emplace(std::move(key), static_cast<std::uint32_t>(table_.sets.size()));
    if (fresh) table_.sets.insert(table_.sets.end(), sets.begin(), sets.end());
    return entry->second;
}

// A row without the ports that its switch has found dark.
std::uint32_t RouteTimeline::repaired(std::uint32_t first_route, const std::vector<std::uint16_t>& dark_ports) {
    if (dark_ports.empty()) return first_route;
    const auto [entry, fresh] = repairs_.try_emplace({first_route, dark_ports});
    if (!fresh) return entry->second;
    std::vector<Routes::PortSet> row;
    for (std::uint32_t leaf = 0; leaf < table_.leaves; ++leaf) {
        const Routes::PortSet set = table_.sets[first_route + leaf];
        const auto ports = table_.ports.begin() + set.first;
        std::vector<std::uint16_t> left;
        std::copy_if(ports, ports + set.count, std::back_inserter(left), [&](std::uint16_t port) {
            return !std::binary_search(dark_ports.begin(), dark_ports.end(), port);
        });
        row.push_back(set_of(left));
    }
    return entry->second = row_of(row);
}

}  // namespace lightloom
