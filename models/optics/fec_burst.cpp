#include "models/optics/fec_burst.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace lightloom {
namespace {

using Matrix = Eigen::Matrix2d;
using States = Eigen::RowVector2d;

// What happens to one symbol of a codeword and, before its next one, to those of the others
struct SymbolStep {
    Matrix clean, wrong;
};

SymbolStep symbol_step(const ErrorChain& chain, int bits_per_symbol, int interleave) {
    const int steps = bits_per_symbol / chain.bits_per_step;
    SymbolStep symbol{Matrix::Identity(), Matrix::Zero()};
    for (int step = 0; step < steps; ++step) {  // wrong once, or wrong now: positive terms, so nothing cancels
        symbol.wrong = Matrix(symbol.wrong * (chain.clean + chain.wrong) + symbol.clean * chain.wrong);
        symbol.clean = Matrix(symbol.clean * chain.clean);
    }
    for (int step = 0; step < steps * (interleave - 1); ++step) {
        symbol.wrong = Matrix(symbol.wrong * (chain.clean + chain.wrong));
        symbol.clean = Matrix(symbol.clean * (chain.clean + chain.wrong));
    }
    return symbol;
}

}  // namespace

Eigen::RowVector2d ErrorChain::stationary() const {
    const Matrix step = clean + wrong;
    return Eigen::RowVector2d(step(1, 0), step(0, 1)) / (step(1, 0) + step(0, 1));
}

double ErrorChain::bit_error_ratio() const { return (stationary() * wrong).sum() / bits_per_step; }

ErrorChain feedback_chain(double bit_error_ratio, double propagation, bool precoded) {
    const double wrong_share = 2.0 * bit_error_ratio;  // of PAM4 symbols
    assert(wrong_share >= 0.0 && wrong_share <= 0.5 && propagation >= 0.0 && propagation < 1.0);
    const double start = wrong_share * (1.0 - propagation) / (1.0 - wrong_share);
    ErrorChain chain{Matrix::Zero(), Matrix::Zero(), 2};
    chain.clean(0, 0) = 1.0 - start;
    chain.wrong(0, 1) = start;
    (precoded ? chain.wrong : chain.clean)(1, 0) = 1.0 - propagation;
    (precoded ? chain.clean : chain.wrong)(1, 1) = propagation;
    return chain;
}

ErrorChain burst_chain(double bit_error_ratio, double mean_burst_bits, double density) {
    const double burst_share = bit_error_ratio / density, end = 1.0 / mean_burst_bits;
    assert(burst_share >= 0.0 && burst_share < 1.0 && mean_burst_bits >= 1.0);
    const double start = end * burst_share / (1.0 - burst_share);
    ErrorChain chain{Matrix::Zero(), Matrix::Zero(), 1};
    chain.clean << 1.0 - start, start * (1.0 - density), end, (1.0 - end) * (1.0 - density);
    chain.wrong << 0.0, start * density, 0.0, (1.0 - end) * density;
    return chain;
}

BurstLoss burst_loss(const ReedSolomon& code, const ErrorChain& chain, int interleave) {
    const int correctable = code.correctable();
    assert(correctable >= 0 && correctable <= kMostCorrectable && interleave >= 1);
    const SymbolStep symbol = symbol_step(chain, code.bits_per_symbol, interleave);
    const States start = chain.stationary();

    // A count of k is kept times scale^k: rare counts stay within a double, and so do long bursts, since scale^(t + 1)
    // is at most 1e240.
    const double wrong_share = (start * symbol.wrong).sum();
    const double scale_most = std::pow(10.0, 240.0 / (correctable + 1));
    const double scale = wrong_share * scale_most > 1.0 ? 1.0 / wrong_share : scale_most;
    const Matrix any = symbol.clean + symbol.wrong, wrong_scaled = scale * symbol.wrong;

    std::array<States, kMostCorrectable + 1> counts;  // by wrong symbols so far: the probabilities of both states
    counts.fill(States::Zero());
    counts[0] = start;
    States lost = States::Zero(), lost_symbols = States::Zero();  // more than can be corrected, and how many on average
    for (int n = 0; n < code.length; ++n) {
        const States newly_lost = counts[static_cast<std::size_t>(correctable)] * wrong_scaled;
        lost_symbols = States(lost_symbols * any + lost * symbol.wrong + (correctable + 1) * newly_lost);
        lost = States(lost * any + newly_lost);
        for (auto k = static_cast<std::size_t>(correctable); k > 0; --k)
            counts[k] = States(counts[k] * symbol.clean + counts[k - 1] * wrong_scaled);
        counts[0] = States(counts[0] * symbol.clean);
    }
    const double log10_scale = (correctable + 1) * std::log10(scale);
    return {std::min(0.0, std::log10(lost.sum()) - log10_scale),
            std::log10(lost_symbols.sum() / code.length) - log10_scale};
}

}  // namespace lightloom
