#include "scenarios/toml_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace {

/// The library's assertions guard its own state, but some texts break them ("[" at the end of a line); it would abort,
/// or with NDEBUG go on blindly. Thrown instead, they end the reading of that text.
struct ParserIsLost {};
[[noreturn]] void parser_is_lost() { throw ParserIsLost{}; }

}  // namespace

#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : parser_is_lost())
#define TOML_EXCEPTIONS 0
// A scenario nests three deep. The parser, and above all the tree's destructor, recurse: values at most 8 deep and
// lines of at most 1,024 bytes (a dotted key nests once per dot) bound that to about 5,000 frames.
#define TOML_MAX_NESTED_VALUES 8
#include <toml++/toml.h>

namespace lightloom {
namespace {

constexpr int kDeepestOfUse = 12;  // tables nested further hold no key that anybody knows; they are left empty

TextPosition position_of(const toml::source_region& source) {
    return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

TomlValue converted(const toml::node& node, int depth);

void convert_table(const toml::table& table, TomlValue& value, int depth) {
    value.kind = TomlValue::Kind::table;
    if (depth >= kDeepestOfUse) return;
    for (const auto& [key, member] : table)
        value.members.push_back({std::string(key.str()), position_of(key.source()), converted(member, depth + 1)});
}

void convert_list(const toml::array& list, TomlValue& value, int depth) {
    value.kind = TomlValue::Kind::list;
    if (depth >= kDeepestOfUse) return;
    for (const toml::node& item : list) value.items.push_back(converted(item, depth + 1));
}

TomlValue converted(const toml::node& node, int depth) {
    TomlValue value;
    value.at = position_of(node.source());
    switch (node.type()) {
        case toml::node_type::none: break;  // no node of a parsed text
        case toml::node_type::table: convert_table(*node.as_table(), value, depth); break;
        case toml::node_type::array: convert_list(*node.as_array(), value, depth); break;
        case toml::node_type::string:
            value.kind = TomlValue::Kind::text;
            value.text = node.as_string()->get();
            break;
        case toml::node_type::integer:
            value.kind = TomlValue::Kind::integer;
            value.integer = node.as_integer()->get();
            break;
        case toml::node_type::floating_point:
            value.kind = TomlValue::Kind::real;
            value.real = node.as_floating_point()->get();
            break;
        case toml::node_type::boolean:
            value.kind = TomlValue::Kind::boolean;
            value.boolean = node.as_boolean()->get();
            break;
        case toml::node_type::date:
        case toml::node_type::time:
        case toml::node_type::date_time: value.kind = TomlValue::Kind::date; break;
    }
    return value;
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Where the byte at `offset` stands.
TextPosition position_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return {1 + static_cast<int>(std::ranges::count(before, '\n')),
            1 + static_cast<int>(std::ranges::count_if(before.substr(line_start), starts_code_point))};
}

/// The library may put a fault past the end of a line or of the text; the user is sent to where that breaks off.
TextPosition inside(TextPosition at, std::string_view text) {
    std::size_t start = 0;
    for (int line = 1; line < at.line; ++line) {
        const std::size_t end = text.find('\n', start);
        if (end == std::string_view::npos) return position_at(text, text.size());
        start = end + 1;
    }
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const TextPosition end_of_line = position_at(text, end);
    return {end_of_line.line, std::clamp(at.column, 1, end_of_line.column)};
}

std::optional<TomlFault> fault_of_size(std::string_view text) {
    if (text.size() > kMostScenarioBytes)
        return TomlFault{position_at(text, kMostScenarioBytes), "the text is longer than 1 MiB",
                         "a scenario is a page or two; is this the right file?"};
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        if (end - start > kMostLineBytes)
            return TomlFault{position_at(text, start + kMostLineBytes), "the line is longer than 1024 bytes",
                             "a list may be broken over several lines"};
        start = end + 1;
    }
    return std::nullopt;
}

/// The end of the string that begins at `start`, on its quote, or npos if it does not end on its line.
std::size_t end_of_string(std::string_view text, std::size_t start) {
    const char quote = text[start];
    for (std::size_t i = start + 1; i < text.size() && text[i] != '\n'; ++i) {
        if (text[i] == quote) return i;
        if (text[i] == '\\' && quote == '"') ++i;
    }
    return std::string_view::npos;
}

/// Outside strings and comments TOML is ASCII; strings over several lines have no use in a scenario. What else is wrong
/// is left to the library.
std::optional<TomlFault> fault_of_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
        } else if (c == '"' || c == '\'') {
            if (text.substr(i, 3) == std::string(3, c))
                return TomlFault{position_at(text, i), "a text may not go over several lines",
                                 "one quote on either side"};
            const std::size_t start = i;
            i = end_of_string(text, start);
            if (i == std::string_view::npos)
                return TomlFault{position_at(text, start), "the closing quote is missing",
                                 "a text begins and ends with the same quote, on one line"};
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            return TomlFault{position_at(text, i), "a character beyond ASCII stands outside quotes",
                             R"(the quotes of a text are straight ones: "400Gbps")"};
        }
    }
    return std::nullopt;
}

