#include "engine/poster.hpp"

#include "engine/files.hpp"
#include "engine/picture.hpp"

namespace reeld::engine {

namespace {

constexpr int kQuality = 90;

}  // namespace

std::int64_t poster_frame(const Plan& plan) {
  const PlanScene& scene = plan.scenes.front();
  return (scene.frame_count - scene.transition.frame_count) / 2;
}

Result<void> write_poster(const OutputSpec& output, const std::vector<std::uint8_t>& rgb,
                          const std::filesystem::path& file) {
  std::filesystem::path unfinished = file;
  unfinished += ".part";
  REELD_TRY(write_jpeg(unfinished, rgb.data(), output.width, output.height,
                       static_cast<std::size_t>(output.width) * 3, kQuality));
  return publish_file(unfinished, file);
}

}  // namespace reeld::engine
