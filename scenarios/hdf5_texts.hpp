// Columns of texts, as Table::texts() writes them: all of one length, padded by zeros. Not here: writing, columns of
// numbers (scenarios/hdf5_file.hpp), finding a column by its path (scenarios/result_reader.hpp).
#pragma once

#include <string>
#include <vector>

#include "scenarios/hdf5_file.hpp"

namespace lightloom::hdf5 {

bool holds_texts(const Handle& dataset);
/// @throws Error: they are of any length, are no column, or claim to be more than the file holds
std::vector<std::string> read_texts(const Handle& dataset);

}  // namespace lightloom::hdf5
