#include "comparison/symptoms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lightloom {
namespace {

using Lines = std::vector<std::string>;

constexpr double kOtherLoad = 0.03;  // of the time: less than that explains nothing
constexpr double kWorse = 1.2;       // times as many of what went wrong

std::string word(const std::vector<std::string>& words, double number) {
    return number >= 0.0 && number < static_cast<double>(words.size()) ? words[static_cast<std::size_t>(number)]
                                                                       : "unknown";
}

// An index of another table, which a stranger's file may have wrong.
std::size_t row(double number, std::size_t rows) {
    if (!(number >= 0.0 && number < static_cast<double>(rows)))
        throw ResultUnreadable(fmt::format("a result's table names row {} of another with {} rows", number, rows));
    return static_cast<std::size_t>(number);
}

void read_tiers(const ResultReader& result, Symptoms& found) {
    const std::vector<double> tier = result.column("topology/links/tier");
    for (const std::string& name : words_or_numbers(result, "topology/links/tier"))
        found.tiers.push_back({.name = name});
    const auto take_margin = [](Symptoms::Tier& of, double margin) {
        if (!std::isnan(margin)) of.margin_db = std::min(of.margin_db.value_or(margin), margin);
    };
    if (const std::vector<double> margin = result.column("optics/links/margin_db"); margin.size() == 2 * tier.size())
        for (std::size_t i = 0; i < margin.size(); ++i)
            take_margin(found.tiers[row(tier[i / 2], found.tiers.size())], margin[i]);
    if (!result.has("ports")) return;
    const bool has_least = result.has("ports/least_margin_db");
    const std::vector<double> least = has_least ? result.column("ports/least_margin_db") : std::vector<double>{};
    const std::vector<double> direction = result.column("ports/direction"), busy = result.column("ports/utilisation"),
                              lost = result.column("ports/frames_lost");
    std::vector<double> ports(found.tiers.size(), 0.0);
    for (std::size_t i = 0; i < direction.size(); ++i) {
        const std::size_t at = row(tier[row(direction[i], 2 * tier.size()) / 2], found.tiers.size());
        Symptoms::Tier& of_port = found.tiers[at];
        of_port.utilisation += busy[i];
        of_port.greatest_utilisation = std::max(of_port.greatest_utilisation, busy[i]);
        of_port.frames_lost += lost[i];
        if (has_least) take_margin(of_port, least[i]);
        ports[at] += 1.0;
    }
    for (std::size_t at = 0; at < ports.size(); ++at)
        if (ports[at] > 0.0) found.tiers[at].utilisation /= ports[at];
}

void read_queues(const ResultReader& result, Symptoms& found) {
    if (!result.has("ports")) return;
    const std::vector<double> queue = result.column("ports/deepest_queue_bytes"), node = result.column("ports/node"),
                              kind = result.column("topology/nodes/kind");
    const auto deepest = std::ranges::max_element(queue);
    if (deepest == queue.end()) return;
    found.queue_bytes = *deepest;
    const std::size_t at = row(node[static_cast<std::size_t>(deepest - queue.begin())], kind.size());
    found.queue_at = word(result.words("topology/nodes/kind"), kind[at]);
    found.dropped = result.find("summary/frames_dropped").value_or(0.0);
}

void read_locks(const ResultReader& result, Symptoms& found) {
    found.lock_losses = result.find("summary/lock_losses").value_or(0.0);
    found.flaps = result.find("summary/flaps").value_or(0.0);
}

void read_faults(const ResultReader& result, Symptoms& found) {
    if (!result.has("faults")) return;
    const std::vector<double> stall = result.column("faults/longest_stall_ps"), kind = result.column("faults/kind"),
                              flows = result.column("faults/flows_stalled"), lost = result.column("faults/frames_lost");
    const auto worst = std::ranges::max_element(stall);
    if (worst == stall.end()) return;
    const auto at = static_cast<std::size_t>(worst - stall.begin());
    found.worst_fault = {at, word(result.words("faults/kind"), kind[at]), flows[at], stall[at], lost[at]};
}

void read_bill(const ResultReader& result, Symptoms& found) {
    if (!result.has("economics/items")) return;
    const double gpus = result.scalar("economics/gpus");
    const std::vector<std::string> kinds = words_or_numbers(result, "economics/items/kind");
    for (const std::string& kind : kinds) found.bill.push_back({.kind = kind});
    const std::vector<double> kind = result.column("economics/items/kind"),
                              watt = result.column("economics/items/power_watt"),
                              dollars = result.column("economics/items/price_usd");
    for (std::size_t i = 0; i < kind.size(); ++i) {
        Symptoms::Share& share = found.bill[row(kind[i], kinds.size())];
        share.watt += watt[i] / gpus;
        if (!std::isnan(dollars[i])) share.dollars += dollars[i] / gpus;
    }
}

// To a mean over runs, of which this is one.
void add_tier(std::vector<Symptoms::Tier>& mean, const Symptoms::Tier& of_run, double share) {
    auto tier = std::ranges::find(mean, of_run.name, &Symptoms::Tier::name);
    if (tier == mean.end()) tier = mean.insert(tier, {.name = of_run.name});
    tier->utilisation += share * of_run.utilisation;
    tier->greatest_utilisation += share * of_run.greatest_utilisation;
    tier->frames_lost += share * of_run.frames_lost;
    if (of_run.margin_db) tier->margin_db = std::min(tier->margin_db.value_or(*of_run.margin_db), *of_run.margin_db);
}

const Symptoms::Tier* busiest(const Symptoms& of) {
    const auto most = std::ranges::max_element(of.tiers, {}, &Symptoms::Tier::greatest_utilisation);
    return most == of.tiers.end() ? nullptr : &*most;
}

// A count, or a mean of counts.
std::string count_text(double count) {
    return count == std::round(count) || count >= 100.0 ? fmt::format("{:.0f}", count) : fmt::format("{:.3g}", count);
}

std::string count_of(double count, std::string_view thing) {
    return fmt::format("{} {}{}", count_text(count), thing, count == 1.0 ? "" : "s");
}

// The part of the bill that differs most.
void add_bill(Lines& lines, double Symptoms::Share::*figure, const char* unit, const std::string& better_name,
              const Symptoms& better, const std::string& worse_name, const Symptoms& worse) {
    const auto share = [&](const Symptoms& of, const std::string& kind) {
        const auto at = std::ranges::find(of.bill, kind, &Symptoms::Share::kind);
        return at == of.bill.end() ? 0.0 : (*at).*figure;
    };
    std::string most;
    double gap = 0.0;
    for (const Symptoms* of : {&worse, &better})
        for (const Symptoms::Share& candidate : of->bill)
            if (const double d = share(worse, candidate.kind) - share(better, candidate.kind); d > gap) {
                gap = d;
                most = candidate.kind;
            }
    if (gap > 0.0)
        lines.push_back(fmt::format("{} come to {:.4g} {} per GPU in {}, {:.4g} in {}", most, share(worse, most), unit,
                                    worse_name, share(better, most), better_name));
}

void add_losses(Lines& lines, const Symptoms& better, const std::string& worse_name, const Symptoms& worse) {
    for (const Symptoms::Tier& tier : worse.tiers) {
        const auto same = std::ranges::find(better.tiers, tier.name, &Symptoms::Tier::name);
        const double others = same == better.tiers.end() ? 0.0 : same->frames_lost;
        if (tier.frames_lost > kWorse * others)
            lines.push_back(fmt::format("cables of tier {} lose {} in {} ({} in the other)", tier.name,
                                        count_of(tier.frames_lost, "frame"), worse_name, count_text(others)));
    }
    if (worse.dropped > kWorse * better.dropped)
        lines.push_back(fmt::format("full buffers drop {} in {} ({} in the other), the deepest queue at a {}",
                                    count_of(worse.dropped, "frame"), worse_name, count_text(better.dropped),
                                    worse.queue_at));
}

void add_locks(Lines& lines, const Symptoms& better, const std::string& worse_name, const Symptoms& worse) {
    if (worse.lock_losses > kWorse * better.lock_losses)
        lines.push_back(fmt::format(
            "links of {} lose their lock, times: {} ({} in the other), and of these their port goes down: {}",
            worse_name, count_text(worse.lock_losses), count_text(better.lock_losses), count_text(worse.flaps)));
}

void add_fault(Lines& lines, const Symptoms& better, const std::string& worse_name, const Symptoms& worse) {
    if (!worse.worst_fault) return;
    const Symptoms::Fault& fault = *worse.worst_fault;
    const double others = better.worst_fault ? better.worst_fault->longest_stall_ps : 0.0;
    if (fault.longest_stall_ps > kWorse * others && fault.flows_stalled > 0.0)
        lines.push_back(fmt::format("fault.{} ({}) stalls {} of {}{} for up to {:.4g} us ({:.4g} us in the other)",
                                    fault.number, fault.kind, count_of(fault.flows_stalled, "flow"), worse_name,
                                    fault.run.empty() ? "" : fmt::format(" with {}", fault.run),
                                    fault.longest_stall_ps * 1e-6, others * 1e-6));
}

void add_load(Lines& lines, const std::string& better_name, const Symptoms& better, const std::string& worse_name,
              const Symptoms& worse) {
    const Symptoms::Tier *of_worse = busiest(worse), *of_better = busiest(better);
    const bool is_known = of_worse != nullptr && of_better != nullptr;
    if (is_known && of_worse->name != of_better->name)
        lines.push_back(fmt::format(
            "the busiest tier of {} is {} ({:.0f} % on average, {:.0f} % at most), of {} it is {} ({:.0f} "
            "%, {:.0f} %)",
            worse_name, of_worse->name, 100.0 * of_worse->utilisation, 100.0 * of_worse->greatest_utilisation,
            better_name, of_better->name, 100.0 * of_better->utilisation, 100.0 * of_better->greatest_utilisation));
    else if (is_known && (std::abs(of_worse->utilisation - of_better->utilisation) > kOtherLoad ||
                          std::abs(of_worse->greatest_utilisation - of_better->greatest_utilisation) > kOtherLoad))
        lines.push_back(fmt::format(
            "the busiest tier, {}, is busy {:.0f} % of the time in {} ({:.0f} % at most), {:.0f} % in {} "
            "({:.0f} %)",
            of_worse->name, 100.0 * of_worse->utilisation, worse_name, 100.0 * of_worse->greatest_utilisation,
            100.0 * of_better->utilisation, better_name, 100.0 * of_better->greatest_utilisation));
    if (worse.queue_bytes > 1.2 * better.queue_bytes)
        lines.push_back(fmt::format("the deepest queue of {} is at a {}, {:.0f} KiB; of {} at a {}, {:.0f} KiB",
                                    worse_name, worse.queue_at, worse.queue_bytes / 1024.0, better_name,
                                    better.queue_at, better.queue_bytes / 1024.0));
}

}  // namespace

