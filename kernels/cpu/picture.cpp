#include "kernels/cpu/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "kernels/pixel/colour.hpp"
#include "kernels/pixel/filter.hpp"

namespace reeld::kernels {
namespace {

using RowReader = std::function<void(int y, Pixel4* out)>;

// sRGB code values to linear floats, for 8 and 16 bits.
const std::vector<float>& linear_table(PictureFormat format) {
  const auto make = [](int count) {
    std::vector<float> table(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      table[static_cast<std::size_t>(i)] = static_cast<float>(srgb_to_linear(i / (count - 1.0)));
    return table;
  };
  static const std::vector<float> k8 = make(256), k16 = make(65536);
  return format == PictureFormat::rgba8 ? k8 : k16;
}

template <class Channel>
void decode_row(const Channel* in, int width, AlphaKind alpha_kind, const std::vector<float>& table,
                Pixel4* out) {
  const int largest = static_cast<int>(table.size()) - 1;
  const float scale = 1.0f / static_cast<float>(largest);
  for (int x = 0; x < width; ++x, in += 4) {
    const int alpha = in[3];
    std::array<int, 3> code = {in[0], in[1], in[2]};
    if (alpha_kind == AlphaKind::premultiplied && alpha > 0 && alpha < largest) {
      for (int& c : code) c = std::min(largest, (c * largest + alpha / 2) / alpha);
    }
    const float a = static_cast<float>(alpha) * scale;
    const auto linear = [&](int c) { return table[static_cast<std::size_t>(c)] * a; };
    out[x] = Pixel4{linear(code[0]), linear(code[1]), linear(code[2]), a};
  }
}

void decode_row(const PictureView& view, int y, Pixel4* out) {
  const auto* row =
      static_cast<const std::uint8_t*>(view.data) + static_cast<std::size_t>(y) * view.stride_bytes;
  const auto& table = linear_table(view.format);
  if (view.format == PictureFormat::rgba8) {
    decode_row(row, view.width, view.alpha, table, out);
  } else {
    decode_row(reinterpret_cast<const std::uint16_t*>(row), view.width, view.alpha, table, out);
  }
}

void store_row(const Pixel4* row, int width, std::uint16_t* out) {
  for (int x = 0; x < width; ++x) {
    const Pixel4 v = clamped01(row[x]) * pixel4(65535) + pixel4(0.5f);
    for (int c = 0; c < 4; ++c) out[x * 4 + c] = static_cast<std::uint16_t>(v[c]);
  }
}

MipLevel store_level(int width, int height, const RowReader& read) {
  MipLevel level{
      width, height,
      std::vector<std::uint16_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4)};
  std::vector<Pixel4> row(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    read(y, row.data());
    store_row(row.data(), width,
              &level.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4]);
  }
  return level;
}

// Half the size: the resampling kernel itself, stretched by 2, at the eight pixels about the centre between
// 2i and 2i + 1. So a level reduced further looks like the picture reduced at once.
constexpr int kHalvingTaps = 8;
std::array<float, kHalvingTaps> halving_weights() {
  std::array<float, kHalvingTaps> weights;
  double sum = 0;
  for (int k = 0; k < kHalvingTaps; ++k) sum += catmull_rom((k - 3.5) / 2);
  for (int k = 0; k < kHalvingTaps; ++k)
    weights[static_cast<std::size_t>(k)] = static_cast<float>(catmull_rom((k - 3.5) / 2) / sum);
  return weights;
}

// Rows of the next level, asked for in rising order; keeps the eight halved rows that the next one is made
// of.
class Halver {
 public:
  Halver(int width, int height, RowReader read)
      : width_(width), height_(height), read_(std::move(read)), full_(static_cast<std::size_t>(width)) {
    for (auto& row : rows_) row.resize(static_cast<std::size_t>((width + 1) / 2));
    held_.fill(-1);
  }

  void operator()(int y, Pixel4* out) {
    const auto weights = halving_weights();
    const int half = (width_ + 1) / 2;
    std::fill(out, out + half, pixel4(0));
    for (int k = 0; k < kHalvingTaps; ++k) {
      const std::vector<Pixel4>& row = halved(std::clamp(2 * y - 3 + k, 0, height_ - 1));
      const Pixel4 weight = pixel4(weights[static_cast<std::size_t>(k)]);
      for (int x = 0; x < half; ++x) out[x] += row[static_cast<std::size_t>(x)] * weight;
    }
    for (int x = 0; x < half; ++x) out[x] = clamped01(out[x]);
  }

 private:
  // Row y of the input at half width. A slot per y modulo 8: the rows that one output needs never share one.
  const std::vector<Pixel4>& halved(int y) {
    std::vector<Pixel4>& row = rows_[static_cast<std::size_t>(y % kHalvingTaps)];
    if (held_[static_cast<std::size_t>(y % kHalvingTaps)] == y) return row;
    held_[static_cast<std::size_t>(y % kHalvingTaps)] = y;
    read_(y, full_.data());
    const auto weights = halving_weights();
    for (int x = 0; x < (width_ + 1) / 2; ++x) {
      Pixel4 sum = pixel4(0);
      for (int k = 0; k < kHalvingTaps; ++k) {
        const int at = std::clamp(2 * x - 3 + k, 0, width_ - 1);
        sum += full_[static_cast<std::size_t>(at)] * pixel4(weights[static_cast<std::size_t>(k)]);
      }
      row[static_cast<std::size_t>(x)] = sum;
    }
    return row;
  }

  const int width_, height_;
  const RowReader read_;
  std::vector<Pixel4> full_;
  std::array<std::vector<Pixel4>, kHalvingTaps> rows_;
  std::array<int, kHalvingTaps> held_;
};

}  // namespace

void MipLevel::read_row(int y, int begin, int end, Pixel4* out) const {
  const std::uint16_t* row =
      &pixels[static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width) * 4];
  const Pixel4 scale = pixel4(1.0f / 65535);
  const auto at = [&](int x) {
    const std::uint16_t* p = row + static_cast<std::size_t>(x) * 4;
    return Pixel4{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2]),
                  static_cast<float>(p[3])} *
           scale;
  };
  int x = begin;
  for (; x < std::min(end, 0); ++x) *out++ = at(0);
  for (; x < std::min(end, width); ++x) *out++ = at(x);
  for (; x < end; ++x) *out++ = at(width - 1);
}

CpuPicture make_picture(const PictureView& view, int first_level) {
  CpuPicture picture{view.width, view.height, 0, {}};
  int width = view.width, height = view.height;
  RowReader read = [&view](int y, Pixel4* out) { decode_row(view, y, out); };
  // Levels below the first are passed through, row by row.
  while (picture.first_level < first_level && (width > 1 || height > 1)) {
    read = Halver(width, height, std::move(read));
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    ++picture.first_level;
  }
  picture.levels.push_back(store_level(width, height, read));
  while (width > 1 || height > 1) {
    const MipLevel& full = picture.levels.back();
    Halver halver(width, height, [&full](int y, Pixel4* out) { full.read_row(y, 0, full.width, out); });
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    MipLevel next = store_level(width, height, [&](int y, Pixel4* out) { halver(y, out); });
    picture.levels.push_back(std::move(next));
  }
  return picture;
}

}  // namespace reeld::kernels
