// ResultLock: one run at a time writes a result. Whoever writes PATH holds a lock on PATH.lock, which is the kernel's
// and goes with its process, however that ends. It is a file of its own because HDF5's readers lock the results
// themselves, and over a network all locks of a file are of one kind. A file system without locks gives none, and then
// nobody is refused. Not here: what is written (scenarios/result_file.hpp).
#pragma once

#include <string>

namespace lightloom {

class ResultLock {
public:
    /// @throws ResultError: another run is writing it; std::system_error: the folder takes no file
    explicit ResultLock(const std::string& path);
    ResultLock(const ResultLock&) = delete;
    ResultLock& operator=(const ResultLock&) = delete;
    ~ResultLock();

private:
    std::string file_;
    int descriptor_ = -1;
};

}  // namespace lightloom
