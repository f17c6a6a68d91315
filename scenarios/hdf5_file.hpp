// HDF5 as result files use it: groups, scalars, and tables of one 1-D dataset per column along one dimension scale, so
// that h5py, xarray (h5netcdf) and ncdump open every group by itself. A thin layer over the C API: every call is
// checked, a failure is an Error with the machine's reason, and the library prints nothing of its own.
// Not here: what a result holds (scenarios/result_groups.hpp), temporary names (scenarios/scratch_file.hpp).
#pragma once

#include <hdf5.h>

#include <cassert>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lightloom::hdf5 {

class Error : public std::runtime_error {
public:
    Error(const std::string& what, int code) : std::runtime_error(what), code_(code) {}
    int code() const { return code_; }  // errno where HDF5 knew one, else 0

private:
    int code_;
};

/// @throws Error: what HDF5 says of the call that failed, with the machine's reason
[[noreturn]] void fail(const char* what);

/// An HDF5 id. The destructor closes it and swallows errors: whoever needs to know calls close() first.
class Handle {
public:
    using Close = herr_t (*)(hid_t);
    /// @throws Error naming `what` if the id is not one
    Handle(hid_t id, Close closer, const char* what);
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();

    hid_t id() const { return id_; }
    void close();

private:
    hid_t id_;
    Close close_;
};

/// @throws Error with the library's reason if a call failed
void check(herr_t status, const char* what);

/// What a number is: `units` as UDUNITS spells them ("1" for a count or ratio), `long_name` for a plot's axis.
struct Meaning {
    const char* units;
    const char* long_name;
};

template <class T>
hid_t type_of();
template <>
inline hid_t type_of<std::uint8_t>() {
    return H5T_NATIVE_UINT8;
}
template <>
inline hid_t type_of<std::int32_t>() {
    return H5T_NATIVE_INT32;
}
template <>
inline hid_t type_of<std::uint32_t>() {
    return H5T_NATIVE_UINT32;
}
template <>
inline hid_t type_of<std::int64_t>() {
    return H5T_NATIVE_INT64;
}
template <>
inline hid_t type_of<std::uint64_t>() {
    return H5T_NATIVE_UINT64;
}
template <>
inline hid_t type_of<double>() {
    return H5T_NATIVE_DOUBLE;
}

/// No file unfolds to more than so many times its bytes: deflate reaches 1,032.
inline constexpr double kMostCompression = 1100.0;

class Group {
public:
    explicit Group(Handle handle) : handle_(std::move(handle)) {}

    Group child(const char* name) const;
    void attribute(const char* name, std::string_view text) const;
    template <class T>
    void attribute(const char* name, std::span<const T> values) const {
        write_attribute(handle_.id(), name, type_of<T>(), values.data(), values.size());
    }
    template <class T>
    requires std::is_arithmetic_v<T>
    void attribute(const char* name, T number) const { write_attribute(handle_.id(), name, type_of<T>(), &number, 0); }
    template <class T>
    void scalar(const char* name, T value, Meaning meaning) const {
        write_scalar(name, type_of<T>(), &value, meaning);
    }
    /// A name for the root of another file. @param file  as seen from this one
    void link(const char* name, const std::string& file) const;
    hid_t id() const { return handle_.id(); }
    void close() { handle_.close(); }

    /// @param count  0 for a scalar
    static void write_attribute(hid_t object, const char* name, hid_t type, const void* values, std::size_t count);
    static void write_attribute(hid_t object, const char* name, std::string_view text);

private:
    void write_scalar(const char* name, hid_t type, const void* value, Meaning meaning) const;

    Handle handle_;
};

/// A group whose datasets are columns of equal length along one dimension.
class Table {
public:
    /// @param dimension  name of the scale, itself a column that counts the rows from 0
    Table(const Group& parent, const char* name, const char* dimension, std::size_t rows, const char* row_is);

    template <class T>
    void column(const char* name, const std::vector<T>& values, Meaning meaning) {
        assert(values.size() == rows_);
        write_column(name, type_of<T>(), values.data(), meaning).close();
    }
    /// A column of small numbers that stand for words (CF: flag_values, flag_meanings). @param words  no spaces inside
    void flags(const char* name, const std::vector<std::uint8_t>& values, const std::vector<std::string>& words,
               const char* long_name);
    /// A column of words that are no closed set, such as names.
    void texts(const char* name, const std::vector<std::string>& values, const char* long_name);
    const Group& group() const { return group_; }
    void close();

private:
    Handle write_column(const char* name, hid_t type, const void* values, Meaning meaning);

    Group group_;
    std::size_t rows_;
    Handle scale_;
};

/// A table that grows while others read it: columns of 64-bit integers, of which the first is the dimension. A reader
/// may see rows that some columns do not have yet; the first column gets them last, so it counts the whole rows.
class Series {
public:
    Series(const Group& parent, const char* name, const std::vector<std::pair<const char*, Meaning>>& columns);
    void append(std::span<const std::int64_t> row);
    void flush();
    void close();

private:
    std::vector<Handle> columns_;
    hsize_t rows_ = 0;
};

class File {
public:
    /// Replaces what is there. Written in the newest format the library has, which is what SWMR needs.
    static File create(const std::string& path);

    Group root() const;
    /// From here on the file is readable at any instant, also after a kill, by who opens it for SWMR reading. No more
    /// groups, datasets or attributes: rows only.
    void start_swmr();
    void close();

private:
    explicit File(Handle handle) : handle_(std::move(handle)) {}
    Handle handle_;
};

/// An existing file, for reading only, also one that is being written for SWMR readers or was left so by a kill.
/// @throws Error
Handle open_for_reading(const std::string& path);

/// Links to other files, or by name, are nothing that a result has: they could lead anywhere.
bool is_hard_link(hid_t group, const char* name);
/// The others of a group, in the order of their making.
std::vector<std::string> links_of(hid_t group);

}  // namespace lightloom::hdf5
