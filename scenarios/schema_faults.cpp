// Keys of a [[fault]], with the kinds of fault that each belongs to.
#include <initializer_list>

#include "scenarios/plant_types.hpp"
#include "scenarios/schema_parts.hpp"
#include "scenarios/selector_text.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

using enum FaultKind;

constexpr Duration kLongest = seconds(1'000'000);

constexpr std::uint32_t of(std::initializer_list<FaultKind> kinds) {
    std::uint32_t bits = 0;
    for (const FaultKind kind : kinds) bits |= 1u << static_cast<unsigned>(kind);
    return bits;
}
constexpr std::uint32_t kOneWay = of({degrade, down, flaps, wander, lanes, circuit_loss});
constexpr std::uint32_t kRecurring = ~of({wander});

ValueType<Scenario::Fault> selector() {
    return {
        "\"tier=leaf-spine & leaf=3 & spine=7 & link=0\": tier, leaf, spine, core, pod, server, link, each counted "
        "from 0; group=module, line-card, trunk, panel, route or node (per=N: members of one); random N: of those that "
        "match",
        [](const TomlValue& value, const ScenarioNames&, Scenario::Fault& fault) {
            return read_selector(value, fault.select);
        },
        [](const Scenario::Fault& fault) { return toml_string(selector_text(fault.select)); }, R"({"type": "string"})"};
}

ValueType<Duration> some_time() { return TypesOf<Duration>::quantity(kItself, picoseconds(1), kLongest); }

}  // namespace

std::vector<Key<Scenario::Fault>> make_fault_keys() {
    constexpr Presence kOptional = Presence::optional;
    return {
        {"", "at", F::quantity(AT(at), Duration{0}, kLongest), "after the start"},
        {"", "select", selector(), "what it befalls; what is not named matches every one", kRequired},
        {"", "kind", F::choice(AT(kind), {kFaultKinds.begin(), kFaultKinds.end()}), "what happens to it"},
        {"", "way", F::choice(AT(way), {"both", "up", "down"}), "up: from a cable's lower to its upper end", kOptional,
         kOneWay},
        {"", "lane", F::optional(AT(lane), "all", TypesOf<std::int64_t>::whole_number(kItself, 0, 15)),
         "of each cable, counted from 0", kOptional, of({degrade})},
        {"", "extra_loss",
         F::optional(AT(extra_loss), "none", TypesOf<Decibel>::quantity(kItself, Decibel{0.0}, Decibel{60.0})),
         "of a degrade, each way", kOptional, of({degrade})},
        {"", "rms", F::quantity(AT(rms), Decibel{0.0}, Decibel{20.0}), "of the margin that wanders around where it was",
         kOptional, of({wander})},
        {"", "time_constant", F::quantity(AT(time_constant), nanoseconds(1), kLongest), "in which it comes back",
         kOptional, of({wander})},
        {"", "step", F::quantity(AT(step), nanoseconds(1), kLongest), "it is constant for so long at a time", kOptional,
         of({wander})},
        {"", "lanes", F::whole_number(AT(lanes), 1, 15), "of each cable that are lost; the others carry on", kOptional,
         of({lanes})},
        {"", "retraining", F::quantity(AT(retraining), Duration{0}, kLongest),
         "dark time at a change of width (ASSUMED)", kOptional, of({lanes})},
        {"", "end", F::choice(AT(end), {"lower", "upper"}), "of each cable at which the module is replaced", kOptional,
         of({swap})},
        {"", "lasts", F::optional(AT(lasts), "for good", some_time()), "until it is mended", kOptional,
         ~of({flaps, wander})},
        {"", "mean_up", F::optional(AT(mean_up), "none", some_time()),
         "it recurs: mean time until it happens again, exponential", kOptional, kRecurring},
        {"", "fit", F::optional(AT(fit), "none", TypesOf<double>::number(kItself, 1e-6, 1e18)),
         "it recurs: failures of one piece in 1e9 hours", kOptional, kRecurring},
        {"", "monthly", F::optional(AT(monthly), "none", TypesOf<double>::number(kItself, 1e-12, 1e12)),
         "it recurs: share of all pieces that fails in a month of 730.5 hours", kOptional, kRecurring},
        {"", "down", distribution<Duration, Scenario::Fault>(AT(down_ps), picoseconds(1), kLongest),
         "it recurs: how long it lasts each time (ASSUMED)", kOptional, kRecurring},
        {"", "until", F::optional(AT(until), "end", some_time()),
         "after the start: it wanders or recurs so long, else to run.until", kOptional, UINT32_MAX},
    };
}

#undef AT

}  // namespace lightloom
