// The tile in vectors, compiled once for each instruction set; Highway includes this file again for each.
#include "kernels/cpu/tile.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "kernels/cpu/measure.hpp"
#include "kernels/cpu/tile_highway.hpp"
#include "kernels/reduced.hpp"

// x86 begins at SSE4, which every processor of the last 15 years has; what has less runs tile_scalar.cpp.
#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_SSE4
#define HWY_WANT_AVX3_DL 1
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/tile_highway.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h comes first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace reeld::kernels::HWY_NAMESPACE {

#undef PIXEL_FN
#undef PIXEL_TABLE
#undef LOOKUP16
#undef SHIFT_RIGHT
#include "kernels/pixel/vocabulary_highway.inc"
// The vocabulary comes first; then each part needs the one before.
#include "kernels/pixel/pixel.inc"
// clang-format off
#include "kernels/cpu/tile_resample.inc"
#include "kernels/cpu/tile_compose.inc"
#include "kernels/cpu/tile_output.inc"
#include "kernels/cpu/measure_rows.inc"
#include "kernels/cpu/tile_reduce.inc"
// clang-format on

// Where the tile's part of row `y` begins. A tile writes one line of the cache a row, which the processor
// does not foresee, so the line some rows below is asked for.
HWY_INLINE std::uint8_t* tile_line(const FrameView& out, int plane, int y, std::size_t first_byte) {
  constexpr std::size_t kRowsAhead = 8;
  std::uint8_t* line = out.planes[plane] + static_cast<std::size_t>(y) * out.stride_bytes[plane] + first_byte;
  __builtin_prefetch(line + kRowsAhead * out.stride_bytes[plane], 1);
  return line;
}

void render_tile(const FrameJob& job, TileScratch& scratch, int x0) {
  const FramePlan& plan = *job.plan;
  const int count = std::min(kTileWidth, plan.width - x0);
  const bool is_first = x0 == 0, is_whole = count == kTileWidth;
  const auto column = static_cast<std::size_t>(x0);
  const bool deep = plan.format == PixelFormat::p010;
  const std::size_t size = deep ? 2 : 1;
  const float codes = deep ? kDeepCodes : 1.0f;
  const CodeScale rgb_scale(255.0f, 0.0f), luma_scale(codes * kLumaScale, codes * kLumaZero);
  const ChromaScales chroma_scales = {CodeScale(codes * kBlueScale, codes * kChromaZero),
                                      CodeScale(codes * kRedScale, codes * kChromaZero)};
  TileMix mix;
  Canvas canvas;
  DifferenceRow differences;
  for (int y = 0; y < plan.height; ++y) {
    if (job.mixes && (y == 0 || job.transition.axis == MixAxis::y)) {
      weigh_mix(job, x0, y, &mix);
    }
    compose_row(job, scratch, mix, x0, y, &canvas);
    if (plan.format == PixelFormat::rgb24) {
      write_rgb(canvas, rgb_scale, count, y, tile_line(job.out, 0, y, 3 * column));
      continue;
    }
    write_luma(canvas, luma_scale, deep, count, y, tile_line(job.out, 0, y, column * size), &differences);
    if (y % 2 == 1) {
      const int chroma_y = y / 2;
      ChromaTarget target = {tile_line(job.out, 1, chroma_y, column * size), nullptr};
      if (plan.format == PixelFormat::yuv420p) {
        target = {tile_line(job.out, 1, chroma_y, column / 2), tile_line(job.out, 2, chroma_y, column / 2)};
      }
      float* edges = &scratch.edges[static_cast<std::size_t>(chroma_y) * 2];
      write_chroma(differences, edges, is_first, chroma_scales, deep, count, chroma_y, target);
    }
    const bool ends_block = (y + 1) % kReducedBlock == 0 || y + 1 == plan.height;
    if (job.out.reduced != nullptr && is_whole && ends_block) {
      reduce_blocks(job, x0, y / kReducedBlock);
    }
  }
  if (job.out.reduced != nullptr && !is_whole) {
    reduce_columns(plan, job.out, x0, x0 + count);
  }
}

}  // namespace reeld::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reeld::kernels {

HWY_EXPORT(render_tile);
HWY_EXPORT(resample_tile);
HWY_EXPORT(measure_rows);

std::vector<CpuKernels> highway_kernels() {
  std::vector<CpuKernels> found;
  const std::int64_t supported = hwy::SupportedTargets();
  // Best first: Highway numbers better targets lower.
  for (std::int64_t target = 1; target > 0; target <<= 1) {
    if ((supported & target & HWY_TARGETS) != 0) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      found.push_back({hwy::TargetName(target), &HWY_DYNAMIC_DISPATCH(render_tile),
                       &HWY_DYNAMIC_DISPATCH(resample_tile), &HWY_DYNAMIC_DISPATCH(measure_rows)});
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return found;
}

}  // namespace reeld::kernels
#endif
