#include "comparison/simulations.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "models/optics/link_model.hpp"
#include "models/optics/waterfall.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/workload.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

// How far they have come, told by all workers, one at a time.
class Shares {
public:
    Shares(std::size_t simulations, const std::function<bool(const SimulationsProgress&)>& watch)
        : watch_(watch), of_run_(simulations) {}
    /// Whether to go on.
    bool tell(std::size_t simulation, double share, bool has_ended = false) {
        const std::lock_guard lock(telling_);
        sum_ += share - of_run_[simulation];
        of_run_[simulation] = share;
        ended_ += has_ended;
        return watch_({.ended = ended_, .share = sum_ / static_cast<double>(of_run_.size())});
    }

private:
    const std::function<bool(const SimulationsProgress&)>& watch_;
    std::mutex telling_;
    std::vector<double> of_run_;
    double sum_ = 0.0;
    std::size_t ended_ = 0;
};

/// @param watch  is given the share that is done
void simulate(Simulation& simulation, const ProgramName& program, std::uint32_t threads,
              const std::function<bool(double)>& watch) {
    Scenario scenario = simulation.input->scenario;
    scenario.seeds = simulation.seeds;
    const auto catalogue = simulation.input->catalogue_with(simulation.assumption);
    Plan planned = plan(scenario, {*catalogue, simulation.input->readings});
    if (scenario.switches.flow_control != FlowControl::none) expect(scenario, planned);  // whether headroom suffices
    RunResult result = run(scenario, std::move(planned), {.threads = threads},
                           [&](const Progress& progress) { return watch(progress.share_done()); });
    result.program_version = program.version;
    result.build_type = program.build_type;
    result.scenario_text = simulation.input->text;
    result.effective_scenario = effective_toml(scenario);
    write_result(simulation.path, result, scenario.title);
}

}  // namespace

void simulate(std::vector<Simulation>& simulations, const ProgramName& program, unsigned cores,
              const std::function<bool(const SimulationsProgress&)>& watch) {
    if (simulations.empty()) return;
    const auto workers =
        static_cast<std::uint32_t>(std::clamp<std::size_t>(simulations.size(), 1, std::max(cores, 1u)));
    const std::uint32_t threads_each = std::max(1u, cores / workers);
    std::atomic<std::size_t> next{0};
    Shares shares(simulations.size(), watch);
    std::mutex failing;
    std::exception_ptr failed;
    const auto simulate_one = [&](std::size_t i) {
        try {
            simulate(simulations[i], program, threads_each, [&](double share) { return shares.tell(i, share); });
        } catch (const TopologyError& error) {
            simulations[i].impossible = error.what();
        } catch (const WorkloadError& error) {
            simulations[i].impossible = error.what();
        } catch (const CatalogueError& error) {
            simulations[i].impossible = error.what();
        } catch (...) {
            const std::lock_guard lock(failing);
            failed = std::current_exception();
            next = simulations.size();
        }
    };
    const auto work = [&] {
        bool go_on = true;
        for (std::size_t i = next++; i < simulations.size() && go_on; i = next++) {
            simulate_one(i);
            go_on = shares.tell(i, 1.0, true);
        }
    };
    std::vector<std::thread> others;
    for (std::uint32_t i = 1; i < workers; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    if (failed) std::rethrow_exception(failed);
}

std::vector<AssumedFigure> assumed_figures_of(const LoadedScenario& input) {
    Layout laid_out = layout(input.scenario, input.context());
    const LinkModel model(*input.catalogue, std::move(laid_out.plant));
    std::vector<AssumedFigure> all;
    for (std::size_t kind = 0; kind < model.plant().classes.size(); ++kind)
        for (const AssumedFigure& figure : assumed_figures(model, kind))
            if (std::ranges::find(all, figure) == all.end()) all.push_back(figure);
    return all;
}

}  // namespace lightloom
