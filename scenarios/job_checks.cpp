#include "scenarios/job_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

using Job = Scenario::Job;

/// How many GPUs a job says it takes; none: the rest.
std::optional<std::int64_t> said(const Job& job, const FabricShape& shape) {
    if (job.placement != Placement::listed) return job.gpus;
    std::int64_t gpus = 0;
    for (const GpuRange& range : job.list)
        gpus += range.count == UINT32_MAX ? shape.gpus_per_server : std::int64_t{range.count};
    return gpus;
}

class JobChecks {
public:
    JobChecks(const Scenario& scenario, const FabricShape& shape, const ScenarioNames& names,
              const std::function<bool(std::string_view)>& is_sound)
        : s_(scenario), shape_(shape), names_(names), is_sound_(is_sound) {}

    std::vector<Contradiction> all(bool counts_are_sound) {
        names();
        for (std::size_t i = 0; i < s_.jobs.size(); ++i)
            if (s_.jobs[i].placement == Placement::listed && s_.jobs[i].list.empty() && is_sound_(key(i, "list")))
                complain(i, "list", "is missing", "such as list = [\"0-3\", \"5/0-1\"]: servers, or GPUs of one");
        for (std::size_t i = 0; i < s_.jobs.size(); ++i) counts_are_sound &= is_sound_(key(i, "list"));
        if (counts_are_sound && found_.empty()) listed();
        if (counts_are_sound && found_.empty()) counted();
        if (counts_are_sound && found_.empty())
            for (std::size_t i = 0; i < s_.jobs.size(); ++i) workload(i);
        return std::move(found_);
    }

private:
    static std::string key(std::size_t job, std::string_view name) { return fmt::format("job.{}.{}", job, name); }
    void complain(std::size_t job, std::string_view name, std::string message, std::string hint) {
        found_.push_back({key(job, name), std::move(message), std::move(hint)});
    }

    void names() {
        std::map<std::string_view, std::size_t> known;
        for (std::size_t i = 0; i < s_.jobs.size(); ++i) {
            if (!is_sound_(key(i, "name"))) continue;
            const auto [other, fresh] = known.emplace(s_.jobs[i].name, i);
            if (s_.jobs[i].name.empty()) complain(i, "name", "is empty", "results call the job by it");
            if (!fresh) complain(i, "name", fmt::format("job.{} has the same", other->second), "each job has its own");
        }
    }

    // GPUs by number, job by job, as long as no list is longer than the fabric.
    void listed() {
        std::map<std::pair<std::uint32_t, std::int64_t>, std::size_t> owner;
        for (std::size_t i = 0; i < s_.jobs.size(); ++i) {
            if (s_.jobs[i].placement != Placement::listed) continue;
            for (const GpuRange& range : s_.jobs[i].list)
                if (!take(i, range, owner)) return;
        }
    }
    bool take(std::size_t job, const GpuRange& range,
              std::map<std::pair<std::uint32_t, std::int64_t>, std::size_t>& owner) {
        if (range.server >= shape_.servers) {
            complain(job, "list", fmt::format("there is no server {}", range.server),
                     fmt::format("there are {}, counted from 0", shape_.servers));
            return false;
        }
        const std::int64_t gpus = shape_.gpus_per_server;
        const std::int64_t last = range.count == UINT32_MAX ? gpus : std::int64_t{range.first} + range.count;
        if (last > gpus) {
            complain(job, "list", fmt::format("server {} has no GPU {}", range.server, last - 1),
                     fmt::format("it has {}, counted from 0", gpus));
            return false;
        }
        for (std::int64_t gpu = range.first; gpu < last; ++gpu) {
            const auto [taken, fresh] = owner.emplace(std::pair(range.server, gpu), job);
            if (fresh) continue;
            complain(job, "list",
                     taken->second == job
                         ? fmt::format("names GPU {} of server {} twice", gpu, range.server)
                         : fmt::format("jobs {} and {} share GPU {} of server {}", s_.jobs[taken->second].name,
                                       s_.jobs[job].name, gpu, range.server),
                     "each GPU is of one job");
            return false;
        }
        return true;
    }

    void counted() {
        std::int64_t taken = 0;
        std::optional<std::size_t> rest;
        for (std::size_t i = 0; i < s_.jobs.size(); ++i) {
            if (!is_sound_(key(i, "gpus"))) return;
            const auto gpus = said(s_.jobs[i], shape_);
            if (!gpus && rest)
                return complain(i, "gpus", fmt::format("job {} takes the rest already", s_.jobs[*rest].name),
                                "gpus says how many a job takes");
            if (!gpus) rest = i;
            taken += gpus.value_or(0);
            if (taken > shape_.endpoints())
                return complain(i, "gpus", fmt::format("with the jobs before it, {} GPUs are taken", taken),
                                fmt::format("the fabric has {}", shape_.endpoints()));
        }
        left_ = shape_.endpoints() - taken;
        if (rest && left_ == 0) complain(*rest, "gpus", "the other jobs leave none", "gpus says how many a job takes");
    }

