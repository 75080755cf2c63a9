// Measuring rows in plain numbers: the definition that the other paths are held against, and the path of a
// program that was built without Highway.
#include <algorithm>
#include <vector>

#include "kernels/cpu/measure.hpp"
#include "kernels/pixel/host.hpp"

namespace reeld::kernels {
namespace {

using namespace host;

constexpr int kBlockSize = PictureStatistics::kBlockSize;

// The lumas of the rows around one, each with what lies beyond its ends.
class LumaRows {
 public:
  explicit LumaRows(const PictureView& picture)
      : picture_(picture), length_(picture.width + kRowsAbove + kRowsBelow) {
    lumas_.resize(static_cast<std::size_t>(length_) * kRowsHeld);
  }

  void take(int y) {
    const auto* rgba =
        static_cast<const std::uint8_t*>(picture_.data) + static_cast<std::size_t>(y) * picture_.stride_bytes;
    int* row = slot(y);
    for (int i = 0; i < length_; ++i) {
      const int x = std::clamp(i - kRowsAbove, 0, picture_.width - 1);
      row[i] = measured_luma(rgba + 4 * x, picture_.alpha);
    }
  }

  // Row y, or the picture's row nearest to it; 4 more before its first column and 3 behind its last.
  const int* row(int y) { return slot(std::clamp(y, 0, picture_.height - 1)) + kRowsAbove; }

 private:
  int* slot(int y) { return lumas_.data() + static_cast<std::ptrdiff_t>(y % kRowsHeld) * length_; }

  const PictureView& picture_;
  const int length_;
  std::vector<int> lumas_;
};

std::uint64_t square(int value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value) * value);
}

void add_colours(const PictureView& picture, int y, PictureStatistics* sums) {
  const auto* rgba =
      static_cast<const std::uint8_t*>(picture.data) + static_cast<std::size_t>(y) * picture.stride_bytes;
  for (int x = 0; x < picture.width; ++x, rgba += 4) {
    const MeasuredRgb colour = measured_rgb(rgba, picture.alpha);
    const int rg = red_green(colour.r, colour.g);
    const int yb = yellow_blue(colour.r, colour.g, colour.b);
    sums->red_green_sum += rg;
    sums->red_green_squares += square(rg);
    sums->yellow_blue_sum += yb;
    sums->yellow_blue_squares += square(yb);
    sums->clipped_count += static_cast<std::uint64_t>(clipped(colour.r, colour.g, colour.b));
  }
}

void add_lumas(LumaRows& lumas, int y, PictureStatistics* sums) {
  const int* const rows[kRowsHeld] = {lumas.row(y - 4), lumas.row(y - 3), lumas.row(y - 2), lumas.row(y - 1),
                                      lumas.row(y),     lumas.row(y + 1), lumas.row(y + 2), lumas.row(y + 3)};
  const int* n = rows[3];
  const int* c = rows[4];
  const int* s = rows[5];
  const bool inner_row = y > 0 && y < sums->height - 1;
  LineSums& row = sums->rows[static_cast<std::size_t>(y)];
  for (int x = 0; x < sums->width; ++x) {
    const Around p = {n[x - 1], n[x], n[x + 1], c[x - 1], c[x], c[x + 1], s[x - 1], s[x], s[x + 1]};
    ++sums->histogram[static_cast<std::size_t>(p.c)];
    sums->laplacian_sum += laplacian(p);
    sums->laplacian_squares += square(laplacian(p));
    sums->gradient_squares += square(sobel_x(p)) + square(sobel_y(p));
    if (inner_row && x > 0 && x < sums->width - 1) {
      sums->noise_sum += static_cast<std::uint64_t>(magnitude(noise_mask(p)));
    }
    const Run across = {c[x - 4], c[x - 3], c[x - 2], c[x - 1], c[x], c[x + 1], c[x + 2], c[x + 3]};
    const Run down = {rows[0][x], rows[1][x], rows[2][x], rows[3][x],
                      rows[4][x], rows[5][x], rows[6][x], rows[7][x]};
    sums->band_squares += square(band_step(across)) + square(band_step(down));
    const auto luma = static_cast<std::uint32_t>(p.c);
    LineSums& column = sums->columns[static_cast<std::size_t>(x)];
    row.luma += luma;
    row.squares += luma * luma;
    row.steps += static_cast<std::uint32_t>(magnitude(p.c - p.n));
    column.luma += luma;
    column.squares += luma * luma;
    column.steps += static_cast<std::uint32_t>(magnitude(p.c - p.w));
  }
}

}  // namespace

MeasuredRgb measured_rgb(const std::uint8_t* rgba, AlphaKind alpha) {
  if (alpha == AlphaKind::premultiplied || rgba[3] == 255) {
    return {rgba[0], rgba[1], rgba[2]};
  }
  return {over_black(rgba[0], rgba[3]), over_black(rgba[1], rgba[3]), over_black(rgba[2], rgba[3])};
}

int measured_luma(const std::uint8_t* rgba, AlphaKind alpha) {
  const MeasuredRgb colour = measured_rgb(rgba, alpha);
  return luma601(colour.r, colour.g, colour.b);
}

void measure_rows_scalar(const PictureView& picture, int first, int end, PictureStatistics* sums) {
  LumaRows lumas(picture);
  std::vector<std::uint16_t> column_lumas(static_cast<std::size_t>(picture.width));
  for (int y = std::max(0, first - kRowsAbove); y < std::min(picture.height, first + kRowsBelow); ++y) {
    lumas.take(y);
  }
  for (int y = first; y < end; ++y) {
    if (y + kRowsBelow < picture.height) {
      lumas.take(y + kRowsBelow);
    }
    add_colours(picture, y, sums);
    add_lumas(lumas, y, sums);
    const int* row = lumas.row(y);
    const int times = y == picture.height - 1 ? kBlockSize - y % kBlockSize : 1;
    for (std::size_t x = 0; x < column_lumas.size(); ++x) {
      column_lumas[x] = static_cast<std::uint16_t>(column_lumas[x] + times * row[x]);
    }
    if (y % kBlockSize == kBlockSize - 1 || y == picture.height - 1) {
      add_blocks(column_lumas.data(), 0, picture.width, y / kBlockSize, sums);
      std::fill(column_lumas.begin(), column_lumas.end(), std::uint16_t{0});
    }
  }
}

}  // namespace reeld::kernels
