// From (plan, n) to what frame n shows. Pure; called by workers for every frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "engine/plan.hpp"
#include "kernels/frame_plan.hpp"

namespace reeld::engine {

// A text's raster on a device, and where its top left corner lies in the frame.
struct PlacedText {
  kernels::PictureId picture = 0;
  double x = 0, y = 0;
  int width = 0, height = 0;  // of the raster, pixels
};

// What a device holds for a plan. Only the scenes that a frame shows must be filled in.
struct Uploaded {
  std::vector<kernels::PictureId> pictures;    // by Plan::pictures
  std::vector<std::vector<PlacedText>> texts;  // by scene, by PlanScene::texts
};

// Scenes visible in frame n: one, or two during a transition. count is 1 or 2.
struct VisibleScenes {
  int first = 0, count = 1;
};
VisibleScenes visible_scenes(const Plan& plan, std::int64_t frame);

// What frames [first, first + count) show, by its place in Plan::pictures. Requires frames of the plan, and
// at least one.
std::set<std::size_t> visible_pictures(const Plan& plan, std::int64_t first, std::int64_t count);

// What of its picture a scene shows in one of its frames, counted from the film's start; picture pixels.
kernels::Rect view_at(const PlanScene& scene, std::int64_t frame);

// Requires 0 <= frame < plan.frame_count.
kernels::FramePlan frame_plan(const Plan& plan, std::int64_t frame, const Uploaded& uploaded);

// Progress 0..1 to eased 0..1.
double ease(Easing easing, double t);

}  // namespace reeld::engine
