// A group of datasets over two dimensions, of which the first grows: time and port. Chunked and compressed, so that
// rows can be appended while others read (SWMR), and zeros cost nothing.
// Not here: tables of one dimension (scenarios/hdf5_file.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scenarios/hdf5_file.hpp"

namespace lightloom::hdf5 {

template <>
inline hid_t type_of<float>() {
    return H5T_NATIVE_FLOAT;
}

class Grid {
public:
    /// @param rows  name of the dimension that grows   @param columns  of the other, with its values
    Grid(const Group& parent, const char* name, const char* rows, Meaning rows_are, const char* columns,
         Meaning columns_are, std::span<const std::uint32_t> values);

    template <class T>
    void add(const char* name, Meaning meaning) {
        add(name, type_of<T>(), meaning);
    }
    /// New rows of the dataset that was added n-th.
    template <class T>
    void append(std::size_t n, std::span<const T> values) {
        append(datasets_[n], type_of<T>(), values.data(), values.size() / columns_);
    }
    /// Their places in the dimension that grows: after all datasets, so that it counts the rows that are whole.
    void close_rows(std::span<const std::int64_t> places);
    void flush();
    void close();

private:
    void add(const char* name, hid_t type, Meaning meaning);
    void append(const Handle& dataset, hid_t type, const void* values, hsize_t rows);

    Group group_;
    hsize_t columns_, rows_ = 0;
    Handle row_scale_, column_scale_;
    std::vector<Handle> datasets_;
};

}  // namespace lightloom::hdf5
