#include "models/workload/training/checkpoint_traffic.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "models/workload/training/run_metrics.hpp"

namespace lightloom {
namespace {

using Task = Program::Task;

std::int64_t picoseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1e12 + 0.5); }

std::int64_t share(std::int64_t whole, std::int64_t parts) { return (whole + parts - 1) / parts; }

// Of all ranks whose server or store is one.
struct Sums {
    std::map<std::uint32_t, std::int64_t> of_server;
    std::int64_t all = 0;
    void add(std::uint32_t server, std::int64_t bytes) {
        of_server[server] += bytes;
        all += bytes;
    }
};

class CheckpointBuilder {
public:
    CheckpointBuilder(TrafficBuilder& builder, const CheckpointPlan& plan, std::span<const CheckpointRank> ranks)
        : builder_(builder), plan_(plan), ranks_(ranks) {
        for (const CheckpointRank& rank : ranks) {
            written_.add(rank.server, rank.write_bytes);
            read_.add(rank.server, rank.read_bytes);
        }
    }

    void add_writers(std::uint32_t checkpoints) {
        if (checkpoints == 0) return;
        std::map<EndpointId, std::vector<Exchange>> stores;
        for (const CheckpointRank& rank : ranks_) {
            const std::uint32_t worker = builder_.add_worker(rank.at, writer(rank, checkpoints));
            builder_.add_seat(worker, rank.begins, 1);
            if (rank.write_bytes > 0) add_way(worker, rank, rank.write_bytes, stores);
            if (!plan_.asynchronous) builder_.add_seat(worker, rank.written, 1);
        }
        add_stores(stores, checkpoints, Role::writer);
    }

    void add_readers() {
        std::map<EndpointId, std::vector<Exchange>> stores;
        for (const CheckpointRank& rank : ranks_) {
            const std::uint32_t worker = builder_.add_worker(rank.at, reader(rank));
            add_way(worker, rank, rank.read_bytes, stores);
            builder_.add_seat(worker, rank.restart, 1);
        }
        add_stores(stores, 1, Role::reader);
    }

private:
    struct Exchange {
        std::uint32_t group;
        std::int64_t bytes;
    };

    // Seats: where it meets the rank, the way to the store, where it meets the rank again.
    std::uint32_t writer(const CheckpointRank& rank, std::uint32_t checkpoints) {
        Program program;
        program.iterations = 2 * checkpoints;
        program.role = Role::writer;
        program.add({.call = Task::kMeet, .seat = 0, .duration_ps = copy_ps(plan_, rank.write_bytes), .every = 2});
        if (rank.write_bytes > 0 && on_fabric()) {
            program.add({.call = call(rank.write_bytes, 0), .seat = 1, .first = 1, .every = 2});
            program.add({.call = call(0, 1), .seat = 1, .first = 1, .every = 2});
        } else if (rank.write_bytes > 0) {
            program.add({.call = Task::kMeet,
                         .seat = 1,
                         .duration_ps = by_front_end_ps(written_, rank.server),
                         .first = 1,
                         .every = 2});
        }
        const std::uint32_t last = rank.write_bytes > 0 ? 2 : 1;
        if (!plan_.asynchronous) program.add({.call = Task::kMeet, .seat = last, .first = 1, .every = 2});
        return number_of(std::move(program), {0, rank.write_bytes, rank.server});
    }

    std::uint32_t reader(const CheckpointRank& rank) {
        Program program;
        program.role = Role::reader;
        if (on_fabric())
            program.add({.call = call(rank.read_bytes, 1), .seat = 0});
        else
            program.add({.call = Task::kMeet, .seat = 0, .duration_ps = by_front_end_ps(read_, rank.server)});
        program.add({.call = Task::kMeet, .seat = 1});
        return number_of(std::move(program), {1, rank.read_bytes, rank.server});
    }

