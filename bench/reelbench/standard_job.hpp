// The standard jobs, which other tools are measured with as well (bench/peers): what is asked for, as a
// request.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engine/plan.hpp"

namespace reeld::bench {

using Json = nlohmann::json;

inline constexpr int kStandardScenes = 5;

// Five pictures of 4032x3024 (picture0.jpg .. picture4.jpg), 5 s each, zoom 1 to 1.15 with a diagonal pan, 1
// s crossfades, a line of text a scene, a voice (voice-21.wav): 21 s.
struct StandardJob {
  std::string name;
  int width = 0, height = 0, fps = 0;
  double scene_seconds = 5, transition_seconds = 1;
};

// J1: 1920x1080 at 30, 630 frames; J2: 3840x2160 at 60, 1260 frames. Errors: invalid_request, naming them.
Result<StandardJob> find_standard_job(const std::string& name);

// How it is made: the same for each way of making it.
struct JobSettings {
  std::string preset = "veryfast", encoder = "libx264", device = "auto";
};

Json request_of(const StandardJob& job, const JobSettings& settings);

// The plan that the engine makes of the request; its files lie in `inputs`. Errors: those of a request, of
// the pictures and of the sound.
Result<engine::Plan> plan_of(const Json& request, const std::filesystem::path& inputs);

}  // namespace reeld::bench
