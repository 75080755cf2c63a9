// Frames of a plan, rendered and coded. Runs in workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "engine/encoder.hpp"
#include "engine/plan.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

struct SegmentTask {
  std::filesystem::path data_dir;  // where the plan's assets lie
  std::int64_t first = 0, count = 0;
  std::filesystem::path out;  // appears only when whole
  std::string encoder;
  int threads = 1;
};

// Called with the frames coded so far.
using FramesDone = std::function<void(std::int64_t)>;

Result<void> render_segment(const Plan& plan, const SegmentTask& task, kernels::Device& device,
                            const FramesDone& frames_done);

// The task's frames in order into any writer, which is finished with the last; task.out and task.encoder are
// not looked at.
Result<void> render_frames(const Plan& plan, const SegmentTask& task, kernels::Device& device,
                           SegmentWriter& writer, const FramesDone& frames_done);

// One frame as sRGB, 8 bits, 3 bytes a pixel, rows without gaps.
Result<std::vector<std::uint8_t>> render_still(const Plan& plan, const std::filesystem::path& data_dir,
                                               std::int64_t frame, kernels::Device& device);

}  // namespace reeld::engine