/// What the library cites of a text may hold anything, but a message is printed.
std::string printable(std::string_view message) {
    std::string shown;
    for (const char c : message) {
        if (c >= ' ' && c <= '~')
            shown += c;
        else
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return shown;
}

/// Whether the value that is wrong at `at` is a word or a quantity without its quotes: what stands before and behind
/// `at`, from the nearest "=" (or, in a list, bracket or comma) to the end of the value, begins like a name or a number
/// and holds a letter.
bool lacks_quotes(std::string_view text, TextPosition at) {
    std::size_t start = 0;
    for (int line = 1; line < at.line; ++line) start = text.find('\n', start) + 1;
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    const std::string_view before = line.substr(0, static_cast<std::size_t>(at.column - 1));
    if (before.find('=') == std::string_view::npos) return false;
    std::string_view value = line.substr(before.find_last_of("=[,") + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    value = value.substr(0, value.find_first_of(",]}#"));
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto begins = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
    };
    return !value.empty() && begins(value[0]) && std::ranges::any_of(value, is_letter) &&
           value.find_first_of("=\"'") == std::string_view::npos;
}

/// The library's words, without what means something only to those who build it.
TomlFault fault_of_syntax(const toml::parse_error& error, std::string_view text) {
    std::string message = printable(error.description());
    for (const std::string_view noise : {"Error while parsing ", " (TOML_MAX_NESTED_VALUES)"})
        if (const std::size_t at = message.find(noise); at != std::string::npos) message.erase(at, noise.size());
    const TextPosition at = inside(position_of(error.source()), text);
    const bool is_of_form = message.find("expected") != std::string::npos ||
                            message.find("could not determine value type") != std::string::npos;
    std::string hint;
    if (is_of_form && lacks_quotes(text, at)) hint = R"(quantities and names stand in quotes: rate = "400Gbps")";
    return {at, std::move(message), std::move(hint)};
}

/// @throws ParserIsLost
TomlDocument parse_or_throw(std::string_view text) {
    TomlDocument document;
    const toml::parse_result result = toml::parse(text);
    if (result)
        document.root = converted(result.table(), 0);
    else
        document.fault = fault_of_syntax(result.error(), text);
    return document;
}

bool loses_parser(std::string_view text) {
    try {
        parse_or_throw(text);
        return false;
    } catch (const ParserIsLost&) {
        return true;
    }
}

/// Where the parser lost its way: at the end of the shortest beginning of the text that has the same effect.
TomlFault fault_of_lost_parser(std::string_view text) {
    std::size_t harmless = 0, harmful = text.size();
    while (harmful - harmless > 1) {
        const std::size_t middle = harmless + (harmful - harmless) / 2;
        (loses_parser(text.substr(0, middle)) ? harmful : harmless) = middle;
    }
    return {position_at(text, harmless), "this is no TOML", "a bracket without its pair, perhaps?"};
}

TomlDocument parse_guarded(std::string_view text) {
    try {
        return parse_or_throw(text);
    } catch (const ParserIsLost&) {
        TomlDocument document;
        document.fault = fault_of_lost_parser(text);
        return document;
    }
}

/// The first fault of the text that is left when each character beyond ASCII becomes an x, or of such a character
/// outside strings and comments. Asked whether some of them (e acute is one) are white space, the library runs into
/// what it holds to be unreachable; but it asks only outside strings, and over the rubble of a text that is wrong. So
/// it sees none of them until the rest is known to be right.
std::optional<TomlFault> fault_of_skeleton(std::string_view text) {
    std::string skeleton;
    for (const char c : text)
        if (starts_code_point(c)) skeleton += static_cast<unsigned char>(c) < 0x80 ? c : 'x';
    auto of_skeleton = parse_guarded(skeleton).fault;
    auto of_characters = fault_of_characters(text);
    if (!of_skeleton || !of_characters) return of_skeleton ? of_skeleton : of_characters;
    return of_skeleton->at < of_characters->at ? of_skeleton : of_characters;
}

}  // namespace

TomlDocument parse_toml(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    TomlDocument document;
    document.fault = fault_of_size(text);
    if (!document.fault) document.fault = fault_of_skeleton(text);
    return document.fault ? document : parse_guarded(text);
}

std::string toml_string(std::string_view text) {
    std::string literal = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            literal += fmt::format("\\{}", c);
        else if (byte < 0x20 || byte == 0x7F)
            literal += fmt::format("\\u{:04x}", byte);
        else
            literal += c;
    }
    return literal + '"';
}

std::string_view kind_name(TomlValue::Kind kind) {
    switch (kind) {
        case TomlValue::Kind::boolean: return "true or false";
        case TomlValue::Kind::integer: return "a whole number";
        case TomlValue::Kind::real: return "a number";
        case TomlValue::Kind::text: return "text";
        case TomlValue::Kind::date: return "a date or time of day";
        case TomlValue::Kind::list: return "a list";
        case TomlValue::Kind::table: return "a table";
    }
    return "";
}

}  // namespace lightloom
