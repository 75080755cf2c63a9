// What the tests of fidelity share: a plan over real pictures, rendered by the CPU's device and coded with
// libx264.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/temporary_folder.hpp"
#include "engine/encoder.hpp"
#include "engine/picture.hpp"
#include "engine/plan.hpp"
#include "engine/render.hpp"
#include "kernels/device.hpp"

namespace reeld::engine::fidelity_fixture {

// A photograph's stand-in: a soft sky, waves, fine texture, and edges. JPEG.
inline void write_scenery(const std::filesystem::path& file, int width, int height, int seed) {
  std::vector<std::uint8_t> pixels;
  std::uint32_t state = static_cast<std::uint32_t>(seed) * 747796405U + 1;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      state = state * 1664525U + 1013904223U;
      const double grain = static_cast<double>(state >> 8) / 8388608.0 - 1;
      const bool is_sky = y < height / 3;
      const double base = is_sky ? 150 + 40.0 * y / height
                                 : 90 + 35 * std::sin(0.07 * x + seed) * std::cos(0.05 * y) + 22 * grain +
                                       ((x / 40 + y / 30 + seed) % 3 == 0 ? 40 : 0);
      for (const double tint : {0.9, 1.0, 1.1})
        pixels.push_back(static_cast<std::uint8_t>(std::clamp(base * tint, 0.0, 255.0)));
    }
  }
  REQUIRE(write_jpeg(file, pixels.data(), width, height, static_cast<std::size_t>(width) * 3, 92));
}

// Two scenes of `seconds` that overlap by half a second, with motion; 320x180, 30 frames a second.
struct Film {
  explicit Film(double seconds = 1.5, int width = 320, int height = 180) {
    Json scenes = Json::array();
    Facts facts;
    for (int i = 0; i < 2; ++i) {
      const std::string name = "scene" + std::to_string(i) + ".jpg";
      write_scenery(folder.path() / name, 480, 270, i + 1);
      scenes.push_back({{"picture", {{"file", name}}}, {"duration", seconds}, {"motion", "zoom-in"}});
      facts.pictures.push_back({"", name, 480, 270, 0});
      facts.speech.emplace_back();
      facts.words.emplace_back();
    }
    scenes[0]["transition"] = {{"kind", "crossfade"}, {"duration", 0.5}};
    const auto request =
        parse_request({{"reeld", 1}, {"output", {{"width", width}, {"height", height}}}, {"scenes", scenes}});
    INFO((request ? "" : request.error().message));
    REQUIRE(request);
    auto made = make_plan(*request, facts);
    REQUIRE(made);
    plan = *std::move(made);
    auto opened = kernels::open_device(kernels::DeviceKind::cpu);
    REQUIRE(opened);
    device = *std::move(opened);
  }

  std::filesystem::path coded(int crf, const std::string& name) {
    plan.output.crf = crf;
    const std::filesystem::path segment = folder.path() / ("segment-" + name), film = folder.path() / name;
    std::filesystem::remove(segment);
    const FrameRun run{folder.path(), 0, plan.frame_count, 2};
    const auto rendered =
        render_segments(plan, run, {{plan.frame_count, segment}}, "libx264", *device, [](std::int64_t) {});
    INFO((rendered ? "" : rendered.error().message));
    REQUIRE(rendered);
    REQUIRE(join_segments({segment}, {plan.frame_count}, "", plan.output, "", film));
    return film;
  }

  TemporaryFolder folder;
  Plan plan;
  std::unique_ptr<kernels::Device> device;
};

}  // namespace reeld::engine::fidelity_fixture
