// Units of a result's columns and scalars, with what they say. Not here: how they are written (hdf5_file.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"

namespace lightloom::hdf5 {

constexpr Meaning picoseconds(const char* long_name) { return {"ps", long_name}; }
constexpr Meaning count(const char* long_name) { return {"1", long_name}; }
constexpr Meaning bytes(const char* long_name) { return {"byte", long_name}; }

}  // namespace lightloom::hdf5
