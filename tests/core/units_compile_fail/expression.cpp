// One expression over the quantities of core/, given on the command line as EXPRESSION: tests/CMakeLists.txt compiles
// this file once for each that means nothing, and expects the compiler's refusal, and once for those that must pass.
#include "core/id.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

[[maybe_unused]] auto expression() { return EXPRESSION; }

}  // namespace lightloom
