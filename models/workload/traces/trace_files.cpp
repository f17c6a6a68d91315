#include "models/workload/traces/trace_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "models/workload/traces/process_groups.hpp"
#include "models/workload/traces/trace_writer.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestGroups = 64 << 20;  // bytes

std::map<std::uint32_t, std::string> files_by_rank(const std::string& prefix) {
    const fs::path path(prefix);
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code error;
    std::map<std::uint32_t, std::string> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        const std::optional<std::uint32_t> rank = rank_of_trace_file(name, path.filename().string());
        if (!rank) continue;
        if (const auto [other, fresh] = files.try_emplace(*rank, (path.parent_path() / name).string()); !fresh)
            throw TraceError(other->second, fmt::format("and {} are both of rank {}", name, *rank));
    }
    if (error) throw TraceError(folder.string(), error.message());
    if (files.empty()) throw TraceError(prefix, fmt::format("there is no {}.0.et", path.filename().string()));
    for (std::uint32_t rank = 0; const auto& [number, file] : files) {
        if (number != rank)
            throw TraceError(prefix, fmt::format("there is no {}.{}.et, but there is one of rank {}",
                                                 path.filename().string(), rank, number));
        ++rank;
    }
    return files;
}

std::ifstream open(const std::string& file) {
    if (fs::is_directory(file)) throw TraceError(file, "is a directory");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw TraceError(file, "cannot be read");
    return stream;
}

std::vector<ProcessGroup> load_process_groups(const std::string& file) {
    std::ifstream stream = open(file);
    std::string text;
    for (char block[1 << 16]; text.size() <= kLargestGroups && stream.read(block, sizeof block).gcount() > 0;)
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kLargestGroups) throw TraceError(file, "is larger than 64 MiB");
    return read_process_groups(text, file);
}

void write(const std::string& file, const auto& content) {
    std::ofstream stream(file, std::ios::binary);
    content(stream);
    stream.close();
    if (!stream) throw std::runtime_error(fmt::format("cannot write {}", file));
}

}  // namespace

std::optional<std::uint32_t> rank_of_trace_file(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    if (!name.starts_with('.')) return std::nullopt;
    name.remove_prefix(1);
    if (name.ends_with(".gz")) name.remove_suffix(3);
    if (!name.ends_with(".et")) return std::nullopt;
    name.remove_suffix(3);
    std::uint32_t rank = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), rank);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    return rank;
}

TraceJob load_trace_job(const TraceFiles& files, const TraceReading& reading, const TraceConventions& conventions) {
    std::vector<RankTrace> traces;
    for (const auto& [rank, file] : files_by_rank(files.prefix)) {
        if (files.replicas > 0 && rank > 0) break;
        std::ifstream stream = open(file);
        traces.push_back(read_trace(stream, file, reading));
    }
    std::vector<ProcessGroup> groups;
    if (!files.process_groups.empty()) groups = load_process_groups(files.process_groups);
    return trace_job(std::move(traces), std::move(groups), conventions, files.replicas);
}

void write_trace_files(const std::vector<RankTrace>& traces, const std::vector<ProcessGroup>& groups,
                       const std::string& prefix) {
    for (std::size_t rank = 0; rank < traces.size(); ++rank)
        write(fmt::format("{}.{}.et", prefix, rank), [&](std::ostream& stream) { write_trace(traces[rank], stream); });
    write(prefix + ".groups.json", [&](std::ostream& stream) { stream << process_groups_text(groups); });
}

}  // namespace lightloom
