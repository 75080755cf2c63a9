#include "kernels/cpu/picture.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/pixel_buffer.hpp"
#include "kernels/pixel/blend.hpp"
#include "kernels/pixel/colour.hpp"

namespace reeld::kernels {
namespace {

// One half of the low pass from level to level, symmetric about the new pixel's centre: the weights at
// distances 0.5, 1.5 .. 4.5. Fitted by least squares, over a 1/f spectrum and further reductions of 1.5 to 3,
// so that Catmull-Rom on the new level comes nearest to the area-stretched Catmull-Rom on the old one: flat
// where that passes, small where the new level's images of it would pass. Rounded to 1/8192, so that the sum,
// (3727 + 1051 - 637 - 236 + 191) / 8192 = 1/2, is exact.
constexpr int kHalfTaps = 5;
constexpr float kHalfKernel[kHalfTaps] = {3727 / 8192.0f, 1051 / 8192.0f, -637 / 8192.0f, -236 / 8192.0f,
                                          191 / 8192.0f};
constexpr int kRingRows = 16;  // a power of two that holds the 2 * kHalfTaps rows of a vertical window

int half_size(int size) {
  return std::max(1, (size + 1) / 2);
}

// Level 0's samples of one pixel, encoded, as 16 bits.
struct EncodedPixel {
  std::uint32_t channel[4];
};

EncodedPixel read_encoded(const PictureView& view, int x, int y) {
  const std::uint8_t* row =
      static_cast<const std::uint8_t*>(view.data) + static_cast<std::size_t>(y) * view.stride_bytes;
  EncodedPixel pixel = {};
  for (int c = 0; c < 4; ++c) {
    std::size_t index = static_cast<std::size_t>(x) * 4 + static_cast<std::size_t>(c);
    if (view.format == PictureFormat::rgba8) {
      pixel.channel[c] = row[index] * 257u;
    } else {
      std::uint16_t value = 0;
      std::memcpy(&value, row + index * 2, 2);
      pixel.channel[c] = value;
    }
  }
  return pixel;
}

// Encoded to linear premultiplied. Premultiplied input was multiplied after encoding, so its colour is
// divided out before the curve and multiplied in again behind it; the division is on the host, once a
// picture.
real4 decode(EncodedPixel pixel, AlphaKind kind, const CurveTables& tables) {
  std::uint32_t alpha = pixel.channel[3];
  if (kind == AlphaKind::premultiplied && alpha > 0 && alpha < 65535) {
    for (int c = 0; c < 3; ++c) {
      std::uint32_t value = std::min(pixel.channel[c], alpha);
      pixel.channel[c] = (value * 65535u + alpha / 2) / alpha;
    }
  }
  float coverage = static_cast<float>(alpha) * (1.0f / 65535.0f);
  coverage = alpha == 65535 ? 1.0f : coverage;
  return real4{tables.linear_of_code16[pixel.channel[0]] * coverage,
               tables.linear_of_code16[pixel.channel[1]] * coverage,
               tables.linear_of_code16[pixel.channel[2]] * coverage, coverage};
}

void store(real4 pixel, std::uint16_t* target) {
  real4 scaled = existing_colour(pixel) * splat4(65535.0f) + splat4(0.5f);
  for (int c = 0; c < 4; ++c) {
    target[c] = static_cast<std::uint16_t>(static_cast<int>(scaled[c]));
  }
}

// Where rows of the level before come from: the uploaded picture, or a level already made.
struct RowSource {
  int width = 0, height = 0;
  const PictureView* view = nullptr;
  const MipLevel* level = nullptr;

  void read(int y, real4* row) const {
    const CurveTables& tables = curve_tables();
    for (int x = 0; x < width; ++x) {
      if (view != nullptr) {
        row[x] = decode(read_encoded(*view, x, y), view->alpha, tables);
      } else {
        const std::uint16_t* p = level->row(y) + static_cast<std::size_t>(x) * 4;
        row[x] = real4{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2]),
                       static_cast<float>(p[3])} *
                 splat4(1.0f / 65535.0f);
      }
    }
  }
};

