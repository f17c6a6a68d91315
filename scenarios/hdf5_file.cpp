#include "scenarios/hdf5_file.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <tuple>

namespace lightloom::hdf5 {
namespace {

constexpr hsize_t kChunkRows = 32 * 1024;  // fewer rows are stored as they are; smaller chunks compress slower
constexpr unsigned kDeflateLevel = 1;      // higher levels: the same size, half the speed
constexpr hsize_t kSeriesChunkRows = 256;
// Of what a writer may be at: HDF5 sleeps in between, 1 ns and each time twice as long, so 17 ms in all; the hundred
// times of its default would be ages where a file is damaged.
constexpr unsigned kReadAttempts = 24;
constexpr hsize_t kMostLinks = 100'000;  // of one group

// Innermost first. The reason of the machine is in the text of a file driver's entry: "... errno = 28, ...".
herr_t read_stack_entry(unsigned, const H5E_error2_t* entry, void* data) {
    auto& [text, code] = *static_cast<std::pair<std::string, int>*>(data);
    const std::string_view said = entry->desc ? entry->desc : "";
    if (text.empty()) text = said;
    const auto at = said.find("errno = ");
    if (code == 0 && at != std::string_view::npos) code = std::atoi(said.data() + at + 8);
    return 0;
}

Handle property_list(hid_t kind) { return {H5Pcreate(kind), H5Pclose, "property list"}; }

Handle dataspace(hsize_t rows, bool growing = false) {
    const hsize_t most = H5S_UNLIMITED;
    return {H5Screate_simple(1, &rows, growing ? &most : nullptr), H5Sclose, "dataspace"};
}

/// Made once, as are the properties below: a result has a thousand attributes, and a sweep a thousand results.
const Handle& string_type() {
    static const Handle type = [] {
        Handle made(H5Tcopy(H5T_C_S1), H5Tclose, "string type");
        check(H5Tset_size(made.id(), H5T_VARIABLE), "string type");
        check(H5Tset_cset(made.id(), H5T_CSET_UTF8), "string type");
        return made;
    }();
    return type;
}

void describe(hid_t dataset, Meaning meaning) {
    Group::write_attribute(dataset, "units", meaning.units);
    Group::write_attribute(dataset, "long_name", meaning.long_name);
}

// Times of objects would make two writes of one result differ.
Handle dataset_properties() {
    Handle properties = property_list(H5P_DATASET_CREATE);
    check(H5Pset_obj_track_times(properties.id(), false), "object times");
    return properties;
}

Handle create_dataset(hid_t group, const char* name, hid_t type, const Handle& space, const Handle& properties) {
    return {H5Dcreate2(group, name, type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Dclose, name};
}

const Handle& plain_properties() {
    static const Handle properties = dataset_properties();
    return properties;
}

const Handle& compressing_properties() {
    static const Handle properties = [] {
        Handle made = dataset_properties();
        check(H5Pset_chunk(made.id(), 1, &kChunkRows), "chunks");
        check(H5Pset_shuffle(made.id()), "shuffle");
        check(H5Pset_deflate(made.id(), kDeflateLevel), "deflate");
        return made;
    }();
    return properties;
}

Handle write_rows(hid_t group, const char* name, hid_t type, const void* values, hsize_t rows) {
    const Handle& properties = rows > kChunkRows ? compressing_properties() : plain_properties();
    Handle dataset = create_dataset(group, name, type, dataspace(rows), properties);
    check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), name);
    return dataset;
}

void prepare_library() {
    // On a full disk a file cannot be closed, and the library would try again while the program exits, and crash. All
    // files are closed here or given up; nothing is left for it to do. Must be the first call: it counts but once.
    static const bool at_exit_is_off = (H5dont_atexit(), true);
    assert(at_exit_is_off);
    check(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "silence");  // per thread, so not once
}

struct Link {
    std::string name;
    std::int64_t place;  // in the order of their making; 0 where a group does not keep it
};

// Called by HDF5 for each link, in the order in which they lie: any other order would be made of a table that HDF5
// 1.10 frees without having filled it where a group is damaged.
herr_t take_link(hid_t group, const char* name, const H5L_info_t* info, void* links) {
    auto& found = *static_cast<std::vector<Link>*>(links);
    if (found.size() == kMostLinks) return 1;
    if (std::strlen(name) < 256 && is_hard_link(group, name))
        found.push_back({name, info->corder_valid ? info->corder : 0});
    return 0;
}

}  // namespace

