// The keys of a scenario for a training step: which model, cut how.
#include "models/workload/training/model_catalogue.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

Keys training_keys() {
    const TrainingCatalogue& catalogue = TrainingCatalogue::built_in();
    return {
        {"training", "model", S::one_of(AT(training.model), "model", catalogue.ids("models")),
         "that is trained by a workload of kind training: lightloom catalog models"},
        {"training", "gpu", S::one_of(AT(training.gpu), "GPU", catalogue.ids("gpus")),
         "that computes: lightloom catalog gpus"},
        {"training", "tensor", S::whole_number(AT(training.tensor), 1, 1024),
         "GPUs that share each layer's matrices (TP); data parallel is what is left of the GPUs"},
        {"training", "context", S::whole_number(AT(training.context), 1, 1024), "GPUs that share each sequence (CP)"},
        {"training", "pipeline", S::whole_number(AT(training.pipeline), 1, 1024), "stages of layers (PP)"},
        {"training", "expert", S::whole_number(AT(training.expert), 1, 4096),
         "GPUs of a stage that share a layer's experts (EP)"},
        {"training", "micro_batches", S::whole_number(AT(training.micro_batches), 1, 4096),
         "of a step, one after the other"},
        {"training", "micro_batch", S::whole_number(AT(training.micro_batch), 1, 1024), "sequences of a micro-batch"},
        {"training", "virtual_stages", S::whole_number(AT(training.virtual_stages), 1, 128),
         "chunks of layers per stage; above 1 stages take turns (interleaved)"},
        {"training", "sequence", S::whole_number(AT(training.sequence), 0, 16'777'216),
         "tokens; 0: what the model was trained with"},
        {"training", "schedule", S::choice(AT(training.schedule), {"1f1b", "gpipe"}),
         "of micro-batches: one forward, one backward; or all forward first"},
        {"training", "sharding", S::choice(AT(training.sharding), {"none", "optimizer", "gradients", "parameters"}),
         "what each GPU keeps only its share of: ZeRO 0 to 3"},
        {"training", "precision", S::choice(AT(training.precision), {"bf16", "fp8", "fp4"}), "of the computation"},
        {"training", "recompute", S::truth(AT(training.recompute)), "each layer's forward again before its backward"},
        {"training", "efficiency", S::number(AT(training.efficiency), 0.01, 1.0),
         "of a computation by itself, over the GPU's peak"},
        {"training", "in_server",
         S::optional(AT(training.in_server), "auto", TypesOf<InServer>::choice(kItself, {"formula", "packets"})),
         "collectives of groups that sit in one server each: reckoned with what NVLink gives, or sent; auto: reckoned "
         "unless scale_up.kind joins the GPUs"},
        {"training", "routing", S::choice(AT(training.routing), {"even", "drawn"}),
         "of tokens to experts: all have as many; or each token is drawn its experts, and sizes scatter"},
        {"training", "expert_skew", S::number(AT(training.expert_skew), 0.0, 8.0),
         "drawn: Zipf exponent of the experts' popularity; 0: all alike"},
        {"training", "expert_nodes", S::whole_number(AT(training.expert_nodes), 0, 4096),
         "drawn: servers that a token's experts are in at most; 0: any number"},
        {"training", "dispatch", S::choice(AT(training.dispatch), {"bf16", "fp8"}),
         "format of what is sent to experts; what comes back is bf16"},
        {"training", "jitter", S::number(AT(training.jitter), 0.0, 1.0),
         "relative deviation of a computation's duration, drawn for each (log-normal)"},
        {"training", "stragglers.count", S::whole_number(AT(training.stragglers.count), 0, 16'777'216),
         "GPUs that compute slowly all the time"},
        {"training", "stragglers.share", S::number(AT(training.stragglers.share), 0.0, 1.0),
         "of the GPUs, in place of a count"},
        {"training", "stragglers.slowdown", S::number(AT(training.stragglers.slowdown), 1.0, 1000.0),
         "by which their computations take longer"},
    };
}

#undef AT

}  // namespace lightloom
