#include "models/workload/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/random.hpp"

namespace lightloom {
namespace {

/// A server's endpoints, which are consecutive.
struct Server {
    std::uint32_t first = 0, count = 0;
    std::uint32_t place_in_rack = 0;
};

std::vector<Server> servers_of(const Topology& topology) {
    std::vector<Server> servers;
    std::vector<std::uint32_t> seen_under(topology.nodes.size(), 0);
    for (std::uint32_t i = 0; i < topology.endpoints.size(); ++i) {
        const Topology::Endpoint& endpoint = topology.endpoints[i];
        if (i == 0 || endpoint.server != topology.endpoints[i - 1].server)
            servers.push_back({.first = i, .place_in_rack = seen_under[endpoint.leaf.value]++});
        ++servers.back().count;
    }
    return servers;
}

// Fisher and Yates' shuffle.
void shuffle(std::vector<Server>& servers, std::uint64_t seed, std::uint64_t job) {
    for (std::size_t i = servers.size(); i > 1; --i)
        std::swap(servers[i - 1], servers[draw(seed, i - 1, Purpose::placement, job) % i]);
}

/// Which job has each GPU, while jobs are placed.
class Pool {
public:
    Pool(const Topology& topology, std::span<const PlacementRequest> jobs)
        : servers_(servers_of(topology)), jobs_(jobs), owner_(topology.endpoints.size(), kFree) {}

    Ranks take_listed(std::uint32_t job) {
        Ranks gpus;
        for (const GpuRange& range : jobs_[job].list) {
            if (range.server >= servers_.size()) fail(job, fmt::format("there is no server {}", range.server));
            const Server& server = servers_[range.server];
            const std::uint64_t last =
                range.count == UINT32_MAX ? server.count : std::uint64_t{range.first} + range.count;
            if (last > server.count || range.first >= last)
                fail(job, fmt::format("server {} has {} GPUs", range.server, server.count));
            for (std::uint64_t gpu = range.first; gpu < last; ++gpu) {
                const EndpointId taken{server.first + gpu};
                if (owner_[taken.value] != kFree)
                    fail(job, fmt::format("GPU {} of server {} is job {}'s already", gpu, range.server,
                                          jobs_[owner_[taken.value]].name));
                owner_[taken.value] = job;
                gpus.push_back(taken);
            }
        }
        return gpus;
    }
    Ranks take(std::uint32_t job, const Ranks& order) {
        const std::uint64_t wanted = jobs_[job].gpus.value_or(UINT64_MAX);
        Ranks gpus;
        for (auto gpu = order.begin(); gpu != order.end() && gpus.size() < wanted; ++gpu) {
            if (owner_[gpu->value] != kFree) continue;
            owner_[gpu->value] = job;
            gpus.push_back(*gpu);
        }
        if (gpus.empty() || (jobs_[job].gpus && gpus.size() < wanted))
            fail(job, fmt::format("{} GPUs are left of {}", gpus.size(), owner_.size()));
        return gpus;
    }

private:
    static constexpr std::uint32_t kFree = UINT32_MAX;
    [[noreturn]] void fail(std::uint32_t job, const std::string& why) const {
        throw PlacementError(fmt::format("job {} cannot be placed: {}", jobs_[job].name, why));
    }

    std::vector<Server> servers_;
    std::span<const PlacementRequest> jobs_;
    std::vector<std::uint32_t> owner_;
};

}  // namespace

std::vector<std::uint32_t> places_in_servers(const Topology& topology) {
    std::vector<std::uint32_t> places;
    for (const Server& server : servers_of(topology))
        for (std::uint32_t gpu = 0; gpu < server.count; ++gpu) places.push_back(gpu);
    return places;
}

Ranks all_gpus(const Topology& topology, Placement placement, std::uint64_t seed, std::uint64_t job) {
    std::vector<Server> servers = servers_of(topology);
    if (placement == Placement::spread) std::ranges::stable_sort(servers, {}, &Server::place_in_rack);
    if (placement == Placement::random) shuffle(servers, seed, job);
    Ranks gpus;
    for (const Server& server : servers)
        for (std::uint32_t gpu = 0; gpu < server.count; ++gpu) gpus.emplace_back(server.first + gpu);
    if (placement == Placement::rail_aligned) {
        const std::vector<std::uint32_t> place = places_in_servers(topology);
        std::ranges::stable_sort(gpus, {}, [&](EndpointId gpu) { return place[gpu.value]; });
    }
    return gpus;
}

std::vector<Ranks> place_jobs(const Topology& topology, std::span<const PlacementRequest> jobs, std::uint64_t seed) {
    Pool pool(topology, jobs);
    std::vector<Ranks> placed(jobs.size());
    const auto place_those = [&](auto are_due) {
        for (std::uint32_t job = 0; job < jobs.size(); ++job) {
            if (!are_due(jobs[job])) continue;
            placed[job] = jobs[job].placement == Placement::listed
                              ? pool.take_listed(job)
                              : pool.take(job, all_gpus(topology, jobs[job].placement, seed, job));
        }
    };
    const auto is_listed = [](const PlacementRequest& job) { return job.placement == Placement::listed; };
    place_those(is_listed);
    place_those([&](const PlacementRequest& job) { return !is_listed(job) && job.gpus; });
    place_those([&](const PlacementRequest& job) { return !is_listed(job) && !job.gpus; });
    return placed;
}

}  // namespace lightloom