void fail(const char* what) {
    std::pair<std::string, int> reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, read_stack_entry, &reason);
    throw Error("HDF5: " + std::string(what) + ": " + reason.first, reason.second);
}

bool is_hard_link(hid_t group, const char* name) {
    H5L_info_t info;
    return H5Lexists(group, name, H5P_DEFAULT) > 0 && H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 &&
           info.type == H5L_TYPE_HARD;
}

std::vector<std::string> links_of(hid_t group) {
    std::vector<Link> links;
    H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, take_link, &links);
    std::ranges::sort(links, {}, [](const Link& link) { return std::tie(link.place, link.name); });
    std::vector<std::string> names;
    for (Link& link : links) names.push_back(std::move(link.name));
    return names;
}

void check(herr_t status, const char* what) {
    if (status < 0) fail(what);
}

Handle::Handle(hid_t id, Close closer, const char* what) : id_(id), close_(closer) {
    if (id_ < 0) fail(what);
}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

void Handle::close() {
    if (id_ >= 0) check(close_(std::exchange(id_, -1)), "close");
}

Group Group::child(const char* name) const {
    static const Handle properties = [] {
        Handle made = property_list(H5P_GROUP_CREATE);
        check(H5Pset_link_creation_order(made.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "link order");
        check(H5Pset_obj_track_times(made.id(), false), "object times");
        return made;
    }();
    return Group({H5Gcreate2(id(), name, H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Gclose, name});
}

void Group::link(const char* name, const std::string& file) const {
    check(H5Lcreate_external(file.c_str(), "/", id(), name, H5P_DEFAULT, H5P_DEFAULT), name);
}

void Group::attribute(const char* name, std::string_view text) const { write_attribute(id(), name, text); }

void Group::write_attribute(hid_t object, const char* name, hid_t type, const void* values, std::size_t count) {
    const Handle space = count == 0 ? Handle(H5Screate(H5S_SCALAR), H5Sclose, name) : dataspace(count);
    Handle attribute(H5Acreate2(object, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name);
    check(H5Awrite(attribute.id(), type, values), name);
    attribute.close();
}

void Group::write_attribute(hid_t object, const char* name, std::string_view text) {
    const std::string terminated(text);
    const char* const start = terminated.c_str();
    write_attribute(object, name, string_type().id(), &start, 0);
}

void Group::write_scalar(const char* name, hid_t type, const void* value, Meaning meaning) const {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, name);
    Handle dataset = create_dataset(id(), name, type, space, plain_properties());
    check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value), name);
    describe(dataset.id(), meaning);
    dataset.close();
}

Table::Table(const Group& parent, const char* name, const char* dimension, std::size_t rows, const char* row_is)
    : group_(parent.child(name)), rows_(rows), scale_([&] {
          std::vector<std::uint32_t> numbers(rows);
          for (std::size_t i = 0; i < rows; ++i) numbers[i] = static_cast<std::uint32_t>(i);
          return write_rows(group_.id(), dimension, type_of<std::uint32_t>(), numbers.data(), rows);
      }()) {
    check(H5DSset_scale(scale_.id(), dimension), dimension);
    describe(scale_.id(), {"1", row_is});
}

Handle Table::write_column(const char* name, hid_t type, const void* values, Meaning meaning) {
    Handle dataset = write_rows(group_.id(), name, type, values, rows_);
    check(H5DSattach_scale(dataset.id(), scale_.id(), 0), name);
    describe(dataset.id(), meaning);
    return dataset;
}

