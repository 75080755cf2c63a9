#include "engine/score/rendered_frames.hpp"

#include "engine/parallel.hpp"
#include "engine/timeline.hpp"

namespace reeld::engine {

using kernels::PixelFormat;

Result<std::vector<FrameBuffer>> RenderedFrames::render(const std::vector<std::int64_t>& frames) {
  std::vector<FrameBuffer> rendered;
  if (frames.empty()) return rendered;
  loader_.release_before(frames.front());
  const PixelFormat format = scored_format(plan_.output.bit_depth);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    rendered.emplace_back(format, plan_.output.width, plan_.output.height);
  }
  REELD_TRY(in_parallel(static_cast<int>(frames.size()), threads_, [&](int i) -> Result<void> {
    const auto index = static_cast<std::size_t>(i);
    REELD_TRY(loader_.load(frames[index]));
    kernels::FramePlan shown = frame_plan(plan_, frames[index], loader_.uploaded());
    shown.format = format;
    return device_.render(shown, rendered[index].view);
  }));
  return rendered;
}

}  // namespace reeld::engine
