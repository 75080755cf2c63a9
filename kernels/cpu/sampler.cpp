#include "kernels/cpu/sampler.hpp"

#include <algorithm>
#include <type_traits>

#include "base/check.hpp"
#include "kernels/pixel/blend.hpp"

namespace reeld::kernels {
namespace {

constexpr int kUnrolledTaps = 10;  // covers every scale below 2 at the right mip level

// Calls body(std::integral_constant<int, count>) so that the loop over taps is unrolled; 0 stands for "any".
template <int kCount, class Body>
void with_tap_count(int count, const Body& body) {
  if constexpr (kCount > kUnrolledTaps) {
    body(std::integral_constant<int, 0>{});
  } else if (count == kCount) {
    body(std::integral_constant<int, kCount>{});
  } else {
    with_tap_count<kCount + 1>(count, body);
  }
}

template <int kCount>
void filter_columns(const AxisTaps& taps, const real4* source, real4* target) {
  const int tap_count = kCount > 0 ? kCount : taps.tap_count;
  const float* weights = taps.weights.data();
  for (std::size_t i = 0; i < taps.first.size(); ++i) {
    const real4* window = source + taps.first[i];
    real4 sum = window[0] * splat4(weights[0]);
    for (int tap = 1; tap < tap_count; ++tap) {
      sum += window[tap] * splat4(weights[tap]);
    }
    target[i] = sum;
    weights += tap_count;
  }
}

// `lines` are tap_count horizontally filtered rows, `column_coverage` that of each column.
template <int kCount>
void filter_rows(const real4* const* lines, const float* weights, int any_tap_count,
                 const std::vector<float>& column_coverage, float row_coverage, real4* target) {
  const int tap_count = kCount > 0 ? kCount : any_tap_count;
  for (std::size_t i = 0; i < column_coverage.size(); ++i) {
    real4 sum = lines[0][i] * splat4(weights[0]);
    for (int tap = 1; tap < tap_count; ++tap) {
      sum += lines[tap][i] * splat4(weights[tap]);
    }
    target[i] = blend_over(existing_colour(sum), target[i], column_coverage[i] * row_coverage);
  }
}

}  // namespace

bool PlacedPicture::place(const Picture& picture, int level, const AxisMap& across, const AxisMap& down,
                          int frame_width, int frame_height, float opacity) {
  int index = level - picture.first_level;
  REELD_CHECK(index >= 0 && index < static_cast<int>(picture.levels.size()));
  level_ = &picture.levels[static_cast<std::size_t>(index)];
  opacity_ = opacity;
  double reduction = 1.0 / static_cast<double>(1 << level);
  AxisMap level_across{across.origin * reduction, across.scale * reduction};
  AxisMap level_down{down.origin * reduction, down.scale * reduction};
  if (!make_axis_taps(level_across, level_->width, picture.width * reduction, frame_width, &columns_) ||
      !make_axis_taps(level_down, level_->height, picture.height * reduction, frame_height, &rows_)) {
    return false;
  }
  read_begin_ = level_->width;
  read_end_ = 0;
  for (int first : columns_.first) {
    read_begin_ = std::min(read_begin_, first);
    read_end_ = std::max(read_end_, first + columns_.tap_count);
  }
  source_row_.reserve(static_cast<std::size_t>(level_->width));
  ring_.reserve(columns_.first.size() * static_cast<std::size_t>(rows_.tap_count));
  ring_source_.assign(static_cast<std::size_t>(rows_.tap_count), -1);
  return true;
}

void PlacedPicture::blend_row(int y, real4* row) {
  if (y < rows_.begin || y >= rows_.end || columns_.first.empty()) {
    return;
  }
  std::size_t index = static_cast<std::size_t>(y - rows_.begin);
  const real4* lines[kMaxTaps];
  for (int tap = 0; tap < rows_.tap_count; ++tap) {
    lines[tap] = filtered_row(rows_.first[index] + tap);
  }
  const float* weights = &rows_.weights[index * static_cast<std::size_t>(rows_.tap_count)];
  float coverage = rows_.coverage[index] * opacity_;
  with_tap_count<1>(rows_.tap_count, [&](auto count) {
    filter_rows<decltype(count)::value>(lines, weights, rows_.tap_count, columns_.coverage, coverage,
                                        row + columns_.begin);
  });
}

const real4* PlacedPicture::filtered_row(int source_y) {
  std::size_t slot = static_cast<std::size_t>(source_y % rows_.tap_count);
  real4* line = ring_.data() + slot * columns_.first.size();
  if (ring_source_[slot] == source_y) {
    return line;
  }
  ring_source_[slot] = source_y;
  const std::uint16_t* source = level_->row(source_y);
  for (int x = read_begin_; x < read_end_; ++x) {
    const std::uint16_t* p = source + static_cast<std::size_t>(x) * 4;
    source_row_.data()[x] = real4{static_cast<float>(p[0]), static_cast<float>(p[1]),
                                  static_cast<float>(p[2]), static_cast<float>(p[3])} *
                            splat4(1.0f / 65535.0f);
  }
  with_tap_count<1>(columns_.tap_count, [&](auto count) {
    filter_columns<decltype(count)::value>(columns_, source_row_.data(), line);
  });
  return line;
}

}  // namespace reeld::kernels
