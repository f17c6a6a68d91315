// ScratchFile: a file that is written under a temporary name beside its place, and gets its own name only when it is
// whole and on the disk. Whoever looks at the final name sees the old file, the new one, or none, never half of one.
#pragma once

#include <string>

namespace lightloom {

class ScratchFile {
public:
    /// Chooses a name that no other process uses; creates nothing. @param place  where the file is to appear
    explicit ScratchFile(const std::string& place);
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile();  // removes the file unless it was published

    const std::string& path() const { return path_; }
    /// To the disk, then to its place, replacing what is there. @throws std::system_error
    void publish();

private:
    std::string place_, path_;
    bool published_ = false;
};

/// @throws std::runtime_error naming the path and the system's reason
void write_whole_file(const std::string& path, const std::string& text);

}  // namespace lightloom
