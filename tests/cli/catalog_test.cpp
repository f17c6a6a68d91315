// `lightloom catalog` as a user meets it: lists, one part in full, a file of his own, JSON, and mistakes.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/optics/catalogue.hpp"
#include "scenarios/metrics.hpp"
#include "tests/cli/process.hpp"

namespace lightloom::test {
namespace {

TEST(Catalog, ListsTheTables) {
    const Finished finished = lightloom({"catalog"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    for (const std::string& table : Catalogue::tables()) EXPECT_TRUE(has(finished.out, table)) << table;
    EXPECT_TRUE(has(finished.out, "modules       49"));
}

TEST(Catalog, ListsEveryRowOfEveryTable) {
    for (const std::string& table : Catalogue::tables()) {
        const Finished finished = lightloom({"catalog", table});
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        const auto ids = Catalogue::built_in().ids(table);
        for (const std::string& id : ids) EXPECT_TRUE(has(finished.out, "\n" + id)) << table << ' ' << id;
        EXPECT_EQ(std::count(finished.out.begin(), finished.out.end(), '\n'), static_cast<long>(ids.size()) + 1);
    }
    EXPECT_EQ(lightloom({"catalog", "fibers"}).out, lightloom({"catalog", "fibres"}).out);
}

TEST(Catalog, ListsModelsAndGpus) {
    const std::string models = lightloom({"catalog", "models"}).out;
    EXPECT_TRUE(has(models, "405.8B")) << models;  // what its sizes come to
    EXPECT_TRUE(has(models, "37.55B")) << models;  // of DeepSeek-V3, active
    EXPECT_TRUE(has(lightloom({"catalog", "gpus"}).out, "989"));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "deepseek-v3"}).out, "arXiv 2412.19437"));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "h100", "--json"}).out, "\"bf16_tflops\": 989"));
    EXPECT_TRUE(has(lightloom({"catalog", "gpus", "--json"}).out, "\"table\": \"gpus\""));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "lama3-8b"}).err, "did you mean \"llama3-8b\"?"));
    EXPECT_TRUE(has(lightloom({"catalog"}).out, "\nmodels "));
}

TEST(Catalog, MarksWhatIsAssumedAndWhatIsMissing) {
    const std::string list = lightloom({"catalog", "modules"}).out;
    const auto line_of = [&](const std::string& id) {
        const auto begin = list.find("\n" + id + " ") + 1;
        return list.substr(begin, list.find('\n', begin) - begin);
    };
    EXPECT_TRUE(has(line_of("800gbase-dr4"), "ASSUMED: 12"));
    EXPECT_TRUE(has(line_of("400gbase-er8"), "missing: 12 figures"));
    EXPECT_FALSE(has(line_of("400gbase-dr4"), "ASSUMED"));
    EXPECT_TRUE(has(line_of("400gbase-dr4"), "400-700 (2024-25)"));
    EXPECT_TRUE(has(line_of("800g-2xdr4"), "2x400"));
}

TEST(Catalog, ShowsOnePartInFull) {
    const std::string dr4 = lightloom({"catalog", "show", "400gbase-dr4"}).out;
    for (const std::string part : {"tx_oma_min_dbm", "-0.8 dBm", "12 W", "IEEE 802.3bs", "mtbf_hours", "750000 h",
                                   "limits close at +0.10 dB: (OMA-TDECQ)min -2.2 + TDECQmax 3.4 - ILmax 3 - SRS -1.9"})
        EXPECT_TRUE(has(dr4, part)) << part << " is not in\n" << dr4;
    EXPECT_FALSE(has(dr4, "ASSUMED"));
    const std::string lpo = lightloom({"catalog", "show", "800g-dr8-lpo"}).out;
    EXPECT_TRUE(has(lpo, "-2.7 / -2.2 / -1.7 dBm  ASSUMED (low / mid / high)")) << lpo;
    EXPECT_TRUE(has(lightloom({"catalog", "show", "400g-er4"}).out, "missing, so that no budget can be made: tx_oma"));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "om4"}).out, "850:3.5;1300:1.5 dB/km"));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "400gbase-sr4"}).out, "limits close at +0.20 dB over om4"));
}

