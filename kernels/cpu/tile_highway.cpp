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

void render_tile(const FrameJob& job, TileScratch& scratch, int x0) {
  const FramePlan& plan = *job.plan;
  const int count = std::min(kTileWidth, plan.width - x0);
  const bool is_whole = count == kTileWidth;
  const auto column = static_cast<std::size_t>(x0);
  const bool deep = plan.format == PixelFormat::p010;
  const std::size_t size = deep ? 2 : 1;
  DitherRow dither[kDitherSize];
  fill_dither(dither);
  TileMix mix;
  Canvas canvas;
  EncodedRow rows[2];
  for (int y = 0; y < plan.height; ++y) {
    if (job.mixes && (y == 0 || job.transition.axis == MixAxis::y)) {
      weigh_mix(job, x0, y, &mix);
    }
    compose_row(job, scratch, mix, x0, y, &canvas);
    EncodedRow& row = rows[y % 2];
    encode_row(canvas, x0 == 0, &scratch.edges[static_cast<std::size_t>(y) * 3], &row);
    std::uint8_t* first = job.out.planes[0] + static_cast<std::size_t>(y) * job.out.stride_bytes[0];
    if (plan.format == PixelFormat::rgb24) {
      write_rgb(row, dither[y % kDitherSize], count, first + 3 * column);
      continue;
    }
    write_luma(row, dither[y % kDitherSize], deep, count, first + column * size);
    if (y % 2 == 1) {
      const int chroma_y = y / 2;
      std::uint8_t* cb = job.out.planes[1] + static_cast<std::size_t>(chroma_y) * job.out.stride_bytes[1];
      ChromaTarget target = {cb + column * size, nullptr};
      if (plan.format == PixelFormat::yuv420p) {
        std::uint8_t* cr = job.out.planes[2] + static_cast<std::size_t>(chroma_y) * job.out.stride_bytes[2];
        target = {cb + column / 2, cr + column / 2};
      }
      write_chroma(rows[0], rows[1], dither[chroma_y % kDitherSize], deep, count, target);
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