Symptoms symptoms_of(const ResultReader& result) {
    Symptoms found;
    read_tiers(result, found);
    read_queues(result, found);
    read_locks(result, found);
    read_faults(result, found);
    read_bill(result, found);
    return found;
}

Symptoms mean_of(const std::vector<Symptoms>& runs, const std::vector<std::string>& names) {
    if (runs.size() == 1) return runs[0];
    const double share = 1.0 / static_cast<double>(runs.size());
    Symptoms mean{.tiers = {}, .queue_at = runs.at(0).queue_at, .worst_fault = {}, .bill = runs[0].bill};
    double deepest = 0.0;
    for (std::size_t n = 0; n < runs.size(); ++n) {
        const Symptoms& run = runs[n];
        for (const Symptoms::Tier& tier : run.tiers) add_tier(mean.tiers, tier, share);
        mean.queue_bytes += share * run.queue_bytes;
        if (run.queue_bytes > deepest) mean.queue_at = run.queue_at;
        deepest = std::max(deepest, run.queue_bytes);
        mean.dropped += share * run.dropped;
        mean.lock_losses += share * run.lock_losses;
        mean.flaps += share * run.flaps;
        const double worst = mean.worst_fault ? mean.worst_fault->longest_stall_ps : -1.0;
        if (!run.worst_fault || run.worst_fault->longest_stall_ps <= worst) continue;
        mean.worst_fault = run.worst_fault;
        mean.worst_fault->run = names.at(n);
    }
    return mean;
}

