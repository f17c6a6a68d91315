// Where a result is to lie: what may not be there, and why it cannot be written, in the user's terms.
// Not here: writing (scenarios/result_file.hpp, scenarios/result_recovery.hpp).
#pragma once

#include <string>

namespace lightloom {

namespace hdf5 {
class Error;
}

/// A rename would put a file in the place of a device, too. @throws ResultError
void refuse_what_is_no_file(const std::string& path);

std::string reason_of(const hdf5::Error& error);

}  // namespace lightloom
