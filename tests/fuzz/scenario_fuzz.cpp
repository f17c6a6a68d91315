// Any bytes are a scenario or a list of errors that lie inside them: never a crash, a hang or an exception; and what is
// a scenario survives being written out in full and read again.
// Input: a scenario's text; behind its first zero byte, overrides "key=value", with a zero byte between them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scenarios/scenario_text.hpp"
#include "tests/fuzz/must.hpp"

namespace lightloom {
namespace {

const ScenarioNames kNames{
    {"400g-aec", "400gbase-dr4"}, {"os2"}, {"mpo-apc-low-loss"}, {"ocs-mems"}, {{"400g-aec", {5.0}}}};

std::vector<Override> overrides_in(std::string_view text) {
    std::vector<Override> overrides;
    while (!text.empty() && overrides.size() < 8) {
        const std::string_view one = text.substr(0, text.find('\0'));
        const std::string_view key = one.substr(0, one.find('='));
        overrides.push_back({std::string(key), std::string(one.substr(std::min(one.size(), key.size() + 1)))});
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return overrides;
}

void check(std::string_view input) {
    const std::string_view text = input.substr(0, input.find('\0'));
    const auto overrides = overrides_in(input.substr(std::min(input.size(), text.size() + 1)));
    const ParsedScenario parsed = parse_scenario(text, "f", overrides, kNames);
    must(parsed.scenario.has_value() == parsed.errors.empty(), "a scenario or errors");
    for (const InputError& error : parsed.errors) must_be_sound(error, text);
    if (!parsed.scenario) return;
    for (const Help help : {Help::without, Help::with}) {
        const ParsedScenario again = parse_scenario(effective_toml(*parsed.scenario, help), "f", {}, kNames);
        must(again.scenario == parsed.scenario, "the effective scenario reads back as the scenario");
    }
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lightloom::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
