#include "engine/request_rules.hpp"

#include <array>
#include <cmath>

#include "engine/request_schema_check.hpp"
#include "engine/score/similarity.hpp"

namespace reeld::engine {
namespace {

struct Aspect {
  std::string_view name;
  int x, y, width, height;
};
constexpr std::array kAspects = {Aspect{"16:9", 16, 9, 1920, 1080}, Aspect{"9:16", 9, 16, 1080, 1920},
                                 Aspect{"1:1", 1, 1, 1080, 1080}, Aspect{"4:5", 4, 5, 1080, 1350}};
constexpr int kMinSize = 16;
constexpr int kMaxSize = 8192;

// Fractions typed with a few decimals, summed in doubles, may pass 1 by a rounding error and no more.
constexpr double kRectTolerance = 1e-9;

Error refuse(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

// side * num / den, to the nearest even number, since chroma is stored for every second pixel.
int other_side(int side, int num, int den) {
  return 2 * static_cast<int>(scale_rounded(side, num, std::int64_t{2} * den));
}

Result<void> check_side(int side, const char* name) {
  const std::string path = std::string("/output/") + name;
  if (side % 2 != 0) return refuse(path, std::to_string(side) + " is not allowed: pixels must be even");
  if (side < kMinSize || side > kMaxSize) {
    return refuse(path,
                  "comes to " + std::to_string(side) + " by the aspect, not allowed: 16 to 8192 pixels");
  }
  return {};
}

Result<void> check_rect(const FractionRect& rect, const std::string& path) {
  if (rect.x + rect.w > 1 + kRectTolerance) {
    return refuse(path, "x + w is " + found_text(rect.x + rect.w) +
                            ": the rectangle must lie inside the picture, at most 1");
  }
  if (rect.y + rect.h > 1 + kRectTolerance) {
    return refuse(path, "y + h is " + found_text(rect.y + rect.h) +
                            ": the rectangle must lie inside the picture, at most 1");
  }
  return {};
}

Result<void> check_text(const TextSpec& text, const std::string& path) {
  if (text.end && *text.end <= text.start) {
    return refuse(path + "/end", found_text(*text.end) +
                                     " is not allowed: seconds greater than start, which is " +
                                     found_text(text.start));
  }
  if (text.x.has_value() != text.y.has_value()) {
    const char* missing = text.x ? "/y" : "/x";
    return refuse(path + missing, "is missing: x and y go together");
  }
  return {};
}

Result<void> check_transition(const Json& json, const SceneSpec& scene, bool last, const std::string& path) {
  if (!scene.transition) return {};
  if (last) return refuse(path, "the last scene has no next scene to go to: leave its transition out");
  if (scene.transition->kind == "cut" && json["transition"].contains("duration")) {
    return refuse(path + "/duration", "a cut takes no time: leave its duration out, or choose another kind");
  }
  return {};
}

Result<void> check_picture(const Json& picture, const std::string& path) {
  const bool width = picture.contains("width");
  if (width != picture.contains("height")) {
    return refuse(path + (width ? "/height" : "/width"), "is missing: width and height go together");
  }
  if (width && picture.contains("aspect")) {
    return refuse(path + "/aspect", "width and height already say the shape: leave one of the three out");
  }
  return {};
}

Result<void> check_target(const Json& output, const Request& request) {
  if (!request.target) return {};
  const std::string path = "/output/target";
  if (output.contains("crf")) {
    return refuse(path, "a target chooses the crf, and the request gives one: leave one of the two out");
  }
  const auto& [metric, at_least] = *request.target;
  if (metric != "psnr" && at_least > 1) {
    return refuse(path + "/at_least",
                  found_text(at_least) + " is not allowed: 0 to 1 for " + metric + ", which is 1 of equals");
  }
  if (metric == "ms_ssim" && !has_ms_ssim(request.output.width, request.output.height)) {
    return refuse(path + "/metric", "ms_ssim needs " + std::to_string(kLeastMsSsimSide) +
                                        " pixels a side or more: choose ssim");
  }
  return {};
}

Result<void> check_scene(const Json& json, const SceneSpec& scene, bool last, const std::string& path) {
  if (!scene.duration && !scene.speech) {
    return refuse(path + "/duration", "\"speech\" needs speech in this scene: add it, or give seconds");
  }
  if (scene.motion.move == "rects") {
    REELD_TRY(check_rect(scene.motion.from, path + "/motion/from"));
    REELD_TRY(check_rect(scene.motion.to, path + "/motion/to"));
  }
  for (std::size_t i = 0; i < scene.text.size(); ++i) {
    REELD_TRY(check_text(scene.text[i], path + "/text/" + std::to_string(i)));
  }
  if (scene.captions && (!scene.speech || !scene.speech->params.contains("text"))) {
    return refuse(path + "/captions", "captions show what is said: this scene has no speech with a text");
  }
  REELD_TRY(check_picture(json["picture"], path + "/picture"));
  return check_transition(json, scene, last, path + "/transition");
}

}  // namespace

Result<void> resolve_size(const Json& output, OutputSpec& target) {
  const std::string name = output.value("aspect", "16:9");
  const Aspect* aspect = kAspects.data();
  for (const Aspect& candidate : kAspects) {
    if (candidate.name == name) aspect = &candidate;
  }
  const bool width = output.contains("width");
  const bool height = output.contains("height");
  if (width && height && output.contains("aspect")) {
    return refuse("/output/aspect", "width and height already say the shape: leave one of the three out");
  }
  target.width = output.value("width", aspect->width);
  target.height = output.value("height", aspect->height);
  if (width && !height) target.height = other_side(target.width, aspect->y, aspect->x);
  if (height && !width) target.width = other_side(target.height, aspect->x, aspect->y);
  REELD_TRY(check_side(target.width, "width"));
  return check_side(target.height, "height");
}

Result<Rational> frame_rate(const Json& fps, const std::string& path) {
  if (fps.is_string()) {
    // At most ten digits each, by the schema, so neither part overflows.
    const std::string text = fps.get<std::string>();
    const std::size_t slash = text.find('/');
    const Rational rate{std::stoll(text.substr(0, slash)), std::stoll(text.substr(slash + 1))};
    constexpr std::int64_t kMaxPart = std::int64_t{1} << 31;
    if (rate.den < 1 || rate.num < rate.den || rate.num > 120 * rate.den || rate.num > kMaxPart) {
      return refuse(path,
                    found_text(fps) + " is not allowed: a fraction from 1 to 120, its parts at most 2^31");
    }
    return reduced(rate);
  }
  const double value = fps.get<double>();
  // 23.976, 29.97, 59.94 are written for n * 1000/1001; two decimals stray by at most 0.005.
  for (const int whole : {24, 30, 48, 60, 120}) {
    const double broadcast = whole * 1000.0 / 1001.0;
    if (std::abs(value - broadcast) < 0.005) return reduced(Rational{whole * std::int64_t{1000}, 1001});
  }
  return reduced(Rational{std::llround(value * 1e6), 1000000});
}

Result<void> check_rules(const Json& json, const Request& request) {
  const OutputSpec& output = request.output;
  if (output.codec != "av1" && output.crf > 51) {
    return refuse("/output/crf", std::to_string(output.crf) + " is not allowed: 0 to 51 for " + output.codec);
  }
  REELD_TRY(check_target(json.value("output", Json::object()), request));
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const bool last = i + 1 == request.scenes.size();
    REELD_TRY(check_scene(json["scenes"][i], request.scenes[i], last, "/scenes/" + std::to_string(i)));
  }
  return {};
}

}  // namespace reeld::engine