void Table::texts(const char* name, const std::vector<std::string>& values, const char* long_name) {
    assert(values.size() == rows_);
    // Of one length, padded by zeros: texts of any length would lie in a heap, whose damage crashes HDF5.
    std::size_t longest = 1;
    for (const std::string& value : values) longest = std::max(longest, value.size());
    std::string packed;
    for (const std::string& value : values) packed.append(value).append(longest - value.size(), '\0');
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, name);
    check(H5Tset_size(type.id(), longest), name);
    check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), name);
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8), name);
    write_column(name, type.id(), packed.data(), {"1", long_name}).close();
}

void Table::flags(const char* name, const std::vector<std::uint8_t>& values, const std::vector<std::string>& words,
                  const char* long_name) {
    assert(values.size() == rows_);
    Handle dataset = write_column(name, type_of<std::uint8_t>(), values.data(), {"1", long_name});
    std::vector<std::uint8_t> numbers;
    std::string meanings;
    for (const std::string& word : words) {
        meanings += (numbers.empty() ? "" : " ") + word;
        numbers.push_back(static_cast<std::uint8_t>(numbers.size()));
    }
    Group::write_attribute(dataset.id(), "flag_values", type_of<std::uint8_t>(), numbers.data(), numbers.size());
    Group::write_attribute(dataset.id(), "flag_meanings", meanings);
    dataset.close();
}

void Table::close() {
    scale_.close();
    group_.close();
}

Series::Series(const Group& parent, const char* name, const std::vector<std::pair<const char*, Meaning>>& columns) {
    Group group = parent.child(name);
    const Handle properties = dataset_properties();
    check(H5Pset_chunk(properties.id(), 1, &kSeriesChunkRows), name);
    for (const auto& [column, meaning] : columns) {
        columns_.push_back(create_dataset(group.id(), column, type_of<std::int64_t>(), dataspace(0, true), properties));
        const hid_t dataset = columns_.back().id();
        if (columns_.size() == 1)
            check(H5DSset_scale(dataset, column), column);
        else
            check(H5DSattach_scale(dataset, columns_.front().id(), 0), column);
        describe(dataset, meaning);
    }
    group.close();
}

void Series::append(std::span<const std::int64_t> row) {
    assert(row.size() == columns_.size());
    const hsize_t start = rows_++, one = 1;
    for (std::size_t column = columns_.size(); column-- > 0;) {
        const hid_t dataset = columns_[column].id();
        check(H5Dset_extent(dataset, &rows_), "a row of progress");
        const Handle file_space(H5Dget_space(dataset), H5Sclose, "a row of progress"), memory_space = dataspace(1);
        check(H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, &start, nullptr, &one, nullptr),
              "a row of progress");
        check(H5Dwrite(dataset, type_of<std::int64_t>(), memory_space.id(), file_space.id(), H5P_DEFAULT, &row[column]),
              "a row of progress");
    }
}

void Series::flush() {
    for (std::size_t column = columns_.size(); column-- > 0;) check(H5Dflush(columns_[column].id()), "flush");
}

void Series::close() {
    for (Handle& column : columns_) column.close();
}

File File::create(const std::string& path) {
    prepare_library();
    const Handle access = property_list(H5P_FILE_ACCESS);
    check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), "file format");
    check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_SEMI), "file closing");
    const Handle creation = property_list(H5P_FILE_CREATE);
    check(H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "link order");
    check(H5Pset_attr_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "attribute order");
    check(H5Pset_obj_track_times(creation.id(), false), "object times");
    return File({H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose, "create"});
}

Group File::root() const { return Group({H5Gopen2(handle_.id(), "/", H5P_DEFAULT), H5Gclose, "root"}); }

void File::start_swmr() { check(H5Fstart_swmr_write(handle_.id()), "SWMR"); }

void File::close() { handle_.close(); }

Handle open_for_reading(const std::string& path) {
    prepare_library();
    const Handle access = property_list(H5P_FILE_ACCESS);
    check(H5Pset_fclose_degree(access.id(), H5F_CLOSE_SEMI), "file closing");  // as the writer, if it is this program
    const hid_t plain = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id());
    if (plain >= 0) return {plain, H5Fclose, "open"};
    check(H5Pset_metadata_read_attempts(access.id(), kReadAttempts), "read attempts");
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.id()), H5Fclose, "open"};
}

}  // namespace lightloom::hdf5
