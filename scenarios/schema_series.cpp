// The keys of a scenario for samples in time.
#include "scenarios/schema_parts.hpp"
#include "scenarios/selector_text.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

ValueType<Selector> cables() {
    return {
        "cables as a fault selects them, each by the ports at both ends: \"tier=leaf-spine & spine=0\"",
        [](const TomlValue& value, const ScenarioNames&, Selector& selector) { return read_selector(value, selector); },
        [](const Selector& selector) { return toml_string(selector_text(selector)); }};
}

}  // namespace

Keys series_keys() {
    return {
        {"series", "interval",
         S::optional(AT(series.interval), "off",
                     TypesOf<Duration>::quantity(kItself, nanoseconds(100), seconds(1'000'000))),
         "sample ports so often, for /series of the result: utilisation, queue, pauses, drops, marks"},
        {"series", "select", S::optional(AT(series.select), "all", cables()), "which ports are sampled"},
    };
}

#undef AT

}  // namespace lightloom
