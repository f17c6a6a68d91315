#include "sweeps/point_run.hpp"

#include <chrono>
#include <cstdio>
#include <exception>

#include "models/optics/catalogue.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/result_file.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

constexpr int kFine = 0, kScenarioIsToBlame = 2, kMachineIsToBlame = 3;

int refuse(int code, const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return code;
}

void run_and_keep(const LoadedScenario& input, Plan planned, const std::string& path, unsigned threads) {
    const auto& seeds = input.scenario.seeds;
    const std::string effective = effective_toml(input.scenario);
    ResultFile file = ResultFile::create(path, {.title = input.scenario.title,
                                                .program_version = LIGHTLOOM_VERSION,
                                                .build_type = LIGHTLOOM_BUILD_TYPE,
                                                .scenario_text = input.text,
                                                .effective_scenario = effective,
                                                .plant_seed = seeds.plant,
                                                .traffic_seed = seeds.traffic,
                                                .faults_seed = seeds.faults,
                                                .topology = planned.topology,
                                                .links = planned.links});
    RunResult result =
        run(input.scenario, std::move(planned), {.threads = threads}, [](const Progress&) { return true; });
    result.program_version = LIGHTLOOM_VERSION;
    result.build_type = LIGHTLOOM_BUILD_TYPE;
    result.scenario_text = input.text;
    result.effective_scenario = effective;
    file.finish(result);
}

}  // namespace

int run_point(const std::string& base, const Point& point, const std::string& path, unsigned threads) {
    try {
        const ScenarioFiles files = load_scenario(base, overrides_of(point.settings));
        if (!files.loaded) return refuse(kScenarioIsToBlame, to_string(files.errors.front()));
        if (point_name(*files.loaded) != point.name)
            return refuse(kScenarioIsToBlame,
                          base + ", or a file that it names, has changed since the sweep was planned");
        run_and_keep(*files.loaded, plan(files.loaded->scenario, files.loaded->context()), path, threads);
        return kFine;
    } catch (const FileError& error) {
        return refuse(kScenarioIsToBlame, error.what());
    } catch (const TopologyError& error) {
        return refuse(kScenarioIsToBlame, error.what());
    } catch (const CatalogueError& error) {
        return refuse(kScenarioIsToBlame, error.what());
    } catch (const std::bad_alloc&) {
        return refuse(kMachineIsToBlame, "out of memory");
    } catch (const std::exception& error) {
        return refuse(kMachineIsToBlame, error.what());
    }
}

}  // namespace lightloom
