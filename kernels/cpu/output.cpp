#include "kernels/cpu/output.hpp"

#include <cstring>
#include <memory>

#include "kernels/pixel/colour.hpp"
#include "kernels/pixel/dither.hpp"

namespace reeld::kernels {
namespace {

// The dither's rows, each repeated over the widest frame, so that the loops over x read it straight. With 0.5
// added: what follows is a conversion to int, which then rounds.
struct DitherRows {
  float offset[kDitherSize][kMaxFrameSize];
};

const float* dither_row(int y) {
  static const std::unique_ptr<DitherRows> rows = [] {
    auto made = std::make_unique<DitherRows>();
    for (int row = 0; row < kDitherSize; ++row) {
      for (int x = 0; x < kMaxFrameSize; ++x) {
        made->offset[row][x] = dither_offset(x % kDitherSize, row) + 0.5f;
      }
    }
    return made;
  }();
  return rows->offset[y % kDitherSize];
}

// Values here are 0..255 by construction: encoded values are 0..1, the matrix keeps to 16..240.
std::uint8_t code_byte(float code, float offset) {
  return static_cast<std::uint8_t>(static_cast<int>(code + offset));
}

}  // namespace

void FrameWriter::EncodedRow::resize(std::size_t count) {
  r.resize(count);
  g.resize(count);
  b.resize(count);
}

void FrameWriter::begin(const FramePlan& plan, const FrameView& out) {
  width_ = plan.width;
  format_ = plan.format;
  out_ = out;
  std::size_t width = static_cast<std::size_t>(width_);
  rows_[0].resize(width);
  rows_[1].resize(width);
  chroma_.resize(width);
  cb_.resize(width / 2);
  cr_.resize(width / 2);
}

void FrameWriter::write_row(int y, const real4* row) {
  EncodedRow& encoded = rows_[y % 2];
  encode(row, &encoded);
  if (format_ == PixelFormat::rgb24) {
    write_rgb(y, encoded);
    return;
  }
  write_luma(y, encoded);
  if (y % 2 == 1) {
    average_rows();
    write_chroma(y / 2);
  }
}

void FrameWriter::encode(const real4* row, EncodedRow* encoded) const {
  const float* curve = curve_tables().encoded_of_linear16;
  float* r = encoded->r.data();
  float* g = encoded->g.data();
  float* b = encoded->b.data();
  for (int x = 0; x < width_; ++x) {
    real4 linear = min4(max4(row[x], splat4(0.0f)), splat4(1.0f));
    r[x] = curve[linear_index(linear[0])];
    g[x] = curve[linear_index(linear[1])];
    b[x] = curve[linear_index(linear[2])];
  }
}

void FrameWriter::write_rgb(int y, const EncodedRow& row) const {
  const float* dither = dither_row(y);
  std::uint8_t* target = out_.planes[0] + static_cast<std::size_t>(y) * out_.stride_bytes[0];
  for (int x = 0; x < width_; ++x) {
    target[3 * x] = code_byte(row.r[static_cast<std::size_t>(x)] * 255.0f, dither[x]);
    target[3 * x + 1] = code_byte(row.g[static_cast<std::size_t>(x)] * 255.0f, dither[x]);
    target[3 * x + 2] = code_byte(row.b[static_cast<std::size_t>(x)] * 255.0f, dither[x]);
  }
}

void FrameWriter::write_luma(int y, const EncodedRow& row) const {
  const float* dither = dither_row(y);
  const float* r = row.r.data();
  const float* g = row.g.data();
  const float* b = row.b.data();
  std::uint8_t* target = out_.planes[0] + static_cast<std::size_t>(y) * out_.stride_bytes[0];
  for (int x = 0; x < width_; ++x) {
    target[x] = code_byte(luma_code(luma709(r[x], g[x], b[x])), dither[x]);
  }
}

// Chroma sited left lies half way between its two rows.
void FrameWriter::average_rows() {
  for (std::size_t x = 0; x < static_cast<std::size_t>(width_); ++x) {
    chroma_.r[x] = (rows_[0].r[x] + rows_[1].r[x]) * 0.5f;
    chroma_.g[x] = (rows_[0].g[x] + rows_[1].g[x]) * 0.5f;
    chroma_.b[x] = (rows_[0].b[x] + rows_[1].b[x]) * 0.5f;
  }
}

// ... and on an even column: [1 2 1] / 4 around it, with the row's first pixel repeated to its left. The
// right neighbour is always there, for the width is even.
void FrameWriter::write_chroma(int chroma_y) {
  const float* dither = dither_row(chroma_y);
  auto at = [](const std::vector<float>& line, int x) {
    const float* p = line.data() + x;
    return (p[x > 0 ? -1 : 0] + p[1]) * 0.25f + p[0] * 0.5f;
  };
  for (int i = 0; i < width_ / 2; ++i) {
    float r = at(chroma_.r, 2 * i);
    float b = at(chroma_.b, 2 * i);
    float luma = luma709(r, at(chroma_.g, 2 * i), b);
    cb_[static_cast<std::size_t>(i)] = code_byte(cb_code(luma, b), dither[i]);
    cr_[static_cast<std::size_t>(i)] = code_byte(cr_code(luma, r), dither[i]);
  }
  std::size_t count = static_cast<std::size_t>(width_) / 2;
  std::uint8_t* target = out_.planes[1] + static_cast<std::size_t>(chroma_y) * out_.stride_bytes[1];
  if (format_ == PixelFormat::yuv420p) {
    std::memcpy(target, cb_.data(), count);
    std::memcpy(out_.planes[2] + static_cast<std::size_t>(chroma_y) * out_.stride_bytes[2], cr_.data(),
                count);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    target[2 * i] = cb_[i];
    target[2 * i + 1] = cr_[i];
  }
}

}  // namespace reeld::kernels
