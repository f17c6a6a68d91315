#include "scenarios/hdf5_copy.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "scenarios/trial.hpp"

namespace lightloom::hdf5 {
namespace {

constexpr int kDeepest = 4;                           // groups inside groups
constexpr int kMostDimensions = 4;                    // of a dataset
constexpr hsize_t kMostAttributes = 1000;             // of an object
constexpr std::size_t kMostObjects = 100'000;         // of a file
constexpr double kMostUnwritten = 1 << 20;            // bytes of rows that a killed writer had room for, and no more
constexpr std::size_t kMostAttributeBytes = 1 << 20;  // a text of any length counts as its pointer

[[noreturn]] void refuse(const std::string& path, const char* what) { throw Error("/" + path + " " + what, 0); }

void check(herr_t status, const std::string& path, const char* what) {
    if (status < 0) refuse(path, what);
}

// Made anew by the calls that make and attach scales.
bool is_of_scales(const std::string& name) {
    constexpr std::array kNames{"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"};
    return std::ranges::any_of(kNames, [&](const char* own) { return name == own; });
}

bool is_plain(const Handle& type) {
    const H5T_class_t kind = H5Tget_class(type.id());
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING;
}

struct Shape {
    H5S_class_t kind;
    int rank;
    std::array<hsize_t, kMostDimensions> size, most;
    bool grows() const { return rank > 0 && most[0] == H5S_UNLIMITED; }
    Handle space() const {
        if (kind == H5S_SCALAR) return {H5Screate(H5S_SCALAR), H5Sclose, "dataspace"};
        return {H5Screate_simple(rank, size.data(), most.data()), H5Sclose, "dataspace"};
    }
};

Shape shape_of(const Handle& space, const std::string& path) {
    Shape shape{H5Sget_simple_extent_type(space.id()), H5Sget_simple_extent_ndims(space.id()), {}, {}};
    const bool is_known = shape.kind == H5S_SCALAR || shape.kind == H5S_SIMPLE;
    if (!is_known || shape.rank < 0 || shape.rank > kMostDimensions) refuse(path, "has a shape that no result has");
    if (shape.rank > 0)
        check(H5Sget_simple_extent_dims(space.id(), shape.size.data(), shape.most.data()), path, "has no shape");
    return shape;
}

std::size_t bytes_of(const Handle& type, const Shape& shape) {
    double bytes = static_cast<double>(H5Tget_size(type.id()));
    for (int i = 0; i < shape.rank; ++i) bytes *= static_cast<double>(shape.size[static_cast<std::size_t>(i)]);
    return static_cast<std::size_t>(std::min(bytes, 1e15));
}

class Copying {
public:
    Copying(const Handle& from, const Group& to) : from_(from), to_(to) {}

    void copy_root(const ChangedTexts& changed) {
        copy_attributes(from_.id(), to_.id(), "", changed);
        copy_members("", 0);
        for (const std::string& column : columns_) attach_scales(column);
    }

private:
    static void copy_attributes(hid_t from, hid_t to, const std::string& path, const ChangedTexts& changed) {
        std::vector<std::string> names;
        const auto collect = [](hid_t, const char* name, const H5A_info_t*, void* list) -> herr_t {
            auto& found = *static_cast<std::vector<std::string>*>(list);
            found.emplace_back(name);
            return found.size() == kMostAttributes;
        };
        check(H5Aiterate2(from, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, collect, &names), path,
              "has unreadable attributes");
        for (const std::string& name : names) {
            const auto change = std::ranges::find(changed, name, &ChangedTexts::value_type::first);
            if (change == changed.end() && !is_of_scales(name)) copy_attribute(from, to, path, name);
            if (change != changed.end()) Group::write_attribute(to, name.c_str(), change->second);
        }
        for (const auto& [name, text] : changed)
            if (H5Aexists(to, name.c_str()) <= 0) Group::write_attribute(to, name.c_str(), text);
    }

    static void copy_attribute(hid_t from, hid_t to, const std::string& path, const std::string& name) {
        const Handle attribute(H5Aopen(from, name.c_str(), H5P_DEFAULT), H5Aclose, "attribute");
        const Handle type(H5Aget_type(attribute.id()), H5Tclose, "type");
        const Handle space(H5Aget_space(attribute.id()), H5Sclose, "space");
        const Shape shape = shape_of(space, path);
        const std::size_t bytes = bytes_of(type, shape);
        if (!is_plain(type) || bytes > kMostAttributeBytes) refuse(path, "has an attribute that no result has");
        std::vector<std::byte> value(bytes);
        check(H5Aread(attribute.id(), type.id(), value.data()), path, "has a damaged attribute");
        Handle copy(H5Acreate2(to, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                    "attribute");
        check(H5Awrite(copy.id(), type.id(), value.data()), path, "has an attribute that cannot be written");
        if (H5Tis_variable_str(type.id()) > 0) H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, value.data());
        copy.close();
    }

