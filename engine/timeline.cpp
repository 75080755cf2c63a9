#include "engine/timeline.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "engine/motion.hpp"
#include "kernels/pixel/exact.hpp"

namespace reeld::engine {
namespace {

// The sRGB transfer curve (IEC 61966-2-1) undone. Alpha is not looked at: nothing lies behind these colours.
float linear(std::uint8_t value) {
  const double encoded = value / 255.0;
  return static_cast<float>(encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4));
}

kernels::Colour linear(const Color8& color) {
  return {linear(color.r), linear(color.g), linear(color.b)};
}

kernels::Layer layer_of(const PlanScene& scene, std::int64_t frame, const Uploaded& uploaded) {
  kernels::Layer layer;
  layer.picture = uploaded.pictures.at(static_cast<std::size_t>(scene.picture));
  layer.source = view_at(scene, frame);
  layer.level = scene.motion.level;
  return layer;
}

// Sampled in the middle of each frame, so that no frame of a transition is all old or all new: those are the
// frames before and after it.
kernels::Transition transition_of(const PlanScene& from, const PlanScene& to, std::int64_t frame) {
  const PlanTransition& spec = from.transition;
  kernels::Transition transition;
  transition.kind = spec.kind;
  transition.direction = spec.direction;
  const double t =
      (static_cast<double>(frame - to.first_frame) + 0.5) / static_cast<double>(spec.frame_count);
  transition.progress = static_cast<float>(ease(spec.easing, t));
  transition.softness = spec.softness;
  transition.colour = linear(spec.color);
  return transition;
}

// Sampled in the middle of each frame, too; where both fades overlap, the lower one counts.
float opacity_of(const PlanText& text, std::int64_t frame) {
  const double middle = static_cast<double>(frame - text.first_frame) + 0.5;
  double opacity = 1;
  if (text.fade_in_frames > 0) {
    opacity = std::min(opacity, middle / static_cast<double>(text.fade_in_frames));
  }
  if (text.fade_out_frames > 0) {
    const double left = static_cast<double>(text.frame_count) - middle;
    opacity = std::min(opacity, left / static_cast<double>(text.fade_out_frames));
  }
  return static_cast<float>(opacity);
}

void add_texts(const PlanScene& scene, std::int64_t frame, int layer, const std::vector<PlacedText>& placed,
               kernels::FramePlan& result) {
  for (std::size_t i = 0; i < scene.texts.size(); ++i) {
    const PlanText& text = scene.texts[i];
    if (frame < text.first_frame || frame >= text.first_frame + text.frame_count) continue;
    REELD_CHECK(result.overlay_count < kernels::kMaxOverlays);
    const PlacedText& place = placed.at(i);
    result.overlays[static_cast<std::size_t>(result.overlay_count++)] = {place.picture, place.x, place.y,
                                                                         opacity_of(text, frame), layer};
  }
}

}  // namespace

// The scenes' first frames ascend; the newest that has begun is visible, and so is the one before it while it
// lasts.
VisibleScenes visible_scenes(const Plan& plan, std::int64_t frame) {
  REELD_CHECK(frame >= 0 && frame < plan.frame_count);
  const auto next =
      std::upper_bound(plan.scenes.begin(), plan.scenes.end(), frame,
                       [](std::int64_t f, const PlanScene& scene) { return f < scene.first_frame; });
  const int newest = static_cast<int>(next - plan.scenes.begin()) - 1;
  if (newest > 0) {
    const PlanScene& before = plan.scenes[static_cast<std::size_t>(newest) - 1];
    if (frame < before.first_frame + before.frame_count) return {newest - 1, 2};
  }
  return {newest, 1};
}

std::set<std::size_t> visible_pictures(const Plan& plan, std::int64_t first, std::int64_t count) {
  const VisibleScenes last = visible_scenes(plan, first + count - 1);
  std::set<std::size_t> pictures;
  for (int scene = visible_scenes(plan, first).first; scene < last.first + last.count; ++scene)
    pictures.insert(static_cast<std::size_t>(plan.scenes[static_cast<std::size_t>(scene)].picture));
  return pictures;
}

// The first frame shows `from` itself and the last one `to`. A scene of one frame stays at its start.
kernels::Rect view_at(const PlanScene& scene, std::int64_t frame) {
  const std::int64_t k = frame - scene.first_frame;
  const double u =
      scene.frame_count > 1 ? static_cast<double>(k) / static_cast<double>(scene.frame_count - 1) : 0;
  return rect_at(scene.motion, ease(scene.motion.easing, u));
}

kernels::FramePlan frame_plan(const Plan& plan, std::int64_t frame, const Uploaded& uploaded) {
  const VisibleScenes visible = visible_scenes(plan, frame);
  kernels::FramePlan result;
  result.width = plan.output.width;
  result.height = plan.output.height;
  result.layer_count = visible.count;
  for (int layer = 0; layer < visible.count; ++layer) {
    const auto index = static_cast<std::size_t>(visible.first + layer);
    const PlanScene& scene = plan.scenes[index];
    if (layer == 0) result.background = linear(scene.background);
    result.layers[static_cast<std::size_t>(layer)] = layer_of(scene, frame, uploaded);
    if (!scene.texts.empty()) add_texts(scene, frame, layer, uploaded.texts.at(index), result);
  }
  if (visible.count == 2) {
    const auto first = static_cast<std::size_t>(visible.first);
    result.transition = transition_of(plan.scenes[first], plan.scenes[first + 1], frame);
  }
  return result;
}

double ease(Easing easing, double t) {
  switch (easing) {
    case Easing::linear:
      return t;
    case Easing::ease_in:
      return kernels::exact::ease_in(t);
    case Easing::ease_out:
      return kernels::exact::ease_out(t);
    case Easing::ease_in_out:
      return kernels::exact::ease_in_out(t);
  }
  return t;
}

}  // namespace reeld::engine
