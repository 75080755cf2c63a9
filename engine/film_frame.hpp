// Single frames out of a finished film, scaled into a size. Runs in workers.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"

namespace reeld::engine {

struct FrameSize {
  int width = 0, height = 0;  // pixels
};

// A frame of this shape whose longer side has `longer_side` pixels; both sides are 2 at least.
FrameSize scaled_size(int width, int height, int longer_side);

// RGB, 8 bits, of this size, what the film does not fill is black: the frame that is shown at that time, the
// film's last where its container rounds. Errors: file_missing, file_unreadable.
Result<av::FramePtr> film_frame(const std::filesystem::path& file, double seconds, FrameSize size);

// "0:02.50"
std::string clock_text(double seconds);

}  // namespace reeld::engine
