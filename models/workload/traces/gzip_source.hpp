// A gzipped stream unpacked as it is read, a block at a time, that knows whether it came to its proper end: protobuf's
// own takes a file that was cut off for a shorter one.
#pragma once

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <zlib.h>

#include <array>
#include <istream>

namespace lightloom {

class GzipSource : public google::protobuf::io::CopyingInputStream {
public:
    explicit GzipSource(std::istream& in);
    ~GzipSource() override;
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    int Read(void* buffer, int size) override;
    /// Whether what has been read ended as a gzip file does, its check sums being right.
    bool is_whole() const { return state_ == Z_STREAM_END; }

private:
    bool refill();

    std::istream& in_;
    std::array<char, 1 << 16> packed_;
    z_stream stream_{};
    int state_ = Z_OK;
};

}  // namespace lightloom
