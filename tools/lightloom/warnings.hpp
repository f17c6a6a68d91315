// What is sound and yet hardly meant: cables beyond their modules' reach, links that lose frames all the time. Said on
// stderr after a scenario is planned, by every command; nothing is stopped by it.
#pragma once

#include "scenarios/assembly.hpp"

namespace lightloom {

void print_warnings(const Plan& plan);

}  // namespace lightloom
