#include "tools/lightloom/command.hpp"

#include <fmt/format.h>

#include <charconv>

#include "scenarios/text_errors.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

std::vector<std::string> long_names(const Options& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    return names;
}

}  // namespace

Arguments parse_arguments(const CommandHelp& help, Options options, const std::vector<std::string>& arguments,
                          const Positional& words) {
    options.add_options()("help,h", "print this");
    Options all = options;
    all.add_options()(words.name.c_str(), po::value<std::vector<std::string>>());
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

    po::positional_options_description positional;
    positional.add(words.name.c_str(), -1);

    Arguments found;
    try {
        po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), found);
        po::notify(found);
    } catch (const po::unknown_option& error) {
        throw UsageError(fmt::format("no option \"{}\"", error.get_option_name()),
                         suggestion(error.get_option_name(), long_names(options)));
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    if (found.count("help")) throw HelpWanted{help, options};
    for (const auto& [name, value] : found) {
        const auto* text = boost::any_cast<std::string>(&value.value());
        const bool takes_value = all.find(name, false).semantic()->max_tokens() > 0;
        if (takes_value && text != nullptr && text->empty())
            throw UsageError(fmt::format("--{} is given nothing", name));
    }
    const std::size_t given = found.count(words.name) ? found[words.name].as<std::vector<std::string>>().size() : 0;
    if (given < words.least)
        throw UsageError(given == 0 ? fmt::format("no {} given", words.name)
                                    : fmt::format("{} {} given, where {} are needed", given, words.name, words.least));
    if (given > words.most)
        throw UsageError(fmt::format("more than {} {} given", words.most == 1 ? "one" : std::to_string(words.most),
                                     words.most == 1 ? words.name : words.name + "s"));
    return found;
}

std::uint64_t whole_number(const Arguments& arguments, const std::string& option, std::uint64_t least,
                           std::uint64_t most) {
    const auto& text = arguments[option].as<std::string>();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        throw UsageError(fmt::format("--{} is a whole number from {} to {}, not \"{}\"", option, least, most, text));
    return value;
}

}  // namespace lightloom
