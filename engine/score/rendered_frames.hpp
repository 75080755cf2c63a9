// Single frames of a plan, rendered anew: a frame is a pure function of the plan, so they are what the
// encoder was given. Runs in workers, by several threads of its own; called by one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/plan.hpp"
#include "engine/scene_loader.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// How a film's frames are held against what it decodes to: yuv420p, of 10 bits p010.
inline kernels::PixelFormat scored_format(int bit_depth) {
  return bit_depth == 8 ? kernels::PixelFormat::yuv420p : kernels::PixelFormat::p010;
}

class RenderedFrames {
 public:
  // Frames before `end` will be asked for. `plan` and `device` outlive it.
  RenderedFrames(const Plan& plan, const std::filesystem::path& data_dir, std::int64_t end,
                 kernels::Device& device, int threads)
      : plan_(plan), device_(device), threads_(threads), loader_(plan, data_dir, end, device) {}

  // These frames, in rising order, in scored_format. What only frames before the first of them need is let
  // go.
  Result<std::vector<FrameBuffer>> render(const std::vector<std::int64_t>& frames);

 private:
  const Plan& plan_;
  kernels::Device& device_;
  const int threads_;
  SceneLoader loader_;
};

}  // namespace reeld::engine
