// The keys of a scenario for how links are reckoned and judged.
#include "scenarios/plant_types.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys optics_keys() {
    return {
        {"optics", "basis", S::choice(AT(optics.basis), {"limit", "typical", "measured"}),
         "limits of standards; start of life with heat, age and dirt; or readings of a plant"},
        {"optics", "noise_floor", S::quantity(AT(optics.noise_floor), Decibel{10.0}, Decibel{40.0}),
         "signal to noise that no optical power mends"},
        {"optics", "catalogue", S::text(AT(optics.catalogue)), "file with parts of your own, beside this one"},
        {"optics", "plant", S::text(AT(optics.plant)), "measured: file with the readings, beside this one"},
        {"optics", "allow_out_of_spec", S::truth(AT(optics.allow_out_of_spec)),
         "compute and mark links that no standard allows"},
        {"optics", "age", S::quantity(AT(optics.age), Years{0.0}, Years{30.0}), "typical: of modules and plant"},
        {"optics", "inlet_temperature", S::quantity(AT(optics.inlet_temperature), Celsius{-40.0}, Celsius{85.0}),
         "typical: of the air; the case follows from the module's watts"},
        {"optics", "inlet_gradient", S::quantity(AT(optics.inlet_gradient), Celsius{0.0}, Celsius{40.0}),
         "typical: from the coolest place to the warmest"},
        {"optics", "daily_swing", S::quantity(AT(optics.daily_swing), Celsius{0.0}, Celsius{40.0}),
         "typical: from the coolest hour to the warmest, at which links are judged"},
        {"optics", "dirt.fraction", S::number(AT(optics.dirt.fraction), 0.0, 1.0), "typical: what share is dirty"},
        {"optics", "dirt.per", S::choice(AT(optics.dirt.per), {"fibre", "mating"}), "of fibres, or of mated pairs"},
        {"optics", "dirt.loss", distribution<Decibel, Scenario>(AT(optics.dirt.loss_db), kNoLoss, kMostLoss),
         "what a dirty surface loses"},
        {"optics", "lock_loss", S::truth(AT(optics.lock.on)), "three uncorrectable codewords in a row drop lock"},
        {"optics", "relock", distribution<Duration, Scenario>(AT(optics.lock.relock_ps), nanoseconds(1), seconds(1000)),
         "dark time until lock is found again"},
        {"optics", "debounce", S::quantity(AT(optics.lock.debounce), Duration{0}, seconds(1000)),
         "a loss of lock that lasts longer takes the port down: a flap"},
        {"optics", "link_up", S::quantity(AT(optics.lock.link_up), Duration{0}, seconds(1000)),
         "until a port that went down is up again, after lock"},
        {"optics", "error_propagation", S::number(AT(optics.burst.error_propagation), 0.0, 0.75),
         "that a symbol after a wrong one is wrong too (decision feedback)"},
        {"optics", "precoding", S::truth(AT(optics.burst.precoding)), "1/(1+D): a burst becomes two errors"},
        {"optics", "line.spans", S::whole_number(AT(optics.line.spans), 1, 100), "coherent: equal spans of a cable"},
        {"optics", "line.amplified", S::truth(AT(optics.line.amplified)), "coherent: an amplifier after each span"},
        {"optics", "line.noise_figure", S::quantity(AT(optics.line.noise_figure), Decibel{3.0}, Decibel{20.0}),
         "coherent: of each amplifier"},
        {"optics", "line.launch", S::quantity(AT(optics.line.launch), PowerDbm{-30.0}, PowerDbm{20.0}),
         "coherent: power per channel into each span of an amplified line"},
        {"optics", "line.channels", S::whole_number(AT(optics.line.channels), 1, 200),
         "coherent: that share the fibre"},
        {"optics", "line.nli", S::choice(AT(optics.line.nli), {"tanh", "gnpy"}),
         "coherent: form of the nonlinear interference"},

        {"qualify", "margin", S::quantity(AT(qualify.margin), Decibel{0.0}, Decibel{20.0}),
         "that the worst link must have; with less it is marginal"},
        {"qualify", "life", S::quantity(AT(qualify.life), Years{0.0}, Years{30.0}), "that links must hold for"},
        {"qualify", "flaps_per_link_year", S::number(AT(qualify.flaps_per_link_year), 0.0, 1e6), "at most"},
        {"qualify", "confidence", S::number(AT(qualify.confidence), 0.5, 0.999999), "of acceptance tests and spares"},
        {"qualify", "replacement", S::quantity(AT(qualify.replacement), seconds(3600), seconds(9'000'000)),
         "until a spare that was used is replaced"},
    };
}

#undef AT

}  // namespace lightloom
