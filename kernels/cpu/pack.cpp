#include "kernels/cpu/pack.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "kernels/pixel/host.hpp"

namespace reeld::kernels {
namespace {

double srgb_to_linear(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

// Encoded code of 16 bits to a linear sample; built once, in double.
struct LinearTable {
  std::uint16_t of_code16[65536];
  std::uint16_t of_code8[256];
};

const LinearTable& linear_table() {
  static const std::unique_ptr<LinearTable> table = [] {
    auto made = std::make_unique<LinearTable>();
    for (int k = 0; k < 65536; ++k) {
      made->of_code16[k] =
          static_cast<std::uint16_t>(std::lround(srgb_to_linear(k / 65535.0) * host::kWhiteSample));
    }
    for (int k = 0; k < 256; ++k) {
      made->of_code8[k] = made->of_code16[k * 257];
    }
    return made;
  }();
  return *table;
}

// One pixel's codes of 16 bits, or its samples.
struct Samples {
  std::uint32_t channel[4];
};

const std::uint8_t* view_row(const PictureView& view, int y) {
  return static_cast<const std::uint8_t*>(view.data) + static_cast<std::size_t>(y) * view.stride_bytes;
}

Samples read_encoded(const PictureView& view, const std::uint8_t* row, int x) {
  Samples pixel = {};
  for (std::size_t c = 0; c < 4; ++c) {
    std::size_t index = static_cast<std::size_t>(x) * 4 + c;
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
// divided out before the curve and multiplied in again behind it.
Samples linear_premultiplied(Samples pixel, AlphaKind kind, const LinearTable& table) {
  std::uint32_t alpha = pixel.channel[3];
  for (int c = 0; c < 3; ++c) {
    std::uint32_t value = pixel.channel[c];
    if (kind == AlphaKind::premultiplied && alpha > 0 && alpha < 65535) {
      value = (std::min(value, alpha) * 65535u + alpha / 2) / alpha;
    }
    pixel.channel[c] = (table.of_code16[value] * alpha + 32767u) / 65535u;
  }
  pixel.channel[3] = (host::kWhiteSample * alpha + 32767u) / 65535u;
  return pixel;
}

void pack_any_row(const PictureView& view, int y, PackedLevel* level) {
  const LinearTable& table = linear_table();
  const std::uint8_t* row = view_row(view, y);
  for (int x = 0; x < view.width; ++x) {
    Samples pixel = linear_premultiplied(read_encoded(view, row, x), view.alpha, table);
    std::int16_t* target = &level->samples[level->place(y, x / 2) + static_cast<std::size_t>(x % 2)];
    for (int c = 0; c < level->channels; ++c) {
      target[static_cast<std::size_t>(c) * PackedLevel::kPairSamples] =
          static_cast<std::int16_t>(pixel.channel[c]);
    }
  }
}

// What nearly every photograph is; pairs are stored as one word. Pairs first..end of a row.
void pack_opaque8_row(const PictureView& view, int y, int first, int end, PackedLevel* level) {
  const std::uint16_t* table = linear_table().of_code8;
  const std::uint8_t* row = view_row(view, y) + static_cast<std::size_t>(first) * 8;
  std::int16_t* target = &level->samples[level->place(y, first)];
  const int whole = std::min(end, view.width / 2);
  for (int pair = first; pair < whole; ++pair) {
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint32_t both = table[row[c]] | static_cast<std::uint32_t>(table[row[c + 4]]) << 16;
      std::memcpy(target + c * PackedLevel::kPairSamples, &both, 4);
    }
    row += 8;
    target += 3 * PackedLevel::kPairSamples;
  }
  if (whole < end) {
    for (std::size_t c = 0; c < 3; ++c) {
      target[c * PackedLevel::kPairSamples] = static_cast<std::int16_t>(table[row[c]]);
    }
  }
}

// The 16 rows of a block share their cache lines, so a few columns of all rows are done at once.
void pack_opaque8_block(const PictureView& view, int first_row, int last_row, PackedLevel* level) {
  constexpr int kStrip = 64;  // pairs: 12 KB of the level
  const int pairs = (view.width + 1) / 2;
  for (int pair = 0; pair < pairs; pair += kStrip) {
    for (int y = first_row; y < last_row; ++y) {
      pack_opaque8_row(view, y, pair, std::min(pairs, pair + kStrip), level);
    }
  }
}

}  // namespace

Result<void> wait_for_rows(const PictureView& view, int count) {
  return view.rows == nullptr ? Result<void>() : view.rows->wait_for(count);
}

bool is_opaque(const PictureView& view) {
  if (view.alpha == AlphaKind::opaque) {
    return true;
  }
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* row = view_row(view, y);
    unsigned all = 0xFFFF;
    if (view.format == PictureFormat::rgba8) {
      for (int x = 0; x < view.width; ++x) {
        all &= row[static_cast<std::size_t>(x) * 4 + 3] * 257u;
      }
    } else {
      for (int x = 0; x < view.width; ++x) {
        all &= read_encoded(view, row, x).channel[3];
      }
    }
    if (all != 0xFFFF) {
      return false;
    }
  }
  return true;
}

Result<PackedLevel> pack_rows(const PictureView& view, int channels, int first_row, int last_row,
                              AlignedArray<std::int16_t> memory) {
  PackedLevel level = make_level(view.width, view.height, channels, first_row, last_row, std::move(memory));
  const bool opaque8 = channels == 3 && view.format == PictureFormat::rgba8;
  for (int block = first_row; block < last_row; block += PackedLevel::kBlockRows) {
    const int block_end = std::min(last_row, block + PackedLevel::kBlockRows);
    REELD_TRY(wait_for_rows(view, block_end));
    if (opaque8) {
      pack_opaque8_block(view, block, block_end, &level);
      continue;
    }
    for (int y = block; y < block_end; ++y) {
      pack_any_row(view, y, &level);
    }
  }
  return level;
}

}  // namespace reeld::kernels
