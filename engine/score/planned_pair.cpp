#include "engine/score/planned_pair.hpp"

#include <cmath>

#include "base/check.hpp"

namespace reeld::engine {
namespace {

const PlanScene& scene_at(const Plan& plan, int scene) {
  return plan.scenes[static_cast<std::size_t>(scene)];
}

const PlanAsset& picture_of(const Plan& plan, int scene) {
  return plan.pictures[static_cast<std::size_t>(scene_at(plan, scene).picture)];
}

}  // namespace

PlannedPair planned_pair(const Plan& plan, std::int64_t frame) {
  REELD_CHECK(frame > 0);
  const VisibleScenes before = visible_scenes(plan, frame - 1), now = visible_scenes(plan, frame);
  PlannedPair pair;
  pair.scene = now.first;
  if (before.count > 1 || now.count > 1) return pair;
  const PlanAsset &shown_before = picture_of(plan, before.first), &shown = picture_of(plan, now.first);
  if (before.first != now.first) {
    pair.kind = PairKind::cut;
    pair.same_picture = shown_before.sha256 == shown.sha256;
    return pair;
  }
  pair.kind = PairKind::steady;
  const kernels::Rect from = view_at(scene_at(plan, now.first), frame - 1);
  const kernels::Rect to = view_at(scene_at(plan, now.first), frame);
  const double width = plan.output.width, height = plan.output.height;
  pair.across = {(to.x - from.x) * width / from.w, to.w / from.w};
  pair.down = {(to.y - from.y) * height / from.h, to.h / from.h};
  const double scale_x = width / to.w, scale_y = height / to.h;
  pair.picture = {-to.x * scale_x, -to.y * scale_y, shown.width * scale_x, shown.height * scale_y};
  return pair;
}

FrameMotion planned_motion(const PlannedPair& pair, const OutputSpec& output) {
  const double x = output.width / 2.0, y = output.height / 2.0;
  return {x - (pair.across.origin + x * pair.across.scale), y - (pair.down.origin + y * pair.down.scale),
          1 - pair.across.scale};
}

// Over a side of length s, about its middle, the mean of the square of the distance is s^2 / 12.
double rms_pixels(const FrameMotion& motion, const OutputSpec& output) {
  const double width = output.width, height = output.height;
  return std::sqrt(motion.x * motion.x + motion.y * motion.y +
                   motion.growth * motion.growth * (width * width + height * height) / 12);
}

std::vector<kernels::Rect> text_places(const Plan& plan, std::int64_t frame, const Uploaded& uploaded) {
  std::vector<kernels::Rect> places;
  const VisibleScenes visible = visible_scenes(plan, frame);
  for (int scene = visible.first; scene < visible.first + visible.count; ++scene) {
    const auto& texts = scene_at(plan, scene).texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (frame < texts[i].first_frame || frame >= texts[i].first_frame + texts[i].frame_count) continue;
      const PlacedText& placed = uploaded.texts[static_cast<std::size_t>(scene)].at(i);
      places.push_back(
          {placed.x, placed.y, static_cast<double>(placed.width), static_cast<double>(placed.height)});
    }
  }
  return places;
}

}  // namespace reeld::engine
