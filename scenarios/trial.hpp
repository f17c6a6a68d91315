// A trial: something that may crash, such as a library that reads a stranger's bytes, is done in a child process first.
// Whoever goes on only where the child came back does not crash on the same bytes.
#pragma once

#include <functional>

namespace lightloom {

/// Whether `attempt` comes to its end in a child process, in `seconds` of its time, with or without an exception. What
/// it changes is lost with the child, and what it says is not heard. Other threads must not hold what it needs.
bool comes_back(const std::function<void()>& attempt, unsigned seconds);

}  // namespace lightloom
