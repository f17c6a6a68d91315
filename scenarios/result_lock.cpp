#include "scenarios/result_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "scenarios/result_file.hpp"

namespace lightloom {
namespace {

enum class Locking { done, taken, impossible };

Locking lock(int descriptor) {
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_OFD_SETLK, &whole) == 0) return Locking::done;
    return errno == EAGAIN || errno == EACCES ? Locking::taken : Locking::impossible;
}

bool is_still(int descriptor, const std::string& place) {
    struct stat opened, named;
    return ::fstat(descriptor, &opened) == 0 && ::stat(place.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

}  // namespace

ResultLock::ResultLock(std::string path) : path_(std::move(path)) {
    const std::string partial = path_ + ".partial";
    // Another run may have replaced it between its opening and its locking: then the new one is asked.
    do lock_older(partial);
    while (older_ >= 0 && !is_still(older_, partial));
}

ResultLock::~ResultLock() {
    if (older_ >= 0) ::close(older_);
    if (own_ >= 0) ::close(own_);
}

void ResultLock::refuse() const { throw ResultError(path_, "another run is writing it"); }

void ResultLock::lock_older(const std::string& partial) {
    if (older_ >= 0) ::close(older_);
    older_ = ::open(partial.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    replaces_ = older_ >= 0 || errno != ENOENT;
    if (older_ < 0 || lock(older_) != Locking::taken) return;
    ::close(std::exchange(older_, -1));  // a constructor that throws has no destructor
    refuse();
}

void ResultLock::publish(ScratchFile& partial) {
    own_ = ::open(partial.path().c_str(), O_RDWR | O_CLOEXEC);
    if (own_ >= 0) lock(own_);
    if (replaces_)
        partial.publish();
    else if (!partial.publish_new())
        refuse();
}

}  // namespace lightloom