MipLevel keep_whole(const RowSource& source) {
  MipLevel level{source.width, source.height, {}};
  std::size_t stride = static_cast<std::size_t>(source.width) * 4;
  level.pixels.resize(stride * static_cast<std::size_t>(source.height));
  PixelBuffer row;
  row.reserve(static_cast<std::size_t>(source.width));
  for (int y = 0; y < source.height; ++y) {
    source.read(y, row.data());
    std::uint16_t* target = level.pixels.data() + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < source.width; ++x) {
      store(row.data()[x], target + static_cast<std::size_t>(x) * 4);
    }
  }
  return level;
}

// `padded` holds width pixels from index kHalfTaps on, with room for its edges to be repeated on both sides.
void halve_row(real4* padded, int width, int half_width, real4* target) {
  for (int i = 0; i < kHalfTaps; ++i) {
    padded[i] = padded[kHalfTaps];
    padded[kHalfTaps + width + i] = padded[kHalfTaps + width - 1];
  }
  for (int x = 0; x < half_width; ++x) {
    const real4* right = padded + kHalfTaps + 2 * x + 1;
    real4 sum = splat4(0.0f);
    for (int i = 0; i < kHalfTaps; ++i) {
      sum += (right[i] + right[-1 - i]) * splat4(kHalfKernel[i]);
    }
    target[x] = sum;
  }
}

// Rows pass through a ring, so that a level that is not kept is never whole in memory.
MipLevel halve(const RowSource& source) {
  MipLevel level{half_size(source.width), half_size(source.height), {}};
  std::size_t width = static_cast<std::size_t>(level.width);
  level.pixels.resize(width * static_cast<std::size_t>(level.height) * 4);
  PixelBuffer padded;
  PixelBuffer ring;
  padded.reserve(static_cast<std::size_t>(source.width) + 2 * kHalfTaps);
  ring.reserve(width * kRingRows);
  auto ring_row = [&](int y) {
    int inside = std::clamp(y, 0, source.height - 1);
    return ring.data() + static_cast<std::size_t>(inside % kRingRows) * width;
  };
  int ready = 0;
  for (int y = 0; y < level.height; ++y) {
    for (; ready < std::min(source.height, 2 * y + 1 + kHalfTaps); ++ready) {
      source.read(ready, padded.data() + kHalfTaps);
      halve_row(padded.data(), source.width, level.width, ring_row(ready));
    }
    std::uint16_t* target = level.pixels.data() + static_cast<std::size_t>(y) * width * 4;
    for (std::size_t x = 0; x < width; ++x) {
      real4 sum = splat4(0.0f);
      for (int i = 0; i < kHalfTaps; ++i) {
        sum += (ring_row(2 * y + 1 + i)[x] + ring_row(2 * y - i)[x]) * splat4(kHalfKernel[i]);
      }
      store(sum, target + x * 4);
    }
  }
  return level;
}

}  // namespace

Picture make_picture(const PictureView& view, int first_level) {
  Picture picture{view.width, view.height, 0, {}};
  RowSource source{view.width, view.height, &view, nullptr};
  MipLevel level;
  if (first_level == 0) {
    picture.levels.push_back(keep_whole(source));
    source = RowSource{view.width, view.height, nullptr, &picture.levels.back()};
  }
  int depth = 0;
  while (source.width > 1 || source.height > 1) {
    MipLevel next = halve(source);
    ++depth;
    if (depth < first_level && (next.width > 1 || next.height > 1)) {
      level = std::move(next);
      source = RowSource{level.width, level.height, nullptr, &level};
      continue;
    }
    picture.levels.push_back(std::move(next));
    picture.first_level = picture.levels.size() == 1 ? depth : picture.first_level;
    source =
        RowSource{picture.levels.back().width, picture.levels.back().height, nullptr, &picture.levels.back()};
  }
  if (picture.levels.empty()) {
    picture.levels.push_back(keep_whole(source));
  }
  return picture;
}

}  // namespace reeld::kernels
