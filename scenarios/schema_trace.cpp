// The keys of a scenario for execution traces: which files, and which convention they follow.
#include "models/workload/training/model_catalogue.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys trace_keys() {
    return {
        {"trace", "prefix", S::text(AT(trace.prefix)),
         "of a workload of kind trace: files PREFIX.0.et, PREFIX.1.et, ... beside this one, a Chakra trace per rank"},
        {"trace", "process_groups", S::text(AT(trace.process_groups)),
         "file with the ranks of each group, such as {\"1\": [0, 1]}; none if the traces say it"},
        {"trace", "replicas",
         S::optional(AT(trace.replicas), "none", TypesOf<std::int64_t>::whole_number(kItself, 2, 1'000'000)),
         "ranks that all do what rank 0's trace says, in every group all of them; none: each has a trace"},
        {"trace", "control_dependencies", S::truth(AT(trace.control_dependencies)),
         "follow them, too: some converters of PyTorch captures leave stale ones"},
        {"trace", "all_gather", S::choice(AT(trace.all_gather), {"contribution", "gathered"}),
         "what the size of an all-gather is: what a rank gives, as in ASTRA-sim, or what it has in the end"},
        {"trace", "element_bytes", S::whole_number(AT(trace.element_bytes), 1, 64),
         "in which the trace counts sizes: 1 for bytes, 2 for elements of bf16"},
        {"trace", "compute", S::choice(AT(trace.compute), {"recorded", "roofline"}),
         "time of a computation: the trace's, else by operations and bytes; or the other way round"},
        {"trace", "compute_scale", S::number(AT(trace.compute_scale), 0.001, 1000.0), "of those times"},
        {"trace", "gpu", S::one_of(AT(trace.gpu), "GPU", TrainingCatalogue::built_in().ids("gpus")),
         "of the roofline, by its bf16 peak and memory bandwidth: lightloom catalog gpus"},
    };
}

#undef AT

}  // namespace lightloom
