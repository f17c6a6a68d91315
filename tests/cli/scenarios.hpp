// The two scenarios of these tests: one that ends in a blink, one that would take minutes if nobody stopped it.
#pragma once

#include <string>

namespace lightloom::test {

inline const std::string kQuick = R"(title = "eight GPUs"
[topology]
kind = "leaf-spine"
servers = 4
gpus_per_server = 2
leaves = 2
spines = 2
[tier.host-leaf]
module = "400g-aec"
length = "2m"
[tier.leaf-spine]
module = "400gbase-dr4"
length = "50m"
connectors = { count = 4, family = "mpo-apc-low-loss" }
[workload]
kind = "all-reduce"
bytes = "1MiB"
)";

inline const std::string kEndless = kQuick + "iterations = 1000000\n";

}  // namespace lightloom::test
