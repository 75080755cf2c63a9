#include <algorithm>
#include <filesystem>

#include "engine/captions.hpp"
#include "engine/plan.hpp"
#include "engine/plan_reader.hpp"

namespace reeld::engine {
namespace {

// 24 hours at 120 frames a second, and its samples.
constexpr std::int64_t kMaxFrames = std::int64_t{24} * 3600 * 120;
constexpr std::int64_t kMaxSamples = std::int64_t{24} * 3600 * kSampleRate + kSampleRate;
constexpr std::int64_t kMaxCount = std::int64_t{1} << 50;
constexpr double kMaxLength = 1e9;  // pixels, seconds, decibels: no plan comes near
// Of a scene: its texts and its captions.
constexpr std::size_t kMaxTexts = 8 + kMaxCaptions;
// Of a scene, in one frame: two scenes may be seen at once.
constexpr std::size_t kMaxTextsAtOnce = kernels::kMaxOverlays / kernels::kMaxLayers;

PlanAsset asset_of(const PlanReader& in) {
  PlanAsset asset;
  asset.sha256 = in.text("sha256");
  asset.file = in.text("file");
  const std::filesystem::path file = asset.file;
  const bool climbs = std::find(file.begin(), file.end(), "..") != file.end();
  if (file.is_absolute() || climbs) in.fail("its file must lie in the data directory");
  asset.width = static_cast<int>(in.integer("width", 0, kernels::kMaxPictureSize));
  asset.height = static_cast<int>(in.integer("height", 0, kernels::kMaxPictureSize));
  asset.sample_count = in.integer("sample_count", 0, kMaxCount);
  return asset;
}

OutputSpec output_of(const PlanReader& in) {
  OutputSpec output;
  output.width = static_cast<int>(in.integer("width", 2, kernels::kMaxFrameSize));
  output.height = static_cast<int>(in.integer("height", 2, kernels::kMaxFrameSize));
  constexpr std::int64_t kMaxPart = std::int64_t{1} << 31;
  const PlanReader fps = in.child("fps");
  output.fps = {fps.integer("num", 1, kMaxPart), fps.integer("den", 1, kMaxPart)};
  if (output.fps.num < output.fps.den || output.fps.num > 120 * output.fps.den) fps.fail("not from 1 to 120");
  if (output.width % 2 != 0 || output.height % 2 != 0) in.fail("width and height must be even");
  output.codec = in.text("codec");
  output.encoder = in.text("encoder");
  output.device = in.text("device");
  output.preset = in.text("preset");
  output.crf = static_cast<int>(in.integer("crf", 0, 63));
  // Plans that a daemon before this field left behind are of 8 bits.
  if (in.has("bit_depth")) output.bit_depth = static_cast<int>(in.integer("bit_depth", 8, 10));
  if (output.bit_depth == 9) in.fail("bit_depth must be 8 or 10");
  output.container = in.text("container");
  output.background = in.color("background");
  return output;
}

void read_decorations(const PlanReader& in, TextSpec& text) {
  if (in.has("outline")) {
    const PlanReader part = in.child("outline");
    text.outline = Outline{part.color("color"), part.number("width", kMaxLength)};
  }
  if (in.has("shadow")) {
    const PlanReader part = in.child("shadow");
    text.shadow = Shadow{part.color("color"), part.number("dx", kMaxLength), part.number("dy", kMaxLength),
                         part.number("blur", kMaxLength)};
  }
  if (in.has("box")) {
    const PlanReader part = in.child("box");
    text.box =
        Box{part.color("color"), part.number("padding", kMaxLength), part.number("radius", kMaxLength)};
  }
}

TextSpec text_spec_of(const PlanReader& in) {
  TextSpec text;
  text.text = in.text("text");
  text.position = in.text("position");
  if (in.has("x")) text.x = in.number("x", kMaxLength);
  if (in.has("y")) text.y = in.number("y", kMaxLength);
  text.size = in.number("size", kMaxLength);
  text.font = in.text("font");
  text.weight = static_cast<int>(in.integer("weight", 100, 1000));
  text.italic = in.flag("italic");
  text.color = in.color("color");
  text.align = in.text("align");
  text.max_width = in.number("max_width", kMaxLength);
  text.margin = in.number("margin", kMaxLength);
  text.line_spacing = in.number("line_spacing", kMaxLength);
  read_decorations(in, text);
  text.start = in.number("start", kMaxLength);
  if (in.has("end")) text.end = in.number("end", kMaxLength);
  text.fade_in = in.number("fade_in", kMaxLength);
  text.fade_out = in.number("fade_out", kMaxLength);
  return text;
}

PlanText text_of(const PlanReader& in) {
  return {text_spec_of(in.child("spec")),
          in.integer("first_frame", 0, kMaxFrames),
          in.integer("frame_count", 1, kMaxFrames),
          in.integer("fade_in_frames", 0, kMaxFrames),
          in.integer("fade_out_frames", 0, kMaxFrames),
          in.text("field")};
}

kernels::Rect rect_of(const PlanReader& in) {
  const kernels::Rect rect{in.number("x", kMaxLength), in.number("y", kMaxLength), in.number("w", kMaxLength),
                           in.number("h", kMaxLength)};
  if (rect.w <= 0 || rect.h <= 0) in.fail("a rectangle needs a width and a height above 0");
  return rect;
}

PlanTransition transition_of(const PlanReader& in) {
  PlanTransition transition;
  transition.kind = static_cast<kernels::TransitionKind>(in.choice("kind", kTransitionNames));
  transition.direction = static_cast<kernels::Direction>(in.choice("direction", kDirectionNames));
  transition.frame_count = in.integer("frame_count", 0, kMaxFrames);
  transition.softness = static_cast<float>(in.number("softness", 1));
  transition.color = in.color("color");
  transition.easing = static_cast<Easing>(in.choice("easing", kEasingNames));
  return transition;
}

// The most are shown at the first frame of one of them.
std::size_t most_at_once(const std::vector<PlanText>& texts) {
  std::size_t most = 0;
  for (const PlanText& first : texts) {
    const auto shown = std::ranges::count_if(texts, [&](const PlanText& text) {
      return text.first_frame <= first.first_frame && first.first_frame < text.first_frame + text.frame_count;
    });
    most = std::max(most, static_cast<std::size_t>(shown));
  }
  return most;
}

PlanScene scene_of(const PlanReader& in, std::size_t picture_count) {
  PlanScene scene;
  scene.first_frame = in.integer("first_frame", 0, kMaxFrames);
  scene.frame_count = in.integer("frame_count", 1, kMaxFrames);
  scene.picture = static_cast<int>(in.integer("picture", 0, static_cast<std::int64_t>(picture_count) - 1));
  const PlanReader motion = in.child("motion");
  scene.motion = {rect_of(motion.child("from")), rect_of(motion.child("to")),
                  static_cast<Easing>(motion.choice("easing", kEasingNames)),
                  static_cast<int>(motion.integer("level", 0, 30))};
  scene.background = in.color("background");
  for (const PlanReader& text : in.items("texts", kMaxTexts)) scene.texts.push_back(text_of(text));
  if (most_at_once(scene.texts) > kMaxTextsAtOnce) in.fail("it shows too many texts at once");
  scene.transition = transition_of(in.child("transition"));
  return scene;
}

// What every frame relies on: scenes follow each other, overlap by their transitions and nothing else, and no
// three at once.
void check_timeline(const Plan& plan, const PlanReader& in) {
  std::int64_t expected = 0;
  std::int64_t incoming = 0;
  for (const PlanScene& scene : plan.scenes) {
    if (scene.first_frame != expected) return in.fail("the scenes do not follow each other");
    const std::int64_t outgoing = scene.transition.frame_count;
    if (incoming + outgoing > scene.frame_count) return in.fail("a transition is longer than its scene");
    if ((outgoing == 0) != (scene.transition.kind == kernels::TransitionKind::cut)) {
      return in.fail("a transition without frames must be a cut, and a cut has none");
    }
    incoming = outgoing;
    expected = scene.first_frame + scene.frame_count - outgoing;
  }
  if (incoming != 0) return in.fail("the last scene has a transition");
  if (expected != plan.frame_count) return in.fail("frame_count is not that of the scenes");
}

Plan plan_of(const PlanReader& in) {
  Plan plan;
  plan.title = in.text("title");
  plan.output = output_of(in.child("output"));
  plan.frame_count = in.integer("frame_count", 1, kMaxFrames);
  plan.sample_count = in.integer("sample_count", 0, kMaxSamples);
  plan.loudness_lufs = in.number("loudness_lufs", 100);
  if (in.has("score")) plan.score = in.flag("score");
  for (const PlanReader& item : in.items("pictures", kMaxScenes)) plan.pictures.push_back(asset_of(item));
  for (const PlanReader& item : in.items("sounds", kMaxScenes + 1)) plan.sounds.push_back(asset_of(item));
  for (const PlanReader& item : in.items("scenes", kMaxScenes)) {
    plan.scenes.push_back(scene_of(item, plan.pictures.size()));
  }
  const std::int64_t last_sound = static_cast<std::int64_t>(plan.sounds.size()) - 1;
  for (const PlanReader& item : in.items("speech", kMaxScenes)) {
    plan.speech.push_back({static_cast<int>(item.integer("sound", 0, last_sound)),
                           item.integer("start", 0, kMaxSamples), item.integer("length", 1, kMaxSamples),
                           item.number("gain_db", 1000)});
  }
  if (in.has("music")) {
    const PlanReader music = in.child("music");
    plan.music = PlanMusic{static_cast<int>(music.integer("sound", 0, last_sound)),
                           music.number("gain_db", 1000),
                           music.number("duck_db", 1000),
                           music.integer("fade_in", 0, kMaxCount),
                           music.integer("fade_out", 0, kMaxCount),
                           music.flag("loop")};
  }
  return plan;
}

}  // namespace

Result<Plan> plan_from_json(const Json& json) {
  std::optional<Error> fault;
  const PlanReader in(json, "", fault);
  in.integer("reeld_plan", kPlanVersion, kPlanVersion);
  if (fault) return *fault;
  Plan plan = plan_of(in);
  if (!fault) check_timeline(plan, in);
  if (fault) return *fault;
  return plan;
}

Result<OutputSpec> output_from_json(const Json& json) {
  std::optional<Error> fault;
  const OutputSpec output = output_of(PlanReader(json, "/output", fault));
  if (fault) return *fault;
  return output;
}

}  // namespace reeld::engine
