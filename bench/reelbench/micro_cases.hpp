// The frames that the micro-benchmarks render, and what a device must hold for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/reelbench/frame_bytes.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {

struct FrameSize {
  int width = 0, height = 0;
};
std::string size_name(FrameSize size);  // "1920x1080"

struct MicroCase {
  std::string name;  // "crossfade 1920x1080"
  kernels::FramePlan plan;
  std::int64_t bytes = 0;  // frame_bytes of the plan
};

// For every size, as nv12, and the first two as p010 too: convert (the background alone), resample (one
// picture at scale 2, or nearly its own size where the frame is too large for that), crossfade (two of them,
// half way), crossfade+text (with a line of text on top). Uploads the pictures and the texts, which stay on
// the device. `picture` and `other` are of one size and opaque. Errors: those of the device, and of drawing
// the text.
Result<std::vector<MicroCase>> make_micro_cases(kernels::Device& device, const std::vector<FrameSize>& sizes,
                                                const kernels::PictureView& picture,
                                                const kernels::PictureView& other);

}  // namespace reeld::bench
