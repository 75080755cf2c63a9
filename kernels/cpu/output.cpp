#include "kernels/cpu/output.hpp"

#include <algorithm>

#include "kernels/pixel/colour.hpp"
#include "kernels/pixel/dither.hpp"

namespace reeld::kernels {
namespace {

// Linear light in 65536 steps to sRGB-encoded. Where the curve is steepest, at black, a step is 12.92 /
// 65535: a twentieth of a code value of 8 bits.
const std::vector<float>& encode_table() {
  static const std::vector<float> kTable = [] {
    std::vector<float> table(65536);
    for (int i = 0; i < 65536; ++i)
      table[static_cast<std::size_t>(i)] = static_cast<float>(linear_to_srgb(i / 65535.0));
    return table;
  }();
  return kTable;
}

}  // namespace

void OutputWriter::begin(const FramePlan& plan, const FrameView& out) {
  width_ = plan.width;
  format_ = plan.format;
  out_ = out;
  for (auto& row : encoded_) row.resize(static_cast<std::size_t>(plan.width));
}

void OutputWriter::write_row(int y, const Pixel4* row) {
  const float* table = encode_table().data();
  Pixel4* encoded = encoded_[y & 1].data();
  for (int x = 0; x < width_; ++x) {
    const Pixel4 v = clamped01(row[x]) * pixel4(65535) + pixel4(0.5f);
    encoded[x] = Pixel4{table[static_cast<int>(v[0])], table[static_cast<int>(v[1])],
                        table[static_cast<int>(v[2])], 1};
  }
  if (format_ == PixelFormat::rgb24) {
    write_rgb(y, encoded);
    return;
  }
  write_luma(y, encoded);
  if ((y & 1) == 1) write_chroma(y / 2);
}

void OutputWriter::write_rgb(int y, const Pixel4* encoded) {
  std::uint8_t* out = out_.planes[0] + static_cast<std::size_t>(y) * out_.stride_bytes[0];
  for (int x = 0; x < width_; ++x) {
    for (int c = 0; c < 3; ++c)
      *out++ = static_cast<std::uint8_t>(dithered_code(encoded[x][c] * 255.0f, x, y));
  }
}

void OutputWriter::write_luma(int y, const Pixel4* encoded) {
  std::uint8_t* out = out_.planes[0] + static_cast<std::size_t>(y) * out_.stride_bytes[0];
  for (int x = 0; x < width_; ++x) {
    const Pixel4 v = encoded[x];
    out[x] = static_cast<std::uint8_t>(dithered_code(luma_code(v[0], v[1], v[2]), x, y));
  }
}

// Chroma lies on the even columns, between the two rows: (1 2 1) / 4 across, the mean down. Averaging R'G'B'
// is averaging chroma, since the matrix is linear.
void OutputWriter::write_chroma(int y) {
  const Pixel4 *above = encoded_[0].data(), *below = encoded_[1].data();
  const bool interleaved = format_ == PixelFormat::nv12;
  std::uint8_t* cb = out_.planes[1] + static_cast<std::size_t>(y) * out_.stride_bytes[1];
  std::uint8_t* cr =
      interleaved ? cb + 1 : out_.planes[2] + static_cast<std::size_t>(y) * out_.stride_bytes[2];
  const int step = interleaved ? 2 : 1;
  const auto column = [&](int x) { return above[x] + below[x]; };
  for (int i = 0; i < width_ / 2; ++i) {
    const int x = 2 * i;
    const Pixel4 v = (column(std::max(x - 1, 0)) + column(x) * pixel4(2) + column(x + 1)) * pixel4(0.125f);
    cb[i * step] = static_cast<std::uint8_t>(dithered_code(cb_code(v[0], v[1], v[2]), i, y));
    cr[i * step] = static_cast<std::uint8_t>(dithered_code(cr_code(v[0], v[1], v[2]), i, y));
  }
}

}  // namespace reeld::kernels
