#include "kernels/cpu/sampler.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::kernels {
namespace {

// Premultiplied: no channel above its alpha, which the kernel's overshoot would otherwise bring about.
Pixel4 made_valid(Pixel4 v) {
  v = clamped01(v);
  const Pixel4 alpha = pixel4(v[3]);
  return v < alpha ? v : alpha;
}

}  // namespace

void Sampler::place(const Placement& placement, int column, int columns, int row, int rows) {
  placement_ = placement;
  column_ = column;
  columns_ = columns;
  row_ = row;
  rows_ = rows;
  make_taps(placement.begin_x, placement.step_x, placement.extent_x, columns, x_);
  make_taps(placement.begin_y, placement.step_y, placement.extent_y, rows, y_);
  // Far outside of the picture every tap is its edge: no more source columns are read than there can be
  // different ones.
  const int lowest = -x_.tap_count, highest = placement.level->width;
  begin_ = highest;
  end_ = lowest;
  for (int& first : x_.first) {
    first = std::clamp(first, lowest, highest);
    begin_ = std::min(begin_, first);
    end_ = std::max(end_, first + x_.tap_count);
  }
  source_.resize(static_cast<std::size_t>(end_ - begin_));
  out_.resize(static_cast<std::size_t>(columns));
  ring_.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(y_.tap_count));
  held_.assign(static_cast<std::size_t>(y_.tap_count), -1);
}

const Pixel4* Sampler::horizontal(int source_row) {
  const int row = std::clamp(source_row, 0, placement_.level->height - 1);
  const auto slot = static_cast<std::size_t>(row % y_.tap_count);
  Pixel4* out = &ring_[slot * static_cast<std::size_t>(columns_)];
  if (held_[slot] == row) return out;
  held_[slot] = row;
  placement_.level->read_row(row, begin_, end_, source_.data());
  const int taps = x_.tap_count;
  const float* weight = x_.weights.data();
  for (int i = 0; i < columns_; ++i, weight += taps) {
    const Pixel4* in = &source_[static_cast<std::size_t>(x_.first[static_cast<std::size_t>(i)] - begin_)];
    Pixel4 sum = pixel4(0);
    for (int k = 0; k < taps; ++k) sum += in[k] * pixel4(weight[k]);
    out[i] = sum;
  }
  return out;
}

const Pixel4* Sampler::sample_row(int y) {
  const auto index = static_cast<std::size_t>(y - row_);
  const float coverage = y_.coverage[index];
  if (coverage <= 0) {
    std::fill(out_.begin(), out_.end(), pixel4(0));
    return out_.data();
  }
  const float* weights = &y_.weights[index * static_cast<std::size_t>(y_.tap_count)];
  std::fill(out_.begin(), out_.end(), pixel4(0));
  for (int k = 0; k < y_.tap_count; ++k) {
    const Pixel4* row = horizontal(y_.first[index] + k);
    const Pixel4 weight = pixel4(weights[k]);
    for (std::size_t i = 0; i < out_.size(); ++i) out_[i] += row[i] * weight;
  }
  for (std::size_t i = 0; i < out_.size(); ++i)
    out_[i] = made_valid(out_[i]) * pixel4(x_.coverage[i] * coverage);
  return out_.data();
}

Placement place_layer(const CpuPicture& picture, const Layer& layer, int width, int height, Shift shift) {
  const int last = picture.first_level + static_cast<int>(picture.levels.size()) - 1;
  const int level = std::min(layer.level, last);
  const double scale = 1.0 / static_cast<double>(1 << level);
  Placement placement;
  placement.level = &picture.levels[static_cast<std::size_t>(level - picture.first_level)];
  placement.step_x = layer.source.w / width * scale;
  placement.step_y = layer.source.h / height * scale;
  placement.begin_x = layer.source.x * scale - shift.x * width * placement.step_x;
  placement.begin_y = layer.source.y * scale - shift.y * height * placement.step_y;
  placement.extent_x = picture.width * scale;
  placement.extent_y = picture.height * scale;
  return placement;
}

Placement place_overlay(const CpuPicture& picture, const Overlay& overlay, int column, int row, double dx,
                        double dy) {
  Placement placement;
  placement.level = picture.levels.data();
  placement.begin_x = column - (overlay.x + dx);
  placement.begin_y = row - (overlay.y + dy);
  placement.extent_x = picture.width;
  placement.extent_y = picture.height;
  return placement;
}

}  // namespace reeld::kernels
