#include "scenarios/hdf5_texts.hpp"

namespace lightloom::hdf5 {
namespace {

constexpr hsize_t kMostBytes = 64 << 20;  // names of jobs are a few; a column that unfolds to more is no such thing

}  // namespace

bool holds_texts(const Handle& dataset) {
    const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
    return H5Tget_class(type.id()) == H5T_STRING && H5Tis_variable_str(type.id()) == 0;
}

std::vector<std::string> read_texts(const Handle& dataset) {
    const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    if (!holds_texts(dataset) || H5Sget_simple_extent_ndims(space.id()) != 1) throw Error("not a column of texts", 0);
    hsize_t rows = 0;
    H5Sget_simple_extent_dims(space.id(), &rows, nullptr);
    const std::size_t length = H5Tget_size(type.id());
    if (length == 0 || rows > kMostBytes / length) throw Error("a column of texts claims more than it can hold", 0);
    std::string packed(rows * length, '\0');
    if (rows > 0) check(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, packed.data()), "texts");
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string padded = packed.substr(row * length, length);
        texts.push_back(padded.substr(0, padded.find('\0')));
    }
    return texts;
}

}  // namespace lightloom::hdf5
