// Oracles: tests/data/optics/mpi_upper_bound_reference.csv (closed form; two of its rows are figures of an IEEE 802.3
// contribution), the same contribution's statistical bounds, sums over all pairs, Airy's formula, reflectance.csv.
#include "models/optics/reflection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

// Transmitter, equal connectors, receiver; `loss_each_db` after each but the last
std::vector<Reflector> chain(int connectors, double connector_db, double end_db, double loss_each_db = 0.0) {
    std::vector<Reflector> reflectors;
    for (int n = 0; n < connectors + 2; ++n)
        reflectors.push_back({{n == 0 || n == connectors + 1 ? end_db : connector_db}, {n * loss_each_db}});
    return reflectors;
}

TEST(Mpi, UpperBoundMatchesTheReference) {
    int rows = 0;
    for (const auto& row : ReferenceTable("mpi_upper_bound_reference.csv").rows()) {
        const auto number = [&](const char* column) { return std::stod(row.at(column)); };
        const double sum = stray_light(chain(std::stoi(row.at("n_connectors")), number("connector_reflectance_dB"),
                                             number("tx_rx_reflectance_dB")));
        EXPECT_NEAR(sum, number("sigma_sum"), 5.1e-7);
        EXPECT_NEAR(mpi_upper_bound_db(sum, std::stoi(row.at("pam_levels")), Decibel{number("extinction_ratio_dB")}),
                    number("upper_bound_penalty_dB"), 5.1e-4);
        ++rows;
    }
    EXPECT_EQ(rows, 12);
}

// MPI1 and MPI2 of the golden budgets: 6.20 and 2.50 dB, statistical bounds 3.81 and 1.78 dB
TEST(Mpi, DiscountLiesBetweenThePublishedStatisticalBounds) {
    constexpr struct {
        double end_db, upper_db, statistical_db;
    } kPublished[] = {{-25.0, 6.20, 3.81}, {-35.0, 2.50, 1.78}};
    for (const auto& [end_db, upper_db, statistical_db] : kPublished) {
        const double sum = stray_light(chain(4, -25.0, end_db));
        EXPECT_NEAR(mpi_upper_bound_db(sum, 4, Decibel{6.0}), upper_db, 0.02);
        EXPECT_TRUE(near_relative(mpi_penalty_db(sum, 4, Decibel{6.0}), statistical_db, 0.08));
    }
}

TEST(Mpi, RunningSumIsTheSumOverPairs) {
    const std::vector<Reflector> reflectors{
        {{-26.0}, {0.0}}, {{-35.0}, {0.2}}, {{-20.0}, {0.9}}, {{-45.0}, {0.9}}, {{-26.0}, {3.0}}};
    double sum = 0.0;
    for (std::size_t i = 0; i < reflectors.size(); ++i)
        for (std::size_t j = i + 1; j < reflectors.size(); ++j) {
            const double between_db = (reflectors[j].loss_before - reflectors[i].loss_before).value;
            sum += std::sqrt(reflectors[i].reflectance.linear() * reflectors[j].reflectance.linear()) *
                   std::pow(10.0, -2.0 * between_db / 20.0);
        }
    EXPECT_TRUE(near_relative(stray_light(reflectors), sum, 1e-12));
}

// Rightly not monotone: a worse fibre between reflectors makes a better eye.
TEST(Mpi, FallsWithLossBetweenReflectors) {
    double before = stray_light(chain(4, -30.0, -26.0));
    for (const double loss_db : {0.1, 0.5, 1.0, 3.0}) {
        const double sum = stray_light(chain(4, -30.0, -26.0, loss_db));
        EXPECT_LT(sum, before);
        EXPECT_LT(mpi_penalty_db(sum, 4, Decibel{5.0}), mpi_penalty_db(before, 4, Decibel{5.0}));
        before = sum;
    }
    // All before the first reflector is no loss between any
    std::vector<Reflector> far = chain(4, -30.0, -26.0);
    for (Reflector& reflector : far) reflector.loss_before = Decibel{2.0};
    EXPECT_EQ(stray_light(far), stray_light(chain(4, -30.0, -26.0)));
}

TEST(Mpi, TakesTwoReflectors) {
    EXPECT_EQ(stray_light({}), 0.0);
    EXPECT_EQ(stray_light(std::vector<Reflector>{{{-20.0}, {0.0}}}), 0.0);
    EXPECT_EQ(mpi_upper_bound_db(0.0, 4, Decibel{5.0}), 0.0);
}

TEST(Mpi, ClosesTheEye) {
    EXPECT_TRUE(std::isinf(mpi_upper_bound_db(0.07, 4, Decibel{5.0})));
    EXPECT_TRUE(std::isinf(mpi_penalty_db(0.07, 4, Decibel{5.0})));
    EXPECT_LT(mpi_upper_bound_db(0.07, 2, Decibel{5.0}), 3.0);
}

// Reference section 6b: up to -8.7 dB and 0.63 dB
TEST(AirGap, IsTwoSurfaces) {
    EXPECT_NEAR(glass_air_reflectance(1.45).value, -14.7, 0.05);
    const AirGap gap = worst_air_gap(1.4676);
    EXPECT_NEAR(gap.reflectance.value, -8.7, 0.05);
    EXPECT_NEAR(gap.loss.value, 0.63, 0.01);
    EXPECT_NEAR(gap.reflectance.linear() + Decibel{-gap.loss.value}.linear(), 1.0, 1e-12);  // no light is lost in air
    // In amplitude: the second surface adds what the first lets through, twice, and all echoes after it.
    const double r = std::sqrt(glass_air_reflectance(1.4676).linear());
    EXPECT_NEAR(std::sqrt(gap.reflectance.linear()), 2.0 * r / (1.0 + r * r), 1e-12);
}

TEST(AllowedReflectance, IsThatOfTheNextHigherCount) {
    std::map<std::string, std::vector<AllowedReflectance>> classes;
    int rows = 0;
    for (const auto& row : ReferenceTable("reflectance.csv").rows()) {
        classes[row.at("pmd")].push_back(
            {std::stoi(row.at("n_discrete_reflectances")), {std::stod(row.at("max_each_dB"))}});
        ++rows;
    }
    EXPECT_EQ(rows, 18);
    ASSERT_EQ(classes.size(), 3u);
    for (const auto& [name, table] : classes) {
        for (const AllowedReflectance& row : table)
            EXPECT_EQ(allowed_reflectance(table, row.count), row.most_each) << name;
        EXPECT_EQ(allowed_reflectance(table, 3), allowed_reflectance(table, 4)) << name;
        EXPECT_EQ(allowed_reflectance(table, 9), allowed_reflectance(table, 10)) << name;
        EXPECT_EQ(allowed_reflectance(table, 0), allowed_reflectance(table, 1)) << name;
        EXPECT_EQ(allowed_reflectance(table, 11), std::nullopt) << name;
    }
    EXPECT_EQ(allowed_reflectance(classes.at("400GBASE-DR4 / 100GBASE-DR (strict)"), 3), Decibel{-45.0});
    EXPECT_EQ(allowed_reflectance({}, 1), std::nullopt);
}

}  // namespace
}  // namespace lightloom