    std::int64_t gpus_of(const Job& job) const { return said(job, shape_).value_or(left_); }

    // So many GPUs as a fabric of their own, if the job's placement gives each of its servers as many.
    std::optional<FabricShape> shape_of_job(const Job& job) const {
        const std::int64_t gpus = gpus_of(job), of_server = shape_.gpus_per_server;
        FabricShape shape = shape_;
        if (job.placement == Placement::listed) {
            std::map<std::uint32_t, std::int64_t> listed;
            for (const GpuRange& range : job.list)
                listed[range.server] += range.count == UINT32_MAX ? of_server : std::int64_t{range.count};
            for (const auto& [server, count] : listed)
                if (count != listed.begin()->second) return std::nullopt;
            shape.servers = static_cast<std::int64_t>(listed.size());
            shape.gpus_per_server = listed.begin()->second;
        } else if (job.placement == Placement::rail_aligned && gpus % shape_.servers == 0) {
            shape.gpus_per_server = gpus / shape_.servers;
        } else if (job.placement != Placement::rail_aligned && gpus % of_server == 0) {
            shape.servers = gpus / of_server;
        } else {
            return std::nullopt;
        }
        return shape;
    }

    bool has_fabric_to_itself(std::size_t i) {
        const Scenario::Workload& w = s_.jobs[i].workload;
        if (w.tuned)
            complain(i, "algorithm", "NCCL's tuner is asked for a whole fabric only", "name one of its algorithms");
        else if (w.smallest)
            complain(i, "sizes.from", "a sweep of sizes has the fabric to itself", "it belongs to [workload]");
        else
            return false;
        return true;
    }

    // What would be wrong with it as the [workload] of a fabric of its GPUs.
    void workload(std::size_t i) {
        if (has_fabric_to_itself(i)) return;
        Scenario one = as_workload(s_, s_.jobs[i]);
        std::optional<FabricShape> shape = shape_of_job(s_.jobs[i]);
        // Where servers differ, who is in a group with whom shows when the job is placed, by traffic_of().
        const bool has_known_groups = shape || !collective_of(one.workload.kind);
        if (!shape) {
            shape = shape_;
            shape->servers = gpus_of(s_.jobs[i]);
            shape->gpus_per_server = 1;
            one.workload.groups = Grouping::all;
        }
        const auto key_here = [i](std::string_view path) {
            if (path.starts_with("workload.")) return key(i, path.substr(9));
            if (path.starts_with("training.") || path.starts_with("trace.")) return key(i, path);
            return std::string(path);
        };
        const auto is_sound = [&](std::string_view path) {
            return (has_known_groups || path != "workload.bytes") && is_sound_(key_here(path));
        };
        for (Contradiction& wrong : workload_contradictions(one, *shape, names_, is_sound, false)) {
            const std::string_view gpus = s_.jobs[i].placement == Placement::listed ? "list" : "gpus";
            wrong.key = wrong.key.starts_with("topology.") ? key(i, gpus) : key_here(wrong.key);
            for (std::string* text : {&wrong.message, &wrong.hint})
                if (const auto at = text->find("workload."); at != std::string::npos) text->erase(at, 9);
            found_.push_back(std::move(wrong));
        }
    }

    const Scenario& s_;
    const FabricShape& shape_;
    const ScenarioNames& names_;
    const std::function<bool(std::string_view)>& is_sound_;
    std::int64_t left_ = 0;
    std::vector<Contradiction> found_;
};

}  // namespace

std::int64_t gpus_of_job(const Scenario& scenario, std::size_t job, const FabricShape& shape) {
    std::int64_t left = shape.endpoints();
    for (const Job& other : scenario.jobs) left -= said(other, shape).value_or(0);
    return said(scenario.jobs.at(job), shape).value_or(left);
}

std::vector<Contradiction> job_contradictions(const Scenario& scenario, const FabricShape& shape,
                                              const ScenarioNames& names,
                                              const std::function<bool(std::string_view key)>& is_sound,
                                              bool counts_are_sound) {
    return JobChecks(scenario, shape, names, is_sound).all(counts_are_sound);
}

}  // namespace lightloom
