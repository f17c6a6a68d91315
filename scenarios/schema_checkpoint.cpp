// The keys of a scenario for checkpoints of what is trained.
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys checkpoint_keys() {
    return {
        {"checkpoint", "every", S::whole_number(AT(checkpoint.every), 0, 1'000'000), "steps one is written; 0: none"},
        {"checkpoint", "servers", S::whole_number(AT(checkpoint.servers), 0, 64'000'000),
         "that store and do not train: the last ones of the fabric"},
        {"checkpoint", "mode", S::choice(AT(checkpoint.mode), {"synchronous", "asynchronous"}),
         "training stops until it is written; or goes on once each GPU's state is copied"},
        {"checkpoint", "writers", S::choice(AT(checkpoint.writers), {"all", "one-replica"}),
         "each GPU writes its share of what it holds; or those of one data parallel replica write all"},
        {"checkpoint", "restart", S::truth(AT(checkpoint.restart)), "the run begins with reading one"},
        {"checkpoint", "network", S::choice(AT(checkpoint.network), {"fabric", "front-end"}),
         "that leads to what stores: the same, as packets; or one beside it, reckoned by its rates"},
        {"checkpoint", "front_end_rate", S::quantity(AT(checkpoint.front_end_rate), kSlowestPort, kFastestPort),
         "of a server into a front-end network"},
        {"checkpoint", "store_rate",
         S::quantity(AT(checkpoint.store_rate), kSlowestPort, BitRate{1'000'000'000'000'000}),
         "of all that stores behind a front-end network"},
        {"checkpoint", "copy_rate", S::quantity(AT(checkpoint.copy_rate), kSlowestPort, kFastestPort),
         "asynchronous: of a GPU's state into its host's memory, for which it stands still"},
        {"checkpoint", "interruptions",
         S::optional(AT(checkpoint.interruptions), "usual",
                     TypesOf<Duration>::quantity(kItself, seconds(1), seconds(9'000'000))),
         "mean time between two of the job, for the interval advised; usual: 50,676 h over the GPUs (Llama 3 405B)"},
    };
}

#undef AT

}  // namespace lightloom
