// A trial: something that may crash, such as a library that reads a stranger's bytes, is done in a child process first.
// Whoever goes on only where the child came back does not crash on the same bytes.
#pragma once

#include <functional>
#include <string>

namespace lightloom {

/// What a trial may take: so long, and the longer the more bytes there are.
struct TrialTime {
    double least_seconds, bytes_a_second;
};

/// Whether `attempt`, which reads `file`, comes to its end in a child process, in its time, with or without an
/// exception. What it changes is lost with the child, and what it says is not heard. Other threads must not hold what
/// it needs.
bool comes_back(const std::function<void()>& attempt, const std::string& file, TrialTime time);

/// In a trial: time for so many bytes more, which a part of the file is about to unfold to, up to what a file of its
/// size can unfold to at all. Elsewhere it does nothing.
void prolong_trial(double bytes);

}  // namespace lightloom
