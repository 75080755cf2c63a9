#include "engine/plan.hpp"

#include <iomanip>
#include <sstream>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/check.hpp"
#include "engine/captions.hpp"
#include "engine/motion.hpp"

// Times are whole microseconds from the film's start, and every boundary is rounded to a frame from there,
// not from the boundary before it: a rounding is at most half a frame, and none adds to another.
namespace reeld::engine {
namespace {

constexpr std::int64_t kMicros = 1000000;
constexpr std::int64_t kMaxFilm = 24LL * 3600 * kMicros;

std::int64_t micros(double seconds) {
  return std::llround(seconds * kMicros);
}

std::string seconds_text(std::int64_t us) {
  return Json(static_cast<double>(us) / kMicros).dump() + " s";
}

std::int64_t frame_at(std::int64_t us, Rational fps) {
  return scale_rounded(us, fps.num, fps.den * kMicros);
}

std::int64_t sample_at_frame(std::int64_t frame, Rational fps) {
  return scale_rounded(frame, kSampleRate * fps.den, fps.num);
}

std::string scene_path(std::size_t i) {
  return "/scenes/" + std::to_string(i);
}

Error refuse(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

// A scene's place in microseconds; `overlap` is its transition into the next.
struct Span {
  std::int64_t start = 0, duration = 0, overlap = 0;
  std::int64_t end() const { return start + duration; }
};

std::int64_t duration_of(const SceneSpec& scene, const std::optional<PlanAsset>& speech, Rational fps) {
  if (scene.duration) return micros(*scene.duration);
  REELD_CHECK(scene.speech && speech);
  const std::int64_t spoken = scale_rounded(speech->sample_count, kMicros, kSampleRate);
  const std::int64_t one_frame = scale_rounded(kMicros, fps.den, fps.num);
  return std::max(micros(scene.speech->delay) + spoken + micros(scene.pad), one_frame);
}

// At most two scenes are ever visible, since what comes in is whole before it begins to go out.
Result<std::vector<Span>> spans_of(const Request& request, const Facts& facts) {
  std::vector<Span> spans(request.scenes.size());
  std::int64_t incoming = 0;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const SceneSpec& scene = request.scenes[i];
    const bool last = i + 1 == spans.size();
    Span& span = spans[i];
    span.start = start;
    span.duration = duration_of(scene, facts.speech[i], request.output.fps);
    span.overlap = scene.transition && !last ? micros(scene.transition->duration) : 0;
    if (incoming + span.overlap > span.duration) {
      const std::size_t at = span.overlap > 0 ? i : i - 1;
      return refuse(scene_path(at) + "/transition/duration",
                    "scene " + std::to_string(i) + " lasts " + seconds_text(span.duration) +
                        ", too short for its transitions: " + seconds_text(incoming) + " in and " +
                        seconds_text(span.overlap) + " out");
    }
    incoming = span.overlap;
    start = span.end() - span.overlap;
    if (span.end() > kMaxFilm) {
      return refuse(scene_path(i) + "/duration",
                    "with this scene the film lasts " + seconds_text(span.end()) + ": at most 24 hours");
    }
  }
  return spans;
}

// The index of an asset among those of a plan, once for equal content.
int index_of(std::vector<PlanAsset>& assets, const PlanAsset& asset) {
  const auto same = [&](const PlanAsset& other) {
    return other.sha256 == asset.sha256 && other.file == asset.file;
  };
  const auto found = std::find_if(assets.begin(), assets.end(), same);
  if (found != assets.end()) return static_cast<int>(found - assets.begin());
  assets.push_back(asset);
  return static_cast<int>(assets.size()) - 1;
}

PlanTransition transition_of(const TransitionSpec& spec, std::int64_t frame_count) {
  PlanTransition transition;
  if (spec.kind == "cut" || frame_count == 0) return transition;
  using kernels::Direction;
  using kernels::TransitionKind;
  transition.kind = spec.kind == "crossfade" ? TransitionKind::crossfade
                    : spec.kind == "fade"    ? TransitionKind::fade_color
                    : spec.kind == "wipe"    ? TransitionKind::wipe
                                             : TransitionKind::slide;
  transition.direction = spec.direction == "right"  ? Direction::right
                         : spec.direction == "up"   ? Direction::up
                         : spec.direction == "down" ? Direction::down
                                                    : Direction::left;
  transition.frame_count = frame_count;
  transition.softness = static_cast<float>(spec.softness);
  transition.color = spec.color;
  transition.easing = spec.easing;
  return transition;
}

// A text that would outlast its scene ends with it: where the duration comes from the speech, nobody could
// say the number beforehand.
Result<PlanText> text_of(const TextSpec& spec, const Span& span, const PlanScene& scene, Rational fps,
                         const std::string& scene_path, const std::string& field) {
  const std::string path = scene_path + field;
  const std::int64_t start = micros(spec.start);
  if (start >= span.duration) {
    return refuse(path + "/start", "the text starts at " + seconds_text(start) +
                                       ", but its scene lasts only " + seconds_text(span.duration));
  }
  const std::int64_t scene_end = scene.first_frame + scene.frame_count;
  const std::int64_t asked_end = spec.end ? frame_at(span.start + micros(*spec.end), fps) : scene_end;
  PlanText text;
  text.spec = spec;
  text.field = field;
  text.first_frame = std::min(frame_at(span.start + start, fps), scene_end - 1);
  text.frame_count = std::max<std::int64_t>(1, std::min(asked_end, scene_end) - text.first_frame);
  text.fade_in_frames = std::min(frame_at(micros(spec.fade_in), fps), text.frame_count);
  text.fade_out_frames = std::min(frame_at(micros(spec.fade_out), fps), text.frame_count);
  return text;
}

// A caption that would begin after its scene, since the speech is cut there, is left out with what it says.
Result<void> add_captions(const SceneSpec& spec, const std::vector<storage::Word>& words, const Span& span,
                          Rational fps, const std::string& path, PlanScene& scene) {
  if (!spec.captions || words.empty()) return {};
  const std::vector<TextSpec> captions = captions_of(words, *spec.captions, spec.speech->delay);
  if (captions.size() > kMaxCaptions) {
    return refuse(path + "/captions", "this speech needs " + std::to_string(captions.size()) +
                                          " captions, and a scene has at most " +
                                          std::to_string(kMaxCaptions) + ": make several scenes of it");
  }
  for (const TextSpec& caption : captions) {
    if (micros(caption.start) >= span.duration) break;
    REELD_ASSIGN(PlanText text, text_of(caption, span, scene, fps, path, "/captions"));
    scene.texts.push_back(std::move(text));
  }
  return {};
}

Result<PlanScene> scene_of(const Request& request, const Facts& facts, const std::vector<Span>& spans,
                           std::size_t i, Plan& plan) {
  const SceneSpec& spec = request.scenes[i];
  const OutputSpec& output = request.output;
  const PlanAsset& picture = facts.pictures[i];
  PlanScene scene;
  scene.first_frame = frame_at(spans[i].start, output.fps);
  const std::int64_t end = frame_at(spans[i].end(), output.fps);
  scene.frame_count = end - scene.first_frame;
  if (scene.frame_count < 1) {
    return refuse(scene_path(i) + "/duration", seconds_text(spans[i].duration) + " is not a whole frame");
  }
  if (picture.width < 1 || picture.height < 1) {
    return Error{Code::picture_invalid, scene_path(i) + "/picture: the picture has no pixels",
                 scene_path(i) + "/picture"};
  }
  scene.picture = index_of(plan.pictures, picture);
  scene.motion = plan_motion(spec.motion, {output.width, output.height, picture.width, picture.height},
                             request.seed, spec.motion.number.value_or(static_cast<int>(i)));
  scene.background = spec.background.value_or(output.background);
  for (std::size_t t = 0; t < spec.text.size(); ++t) {
    REELD_ASSIGN(PlanText text, text_of(spec.text[t], spans[i], scene, output.fps, scene_path(i),
                                        "/text/" + std::to_string(t)));
    scene.texts.push_back(std::move(text));
  }
  REELD_TRY(add_captions(spec, facts.words[i], spans[i], output.fps, scene_path(i), scene));
  if (spec.transition && i + 1 < spans.size()) {
    const std::int64_t next = frame_at(spans[i + 1].start, output.fps);
    scene.transition = transition_of(*spec.transition, end - next);
  }
  return scene;
}

void add_speech(const SceneSpec& spec, const PlanAsset& sound, const PlanScene& scene, Plan& plan) {
  PlanSpeech speech;
  speech.start = sample_at_frame(scene.first_frame, plan.output.fps) +
                 scale_rounded(micros(spec.speech->delay), kSampleRate, kMicros);
  speech.length = std::min(sound.sample_count, plan.sample_count - speech.start);
  speech.gain_db = spec.speech->volume_db;
  if (speech.length < 1) return;
  speech.sound = index_of(plan.sounds, sound);
  plan.speech.push_back(speech);
}

PlanMusic music_of(const MusicSpec& spec, const PlanAsset& sound, Plan& plan) {
  PlanMusic music;
  music.sound = index_of(plan.sounds, sound);
  music.gain_db = spec.volume_db;
  music.duck_db = spec.duck_db;
  music.fade_in = scale_rounded(micros(spec.fade_in), kSampleRate, kMicros);
  music.fade_out = scale_rounded(micros(spec.fade_out), kSampleRate, kMicros);
  music.loop = spec.loop;
  return music;
}

}  // namespace

Result<Plan> make_plan(const Request& request, const Facts& facts) {
  const std::size_t count = request.scenes.size();
  REELD_CHECK(count > 0 && facts.pictures.size() == count && facts.speech.size() == count);
  REELD_CHECK(facts.words.size() == count);
  REELD_CHECK(!request.music || facts.music);
  REELD_ASSIGN(const std::vector<Span> spans, spans_of(request, facts));

  Plan plan;
  plan.title = request.title;
  plan.output = request.output;
  plan.loudness_lufs = request.loudness_lufs;
  plan.score = request.quality.score;
  for (std::size_t i = 0; i < count; ++i) {
    REELD_ASSIGN(PlanScene scene, scene_of(request, facts, spans, i, plan));
    plan.scenes.push_back(std::move(scene));
  }
  plan.frame_count = plan.scenes.back().first_frame + plan.scenes.back().frame_count;
  plan.sample_count = sample_at_frame(plan.frame_count, plan.output.fps);
  for (std::size_t i = 0; i < count; ++i) {
    if (request.scenes[i].speech) {
      REELD_CHECK(facts.speech[i]);
      add_speech(request.scenes[i], *facts.speech[i], plan.scenes[i], plan);
    }
  }
  if (request.music) plan.music = music_of(*request.music, *facts.music, plan);
  return plan;
}

double upscale_of(const Plan& plan, const PlanScene& scene) {
  return plan.output.width / std::min(scene.motion.from.w, scene.motion.to.w);
}

std::vector<PlanWarning> warnings_of(const Plan& plan) {
  // Up to half as large again, interpolated pixels pass for sharp ones at a usual distance; beyond it a
  // picture looks soft.
  constexpr double kVisible = 1.5;
  std::vector<PlanWarning> warnings;
  for (std::size_t i = 0; i < plan.scenes.size(); ++i) {
    const PlanScene& scene = plan.scenes[i];
    const double enlarged = upscale_of(plan, scene);
    if (enlarged <= kVisible) continue;
    const PlanAsset& picture = plan.pictures[static_cast<std::size_t>(scene.picture)];
    std::ostringstream message;
    message << std::fixed << std::setprecision(1) << "the picture has " << picture.width << "x"
            << picture.height << " pixels and is enlarged " << enlarged << " times: it will look soft";
    warnings.push_back({message.str(), "/scenes/" + std::to_string(i) + "/picture"});
  }
  return warnings;
}

}  // namespace reeld::engine
