// A film whose frames are rendered by the CPU device and handed to the meter as a worker does, with faults
// planted between the two.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/score/film_scores.hpp"
#include "engine/score/segment_meter.hpp"
#include "kernels/device.hpp"
#include "kernels/reduced.hpp"

namespace reeld::engine {

// Random grey spots of 2 to 256 pixels, as much of each size: the detail that photographs have. RGBA.
inline std::vector<std::uint8_t> spotted_picture(int width, int height, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> grey(static_cast<std::size_t>(width * height), 120.0f);
  for (int size = 2; size <= 256; size *= 2) {
    const int columns = width / size + 2;
    std::vector<float> spots(static_cast<std::size_t>(columns * (height / size + 2)));
    for (float& spot : spots) spot = static_cast<float>(random() % 1000) * 0.06f - 30;
    for (int y = 0; y < height; ++y) {
      const float down = static_cast<float>(y % size) / static_cast<float>(size);
      for (int x = 0; x < width; ++x) {
        const float across = static_cast<float>(x % size) / static_cast<float>(size);
        const float* at = spots.data() + y / size * columns + x / size;
        grey[static_cast<std::size_t>(y * width + x)] +=
            (at[0] * (1 - across) + at[1] * across) * (1 - down) +
            (at[columns] * (1 - across) + at[columns + 1] * across) * down;
      }
    }
  }
  std::vector<std::uint8_t> rgba;
  for (const float value : grey) {
    const auto code = static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f));
    rgba.insert(rgba.end(), {code, code, code, 255});
  }
  return rgba;
}

class MeasuredFilm {
 public:
  static constexpr int kPictureWidth = 1200, kPictureHeight = 700;

  // Frames of 640x360 of two pictures, numbered 0 and 1.
  MeasuredFilm() {
    static const std::vector<std::uint8_t> pictures[] = {spotted_picture(kPictureWidth, kPictureHeight, 1),
                                                         spotted_picture(kPictureWidth, kPictureHeight, 2)};
    plan.output.width = 640;
    plan.output.height = 360;
    device_ = *kernels::open_device(kernels::DeviceKind::cpu);
    for (const auto& picture : pictures) {
      uploaded_.pictures.push_back(
          *device_->upload({picture.data(), kPictureWidth, kPictureHeight, kPictureWidth * 4,
                            kernels::PictureFormat::rgba8, kernels::AlphaKind::straight},
                           {}));
      plan.pictures.push_back({std::to_string(plan.pictures.size()), "", kPictureWidth, kPictureHeight, 0});
    }
  }

  // Behind the scenes that there are; the last one's transition is from it.
  PlanScene& add_scene(std::int64_t frames, const kernels::Rect& from, const kernels::Rect& to,
                       int picture = 0) {
    PlanScene scene;
    scene.first_frame = plan.frame_count;
    if (!plan.scenes.empty()) scene.first_frame -= plan.scenes.back().transition.frame_count;
    scene.frame_count = frames;
    scene.picture = picture;
    scene.motion = {from, to, Easing::linear, 0};
    plan.frame_count = scene.first_frame + frames;
    plan.scenes.push_back(scene);
    uploaded_.texts.emplace_back();
    return plan.scenes.back();
  }

  // A slow zoom with a pan: half a pixel across and a third down a frame, and a thousandth nearer.
  PlanScene& add_zoom(std::int64_t frames, int picture = 0) {
    const auto last = static_cast<double>(frames - 1);
    const double width = 1100 * std::pow(0.999, last);
    return add_scene(frames, {20, 10, 1100, 618.75},
                     {20 + 0.9 * last, 10 + 0.6 * last, width, width * 9 / 16}, picture);
  }

  // What a worker would make of the frame; `tamper` changes what is rendered.
  EdgeFrame render(
      std::int64_t frame, const std::function<void(kernels::FramePlan&)>& tamper = [](auto&) {}) const {
    kernels::FramePlan shown = frame_plan(plan, frame, uploaded_);
    shown.format = kernels::PixelFormat::yuv420p;
    tamper(shown);
    const auto width = static_cast<std::size_t>(shown.width), height = static_cast<std::size_t>(shown.height);
    std::vector<std::uint8_t> bytes(width * height * 3 / 2);
    EdgeFrame made;
    made.reduced.resize(static_cast<std::size_t>(kernels::reduced_size(shown.width)) *
                        static_cast<std::size_t>(kernels::reduced_size(shown.height)));
    kernels::FrameView view{
        {bytes.data(), bytes.data() + width * height, bytes.data() + width * height / 4 * 5},
        {width, width / 2, width / 2}};
    view.reduced = made.reduced.data();
    REQUIRE(device_->render(shown, view));
    return made;
  }

  std::vector<EdgeFrame> frames() const {
    std::vector<EdgeFrame> all;
    for (std::int64_t n = 0; n < plan.frame_count; ++n) all.push_back(render(n));
    return all;
  }

  SegmentMeasures measure(const std::vector<EdgeFrame>& frames, std::int64_t first,
                          std::int64_t count) const {
    SegmentMeter meter(plan, first);
    for (std::int64_t n = first; n < first + count; ++n) meter.add(frames[static_cast<std::size_t>(n)]);
    return meter.finish();
  }

  Scores score(const std::vector<EdgeFrame>& frames) const {
    FilmScorer scorer(plan);
    scorer.add(plan.frame_count, measure(frames, 0, plan.frame_count));
    return scorer.finish();
  }

  const kernels::Device& device() const { return *device_; }

  Plan plan;

 private:
  std::unique_ptr<kernels::Device> device_;
  Uploaded uploaded_;
};

inline std::optional<double> find_score(const Scores& scores, const std::string& name,
                                        std::optional<int> scene = std::nullopt) {
  for (const Score& score : scores.scores) {
    if (score.name == name && score.scene == scene) return score.value;
  }
  return std::nullopt;
}

inline double value_of(const Scores& scores, const std::string& name,
                       std::optional<int> scene = std::nullopt) {
  const auto value = find_score(scores, name, scene);
  INFO(name);
  REQUIRE(value);
  return *value;
}

inline const Series& series_of(const Scores& scores, const std::string& name) {
  for (const Series& series : scores.series) {
    if (series.name == name) return series;
  }
  FAIL("no series " + name);
  return scores.series.front();
}

}  // namespace reeld::engine
