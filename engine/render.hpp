// Frames of a plan, rendered and coded. Runs in workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/encoder.hpp"
#include "engine/kept_picture.hpp"
#include "engine/plan.hpp"
#include "engine/scene_loader.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// Frames [first, first + count) of a plan.
struct FrameRun {
  std::filesystem::path data_dir;  // where the plan's assets lie
  std::int64_t first = 0, count = 0;
  int threads = 1;
  KeptPicture* kept = nullptr;  // of the device's pictures, from run to run; may be none
  // Where the plan's poster is written on the way, if its frame is rendered; empty: nowhere.
  std::filesystem::path poster = {};
  PictureLoaded picture_loaded = nullptr;
};

struct SegmentFile {
  std::int64_t frame_count = 0;
  std::filesystem::path out;  // appears only when whole
};

// Called with the frames coded so far.
using FramesDone = std::function<void(std::int64_t)>;

// The run's frames into segments, each with what was measured of it where the plan wants scores
// (engine/score/segment_measures.hpp), one after the other, whose frame counts add up to the run's. Those at
// its start that are there already are left as they are, and count as done.
Result<void> render_segments(const Plan& plan, const FrameRun& run, const std::vector<SegmentFile>& segments,
                             const std::string& encoder, kernels::Device& device,
                             const FramesDone& frames_done);

// The run's frames, each one of `source`, in order into any writer that takes such, which is finished with
// the last.
Result<void> render_frames(const Plan& plan, const FrameRun& run, kernels::Device& device,
                           const FrameSource& source, SegmentWriter& writer, const FramesDone& frames_done);

// One frame as sRGB, 8 bits, 3 bytes a pixel, rows without gaps.
Result<std::vector<std::uint8_t>> render_still(const Plan& plan, const std::filesystem::path& data_dir,
                                               std::int64_t frame, kernels::Device& device);

}  // namespace reeld::engine