TEST(Catalog, ReadsAFileOfTheUsersOwn) {
    const ScratchDirectory scratch;
    const std::string file = scratch / "my.toml";
    write_file(file, "[module.my-dr4]\nlike = \"400gbase-dr4\"\nsource = \"data sheet\"\npower_max_watt = 9.25\n");
    const Finished finished = lightloom({"catalog", "show", "my-dr4", "--catalog", file});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "9.25 W")) << finished.out;
    write_file(file, "[module.400gbase-dr4]\npower_max_wat = 9.25\n");
    const Finished wrong = lightloom({"catalog", "modules", "--catalog", file});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_TRUE(has(wrong.err, "my.toml:2:1: error: module.400gbase-dr4: no column \"power_max_wat\"")) << wrong.err;
    EXPECT_TRUE(has(wrong.err, "did you mean \"power_max_watt\"?"));
    EXPECT_EQ(wrong.out, "");
    EXPECT_EQ(lightloom({"catalog", "--catalog", scratch / "none.toml"}).exit_code, 2);
}

TEST(Catalog, WritesJson) {
    const ScratchDirectory scratch;
    const std::string file = scratch / "rows.json";
    write_file(file, lightloom({"catalog", "modules", "--json"}).out);
    const std::string code =
        "import json, sys\n"
        "rows = {row['id']: row for row in json.load(open(sys.argv[1]))['rows']}\n"
        "print(len(rows), rows['400gbase-dr4']['tdecq_max_db'], rows['400gbase-dr4']['grid'],\n"
        "      rows['800gbase-dr4']['tx_oma_min_dbm']['assumed']['high'], len(rows['400gbase-er8']['missing']),\n"
        "      rows['400gbase-er8']['tdecq_max_db'])";
    EXPECT_EQ(python(code, {file}), "49 3.4 dr-1311 0.6 12 None");
    write_file(file, lightloom({"catalog", "show", "os2", "--json"}).out);
    EXPECT_EQ(python("import json, sys\nprint([r['table'] for r in json.load(open(sys.argv[1]))['rows']])", {file}),
              "['fibres']");
    write_file(file, lightloom({"catalog", "--json"}).out);
    EXPECT_EQ(python("import json, sys\nprint(json.load(open(sys.argv[1]))['tables'][0]['rows'])", {file}), "49");
}

// Every name that the list shows is one that a gate takes, and every one that gates take is shown.
TEST(Catalog, ListsMetricsUnderAllTheirNames) {
    const std::string text = lightloom({"catalog", "metrics"}).out;
    EXPECT_TRUE(has(text, "\np99_9_latency          p99_9   ps    less    99.9th percentile\n")) << text;
    EXPECT_TRUE(has(text, "\ndeepest_queue                  B     less    the deepest queue of a port\n")) << text;
    const ScratchDirectory scratch;
    write_file(scratch / "rows.json", lightloom({"catalog", "metrics", "--json"}).out);
    EXPECT_EQ(python("import json, sys\n"
                     "rows = json.load(open(sys.argv[1]))['metrics']\n"
                     "print([(r['name'], *r['aliases']) for r in rows if r['aliases']])",
                     {scratch / "rows.json"}),
              "[('p50_latency', 'p50'), ('p99_latency', 'p99'), ('p99_9_latency', 'p99_9'), "
              "('p99_99_latency', 'p99_99')]");
    for (const Metric& metric : metrics()) {
        EXPECT_TRUE(has('\n' + text, '\n' + std::string(metric.name) + ' '));
        for (const std::string& alias : aliases_of(metric)) EXPECT_EQ(metric_named(alias), &metric) << alias;
    }
}

TEST(Catalog, SaysWhatIsWrong) {
    struct {
        std::vector<std::string> arguments;
        std::string part;
    } const cases[] = {{{"catalog", "show", "400gbase-dr44"}, "did you mean \"400gbase-dr4\"?"},
                       {{"catalog", "show", "qqqqqqqqqqqqqq"}, "nothing in the catalogue is called"},
                       {{"catalog", "show"}, "show what?"},
                       {{"catalog", "modul"}, "did you mean \"modules\"?"},
                       {{"catalog", "modules", "fibres"}, "one table at a time"},
                       {{"catalog", "show", "os2", "os1a"}, "more than 2 words given"}};
    for (const auto& [arguments, part] : cases) {
        const Finished finished = lightloom(arguments);
        EXPECT_EQ(finished.exit_code, 2) << part;
        EXPECT_TRUE(has(finished.err, part)) << part << " is not in\n" << finished.err;
        EXPECT_EQ(finished.out, "");
    }
}

}  // namespace
}  // namespace lightloom::test
