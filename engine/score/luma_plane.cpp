#include "engine/score/luma_plane.hpp"

#include <algorithm>
#include <array>

#include "kernels/reduced.hpp"

namespace reeld::engine {
namespace {

using kernels::kReducedBlock;

// BT.709's limited range: codes 16 to 235 are levels 0 to 255.
constexpr double kBlack = 16, kLevelsPerCode = 255.0 / 219;
constexpr double kBlockPixels = kReducedBlock * kReducedBlock;

double level_of(double sum) {
  return (sum / kBlockPixels - kBlack) * kLevelsPerCode;
}

// Sums that share a bin lie within a quarter of a code.
constexpr int kBinSums = 16;
constexpr std::size_t kBins = 64 * 255 / kBinSums + 1;

double level_below(const std::array<int, kBins>& bins, double share, std::size_t blocks) {
  const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(blocks));
  std::int64_t below = 0;
  std::size_t bin = 0;
  while (bin + 1 < kBins && (below += bins[bin]) <= wanted) ++bin;
  return level_of((static_cast<double>(bin) + 0.5) * kBinSums);
}

}  // namespace

LumaFacts luma_facts(const ReducedLuma& reduced) {
  if (reduced.empty()) return {};
  std::array<int, kBins> bins{};
  std::int64_t sum = 0;
  for (const std::uint16_t block : reduced) {
    sum += block;
    ++bins[block / kBinSums];
  }
  const auto blocks = static_cast<double>(reduced.size());
  const auto black_bins =
      static_cast<std::ptrdiff_t>((kBlackLevel / kLevelsPerCode + kBlack) * kBlockPixels / kBinSums);
  std::int64_t dark = 0;
  for (auto bin = bins.begin(); bin != bins.begin() + black_bins; ++bin) dark += *bin;
  return {level_of(static_cast<double>(sum) / blocks), level_below(bins, 0.05, reduced.size()),
          level_below(bins, 0.95, reduced.size()), static_cast<double>(dark) / blocks};
}

LumaPlane smoothed(const ReducedLuma& reduced, int frame_width, int frame_height) {
  const int stride = kernels::reduced_size(frame_width);
  LumaPlane plane{frame_width / kReducedBlock, frame_height / kReducedBlock, {}};
  plane.levels.resize(static_cast<std::size_t>(plane.width * plane.height));
  std::vector<int> down(static_cast<std::size_t>(plane.width) + 2);
  const auto row = [&](int y) {
    return reduced.data() + static_cast<std::size_t>(std::clamp(y, 0, plane.height - 1) * stride);
  };
  for (int y = 0; y < plane.height; ++y) {
    const std::uint16_t *above = row(y - 1), *here = row(y), *below = row(y + 1);
    for (int x = 0; x < plane.width; ++x) {
      down[static_cast<std::size_t>(x) + 1] = above[x] + 2 * here[x] + below[x];
    }
    if (plane.width > 0) down.front() = down[1], down.back() = down[down.size() - 2];
    float* out = plane.levels.data() + static_cast<std::size_t>(y * plane.width);
    constexpr auto kScale = static_cast<float>(kLevelsPerCode / kBlockPixels / 16);
    constexpr auto kOffset = static_cast<float>(-kBlack * kLevelsPerCode);
    for (int x = 0; x < plane.width; ++x) {
      const int* at = down.data() + x;
      out[x] = static_cast<float>(at[0] + 2 * at[1] + at[2]) * kScale + kOffset;
    }
  }
  return plane;
}

}  // namespace reeld::engine