    // A store takes, and answers; or gives. All who share it do so at once.
    void add_stores(const std::map<EndpointId, std::vector<Exchange>>& stores, std::uint32_t times, Role peer) {
        for (const auto& [at, exchanges] : stores) {
            Program program;
            program.role = Role::store;
            program.iterations = times;
            for (std::uint32_t i = 0; i < exchanges.size(); ++i) {
                const Task way{.call = call(exchanges[i].bytes, peer == Role::writer ? 0 : 1), .seat = i, .stream = i};
                program.add(way);
                if (peer == Role::writer) program.add({.call = call(0, 1), .seat = i, .stream = i});
            }
            const std::uint32_t worker = builder_.add_worker(at, builder_.add_program(std::move(program)));
            for (const Exchange& exchange : exchanges) builder_.add_seat(worker, exchange.group, 1);
        }
    }

    /// The way between a rank's helper and its store; behind a front-end network the helper is alone with its time.
    void add_way(std::uint32_t worker, const CheckpointRank& rank, std::int64_t bytes,
                 std::map<EndpointId, std::vector<Exchange>>& stores) {
        const std::uint32_t group = builder_.add_group({.ranks = on_fabric() ? 2u : 1u});
        builder_.add_seat(worker, group, 0);
        if (on_fabric()) stores[rank.store].push_back({group, bytes});
    }
    bool on_fabric() const { return !plan_.stores.empty(); }

    std::int64_t by_front_end_ps(const Sums& sums, std::uint32_t server) const {
        return picoseconds(std::max(static_cast<double>(sums.of_server.at(server)) / plan_.front_end_bytes_per_s,
                                    static_cast<double>(sums.all) / plan_.store_bytes_per_s));
    }

    /// A message between the two ranks of a way, from one of them.
    std::uint32_t call(std::int64_t bytes, std::uint32_t from) {
        const auto [entry, fresh] = calls_.try_emplace({bytes, from});
        if (fresh)
            entry->second = builder_.add_call(CollectiveCall{.kind = Collective::broadcast,
                                                             .algorithm = Algorithm::direct,
                                                             .ranks = 2,
                                                             .bytes = bytes,
                                                             .root = from});
        return entry->second;
    }
    /// Helpers of ranks that write or read the same amount from one server do the same.
    struct Sort {
        int role;
        std::int64_t bytes;
        std::uint32_t server;
        friend auto operator<=>(const Sort&, const Sort&) = default;
    };
    std::uint32_t number_of(Program program, Sort sort) {
        if (on_fabric()) sort.server = 0;
        const auto [entry, fresh] = programs_.try_emplace(sort);
        if (fresh) entry->second = builder_.add_program(std::move(program));
        return entry->second;
    }

    TrafficBuilder& builder_;
    const CheckpointPlan& plan_;
    std::span<const CheckpointRank> ranks_;
    Sums written_, read_;
    std::map<std::pair<std::int64_t, std::uint32_t>, std::uint32_t> calls_;
    std::map<Sort, std::uint32_t> programs_;
};

}  // namespace

std::int64_t written_bytes(const TrainingStep& step, const RankLayout& layout, std::int64_t rank, bool one_replica) {
    const RankParameters own = stage_parameters(step, layout.stage(rank));
    const auto part = [&](std::int64_t count, GroupKind of) {
        if (one_replica) return layout.place(of, rank) == 0 ? count : 0;
        return share(count, layout.group_size(of));
    };
    return kCheckpointBytes * (part(own.dense, GroupKind::data) + part(own.expert, GroupKind::expert_data));
}

std::int64_t restart_bytes(const TrainingStep& step, const RankLayout& layout, std::int64_t rank) {
    if (step.parallelism.sharding != Sharding::none) return written_bytes(step, layout, rank, false);
    const RankParameters own = stage_parameters(step, layout.stage(rank));
    return kCheckpointBytes * (own.dense + own.expert);
}

std::int64_t copy_ps(const CheckpointPlan& plan, std::int64_t bytes) {
    return plan.asynchronous ? picoseconds(static_cast<double>(bytes) / plan.copy_bytes_per_s) : 0;
}

void add_checkpoints(TrafficBuilder& builder, const CheckpointPlan& plan, std::span<const CheckpointRank> ranks,
                     std::uint32_t steps) {
    CheckpointBuilder checkpoints(builder, plan, ranks);
    checkpoints.add_writers(plan.checkpoints(steps));
    if (plan.restart) checkpoints.add_readers();
}

}  // namespace lightloom
