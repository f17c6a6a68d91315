// ResultLock: one run at a time writes a result. Whoever writes PATH.partial holds a lock on it, which is the kernel's
// and goes with its process, however that ends. It belongs to the open file description (F_OFD_SETLK) and so neither
// meets HDF5's own locks (flock), by which readers ask, nor is lost when this process reads the file. A file system
// without locks gives none, and then nobody is refused.
// Not here: what is written (scenarios/result_file.hpp).
#pragma once

#include <string>

#include "scenarios/scratch_file.hpp"

namespace lightloom {

class ResultLock {
public:
    /// On what an earlier run may have left at `path`.partial. @throws ResultError: another run is writing it
    explicit ResultLock(std::string path);
    ResultLock(const ResultLock&) = delete;
    ResultLock& operator=(const ResultLock&) = delete;
    ~ResultLock();

    /// Gives the file that is to be `path`.partial its name, with a lock on it from before.
    /// @throws ResultError: another run came first; std::system_error
    void publish(ScratchFile& partial);

private:
    [[noreturn]] void refuse() const;
    void lock_older(const std::string& partial);

    std::string path_;
    int older_ = -1, own_ = -1;  // descriptors, -1: none
    bool replaces_ = false;      // something that was there before
};

}  // namespace lightloom
