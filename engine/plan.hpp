// The plan: everything settled. Immutable once written; a frame depends on nothing but (plan, number).
// Serialised as JSON (to_json, plan_from_json), so that any process on any node renders the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/request.hpp"
#include "kernels/frame_plan.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

inline constexpr int kPlanVersion = 1;
inline constexpr int kSampleRate = 48000;

// A picture, sound or speech on disk. `file` is relative to the data directory.
struct PlanAsset {
  std::string sha256;
  std::string file;
  int width = 0, height = 0;      // pictures, after EXIF orientation
  std::int64_t sample_count = 0;  // sounds, at kSampleRate
};

struct PlanMotion {
  kernels::Rect from, to;  // picture pixels, at the scene's first and last frame
  Easing easing = Easing::linear;
  int level = 0;  // mip level, one for the whole motion
};

struct PlanText {
  TextSpec spec;                 // as asked; the rasteriser reads lengths and colours from it
  std::int64_t first_frame = 0;  // film frames
  std::int64_t frame_count = 0;
  std::int64_t fade_in_frames = 0, fade_out_frames = 0;
  std::string field;  // of the request's scene, for errors: "/text/0", "/captions"
};

// Into the next scene: over the last `frame_count` frames of this scene, which are the next one's first.
struct PlanTransition {
  kernels::TransitionKind kind = kernels::TransitionKind::cut;
  kernels::Direction direction = kernels::Direction::left;
  std::int64_t frame_count = 0;
  float softness = 0;
  Color8 color;
  Easing easing = Easing::linear;
};

struct PlanScene {
  std::int64_t first_frame = 0;
  std::int64_t frame_count = 0;
  int picture = 0;  // index into Plan::pictures
  PlanMotion motion;
  Color8 background;
  std::vector<PlanText> texts;
  PlanTransition transition;
};

// Speech at its place. Times in samples at kSampleRate.
struct PlanSpeech {
  int sound = 0;  // index into Plan::sounds
  std::int64_t start = 0;
  std::int64_t length = 0;  // cut at the film's end
  double gain_db = 0;
};

struct PlanMusic {
  int sound = 0;
  double gain_db = -18, duck_db = -8;
  std::int64_t fade_in = 0, fade_out = 0;  // samples
  bool loop = true;
};

struct Plan {
  std::string title;
  OutputSpec output;
  std::int64_t frame_count = 0;
  std::int64_t sample_count =
      0;  // of the sound track: round(frame_count / fps * kSampleRate); 0 frames never happen
  std::vector<PlanAsset> pictures, sounds;
  std::vector<PlanScene> scenes;
  std::vector<PlanSpeech> speech;
  std::optional<PlanMusic> music;
  double loudness_lufs = -14;
  bool score = true;  // its frames are measured while they are rendered (docs/metrics.md)

  bool has_sound() const { return !speech.empty() || music.has_value(); }
};

// What the worker learnt of the assets, in the order of the scenes.
struct Facts {
  std::vector<PlanAsset> pictures;               // one a scene
  std::vector<std::optional<PlanAsset>> speech;  // one a scene; nullopt where it does not speak
  std::optional<PlanAsset> music;
  std::vector<std::vector<storage::Word>> words;  // one list a scene, for its captions
};

// Pure: the timeline of a request whose assets are known. Errors: invalid_request (a transition longer than
// its scene, a film without a whole frame or longer than 24 h, ...), with the field's path.
Result<Plan> make_plan(const Request& request, const Facts& facts);

// How much a scene's motion enlarges its picture at its nearest: frame pixels to a picture's pixel. Beyond 1
// pixels are made up.
double upscale_of(const Plan& plan, const PlanScene& scene);

// What a viewer may dislike though the plan can be rendered. `path` is of the request's field.
struct PlanWarning {
  std::string message, path;
};
std::vector<PlanWarning> warnings_of(const Plan& plan);

Json to_json(const Plan& plan);
Json to_json(const TextSpec& text);
// A plan's "output" alone, for a worker that tries encoders before there is a plan.
Json to_json(const OutputSpec& output);
Result<OutputSpec> output_from_json(const Json& json);
Result<Plan> plan_from_json(const Json& json);

}  // namespace reeld::engine
