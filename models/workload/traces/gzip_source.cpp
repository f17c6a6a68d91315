#include "models/workload/traces/gzip_source.hpp"

#include "core/abort.hpp"

namespace lightloom {

GzipSource::GzipSource(std::istream& in) : in_(in) {
    constexpr int kGzip = 16, kLargestWindow = 15;
    if (inflateInit2(&stream_, kLargestWindow + kGzip) != Z_OK) abort_run("no memory to unpack a file");
}

GzipSource::~GzipSource() { inflateEnd(&stream_); }

bool GzipSource::refill() {
    if (stream_.avail_in > 0) return true;
    in_.read(packed_.data(), packed_.size());
    stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
    stream_.avail_in = static_cast<uInt>(in_.gcount());
    return stream_.avail_in > 0;
}

int GzipSource::Read(void* buffer, int size) {
    stream_.next_out = static_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == static_cast<uInt>(size) && (state_ == Z_OK || state_ == Z_STREAM_END) && refill()) {
        if (state_ == Z_STREAM_END) inflateReset(&stream_);  // a file may be several, one after another
        state_ = inflate(&stream_, Z_NO_FLUSH);
    }
    return size - static_cast<int>(stream_.avail_out);
}

}  // namespace lightloom
