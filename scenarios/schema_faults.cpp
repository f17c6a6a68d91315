#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

ValueType<Scenario::Fault> selector() {
    return {
        "\"tier=leaf-spine & leaf=3 & spine=7 & link=0\": tier, leaf, spine, core, pod, server, link, each counted "
        "from 0",
        [](const TomlValue& value, const ScenarioNames&, Scenario::Fault& fault) {
            return read_selector(value, fault);
        },
        [](const Scenario::Fault& fault) { return toml_string(selector_text(fault)); }};
}

}  // namespace

std::vector<Key<Scenario::Fault>> make_fault_keys() {
    return {
        {"", "at", F::quantity(AT(at), Duration{0}, seconds(1'000'000)), "after the start"},
        {"", "select", selector(), "the cables it befalls; what is not named matches every one", kRequired},
        {"", "kind", F::choice(AT(kind), {"degrade", "down"}), "what happens to them"},
        {"", "lane", F::optional(AT(lane), "all", TypesOf<std::int64_t>::whole_number(kItself, 0, 15)),
         "of each cable, counted from 0"},
        {"", "extra_loss",
         F::optional(AT(extra_loss), "none", TypesOf<Decibel>::quantity(kItself, Decibel{0.0}, Decibel{60.0})),
         "of a degrade, each way"},
        {"", "lasts",
         F::optional(AT(lasts), "for good", TypesOf<Duration>::quantity(kItself, picoseconds(1), seconds(1'000'000))),
         "until it is mended"},
    };
}

#undef AT

}  // namespace lightloom
