// Copying what a result file has into another: groups, scalars, columns, attributes, and which column lies along which
// dimension scale. HDF5's own H5Ocopy leaves references to dimension scales that point nowhere, and the room that a
// killed writer had reserved. Not here: which files are copied (scenarios/result_recovery.hpp).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/hdf5_file.hpp"

namespace lightloom::hdf5 {

/// Text attributes of the root that are to have another value in the copy, or that it is to have beside the others.
using ChangedTexts = std::vector<std::pair<std::string, std::string>>;

/// Columns that grow are cut to the shortest of their group: those rows all of them have.
/// @throws Error: what is there cannot be read, is nothing that a result has, or cannot be written
void copy_contents(const Handle& from, const File& to, const ChangedTexts& changed);

}  // namespace lightloom::hdf5
