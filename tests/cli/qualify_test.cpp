// `lightloom qualify` as a user meets it: verdicts and exit codes, the standard's own example, JSON, alternatives, what
// is assumed, parts of his own, and mistakes. The figures themselves: tests/optics.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "tests/cli/process.hpp"

namespace lightloom::test {
namespace {

const std::string kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/";
const std::string kStandard = kCatalogue + "standard-budget.toml";

Finished qualify(const std::string& scenario, const std::vector<std::string>& settings = {},
                 const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"qualify", scenario};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    words.insert(words.end(), more.begin(), more.end());
    return lightloom(words);
}

/// What is said of one class, to the next one.
std::string part_of(const std::string& out, const std::string& name) {
    const std::regex head("(^|\n)(PASS|MARGINAL|FAIL|UNDECIDED)  " + name + ": ");
    std::smatch found;
    if (!std::regex_search(out, found, head)) return {};
    const std::string rest = out.substr(static_cast<std::size_t>(found.position()) + 1);
    return rest.substr(0, rest.find("\n\n"));
}

std::string verdict(const Finished& finished, const std::string& name = "tier.leaf-spine") {
    const std::string part = part_of(finished.out, name);
    return part.substr(0, part.find(' '));
}

/// A figure of the worst link's waterfall as printed, in hundredths, so that sums are exact.
long hundredths(const std::string& part, const std::string& what) {
    const std::regex line("\n     " + what + " +([+-]?[0-9]+\\.[0-9]{2}) dB");
    std::smatch found;
    if (!std::regex_search(part, found, line)) {
        ADD_FAILURE() << what << " is not in\n" << part;
        return 0;
    }
    return std::lround(100.0 * std::stod(found[1]));
}

TEST(Qualify, PassesFailsOrComplainsByExitCode) {
    const Finished passes = qualify(kCatalogue + "pair.toml");
    EXPECT_EQ(passes.exit_code, 0) << passes.err;
    EXPECT_EQ(verdict(passes), "PASS") << passes.out;
    EXPECT_EQ(passes.err, "");
    const Finished fails = qualify(kStandard, {"tier.leaf-spine.connectors.loss=0.8dB"});
    EXPECT_EQ(fails.exit_code, 1) << fails.err;
    EXPECT_EQ(verdict(fails), "FAIL") << fails.out;
    EXPECT_EQ(verdict(fails, "tier.host-leaf"), "PASS") << "the other class holds all the same";
    EXPECT_TRUE(has(fails.out, "margin -0.45 dB on the worst link")) << fails.out;
    EXPECT_TRUE(has(fails.out, "what would flip it: 1.45 dB less loss")) << fails.out;
    const Finished mistaken = qualify(kStandard, {"tier.leaf-spine.length=600"});
    EXPECT_EQ(mistaken.exit_code, 2);
    EXPECT_EQ(mistaken.out, "");
    EXPECT_TRUE(has(mistaken.err, "600 has no unit")) << mistaken.err;
    EXPECT_EQ(lightloom({"qualify"}).exit_code, 2);
    EXPECT_EQ(qualify("no/such.toml").exit_code, 2);
}

TEST(Qualify, AMarginThatIsShortOfItsTargetIsMarginal) {
    const Finished short_of_it = qualify(kStandard);
    EXPECT_EQ(verdict(short_of_it), "MARGINAL");
    EXPECT_EQ(short_of_it.exit_code, 0);
    EXPECT_TRUE(has(short_of_it.out, "margin +0.00 dB on the worst link, 1 dB are asked for")) << short_of_it.out;
    EXPECT_EQ(verdict(qualify(kStandard, {"qualify.margin=0dB"})), "PASS");
    // One that is met exactly is met, whatever the last bit of the sum says
    EXPECT_EQ(verdict(qualify(kStandard, {"tier.leaf-spine.connectors.loss=0.4375dB"})), "PASS");
    EXPECT_EQ(verdict(qualify(kStandard, {"tier.leaf-spine.module=400gbase-fr4",
                                          "tier.leaf-spine.connectors.family=lc-upc-grade-b"})),
              "PASS");
}

// IEEE 802.3bs clause 124: 3.0 dB of channel and 0.1 dB of allocation use up what a transmitter at its limit gives.
TEST(Qualify, TheStandardsOwnExampleAddsUpByHand) {
    const std::string part = part_of(qualify(kStandard).out, "tier.leaf-spine");
    EXPECT_EQ(hundredths(part, "transmitter"), 120);
    EXPECT_EQ(hundredths(part, "fibre"), -25);
    EXPECT_EQ(hundredths(part, "connectors"), -275);
    EXPECT_EQ(hundredths(part, "received"), 120 - 25 - 275);
    EXPECT_EQ(hundredths(part, "allocation"), -10);
    EXPECT_EQ(hundredths(part, "sensitivity"), -190);
    EXPECT_EQ(hundredths(part, "margin"), 0);
    EXPECT_TRUE(has(part, "\n     margin         +0.00 dB ")) << part;
    EXPECT_TRUE(has(part, "IEEE 802.3bs")) << part;
    EXPECT_TRUE(has(part, "0.00024 before correction")) << part;
}

TEST(Qualify, PrintsTheFiveSteps) {
    const std::string part = part_of(qualify(kCatalogue + "aged-plant.toml").out, "tier.leaf-spine");
    std::size_t at = 0;
    for (const std::string step : {"  1  targets\n", "  2  budget\n", "  3  host and electrical, worst link\n",
                                   "  4  errors\n", "  5  operations\n"}) {
        at = part.find(step, at);
        ASSERT_NE(at, std::string::npos) << step << part;
    }
    EXPECT_TRUE(has(part, "dB of its loss is dirt")) << part;
    EXPECT_TRUE(has(part, "45 C, 3 years")) << part;
}

TEST(Qualify, WritesJson) {
    const Finished finished = qualify(kStandard, {}, {"--json", "--alternatives", "power"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const ScratchDirectory scratch;
    write_file(scratch / "q.json", finished.out);
    EXPECT_EQ(python("import json, sys\n"
                     "q = json.load(open(sys.argv[1]))\n"
                     "assert q['format_version'] == 1 and q['basis'] == 'limit' and 'standard' in q['title']\n"
                     "copper, optics = q['classes']\n"
                     "assert copper['class'] == 'tier.host-leaf' and copper['verdict'] == 'PASS'\n"
                     "assert 'worst_budget' not in copper and copper['operations']['spares'] == 0\n"
                     "assert optics['verdict'] == 'MARGINAL' and abs(optics['worst_margin_db']) < 1e-9\n"
                     "assert optics['links'] == 4 and optics['fibre'] == 'os2-tia' and optics['longest_m'] == 500\n"
                     "assert optics['figures_to_obtain'] == [] and optics['runs_out_years'] is None\n"
                     "lines = {line['what']: line for line in optics['worst_budget']}\n"
                     "level = lines['transmitter']['dbm']\n"
                     "for what in ['fibre', 'connectors']: level += lines[what]['db']\n"
                     "assert abs(level - lines['received']['dbm']) < 1e-9\n"
                     "level += lines['allocation']['db']\n"
                     "assert abs(level - lines['allocation']['level_dbm']) < 1e-9\n"
                     "assert abs(level - lines['sensitivity']['dbm'] - lines['margin']['db']) < 1e-9\n"
                     "assert lines['margin']['level_dbm'] is None and lines['sensitivity']['level_dbm'] is None\n"
                     "assert len(optics['corners']) == 5 and optics['corners'][2]['margin_db'] + 1 < 1e-9\n"
                     "watts = [a['watt_per_link'] for a in optics['alternatives'] if a['serves']]\n"
                     "assert len(watts) > 5 and watts == sorted(watts)\n"
                     "assert all(a['why_not'] for a in optics['alternatives'] if not a['serves'])\n"
                     "assert [a['module'] for a in optics['alternatives'] if a['present']] == ['400gbase-dr4']\n"
                     "print('sound')",
                     {scratch / "q.json"}),
              "sound");
}

TEST(Qualify, SortsAlternativesAndSaysWhyOthersCannot) {
    const Finished finished = qualify(kStandard, {}, {"--alternatives"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const std::string heading =
        "tier.leaf-spine: modules that could serve these cables, by cost (USD: middle of the range)\n";
    ASSERT_TRUE(has(finished.out, heading)) << finished.out;
    const std::string table = finished.out.substr(finished.out.find(heading));
    const auto at = [&](const std::string& module) { return table.find(module + "  "); };
    EXPECT_LT(at("  800g-2xdr4"), at("* 400gbase-dr4")) << table;
    EXPECT_LT(at("* 400gbase-dr4"), at("  400gbase-lr8")) << table;
    EXPECT_LT(at("  400gbase-lr8"), table.find("  cannot serve:\n")) << table;
    EXPECT_GT(at("  400gbase-er8"), table.find("  cannot serve:\n")) << table;
    EXPECT_TRUE(has(table, "400gbase-er8 lacks tx_oma_min_dbm")) << table;
    EXPECT_TRUE(has(table, "its reach is shorter than the longest cable")) << table;
    EXPECT_TRUE(has(qualify(kStandard, {}, {"--alternatives", "margin"}).out, "these cables, by margin ("));
    // No connectors along a cable: none are named
    EXPECT_TRUE(has(finished.out, "  os2, 2024-25; margin")) << finished.out;
}

TEST(Qualify, TakesNoOtherOrder) {
    const Finished finished = qualify(kStandard, {}, {"--alternatives", "beauty"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_TRUE(has(finished.err, "--alternatives sorts by cost, power or margin, not \"beauty\"")) << finished.err;
}

TEST(Qualify, NamesTheFigureThatWouldDecide) {
    const Finished finished = qualify(kStandard, {"optics.basis=typical", "tier.leaf-spine.connectors.loss=0.8dB"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(verdict(finished), "UNDECIDED") << finished.out;
    const std::string part = part_of(finished.out, "tier.leaf-spine");
    EXPECT_TRUE(has(part, "MARGINAL at the middle of what is assumed, FAIL at its worst, PASS at its best")) << part;
    EXPECT_TRUE(
        has(part, "figure to obtain: oma_above_min_db of transmitters \"siph-1310\": MARGINAL at 1.5, PASS at 2.3"))
        << part;
    // Obtained, it decides no more: what is left to obtain is another figure, and then none
    const ScratchDirectory scratch;
    write_file(scratch / "s.toml", read_file(kStandard));
    write_file(scratch / "own.toml",
               "[transmitters.siph-1310]\nsource = \"measured\"\noma_above_min_db = 2.0\n"
               "[receivers.pin-1310]\nsource = \"measured\"\nsensitivity_better_db = 1.8\n");
    const Finished obtained = qualify(scratch / "s.toml", {"optics.catalogue=own.toml", "optics.basis=typical",
                                                           "tier.leaf-spine.connectors.loss=0.5dB"});
    EXPECT_EQ(verdict(obtained), "PASS") << obtained.out << obtained.err;
    EXPECT_FALSE(has(obtained.out, "figure to obtain")) << obtained.out;
}

TEST(Qualify, TakesPartsOfTheUsersOwn) {
    const ScratchDirectory scratch;
    write_file(scratch / "s.toml", read_file(kStandard));
    write_file(scratch / "own.toml",
               "[module.my-dr4]\nlike = \"400gbase-dr4\"\nsource = \"data sheet\"\n"
               "tx_oma_min_dbm = 1.2\ntx_oma_minus_tdecq_min_dbm = -0.2\n"
               "channel_loss_max_db = 5.0\npower_max_watt = 9.5\n");
    const std::vector<std::string> mine{"optics.catalogue=own.toml", "tier.leaf-spine.module=my-dr4"};
    const Finished finished = qualify(scratch / "s.toml", mine);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(verdict(finished), "PASS") << finished.out;
    EXPECT_TRUE(has(finished.out, "links of my-dr4 over 4 x os2-tia each way; 19 W")) << finished.out;
    EXPECT_TRUE(has(finished.out, "data sheet")) << finished.out;
    const Finished without = qualify(scratch / "s.toml", {"tier.leaf-spine.module=my-dr4"});
    EXPECT_EQ(without.exit_code, 2);
    EXPECT_TRUE(has(without.err, "no module \"my-dr4\"")) << without.err;
    write_file(scratch / "own.toml", "[module.my-dr4]\nlike = \"400gbase-dr5\"\nsource = \"data sheet\"\n");
    const Finished wrong = qualify(scratch / "s.toml", mine);
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_TRUE(has(wrong.err, "own.toml:2:8: error: module.my-dr4.like: no row \"400gbase-dr5\" ships")) << wrong.err;
    EXPECT_EQ(qualify(scratch / "s.toml", {"optics.catalogue=none.toml"}).exit_code, 2);
}

TEST(Qualify, SaysWhichFiguresAreMissing) {
    const Finished finished = qualify(kStandard, {"tier.leaf-spine.module=400gbase-er8"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.out, "");
    for (const std::string part : {"two 400gbase-er8 do not make a link", "400gbase-er8 lacks tx_oma_min_dbm",
                                   "sensitivity", "supply the figure", "optics.catalogue"})
        EXPECT_TRUE(has(finished.err, part)) << part << " is not in\n" << finished.err;
}

TEST(Qualify, TakesBreakoutsAndEndsThatDiffer) {
    const Finished finished = qualify(kCatalogue + "breakout-100g.toml");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const std::string down = part_of(finished.out, "tier.host-leaf"), up = part_of(finished.out, "tier.leaf-spine");
    EXPECT_TRUE(has(down, "links of 100gbase-dr to 400gbase-dr4 over 1 x os2 each way")) << down;
    // A lane of a broken-out port is a link with a code of its own, at a quarter of its module's 12 W and $550
    EXPECT_TRUE(has(up, "6 W and $275 a link")) << up;
    EXPECT_TRUE(has(up, "6.2e-10 of 64-byte frames are lost at most")) << up;
    EXPECT_TRUE(has(up, "16 modules")) << up;
    const Finished unequal = qualify(kStandard, {"tier.leaf-spine.module={ spine = '400gbase-dr4-2' }"});
    EXPECT_TRUE(has(unequal.out, "links of 400gbase-dr4 to 400gbase-dr4-2 over 4 x os2-tia each way"))
        << unequal.out << unequal.err;
    const Finished apart = qualify(kStandard, {"tier.leaf-spine.module={ spine = '400gbase-fr4' }"});
    EXPECT_EQ(apart.exit_code, 2);
    EXPECT_TRUE(has(apart.err, "400gbase-dr4 and 400gbase-fr4 do not make a link")) << apart.err;
}

TEST(Qualify, MarksWhatIsOutOfSpecification) {
    std::vector<std::string> settings{"tier.leaf-spine.module={ leaf = '400gbase-fr4', spine = '400gbase-lr4-6' }"};
    EXPECT_EQ(qualify(kStandard, settings).exit_code, 2);
    settings.push_back("optics.allow_out_of_spec=true");
    const Finished finished = qualify(kStandard, settings);
    EXPECT_NE(finished.exit_code, 2) << finished.err;
    EXPECT_TRUE(has(finished.out, "OUT OF SPECIFICATION: 400gbase-lr4-6 may send 5.1 dBm")) << finished.out;
}

// Hosts that err more than the code corrects: no optical power helps, and that is what is said.
TEST(Qualify, DoesNotAdviseLessLossWhereHostsDecide) {
    const Finished finished = qualify(kStandard, {"tier.leaf-spine.host_loss=22dB"});
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    const std::string part = part_of(finished.out, "tier.leaf-spine");
    EXPECT_TRUE(has(part, "what would flip it: hosts that make fewer errors")) << part;
}

TEST(Qualify, FailsWhatIsTooWarm) {
    const std::vector<std::string> cool{"optics.basis=typical", "tier.leaf-spine.connectors.loss=0.1dB"};
    EXPECT_EQ(verdict(qualify(kStandard, cool)), "PASS");
    std::vector<std::string> warm = cool;
    warm.push_back("optics.inlet_temperature=85C");
    const Finished finished = qualify(kStandard, warm);
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    const std::string part = part_of(finished.out, "tier.leaf-spine");
    // 85 C, 9 W at 2.6 K/W of a QSFP-DD, 70 C at most
    EXPECT_TRUE(has(part, "the warmest module's case is 38.4 C above what it may be")) << part;
    EXPECT_TRUE(has(part, "what would flip it: air that is 38.4 C cooler")) << part;
}

TEST(Qualify, TakesReadingsOfThePlant) {
    const Finished finished = qualify(kCatalogue + "measured-plant.toml");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "basis: readings of the plant, limits for the modules")) << finished.out;
    // Worst is the lane that was read to receive -0.4 dBm: its transmitter's limit no longer counts
    const std::string part = part_of(finished.out, "tier.leaf-spine");
    EXPECT_TRUE(has(part, "worst: spine 0 port 1 -> leaf 1\n")) << part;
    EXPECT_EQ(hundredths(part, "reading"), hundredths(part, "received"));
    EXPECT_TRUE(has(part, "received power as read")) << part;
    const ScratchDirectory scratch;
    write_file(scratch / "s.toml", read_file(kCatalogue + "measured-plant.toml"));
    // What one lane receives says nothing of the other direction, where the transmitter is at its limit
    write_file(scratch / "measured-plant.csv",
               "select,direction,fibre,loss_db,received_dbm\ntier=leaf-spine,,,2.5,\ntier=leaf-spine,down,1,,2\n");
    const std::string strong = part_of(qualify(scratch / "s.toml").out, "tier.leaf-spine");
    EXPECT_EQ(hundredths(strong, "transmitter"), 120) << strong;
    EXPECT_EQ(hundredths(strong, "fibre"), -250);
    EXPECT_FALSE(has(strong, "received power as read")) << strong;
    EXPECT_FALSE(has(strong, "connectors")) << "they are in what was read\n" << strong;
    write_file(scratch / "measured-plant.csv", "select,loss_db\nleaf=0,1\nleaf=2,1\n");
    const Finished nothing = qualify(scratch / "s.toml");
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_TRUE(has(nothing.err, "measured-plant.csv:3: no cable is selected by \"tier=leaf-spine & leaf=2\""))
        << nothing.err;
    write_file(scratch / "measured-plant.csv", "select,loss_db\nleaf=0,1\nleef=2,1 dB\n");
    const Finished wrong = qualify(scratch / "s.toml");
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_TRUE(has(wrong.err, "measured-plant.csv:3:1: error: nothing is selected by \"leef\"")) << wrong.err;
    EXPECT_TRUE(has(wrong.err, "measured-plant.csv:3:8: error: \"1 dB\" is no number")) << wrong.err;
}

}  // namespace
}  // namespace lightloom::test
