#include "scenarios/result_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "scenarios/result_file.hpp"

namespace lightloom {
namespace {

constexpr mode_t kForAll = 0666;  // less what the user's mask takes away

// Another user's may be locked without being written.
int open_or_create(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kForAll);
    return descriptor < 0 && errno == EACCES ? ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : descriptor;
}

bool is_still(int descriptor, const std::string& file) {
    struct stat opened, named;
    return ::fstat(descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

}  // namespace

ResultLock::ResultLock(const std::string& path) : file_(path + ".lock") {
    // Who had it may have removed it between its opening here and its locking: then there is a new one to ask.
    do {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = open_or_create(file_);
        if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "open");
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) continue;
        ::close(descriptor_);
        throw ResultError(path, "another run is writing it");
    } while (!is_still(descriptor_, file_));
}

// Removed while it is locked, so that nobody else's is.
ResultLock::~ResultLock() {
    ::unlink(file_.c_str());
    ::close(descriptor_);
}

}  // namespace lightloom
