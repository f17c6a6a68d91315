// What is sound and yet hardly meant: cables beyond their modules' reach, links that lose frames all the time, a window
// that no round trip fits into, a run that may have no end. Said on stderr after a scenario is planned, by every
// command; nothing is stopped by it.
#pragma once

#include "scenarios/assembly.hpp"

namespace lightloom {

void print_warnings(const Scenario& scenario, const Plan& plan);

}  // namespace lightloom
