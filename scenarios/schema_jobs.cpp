// The keys of one [[job]]: its own, those of [workload], and under training. and trace. those of [training] and of
// [trace]. All but the first are the schema's own rows, read into a scenario that has nothing else, so a key of those
// sections is one of jobs, too.
#include "scenarios/schema_parts.hpp"

#include <charconv>

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

using Job = Scenario::Job;
using J = TypesOf<Job>;

Scenario short_form(const Job& job) {
    Scenario scenario;
    scenario.workload = job.workload;
    scenario.training = job.training;
    scenario.trace = job.trace;
    return scenario;
}

Key<Job> key_of_job(const Key<Scenario>& key, std::string_view section) {
    return {section,
            key.name,
            {key.type.form,
             [read = key.type.read](const TomlValue& value, const ScenarioNames& names, Job& job) {
                 Scenario scenario = short_form(job);
                 auto complaint = read(value, names, scenario);
                 job.workload = std::move(scenario.workload);
                 job.training = std::move(scenario.training);
                 job.trace = std::move(scenario.trace);
                 return complaint;
             },
             [print = key.type.print](const Job& job) { return print(short_form(job)); }, key.type.shape},
            key.help,
            key.presence};
}

/// "3", or with a dash "3-5". @return  first and last
std::optional<std::pair<std::uint32_t, std::uint32_t>> numbers(std::string_view text) {
    const auto number = [](std::string_view digits) -> std::optional<std::uint32_t> {
        std::uint32_t value = 0;
        const char* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, value);
        if (error != std::errc{} || stop != end || value == UINT32_MAX) return std::nullopt;
        return value;
    };
    const std::size_t dash = text.find('-');
    const auto first = number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return std::pair(*first, *last);
}

constexpr std::size_t kMostRanges = 65'536;

/// Servers, or GPUs of one: "3", "0-7", "5/2", "5/0-3".
std::optional<Complaint> read_place(const TomlValue& item, std::vector<GpuRange>& list) {
    const Complaint complaint{item.at, "found " + cited(item),
                              "a server \"3\", several \"0-7\", or GPUs of one \"5/0-3\", counted from 0"};
    if (item.kind != TomlValue::Kind::text) return complaint;
    const std::string_view text = item.text;
    const std::size_t slash = text.find('/');
    const auto servers = numbers(text.substr(0, slash));
    if (!servers) return complaint;
    if (slash != std::string_view::npos) {
        const auto gpus = numbers(text.substr(slash + 1));
        if (!gpus || servers->first != servers->second) return complaint;
        list.push_back({.server = servers->first, .first = gpus->first, .count = gpus->second - gpus->first + 1});
    } else if (servers->second - servers->first < kMostRanges) {
        for (std::uint32_t server = servers->first; server <= servers->second; ++server) list.push_back({server});
    }
    if (list.size() > kMostRanges || (slash == std::string_view::npos && list.empty()))
        return Complaint{item.at, fmt::format("more than {} places", kMostRanges), "gpus takes as many as it says"};
    return std::nullopt;
}

std::string text_of(const GpuRange& range) {
    if (range.count == UINT32_MAX) return fmt::format("{}", range.server);
    if (range.count == 1) return fmt::format("{}/{}", range.server, range.first);
    return fmt::format("{}/{}-{}", range.server, range.first, range.first + range.count - 1);
}

ValueType<Job> places() {
    return {"a list of servers (\"3\", \"0-7\") or GPUs of one (\"5/0-3\"), in the order of ranks",
            [](const TomlValue& value, const ScenarioNames&, Job& job) -> std::optional<Complaint> {
                if (value.kind != TomlValue::Kind::list)
                    return Complaint{value.at, "found " + cited(value), "a list such as [\"0-7\", \"9/0-3\"]"};
                job.list.clear();
                for (const TomlValue& item : value.items)
                    if (auto complaint = read_place(item, job.list)) return complaint;
                return std::nullopt;
            },
            [](const Job& job) {
                std::vector<std::string> texts;
                for (const GpuRange& range : job.list) texts.push_back(toml_string(text_of(range)));
                return fmt::format("[{}]", fmt::join(texts, ", "));
            },
            R"({"type": "array", "items": {"type": "string", "pattern": "^[0-9]+(-[0-9]+)?(/[0-9]+(-[0-9]+)?)?$"}})"};
}

std::vector<Key<Job>> make_job_keys() {
    std::vector<Key<Job>> keys{
        {"", "name", J::text(AT(name)), "of the job, in results", kRequired},
        {"", "start", J::quantity(AT(start), Duration{0}, seconds(1'000'000)), "after that of the run"},
        {"", "gpus", J::optional(AT(gpus), "rest", TypesOf<std::int64_t>::whole_number(kItself, 1, 64'000'000)),
         "that it takes; the rest: all that other jobs leave"},
        {"", "placement", J::choice(AT(placement), {"packed", "spread", "random", "rail-aligned", "listed"}),
         "which GPUs, and its ranks in that order: server after server; a server of every rack in turn; servers at "
         "random; a GPU of every server, then the next; as list says"},
        {"", "list", places(), "of placement = \"listed\": where its ranks are"},
    };
    for (const Key<Scenario>& key : scenario_keys()) {
        if (key.section == "workload" && key.name != "placement") keys.push_back(key_of_job(key, ""));
    }
    for (const Key<Scenario>& key : scenario_keys())
        if (key.section == "training" || key.section == "trace") keys.push_back(key_of_job(key, key.section));
    return keys;
}

}  // namespace

std::span<const Key<Job>> job_keys() {
    static const std::vector<Key<Job>> keys = make_job_keys();
    return keys;
}

std::optional<Complaint> misplaced(const Key<Job>& key, const Job& job) {
    const bool listed = job.placement == Placement::listed;
    if (key.section.empty() && key.name == "list" && !listed)
        return Complaint{{}, "says where ranks are", "it belongs to placement = \"listed\""};
    if (key.section.empty() && key.name == "gpus" && listed)
        return Complaint{{}, "as many as its list has", "it belongs to other placements"};
    const std::string path = key.section.empty() ? fmt::format("workload.{}", key.name) : key.path();
    const auto known = std::ranges::find(scenario_keys(), path, [](const auto& of) { return of.path(); });
    if (known == scenario_keys().end()) return std::nullopt;
    auto complaint = misplaced(*known, short_form(job));
    if (complaint && complaint->hint.find("workload.kind") != std::string::npos)
        complaint->hint.replace(complaint->hint.find("workload.kind"), 13, "kind");
    return complaint;
}

#undef AT

}  // namespace lightloom
