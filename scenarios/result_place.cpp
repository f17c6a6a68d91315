#include "scenarios/result_place.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_file.hpp"

namespace lightloom {
namespace {

constexpr int kNotSupported = 524;  // ENOTSUPP of the Linux kernel, which no header gives to programs

}  // namespace

void refuse_what_is_no_file(const std::string& path) {
    std::error_code unknown;  // what cannot be looked at cannot be created either, and that says why
    const auto status = std::filesystem::status(path, unknown);
    if (std::filesystem::is_directory(status)) throw ResultError(path, "it is a folder");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw ResultError(path, "it is not a regular file");
}

std::string reason_of(const hdf5::Error& error) {
    if (error.code() == 0) return error.what();
    std::string reason = std::generic_category().message(error.code());
    if (error.code() == EAGAIN || error.code() == ENOLCK || error.code() == kNotSupported)
        reason += " (a file system without locks? set HDF5_USE_FILE_LOCKING=FALSE)";
    return reason;
}

}  // namespace lightloom
