// The plain list of edges of topologies/user_topology.hpp, line by line. Not here: GraphML (graphml_text.cpp).
#include <map>
#include <sstream>

#include "core/nearest_name.hpp"
#include "core/quantity_text.hpp"
#include "topologies/fabric_text.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

class EdgeList {
public:
    explicit EdgeList(const std::string& name) : name_(name) {}

    FabricText read(std::string_view text) {
        std::istringstream lines{std::string(text)};
        for (std::string line; std::getline(lines, line);) {
            ++line_;
            read_line(line.substr(0, line.find('#')));
        }
        return std::move(fabric_);
    }

private:
    [[noreturn]] void complain(const std::string& sentence) const {
        throw TopologyError(name_ + ":" + std::to_string(line_) + ": " + sentence);
    }

    void read_line(const std::string& line) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word)) return;
        if (word == "node")
            read_node(words);
        else if (word == "cable")
            read_cable(words);
        else
            complain(quoted_for_display(word) + " is no statement: a line begins with \"node\" or \"cable\"");
    }

    void read_node(std::istringstream& words) {
        std::string id;
        if (!(words >> id) || id.find('=') != std::string::npos) complain("a node needs a name");
        if (!node_of_id_.try_emplace(id, fabric_.nodes.size()).second)
            complain("node " + quoted_for_display(id) + " is already there");
        fabric_.nodes.push_back({line_, attributes(words)});
        ids_.push_back(id);
    }

    void read_cable(std::istringstream& words) {
        FabricText::Edge edge{{line_, {}}, node(words), node(words)};
        edge.attributes = attributes(words);
        fabric_.edges.push_back(edge);
    }

    std::size_t node(std::istringstream& words) const {
        std::string id;
        if (!(words >> id) || id.find('=') != std::string::npos) complain("a cable needs the names of two nodes");
        const auto found = node_of_id_.find(id);
        if (found != node_of_id_.end()) return found->second;
        const std::string_view near = nearest_name(id, ids_);
        complain("there is no node " + quoted_for_display(id) + " above this line" +
                 (near.empty() ? "" : ": did you mean " + quoted_for_display(near) + "?"));
    }

    std::vector<std::pair<std::string, std::string>> attributes(std::istringstream& words) const {
        std::vector<std::pair<std::string, std::string>> found;
        for (std::string word; words >> word;) {
            const std::size_t equals = word.find('=');
            if (equals == std::string::npos) complain(quoted_for_display(word) + " is no attribute, such as \"pod=3\"");
            found.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        }
        return found;
    }

    const std::string& name_;
    std::size_t line_ = 0;
    FabricText fabric_;
    std::map<std::string, std::size_t> node_of_id_;
    std::vector<std::string> ids_;
};

}  // namespace

FabricText read_edge_list(std::string_view text, const std::string& name) { return EdgeList(name).read(text); }

}  // namespace lightloom
