#include "scenarios/hdf5_grid.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>

namespace lightloom::hdf5 {
namespace {

constexpr hsize_t kChunkPlaces = 16 * 1024;  // 64 KiB of four bytes each
constexpr hsize_t kChunkColumns = 256;       // so that neither one port nor one instant reads everything
constexpr unsigned kDeflateLevel = 1;

Handle new_dataset(const Group& group, const char* name, hid_t type, std::span<const hsize_t> size,
                   std::span<const hsize_t> most, std::span<const hsize_t> chunk) {
    const int dimensions = static_cast<int>(size.size());
    const Handle space(H5Screate_simple(dimensions, size.data(), most.data()), H5Sclose, name);
    const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
    check(H5Pset_obj_track_times(properties.id(), false), name);
    if (!chunk.empty()) {
        check(H5Pset_chunk(properties.id(), dimensions, chunk.data()), name);
        check(H5Pset_shuffle(properties.id()), name);
        check(H5Pset_deflate(properties.id(), kDeflateLevel), name);
    }
    return {H5Dcreate2(group.id(), name, type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Dclose, name};
}

Handle new_scale(const Group& group, const char* name, hid_t type, hsize_t size, bool grows, Meaning meaning) {
    const hsize_t most = grows ? H5S_UNLIMITED : size, chunk = kChunkPlaces;
    Handle scale = new_dataset(group, name, type, {&size, 1}, {&most, 1},
                               grows ? std::span(&chunk, 1) : std::span<const hsize_t>());
    check(H5DSset_scale(scale.id(), name), name);
    Group::write_attribute(scale.id(), "units", meaning.units);
    Group::write_attribute(scale.id(), "long_name", meaning.long_name);
    return scale;
}

}  // namespace

Grid::Grid(const Group& parent, const char* name, const char* rows, Meaning rows_are, const char* columns,
           Meaning columns_are, std::span<const std::uint32_t> values)
    : group_(parent.child(name)),
      columns_(values.size()),
      row_scale_(new_scale(group_, rows, type_of<std::int64_t>(), 0, true, rows_are)),
      column_scale_(new_scale(group_, columns, type_of<std::uint32_t>(), values.size(), false, columns_are)) {
    check(H5Dwrite(column_scale_.id(), type_of<std::uint32_t>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
}

void Grid::add(const char* name, hid_t type, Meaning meaning) {
    const hsize_t wide = std::min(columns_, kChunkColumns);
    const std::array<hsize_t, 2> size{0, columns_}, most{H5S_UNLIMITED, columns_}, chunk{kChunkPlaces / wide, wide};
    Handle dataset = new_dataset(group_, name, type, size, most, chunk);
    check(H5DSattach_scale(dataset.id(), row_scale_.id(), 0), name);
    check(H5DSattach_scale(dataset.id(), column_scale_.id(), 1), name);
    Group::write_attribute(dataset.id(), "units", meaning.units);
    Group::write_attribute(dataset.id(), "long_name", meaning.long_name);
    datasets_.push_back(std::move(dataset));
}

void Grid::append(const Handle& dataset, hid_t type, const void* values, hsize_t rows) {
    constexpr const char* kWhat = "a row of a series";
    const std::array<hsize_t, 2> start{rows_, 0}, count{rows, columns_}, size{rows_ + rows, columns_};
    check(H5Dset_extent(dataset.id(), size.data()), kWhat);
    const Handle in_file(H5Dget_space(dataset.id()), H5Sclose, kWhat);
    const Handle in_memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose, kWhat);
    check(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), kWhat);
    check(H5Dwrite(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, values), kWhat);
}

void Grid::close_rows(std::span<const std::int64_t> places) {
    constexpr const char* kWhat = "instants of a series";
    const hsize_t start = rows_, count = places.size(), size = start + count;
    check(H5Dset_extent(row_scale_.id(), &size), kWhat);
    const Handle in_file(H5Dget_space(row_scale_.id()), H5Sclose, kWhat);
    const Handle in_memory(H5Screate_simple(1, &count, nullptr), H5Sclose, kWhat);
    check(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, &start, nullptr, &count, nullptr), kWhat);
    check(H5Dwrite(row_scale_.id(), type_of<std::int64_t>(), in_memory.id(), in_file.id(), H5P_DEFAULT, places.data()),
          kWhat);
    rows_ = size;
}

void Grid::flush() {
    for (const Handle& dataset : datasets_) check(H5Dflush(dataset.id()), "flush");
    check(H5Dflush(row_scale_.id()), "flush");
}

void Grid::close() {
    for (Handle& dataset : datasets_) dataset.close();
    row_scale_.close();
    column_scale_.close();
    group_.close();
}

}  // namespace lightloom::hdf5
