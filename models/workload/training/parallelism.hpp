// How a training job is cut over its ranks, and which ranks talk to one another: the groups.
//
// Ranks are numbered as Megatron-LM numbers them: tensor parallel neighbours first, then context, data and pipeline, or
// in another order. Experts are spread over the ranks of one stage, whatever axes these lie on: consecutive ranks
// hold different experts, and those that are `expert` apart the same.
// Not here: what is said in a group (demand.hpp), and when (program.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lightloom {

enum class Axis : std::uint8_t { tensor, context, data, pipeline };
inline constexpr std::size_t kAxes = 4;

/// What a rank keeps only its share of, over the group that holds the same parameters: ZeRO-0 to ZeRO-3.
enum class Sharding : std::uint8_t {
    none,        // gradients are all-reduced
    optimizer,   // ZeRO-1, a distributed optimizer: gradients are reduce-scattered, then parameters all-gathered
    gradients,   // ZeRO-2: the same bytes, in less memory; also FSDP that keeps what it has gathered
    parameters,  // ZeRO-3, FSDP: gathered for every forward and every backward of a layer, and dropped
};

struct Parallelism {
    std::int64_t tensor = 1, context = 1, data = 1, pipeline = 1;
    std::int64_t expert = 1;  // ranks that a layer's experts are spread over, of those of a stage
    std::int64_t micro_batches = 1;
    std::int64_t virtual_stages = 1;  // chunks of layers per stage; above 1: interleaved
    bool sequence_parallel = true;    // what tensor parallelism leaves whole is split along the sequence
    Sharding sharding = Sharding::optimizer;
    std::array<Axis, kAxes> order{Axis::tensor, Axis::context, Axis::data, Axis::pipeline};  // the first varies first

    std::int64_t stage_ranks() const { return tensor * context * data; }
    std::int64_t ranks() const { return stage_ranks() * pipeline; }
    std::int64_t degree(Axis axis) const;
};

enum class GroupKind : std::uint8_t {
    tensor,
    context,
    data,      // ranks with the same part of the dense layers: data and context parallel ones together
    pipeline,  // by stage
    expert,
    expert_data,  // ranks with the same experts
};
inline constexpr std::size_t kGroupKinds = 6;
std::string_view name_of(GroupKind kind);

struct Mistake {
    std::string parameter;  // the member of Parallelism or TrainingStep that one would change first
    std::string message;
};
/// What cannot be, each in a sentence; empty: fine.
std::vector<Mistake> mistakes(const Parallelism& parallelism);

/// Which ranks form each group. Groups of a kind are numbered by their first ranks, and hold their ranks in ascending
/// order: rank 0 of a tensor group holds the first shard.
class RankLayout {
public:
    /// @pre mistakes(parallelism).empty()
    explicit RankLayout(const Parallelism& parallelism);

    std::int64_t ranks() const { return parallelism_.ranks(); }
    std::int64_t coordinate(std::int64_t rank, Axis axis) const;
    std::int64_t stage(std::int64_t rank) const { return coordinate(rank, Axis::pipeline); }

    std::int64_t group_size(GroupKind kind) const;
    std::int64_t groups(GroupKind kind) const { return ranks() / group_size(kind); }
    std::vector<std::int64_t> members(GroupKind kind, std::int64_t group) const;
    std::int64_t group_of(GroupKind kind, std::int64_t rank) const;
    /// A rank's place in its group.
    std::int64_t place(GroupKind kind, std::int64_t rank) const;

private:
    // Digits of a rank's number: a group's ranks differ in those that are its own, and its number is made of the others
    struct Digit {
        std::int64_t size, stride;
    };
    struct Split {
        std::vector<Digit> own, others;  // ascending
    };
    const Split& split(GroupKind kind) const { return splits_[static_cast<std::size_t>(kind)]; }
    static std::int64_t read(const std::vector<Digit>& digits, std::int64_t rank);
    static std::int64_t write(const std::vector<Digit>& digits, std::int64_t value);
    Split along(std::initializer_list<Axis> axes) const;
    Split experts(bool same) const;

    Parallelism parallelism_;
    std::array<std::int64_t, kAxes> strides_{};
    std::array<Split, kGroupKinds> splits_;
};

}  // namespace lightloom
