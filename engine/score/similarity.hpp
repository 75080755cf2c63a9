// How alike two frames are, and how much a frame bands: pure functions of 8-bit luma planes. Used by
// fidelity and by the search for a quality. Any thread.
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
};

// Of a frame of a format with a plane of 8-bit luma; lives as long as the frame.
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

// Mean squared difference of all samples of two yuv420p frames of one size, in code values.
double mean_squared_error(const FrameBuffer& a, const FrameBuffer& b);

// dB, at most kMostPsnr (engine/film_likeness.hpp).
double psnr_of(double mean_squared_error);

// Share of pixels, 0..1, at which a flat stretch of at least kFlat pixels gives way to another by a step of
// 1 to kLargestStep code values, along a row or a column: the contours of a gradient that lost its shades.
inline constexpr int kFlat = 6;
inline constexpr int kLargestStep = 4;
double banding(const LumaView& luma);

}  // namespace reeld::engine
