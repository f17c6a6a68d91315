#include "scenarios/scratch_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace lightloom {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int synchronise(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    const int status = ::fsync(descriptor), reason = errno;
    ::close(descriptor);
    errno = reason;
    return status;
}

}  // namespace

ScratchFile::ScratchFile(const std::string& place)
    : place_(place), path_(place + "." + std::to_string(::getpid()) + ".tmp") {}

ScratchFile::~ScratchFile() {
    if (!published_) ::unlink(path_.c_str());
}

void ScratchFile::publish() {
    if (synchronise(path_) != 0) fail("fsync");
    if (std::rename(path_.c_str(), place_.c_str()) != 0) fail("rename");
    published_ = true;
    // The file is whole and in its place. That the name outlives a power cut is asked for, but some file systems have
    // no such thing for a folder.
    const std::filesystem::path folder = std::filesystem::path(place_).parent_path();
    synchronise(folder.empty() ? "." : folder.string());
}

void write_whole_file(const std::string& path, const std::string& text) {
    ScratchFile scratch(path);
    try {
        errno = 0;
        std::ofstream stream(scratch.path(), std::ios::binary);
        stream << text;
        stream.close();
        if (!stream) {
            if (errno == 0) errno = EIO;  // a stream need not pass the reason on
            fail("write");
        }
        scratch.publish();
    } catch (const std::system_error& error) {
        throw std::runtime_error("cannot write " + path + ": " + error.code().message());
    }
}

}  // namespace lightloom
