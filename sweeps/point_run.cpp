#include "sweeps/point_run.hpp"

#include <chrono>
#include <cstdio>
#include <exception>

#include "models/optics/catalogue.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/workload.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

constexpr int kFine = 0, kScenarioIsToBlame = 2, kMachineIsToBlame = 3;

int refuse(int code, const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return code;
}

void run_and_keep(const LoadedScenario& input, Plan planned, const std::string& path, unsigned threads) {
    RunResult result =
        run(input.scenario, std::move(planned), {.threads = threads}, [](const Progress&) { return true; });
    result.program_version = LIGHTLOOM_VERSION;
    result.build_type = LIGHTLOOM_BUILD_TYPE;
    result.scenario_text = input.text;
    result.effective_scenario = effective_toml(input.scenario);
    write_result(path, result, input.scenario.title);
}

}  // namespace

int run_point(const std::string& base, const Point& point, const std::string& path, unsigned threads) {
    try {
        const ScenarioFiles files = load_scenario(base, overrides_of(point.settings));
        if (!files.loaded) return refuse(kScenarioIsToBlame, to_string(files.errors.front()));
        FileHashes hashes;
        if (point_name(*files.loaded, hashes) != point.name)
            return refuse(kScenarioIsToBlame,
                          base + ", or a file that it names, has changed since the sweep was planned");
        run_and_keep(*files.loaded, plan(files.loaded->scenario, files.loaded->context()), path, threads);
        return kFine;
    } catch (const FileError& error) {
        return refuse(kScenarioIsToBlame, error.what());
    } catch (const TopologyError& error) {
        return refuse(kScenarioIsToBlame, error.what());
    } catch (const WorkloadError& error) {
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
