#include "engine/score/picture_scores.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <numbers>
#include <numeric>

namespace reeld::engine {
namespace {

using kernels::LineSums;
using kernels::PictureStatistics;

constexpr double kLevels = 255;
// An encoder's rounding may move black and white by a level or two.
constexpr std::size_t kDarkest = 2;
constexpr std::size_t kBrightest = 253;

double pixel_count(const PictureStatistics& found) {
  return static_cast<double>(found.width) * found.height;
}

double variance(double sum, double squares, double count) {
  const double mean = sum / count;
  return std::max(0.0, squares / count - mean * mean);
}

double share_of(const PictureStatistics& found, std::size_t first, std::size_t last) {
  std::uint64_t count = 0;
  for (std::size_t i = first; i <= last; ++i) count += found.histogram[i];
  return static_cast<double>(count) / pixel_count(found);
}

void score_luma(const PictureStatistics& found, PictureScores* scores) {
  const double pixels = pixel_count(found);
  double sum = 0;
  double squares = 0;
  double entropy = 0;
  for (std::size_t i = 0; i < found.histogram.size(); ++i) {
    const auto count = static_cast<double>(found.histogram[i]);
    const auto level = static_cast<double>(i);
    sum += count * level;
    squares += count * level * level;
    if (count > 0) entropy -= count / pixels * std::log2(count / pixels);
  }
  scores->exposure = sum / pixels / kLevels;
  scores->contrast = std::sqrt(variance(sum, squares, pixels)) / kLevels;
  scores->entropy = std::abs(entropy);  // no -0
  scores->clipping_dark = share_of(found, 0, kDarkest);
  scores->clipping_bright = share_of(found, kBrightest, found.histogram.size() - 1);
  // A luma at its end has a channel at its end, too.
  scores->clipping_colour =
      std::max(0.0, static_cast<double>(found.clipped_count) / pixels - scores->clipping_bright);
}

// Hasler and Suesstrunk 2003. yellow_blue is twice theirs.
double colourfulness(const PictureStatistics& found) {
  const double pixels = pixel_count(found);
  const auto rg = static_cast<double>(found.red_green_sum);
  const double yb = static_cast<double>(found.yellow_blue_sum) / 2;
  const double spread = variance(rg, static_cast<double>(found.red_green_squares), pixels) +
                        variance(yb, static_cast<double>(found.yellow_blue_squares) / 4, pixels);
  return std::sqrt(spread) + 0.3 * std::hypot(rg / pixels, yb / pixels);
}

// Immerkaer 1996.
double noise(const PictureStatistics& found) {
  const double inner = (found.width - 2.0) * (found.height - 2.0);
  if (found.width < 3 || found.height < 3) return 0;
  return std::sqrt(std::numbers::pi / 2) * static_cast<double>(found.noise_sum) / (6 * inner);
}

// How much larger the steps are across the lines of a grid of 8 than across their neighbours, of both
// together, for the grid that shows most: a cropped picture's begins anywhere. 0 where there is none, 1 where
// all else is flat.
double grid_share(const std::vector<LineSums>& lines) {
  constexpr std::size_t kGrid = PictureStatistics::kBlockSize;
  double most = 0;
  for (std::size_t phase = 0; phase < kGrid; ++phase) {
    double across = 0;
    double beside = 0;
    for (std::size_t i = phase < 2 ? phase + kGrid : phase; i + 1 < lines.size(); i += kGrid) {
      across += lines[i].steps;
      beside += (static_cast<double>(lines[i - 1].steps) + lines[i + 1].steps) / 2;
    }
    if (across > beside) most = std::max(most, (across - beside) / (across + beside));
  }
  return most;
}

// A row or column of a border: even, and like the outermost one; both in levels.
constexpr double kBorderDeviation = 2.5;
constexpr double kBorderDifference = 4;
// A border ends within a few lines and along most of its length; a plain wall behind a thing does not. One of
// the lines that follow differs by so many levels, and at least in such a share of its pixels.
constexpr double kBorderStep = 6;
constexpr double kBorderShare = 0.5;
constexpr std::size_t kBorderBlur = 3;

// Lines from the first on (from the last on: backwards) that are border; `length` is a line's pixels.
int border_lines(const std::vector<LineSums>& lines, double length, bool backwards) {
  const std::size_t count = lines.size();
  const auto at = [&](std::size_t i) { return backwards ? count - 1 - i : i; };
  const auto mean = [&](std::size_t i) { return lines[at(i)].luma / length; };
  std::size_t found = 0;
  while (found < count && std::abs(mean(found) - mean(0)) <= kBorderDifference &&
         std::sqrt(variance(lines[at(found)].luma, lines[at(found)].squares, length)) <= kBorderDeviation) {
    ++found;
  }
  if (found == 0 || found == count) return 0;
  const double level = mean(found - 1);
  for (std::size_t i = found; i < std::min(count, found + kBorderBlur); ++i) {
    double difference = std::abs(mean(i) - level);
    if (i == found) {
      // Also where brighter and darker pixels make up for each other.
      difference = std::max(difference, lines[backwards ? at(i) + 1 : i].steps / length);
    }
    const double squares = lines[at(i)].squares / length - 2 * level * mean(i) + level * level;
    // (sum |d|)^2 <= n sum d^2 over the n pixels that differ, so this share is the least that can be.
    if (difference >= kBorderStep && difference * difference >= kBorderShare * squares) {
      return static_cast<int>(found);
    }
  }
  return 0;
}

// Each part is 1 where nothing is amiss and falls as its score gets worse, and so does their product; its
// cube root lets a good photograph, of which no part is quite 1, come out as one. The constants weigh them so
// that one harm is not hidden by what it does to another score: it falls down the ladders of
// docs/metrics/pictures.md.
double image_quality(const PictureScores& scores) {
  // What white noise adds to the gradient: Sobel's two masks have squares of 12 each.
  const double gradient =
      std::sqrt(std::max(0.0, scores.sharpness_tenengrad - 24 * scores.noise * scores.noise));
  const double parts[] = {
      gradient / (gradient + 25),
      1 / (1 + scores.noise / 20),
      1 - std::pow(scores.blockiness, 1.5),
      1 / (1 + std::pow(scores.banding / 1.5, 2)),
      (1 - scores.clipping_dark) * (1 - scores.clipping_bright),
      1 - std::pow(std::abs(2 * scores.exposure - 0.9) / 1.1, 2),
      scores.contrast / (scores.contrast + 0.03),
      1 - scores.border,
  };
  return 100 * std::cbrt(std::accumulate(std::begin(parts), std::end(parts), 1.0, std::multiplies<>()));
}

// Mean luma of the picture in kHashGrid x kHashGrid even cells, out of its blocks, each of which counts as
// even.
constexpr int kHashGrid = 32;
constexpr int kHashSide = 8;

struct Share {
  int block;
  double pixels;
};

// The blocks that each cell of one axis lies over.
std::vector<std::vector<Share>> shares_of(int size, int block_count) {
  std::vector<std::vector<Share>> cells(kHashGrid);
  for (int cell = 0; cell < kHashGrid; ++cell) {
    const double begin = static_cast<double>(size) * cell / kHashGrid;
    const double end = static_cast<double>(size) * (cell + 1) / kHashGrid;
    for (int block = static_cast<int>(begin) / PictureStatistics::kBlockSize; block < block_count; ++block) {
      const double first = std::max(begin, static_cast<double>(block * PictureStatistics::kBlockSize));
      const double last = std::min(end, static_cast<double>((block + 1) * PictureStatistics::kBlockSize));
      if (first >= last) break;
      cells[static_cast<std::size_t>(cell)].push_back({block, last - first});
    }
  }
  return cells;
}

std::vector<double> cell_means(const PictureStatistics& found) {
  const auto across = shares_of(found.width, found.block_columns());
  const auto down = shares_of(found.height, found.block_rows());
  std::vector<double> cells;
  for (const auto& rows : down) {
    for (const auto& columns : across) {
      double sum = 0;
      double area = 0;
      for (const Share& row : rows) {
        for (const Share& column : columns) {
          const double pixels = row.pixels * column.pixels;
          const int block = row.block * found.block_columns() + column.block;
          sum += pixels * found.blocks[static_cast<std::size_t>(block)] / 64;
          area += pixels;
        }
      }
      cells.push_back(sum / area);
    }
  }
  return cells;
}

// cos of the orthonormal DCT-II, one row a frequency.
std::vector<double> cosine_rows() {
  std::vector<double> rows;
  for (int frequency = 0; frequency < kHashSide; ++frequency) {
    const double scale = std::sqrt((frequency == 0 ? 1.0 : 2.0) / kHashGrid);
    for (int i = 0; i < kHashGrid; ++i) {
      rows.push_back(scale * std::cos(std::numbers::pi * (i + 0.5) * frequency / kHashGrid));
    }
  }
  return rows;
}

}  // namespace

PictureScores picture_scores(const PictureStatistics& found) {
  const double pixels = pixel_count(found);
  PictureScores scores;
  scores.sharpness_laplacian = variance(static_cast<double>(found.laplacian_sum),
                                        static_cast<double>(found.laplacian_squares), pixels);
  scores.sharpness_tenengrad = static_cast<double>(found.gradient_squares) / pixels;
  score_luma(found, &scores);
  scores.colourfulness = colourfulness(found);
  scores.noise = noise(found);
  scores.blockiness = (grid_share(found.rows) + grid_share(found.columns)) / 2;
  scores.banding = std::sqrt(static_cast<double>(found.band_squares) / pixels);
  const Borders borders = borders_of(found);
  scores.border = 1 - static_cast<double>(found.width - borders.left - borders.right) *
                          (found.height - borders.top - borders.bottom) / pixels;
  scores.image_quality = image_quality(scores);
  return scores;
}

std::vector<std::pair<std::string_view, double>> named(const PictureScores& scores) {
  return {{"sharpness_laplacian", scores.sharpness_laplacian},
          {"sharpness_tenengrad", scores.sharpness_tenengrad},
          {"exposure", scores.exposure},
          {"clipping_dark", scores.clipping_dark},
          {"clipping_bright", scores.clipping_bright},
          {"clipping_colour", scores.clipping_colour},
          {"contrast", scores.contrast},
          {"colourfulness", scores.colourfulness},
          {"noise", scores.noise},
          {"blockiness", scores.blockiness},
          {"banding", scores.banding},
          {"entropy", scores.entropy},
          {"border", scores.border},
          {"image_quality", scores.image_quality}};
}

Borders borders_of(const PictureStatistics& found) {
  return {border_lines(found.columns, found.height, false), border_lines(found.columns, found.height, true),
          border_lines(found.rows, found.width, false), border_lines(found.rows, found.width, true)};
}

// Zauner 2010: the DCT of 32x32 means, its 8x8 lowest frequencies without the mean, each against their
// average.
std::uint64_t perceptual_hash(const PictureStatistics& found) {
  static const std::vector<double> cosines = cosine_rows();
  const std::vector<double> cells = cell_means(found);
  double shapes[kHashSide * kHashSide] = {};
  for (int v = 0; v < kHashSide; ++v) {
    for (int u = 0; u < kHashSide; ++u) {
      double& shape = shapes[v * kHashSide + u];
      for (int i = 0; i < kHashGrid * kHashGrid; ++i) {
        shape += cells[static_cast<std::size_t>(i)] *
                 cosines[static_cast<std::size_t>(v * kHashGrid + i / kHashGrid)] *
                 cosines[static_cast<std::size_t>(u * kHashGrid + i % kHashGrid)];
      }
    }
  }
  shapes[0] = 0;
  // Far below a level, so that what is 0 but for rounding gives no sign.
  constexpr double kNothing = 1e-6;
  const double average = std::accumulate(std::begin(shapes), std::end(shapes), 0.0) / std::size(shapes);
  std::uint64_t hash = 0;
  for (const double shape : shapes) hash = hash << 1 | (shape > average + kNothing ? 1 : 0);
  return hash;
}

std::string hash_text(std::uint64_t hash) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
  return text;
}

bool hash_from_text(std::string_view text, std::uint64_t* hash) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *hash, 16);
  return text.size() == 16 && error == std::errc() && end == text.data() + text.size();
}

double near_duplicate(std::uint64_t hash, std::span<const std::uint64_t> others) {
  double most = 0;
  for (const std::uint64_t other : others) most = std::max(most, 1 - std::popcount(hash ^ other) / 64.0);
  return most;
}

}  // namespace reeld::engine
