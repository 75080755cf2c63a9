// How alike two frames are, and how much a frame bands: pure functions of luma planes. Used by fidelity and
// by the search for a quality. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/frame_buffer.hpp"

namespace reeld::engine {

struct LumaView {
  const std::uint8_t* pixels = nullptr;
  int width = 0, height = 0;
  std::size_t stride_bytes = 0;
  int bit_depth = 8;  // or 10, in the upper part of 16, as p010 has them
};

// Of a frame of yuv420p or p010; lives as long as the frame.
LumaView luma_of(const FrameBuffer& frame);

struct Similarity {
  double ssim = 0;                // -1..1; 1: the same
  std::optional<double> ms_ssim;  // 0..1; absent where the smallest scale would not hold a window
};

// Sides of at least kSimilarityWindow pixels. SSIM after Wang, Bovik, Sheikh and Simoncelli (2004), MS-SSIM
// after Wang, Simoncelli and Bovik (2003); docs/metrics/fidelity.md.
inline constexpr int kSimilarityWindow = 11;
Similarity similarity(const LumaView& a, const LumaView& b);
// Frames with a shorter side have no MS-SSIM: halved four times, rounded up, this one is a window's.
inline constexpr int kLeastMsSsimSide = 161;
inline constexpr bool has_ms_ssim(int width, int height) {
  return width >= kLeastMsSsimSide && height >= kLeastMsSsimSide;
}

// Mean squared difference of all samples of two frames of one size and format (yuv420p or p010), in code
// values of 8 bits: of 10 bits 1023 counts as 255.
double mean_squared_error(const FrameBuffer& a, const FrameBuffer& b);

// dB, at most kMostPsnr (engine/film_likeness.hpp).
double psnr_of(double mean_squared_error);

// Share of pixels, 0..1, at which a flat stretch of at least kFlat pixels gives way to another by a step of
// 1 to kLargestStep code values of 8 bits, along a row or a column: the contours of a gradient that lost its
// shades. Flat are codes that do not differ; of 10 bits, by one at most.
inline constexpr int kFlat = 6;
inline constexpr int kLargestStep = 4;
double banding(const LumaView& luma);

}  // namespace reeld::engine
