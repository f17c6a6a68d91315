#include "models/workload/training/parallelism.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lightloom {
namespace {

constexpr std::int64_t kMostRanks = std::int64_t{1} << 24;

}  // namespace

std::int64_t Parallelism::degree(Axis axis) const {
    switch (axis) {
        case Axis::tensor: return tensor;
        case Axis::context: return context;
        case Axis::data: return data;
        case Axis::pipeline: return pipeline;
    }
    return 1;
}

std::string_view name_of(GroupKind kind) {
    constexpr std::string_view kNames[kGroupKinds] = {"tensor", "context", "data", "pipeline", "expert", "expert-data"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Mistake> mistakes(const Parallelism& p) {
    std::vector<Mistake> found;
    const std::pair<const char*, std::int64_t> counts[] = {{"tensor", p.tensor},
                                                           {"context", p.context},
                                                           {"data", p.data},
                                                           {"pipeline", p.pipeline},
                                                           {"expert", p.expert},
                                                           {"micro_batches", p.micro_batches},
                                                           {"virtual_stages", p.virtual_stages}};
    for (const auto& [name, count] : counts)
        if (count < 1 || count > kMostRanks)
            found.push_back({name, fmt::format("{} must be from 1 to {}, not {}", name, kMostRanks, count)});
    if (!found.empty()) return found;  // products of what is wrong say nothing
    std::int64_t ranks = 1;
    for (const Axis axis : p.order) ranks = std::min(ranks * p.degree(axis), kMostRanks + 1);
    if (ranks > kMostRanks) found.push_back({"data", fmt::format("more than {} ranks", kMostRanks)});
    auto order = p.order;
    std::ranges::sort(order);
    if (std::ranges::adjacent_find(order) != order.end()) found.push_back({"order", "the order names an axis twice"});
    if (ranks <= kMostRanks && p.stage_ranks() % p.expert != 0)
        found.push_back(
            {"expert", fmt::format("the {} ranks of a stage are no multiple of expert {}", p.stage_ranks(), p.expert)});
    std::int64_t below = 1;  // ranks of a stage that are neighbours
    for (std::size_t n = 0; n < kAxes && p.order[n] != Axis::pipeline; ++n) below *= p.degree(p.order[n]);
    if (p.expert % below != 0 && below % p.expert != 0)
        found.push_back(
            {"expert", fmt::format("expert {} neither divides the {} neighbours of a stage nor is a multiple of them",
                                   p.expert, below)});
    if (p.virtual_stages > 1 && p.pipeline == 1) found.push_back({"virtual_stages", "virtual_stages needs a pipeline"});
    if (p.virtual_stages > 1 && p.micro_batches % p.pipeline != 0)
        found.push_back({"micro_batches", fmt::format("interleaved, micro_batches {} must be a multiple of pipeline {}",
                                                      p.micro_batches, p.pipeline)});
    return found;
}

RankLayout::RankLayout(const Parallelism& parallelism) : parallelism_(parallelism) {
    std::int64_t stride = 1;
    for (const Axis axis : parallelism_.order) {
        strides_[static_cast<std::size_t>(axis)] = stride;
        stride *= parallelism_.degree(axis);
    }
    splits_ = {along({Axis::tensor}),   along({Axis::context}), along({Axis::context, Axis::data}),
               along({Axis::pipeline}), experts(false),         experts(true)};
}

std::int64_t RankLayout::coordinate(std::int64_t rank, Axis axis) const {
    return rank / strides_[static_cast<std::size_t>(axis)] % parallelism_.degree(axis);
}

RankLayout::Split RankLayout::along(std::initializer_list<Axis> axes) const {
    Split split;
    for (const Axis axis : parallelism_.order) {
        const Digit digit{parallelism_.degree(axis), strides_[static_cast<std::size_t>(axis)]};
        const bool own = std::find(axes.begin(), axes.end(), axis) != axes.end();
        (own ? split.own : split.others).push_back(digit);
    }
    return split;
}

// A stage's ranks, in ascending order, are numbers of two digits: which experts, and which copy of them. The pipeline's
// stride cuts the lower of these into what lies below it and above it, so there may be up to two pieces of each.
RankLayout::Split RankLayout::experts(bool same) const {
    const std::int64_t below = strides_[static_cast<std::size_t>(Axis::pipeline)];
    const auto place = [&](std::int64_t local) {
        return local % below + local / below * below * parallelism_.pipeline;
    };
    std::vector<Digit> which, copy;
    // Digits of the local number, cut wherever the pipeline's digit or the border between the two lies
    std::int64_t cuts[] = {1, parallelism_.expert, below, parallelism_.stage_ranks()};
    std::ranges::sort(cuts);
    for (std::size_t n = 0; n + 1 < std::size(cuts); ++n) {
        const Digit digit{cuts[n + 1] / cuts[n], place(cuts[n])};
        if (digit.size > 1) (cuts[n] < parallelism_.expert ? which : copy).push_back(digit);
    }
    Split split{same ? copy : which, same ? which : copy};
    split.others.push_back({parallelism_.pipeline, below});
    std::ranges::sort(split.others, {}, &Digit::stride);
    return split;
}

std::int64_t RankLayout::read(const std::vector<Digit>& digits, std::int64_t rank) {
    std::int64_t value = 0, unit = 1;
    for (const Digit& digit : digits) {
        value += rank / digit.stride % digit.size * unit;
        unit *= digit.size;
    }
    return value;
}

std::int64_t RankLayout::write(const std::vector<Digit>& digits, std::int64_t value) {
    std::int64_t rank = 0;
    for (const Digit& digit : digits) {
        rank += value % digit.size * digit.stride;
        value /= digit.size;
    }
    return rank;
}

std::int64_t RankLayout::group_size(GroupKind kind) const {
    std::int64_t size = 1;
    for (const Digit& digit : split(kind).own) size *= digit.size;
    return size;
}

std::vector<std::int64_t> RankLayout::members(GroupKind kind, std::int64_t group) const {
    const std::int64_t first = write(split(kind).others, group);
    std::vector<std::int64_t> members(static_cast<std::size_t>(group_size(kind)));
    for (std::size_t n = 0; n < members.size(); ++n)
        members[n] = first + write(split(kind).own, static_cast<std::int64_t>(n));
    return members;
}

std::int64_t RankLayout::group_of(GroupKind kind, std::int64_t rank) const { return read(split(kind).others, rank); }

std::int64_t RankLayout::place(GroupKind kind, std::int64_t rank) const { return read(split(kind).own, rank); }

}  // namespace lightloom
