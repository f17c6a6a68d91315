// GraphML through Boost.Graph. Its reader knows no lines and recurses into nested elements, so a scan over the tags
// goes first: it notes the lines of nodes and edges and bounds the depth.
#include <boost/graph/graphml.hpp>

#include <algorithm>
#include <sstream>

#include "topologies/fabric_text.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kDeepest = 64;  // of elements in each other; yEd's drawings need about ten

struct Scan {
    std::vector<std::size_t> node_lines, edge_lines;
};

class Scanner {
public:
    Scanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

    Scan scan() {
        for (at_ = text_.find('<'); at_ != std::string_view::npos; at_ = text_.find('<', at_)) {
            count_lines();
            const std::string_view rest = text_.substr(at_);
            if (rest.starts_with("<!--"))
                skip_past("-->");
            else if (rest.starts_with("<![CDATA["))
                skip_past("]]>");
            else if (rest.starts_with("<?"))
                skip_past("?>");
            else if (rest.starts_with("<!"))
                complain("a document type is not read");
            else
                tag();
        }
        return std::move(found_);
    }

private:
    [[noreturn]] void complain(const std::string& sentence) const {
        throw TopologyError(name_ + ":" + std::to_string(line_) + ": " + sentence);
    }

    void count_lines() {
        line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                                     text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
        counted_ = at_;
    }

    void skip_past(std::string_view end) {
        const std::size_t found = text_.find(end, at_);
        if (found == std::string_view::npos) complain("\"" + std::string(end) + "\" is missing");
        at_ = found + end.size();
    }

    // To the closing bracket, which may also stand within quotes.
    std::string_view whole_tag() const {
        char quote = 0;
        for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
            const char c = text_[i];
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return text_.substr(at_, i + 1 - at_);
            }
        }
        complain("a tag does not end");
    }

    void tag() {
        const std::string_view tag = whole_tag();
        at_ += tag.size();
        if (tag.starts_with("</")) {
            if (depth_ > 0) --depth_;
            return;
        }
        const std::string_view element = tag.substr(1, tag.find_first_of(" \t\r\n/>") - 1);
        if (element == "node") found_.node_lines.push_back(line_);
        if (element == "edge") found_.edge_lines.push_back(line_);
        if (element == "graph" && ++graphs_ > 1) complain("a second graph: only one is read");
        if (tag.ends_with("/>")) return;
        if (++depth_ > kDeepest) complain("more than " + std::to_string(kDeepest) + " elements within each other");
    }

    std::string_view text_;
    const std::string& name_;
    std::size_t at_ = 0, counted_ = 0, line_ = 1, depth_ = 0, graphs_ = 0;
    Scan found_;
};

// What Boost's reader calls: vertices and edges are their numbers, attributes stay words.
class Collector final : public boost::mutate_graph {
public:
    Collector(const Scan& scan, const std::string& name, bool directed)
        : scan_(scan), name_(name), directed_(directed) {}

    FabricText take() { return std::move(fabric_); }

    bool is_directed() const override { return directed_; }

    boost::any do_add_vertex() override {
        const std::size_t n = fabric_.nodes.size();
        fabric_.nodes.push_back({n < scan_.node_lines.size() ? scan_.node_lines[n] : 0, {}});
        return n;
    }

    std::pair<boost::any, bool> do_add_edge(boost::any source, boost::any target) override {
        const std::size_t n = fabric_.edges.size();
        const std::size_t line = n < scan_.edge_lines.size() ? scan_.edge_lines[n] : 0;
        const auto from = boost::any_cast<std::size_t>(source), to = boost::any_cast<std::size_t>(target);
        if (std::max(from, to) >= scan_.node_lines.size())
            throw TopologyError(name_ + ":" + std::to_string(line) + ": an edge ends at a node that is not there");
        fabric_.edges.push_back({{line, {}}, from, to});
        return {n, true};
    }

    void set_graph_property(const std::string&, const std::string&, const std::string&) override {}
    void set_vertex_property(const std::string& name, boost::any vertex, const std::string& value,
                             const std::string&) override {
        set(fabric_.nodes[boost::any_cast<std::size_t>(vertex)], name, value);
    }
    void set_edge_property(const std::string& name, boost::any edge, const std::string& value,
                           const std::string&) override {
        set(fabric_.edges[boost::any_cast<std::size_t>(edge)], name, value);
    }

private:
    // A <key>'s default comes first, and is replaced by what the element says itself.
    static void set(FabricText::Element& element, const std::string& name, const std::string& value) {
        for (auto& [known, old] : element.attributes)
            if (known == name) {
                old = value;
                return;
            }
        element.attributes.emplace_back(name, value);
    }

    const Scan& scan_;
    const std::string& name_;
    bool directed_;
    FabricText fabric_;
};

FabricText collect(std::string_view text, const Scan& scan, const std::string& name, bool directed) {
    std::istringstream in{std::string(text)};
    Collector collector(scan, name, directed);
    boost::read_graphml(in, collector, 0);
    return collector.take();
}

/// The reader's words may cite anything of the text, but a message is printed.
std::string printable(std::string message) {
    std::ranges::replace_if(
        message, [](char c) { return c < ' ' || c > '~'; }, '?');
    return message;
}

}  // namespace

FabricText read_graphml_text(std::string_view text, const std::string& name) {
    const Scan scan = Scanner(text, name).scan();
    try {
        try {
            return collect(text, scan, name, false);
        } catch (const boost::undirected_graph_error&) {  // the reader insists on edges of the file's own kind
        } catch (const boost::directed_graph_error&) {
        }
        return collect(text, scan, name, true);
    } catch (const TopologyError&) {
        throw;
    } catch (const std::exception& error) {
        throw TopologyError(name + ": no GraphML: " + printable(error.what()));
    }
}

}  // namespace lightloom
