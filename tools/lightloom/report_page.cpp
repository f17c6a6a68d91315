#include "tools/lightloom/report_page.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/report_bundle.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kDataVersion = 1;

std::string text_for_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t n = 0; n < 3; ++n)
            group = group << 8 | (i + n < bytes.size() ? static_cast<unsigned char>(bytes[i + n]) : 0u);
        for (std::size_t n = 0; n < 4; ++n) text += i + n <= bytes.size() ? kDigits[group >> (18 - 6 * n) & 63u] : '=';
    }
    return text;
}

/// 'sha256-...' as a policy names a text.
std::string source_of(const BundledText& bundled) {
    std::string digest;
    for (std::size_t i = 0; i + 1 < bundled.sha256.size(); i += 2)
        digest += static_cast<char>(std::stoi(std::string(bundled.sha256.substr(i, 2)), nullptr, 16));
    return "'sha256-" + base64(digest) + "'";
}

std::string policy() {
    return fmt::format(
        "default-src 'none'; script-src {} {}; style-src {}; img-src data:; base-uri 'none'; "
        "form-action 'none'",
        source_of(kEcharts), source_of(kReportScript), source_of(kReportStyle));
}

// Anything but a page could be what the user meant to keep, a result first of all.
void refuse_to_overwrite_others(const std::string& path) {
    constexpr std::string_view kBeginning = "<!DOCTYPE html>";
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) return;
    std::string beginning(kBeginning.size(), '\0');
    std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
    if (beginning != kBeginning)
        throw UsageError(fmt::format("{} exists and is not a page of lightloom; choose another name", path));
}

}  // namespace

bool can_make_page(const std::string& path) {
    if (kEcharts.text.empty()) {
        print_error("this build has no Apache ECharts to draw with: when it was built, npm or the network was missing");
        std::cerr << "    install npm (tools/setup does), and build again with a network: that is all\n";
        return false;
    }
    refuse_to_overwrite_others(path);
    const std::string folder = (std::filesystem::absolute(path).parent_path() / "").string();  // "/": no file is one
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    return true;
}

std::string json_for_html(std::string_view json) {
    std::string escaped;
    escaped.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '<' || c == '>' || c == '&') {
            escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (json.substr(i, 3) == "\xE2\x80\xA8" || json.substr(i, 3) == "\xE2\x80\xA9") {  // U+2028, U+2029
            escaped += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string report_page(std::string_view title, const std::vector<JsonObject>& results,
                        const std::optional<JsonObject>& comparison) {
    JsonObject data;
    data.add("version", kDataVersion).add("program", version_line()).add("results", results);
    if (comparison) data.add("comparison", *comparison);
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", policy());
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += "<meta name=\"color-scheme\" content=\"light dark\">\n";
    page += fmt::format("<title>{}</title>\n", text_for_html(title));
    page += fmt::format("<style>{}</style>\n</head>\n<body>\n", kReportStyle.text);
    page += "<noscript>This report draws its charts with the script inside it, which is switched off.</noscript>\n";
    page += "<main id=\"report\"></main>\n";
    page += fmt::format("<footer>\n<p>Made by {}.</p>\n", text_for_html(version_line()));
    page += fmt::format("<details><summary>Charts: Apache ECharts, and its licence</summary><pre>{}</pre></details>\n",
                        text_for_html(kEchartsLicence.text));
    page += "</footer>\n<script type=\"application/json\" id=\"data\">";
    page += json_for_html(data.text());
    page += "</script>\n<script>";
    page += kEcharts.text;
    page += "</script>\n<script>";
    page += kReportScript.text;
    return page + "</script>\n</body>\n</html>\n";
}

}  // namespace lightloom