    void copy_members(const std::string& group, int depth) {
        if (depth == kDeepest) refuse(group, "lies too deep");
        const Handle source(H5Oopen(from_.id(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose, "group");
        const std::vector<std::string> names = links_of(source.id());
        const std::optional<hsize_t> rows = whole_rows(source, names, group);
        for (const std::string& name : names) {
            if (++objects_ > kMostObjects) refuse(group, "has too much in it");
            const std::string path = group.empty() ? name : group + '/' + name;
            const Handle object(H5Oopen(from_.id(), path.c_str(), H5P_DEFAULT), H5Oclose, "object");
            if (H5Iget_type(object.id()) == H5I_DATASET) {
                copy_dataset(object, path, rows);
            } else if (H5Iget_type(object.id()) == H5I_GROUP) {
                Group copy = to_.child(path.c_str());
                copy_attributes(object.id(), copy.id(), path, {});
                copy.close();
                copy_members(path, depth + 1);
            } else {
                refuse(path, "is nothing that a result has");
            }
        }
    }

    /// Of a group's columns that grow, the rows of the shortest; none if none grows.
    static std::optional<hsize_t> whole_rows(const Handle& group, const std::vector<std::string>& names,
                                             const std::string& path) {
        std::optional<hsize_t> rows;
        for (const std::string& name : names) {
            const Handle object(H5Oopen(group.id(), name.c_str(), H5P_DEFAULT), H5Oclose, "object");
            if (H5Iget_type(object.id()) != H5I_DATASET) continue;
            const Shape shape = shape_of({H5Dget_space(object.id()), H5Sclose, "space"}, path);
            if (shape.grows()) rows = std::min(rows.value_or(shape.size[0]), shape.size[0]);
        }
        return rows;
    }

    void copy_dataset(const Handle& dataset, const std::string& path, std::optional<hsize_t> rows) {
        const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
        if (!is_plain(type) || H5Tis_variable_str(type.id()) > 0) refuse(path, "holds neither numbers nor names");
        const Handle properties(H5Dget_create_plist(dataset.id()), H5Pclose, "properties");
        if (H5Pget_layout(properties.id()) == H5D_VIRTUAL || H5Pget_external_count(properties.id()) > 0)
            refuse(path, "has its numbers in another file");
        Shape shape = shape_of({H5Dget_space(dataset.id()), H5Sclose, "space"}, path);
        if (shape.grows() && rows) shape.size[0] = *rows;
        const std::size_t bytes = bytes_of(type, shape);
        const auto held = static_cast<double>(H5Dget_storage_size(dataset.id()));
        if (static_cast<double>(bytes) > kMostCompression * held + kMostUnwritten)
            refuse(path, "claims more rows than it holds");
        prolong_trial(static_cast<double>(bytes));

        const Handle space = shape.space();
        Handle copy(
            H5Dcreate2(to_.id(), path.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
            H5Dclose, "column");
        if (H5DSis_scale(dataset.id()) > 0)
            check(H5DSset_scale(copy.id(), name_of_scale(dataset).c_str()), path, "scale");
        copy_rows(dataset, copy, type, space, path, bytes);
        copy_attributes(dataset.id(), copy.id(), path, {});
        copy.close();
        columns_.push_back(path);
    }

    static void copy_rows(const Handle& from, const Handle& to, const Handle& type, const Handle& space,
                          const std::string& path, std::size_t bytes) {
        if (bytes == 0) return;
        std::vector<std::byte> values(bytes);
        const Handle all(H5Dget_space(from.id()), H5Sclose, "space");
        const Shape part = shape_of(space, path);
        const std::array<hsize_t, kMostDimensions> start{};
        if (part.rank > 0)
            check(H5Sselect_hyperslab(all.id(), H5S_SELECT_SET, start.data(), nullptr, part.size.data(), nullptr), path,
                  "has no such rows");
        check(H5Dread(from.id(), type.id(), space.id(), all.id(), H5P_DEFAULT, values.data()), path,
              "cannot be read: the file is damaged");
        if (H5Dwrite(to.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) fail("a column");
    }

    static std::string name_of_scale(const Handle& dataset) {
        std::array<char, 256> name{};
        H5DSget_scale_name(dataset.id(), name.data(), name.size() - 1);
        return name.data();
    }

    void attach_scales(const std::string& path) const {
        const Handle dataset(H5Dopen2(from_.id(), path.c_str(), H5P_DEFAULT), H5Dclose, "column");
        const Handle copy(H5Dopen2(to_.id(), path.c_str(), H5P_DEFAULT), H5Dclose, "column");
        if (H5DSis_scale(dataset.id()) > 0 || H5Aexists(dataset.id(), "DIMENSION_LIST") <= 0) return;
        const int rank = shape_of({H5Dget_space(dataset.id()), H5Sclose, "space"}, path).rank;
        for (unsigned dimension = 0; dimension < static_cast<unsigned>(rank); ++dimension) {
            std::string scale;
            const auto take = [](hid_t, unsigned, hid_t found, void* name) -> herr_t {
                std::array<char, 1024> text{};
                if (H5Iget_name(found, text.data(), text.size()) <= 0) return -1;
                *static_cast<std::string*>(name) = text.data() + 1;  // without the first slash
                return 1;
            };
            check(H5DSiterate_scales(dataset.id(), dimension, nullptr, take, &scale), path, "has a damaged scale");
            if (std::ranges::find(columns_, scale) == columns_.end()) continue;
            const Handle along(H5Dopen2(to_.id(), scale.c_str(), H5P_DEFAULT), H5Dclose, "scale");
            if (H5DSattach_scale(copy.id(), along.id(), dimension) < 0) fail("a scale");
        }
    }

    const Handle& from_;
    const Group& to_;
    std::vector<std::string> columns_{};
    std::size_t objects_ = 0;
};

}  // namespace

void copy_contents(const Handle& from, const File& to, const ChangedTexts& changed) {
    Group root = to.root();
    Copying(from, root).copy_root(changed);
    root.close();
}

}  // namespace lightloom::hdf5