const Symptoms::Tier* weakest_tier(const Symptoms& of) {
    const Symptoms::Tier* least = nullptr;
    for (const Symptoms::Tier& tier : of.tiers)
        if (tier.margin_db && (least == nullptr || *tier.margin_db < *least->margin_db)) least = &tier;
    return least;
}

Lines troubles(const Symptoms& better, const std::string& worse_name, const Symptoms& worse) {
    Lines lines;
    add_losses(lines, better, worse_name, worse);
    add_locks(lines, better, worse_name, worse);
    add_fault(lines, better, worse_name, worse);
    return lines;
}

Lines differences(const Metric& metric, const std::string& better_name, const Symptoms& better,
                  const std::string& worse_name, const Symptoms& worse) {
    Lines lines;
    switch (metric.unit) {
        case MetricUnit::dollar:
            add_bill(lines, &Symptoms::Share::dollars, "USD", better_name, better, worse_name, worse);
            break;
        case MetricUnit::watt:
            add_bill(lines, &Symptoms::Share::watt, "W", better_name, better, worse_name, worse);
            break;
        case MetricUnit::decibel:
            if (const Symptoms::Tier* of_worse = weakest_tier(worse), *of_better = weakest_tier(better);
                of_worse && of_better)
                lines.push_back(
                    fmt::format("the weakest cable of {} is of tier {} ({:+.2f} dB), of {} of tier {} "
                                "({:+.2f} dB)",
                                worse_name, of_worse->name, *of_worse->margin_db, better_name, of_better->name,
                                *of_better->margin_db));
            break;
        default: lines = troubles(better, worse_name, worse); add_load(lines, better_name, better, worse_name, worse);
    }
    return lines;
}

}  // namespace lightloom
