// The plan: times without drift, motions, limits, and its JSON. Pure arithmetic, no files but the golden one.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/motion.hpp"
#include "engine/plan.hpp"

using namespace reeld;
using namespace reeld::engine;

namespace {

PlanAsset picture(int width, int height, const std::string& name) {
  return {name, "assets/" + name, width, height, 0};
}
PlanAsset sound(std::int64_t samples, const std::string& name) {
  return {name, "assets/" + name, 0, 0, samples};
}

// `count` scenes of `seconds` with 1 s crossfades.
Request film(int count, double seconds, Rational fps) {
  Request request;
  request.output.fps = fps;
  request.scenes.resize(static_cast<std::size_t>(count));
  for (SceneSpec& scene : request.scenes) {
    scene.duration = seconds;
    scene.transition = TransitionSpec{.kind = "crossfade", .duration = 1};
  }
  request.scenes.back().transition.reset();
  return request;
}

Facts facts_for(const Request& request) {
  Facts facts;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    facts.pictures.push_back(picture(4000, 3000, std::to_string(i)));
    facts.speech.emplace_back();
    facts.words.emplace_back();
  }
  return facts;
}

Plan golden_plan() {
  const auto request = parse_request(Json::parse(R"({"reeld": 1, "title": "Golden", "seed": 42,
    "output": {"width": 1280, "height": 720, "fps": 29.97, "background": "#102030"},
    "scenes": [
      {"picture": {"file": "a.jpg"}, "duration": 5, "motion": "zoom-in",
       "text": [{"text": "Title", "x": 0.5, "y": 0.25, "outline": true, "shadow": true, "box": {"radius": 4},
                 "start": 0.5, "end": 4, "fade_in": 0.5, "fade_out": 0.25}],
       "transition": {"kind": "wipe", "duration": 1, "direction": "up", "easing": "ease-in-out"}},
      {"picture": {"file": "b.jpg"}, "duration": "speech", "motion": {"move": "auto", "fit": "fit"},
       "speech": {"text": "Words.", "delay": 1, "volume_db": 2}, "transition": {"kind": "fade", "color": "#ffffff"}},
      {"picture": {"file": "a.jpg"}, "duration": 3, "background": "#ff000080",
       "motion": {"from": {"x": 0, "y": 0, "w": 1, "h": 1}, "to": {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.3}}}],
    "music": {"file": "m.wav", "fade": 2}})"));
  REQUIRE(request);
  const PlanAsset a = picture(4000, 3000, "a");
  const Facts facts{{a, picture(1000, 1500, "b"), a},
                    {std::nullopt, sound(100000, "s"), std::nullopt},
                    sound(480000, "m"),
                    {{}, {}, {}}};
  auto plan = make_plan(*request, facts);
  REQUIRE(plan);
  return *plan;
}

std::string slurp(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("scenes overlap by their transitions", "[plan]") {
  const Request request = film(3, 5, {30, 1});
  const auto plan = make_plan(request, facts_for(request));
  REQUIRE(plan);
  // 3 * 150 frames less 2 * 30.
  CHECK(plan->frame_count == 390);
  CHECK(plan->scenes[1].first_frame == 120);
  CHECK(plan->scenes[2].first_frame == 240);
  CHECK(plan->scenes[0].transition.frame_count == 30);
  CHECK(plan->scenes[2].transition.frame_count == 0);
  CHECK(plan->sample_count == 13 * 48000);
}

TEST_CASE("an hour does not drift", "[plan]") {
  for (const Rational fps :
       {Rational{30000, 1001}, Rational{24000, 1001}, Rational{60, 1}, Rational{25, 2}}) {
    const Request request = film(720, 6.0033, fps);
    const auto plan = make_plan(request, facts_for(request));
    REQUIRE(plan);
    const double frame = static_cast<double>(fps.den) / static_cast<double>(fps.num);
    for (std::size_t i = 0; i < plan->scenes.size(); ++i) {
      const double exact = static_cast<double>(i) * 5.0033;
      REQUIRE(std::abs(static_cast<double>(plan->scenes[i].first_frame) * frame - exact) <= frame / 2 + 1e-9);
      const double end = exact + 6.0033;
      const std::int64_t end_frame = plan->scenes[i].first_frame + plan->scenes[i].frame_count;
      REQUIRE(std::abs(static_cast<double>(end_frame) * frame - end) <= frame / 2 + 1e-9);
    }
    const double video = static_cast<double>(plan->frame_count) * frame;
    const double audio = static_cast<double>(plan->sample_count) / kSampleRate;
    CHECK(std::abs(video - audio) <= 0.5 / kSampleRate + 1e-9);
    CHECK(std::abs(video - (719 * 5.0033 + 6.0033)) <= frame);
    CHECK(plan_from_json(to_json(*plan)));
  }
}

TEST_CASE("speech lies where its scene begins, and decides its length", "[plan]") {
  Request request = film(2, 3, {30, 1});
  request.scenes[1].duration.reset();
  request.scenes[1].pad = 0.5;
  request.scenes[1].speech = SpeechSpec{.provider = "espeak-ng", .params = {}, .volume_db = 0, .delay = 0.25};
  Facts facts = facts_for(request);
  facts.speech[1] = sound(96000, "s");
  auto plan = make_plan(request, facts);
  REQUIRE(plan);
  // 0.25 + 2 + 0.5 s = 82.5 frames from frame 60: 142.5, to 143.
  CHECK(plan->frame_count == 143);
  CHECK(plan->speech[0].start == 2 * 48000 + 12000);
  CHECK(plan->speech[0].length == 96000);

  request.scenes[1].duration = 1.5;  // the film ends at 3.5 s: 1.25 s of the speech are heard
  plan = make_plan(request, facts);
  REQUIRE(plan);
  CHECK(plan->speech[0].length == 60000);
  request.scenes[1].speech->delay = 10;
  plan = make_plan(request, facts);
  REQUIRE(plan);
  CHECK(plan->speech.empty());
}

TEST_CASE("what cannot be a timeline is refused with its field", "[plan]") {
  Request request = film(3, 1.5, {30, 1});
  auto plan = make_plan(request, facts_for(request));
  REQUIRE_FALSE(plan);
  CHECK(plan.error().path == "/scenes/1/transition/duration");
  CHECK(plan.error().message.find("1.5 s, too short for its transitions: 1.0 s in and 1.0 s out") !=
        std::string::npos);

  request = film(2, 5, {30, 1});
  request.scenes[1].duration = 0.5;
  CHECK(make_plan(request, facts_for(request)).error().path == "/scenes/0/transition/duration");
  request = film(2, 50000, {30, 1});
  CHECK(make_plan(request, facts_for(request)).error().path == "/scenes/1/duration");
  request = film(1, 0.001, {30, 1});
  CHECK(make_plan(request, facts_for(request)).error().path == "/scenes/0/duration");
  request = film(1, 5, {30, 1});
  request.scenes[0].text.push_back(TextSpec{.text = "late", .start = 6});
  CHECK(make_plan(request, facts_for(request)).error().path == "/scenes/0/text/0/start");
}

TEST_CASE("a transition of no frame is a cut", "[plan]") {
  Request request = film(2, 5, {30, 1});
  request.scenes[0].transition->duration = 0.001;
  const auto plan = make_plan(request, facts_for(request));
  REQUIRE(plan);
  CHECK(plan->scenes[0].transition.kind == kernels::TransitionKind::cut);
  CHECK(plan->frame_count == 300);
}

TEST_CASE("rectangles take the output's aspect about their centre", "[plan]") {
  const MotionFrame frame{1600, 900, 4000, 3000};
  MotionSpec spec{.move = "rects", .from = {0, 0, 1, 1}, .to = {0.5, 0.5, 0.5, 0.5}};
  // fill: 4000 wide needs 2250 of the 3000 lines, 375 off either side.
  PlanMotion motion = plan_motion(spec, frame, 0, 0);
  CHECK(motion.from == kernels::Rect{0, 375, 4000, 2250});
  CHECK(motion.to == kernels::Rect{2000, 1687.5, 2000, 1125});
  // 2000 / 1600 = 1.25 picture pixels to an output pixel: the full size.
  CHECK(motion.level == 0);
  // fit: 3000 lines need 5333.3 columns.
  spec.fit = Fit::fit;
  motion = plan_motion(spec, frame, 0, 0);
  CHECK(motion.from.h == 3000);
  CHECK(motion.from.w == Approx(3000 * 16.0 / 9));
  CHECK(motion.from.x == Approx((4000 - 3000 * 16.0 / 9) / 2));
  // 4000 / 400 = 10 picture pixels to an output pixel: level 5, three quarters of a quarter, where 1.875
  // remain; at level 6, an eighth, it would be 1.25, too few.
  CHECK(plan_motion(MotionSpec{}, {400, 300, 4000, 3000}, 0, 0).level == 5);
}

TEST_CASE("named moves do what they say", "[plan]") {
  const MotionFrame frame{1000, 1000, 1000, 1000};
  const PlanMotion in = plan_motion({.move = "zoom-in", .amount = 0.25}, frame, 0, 0);
  CHECK(in.from == kernels::Rect{0, 0, 1000, 1000});
  CHECK(in.to == kernels::Rect{100, 100, 800, 800});
  const PlanMotion left = plan_motion({.move = "pan-left", .amount = 0.25}, frame, 0, 0);
  CHECK(left.from == kernels::Rect{200, 100, 800, 800});
  CHECK(left.to == kernels::Rect{0, 100, 800, 800});
}

TEST_CASE("auto is the same again, differs between neighbours, and stays inside", "[plan]") {
  const MotionFrame frame{1920, 1080, 3000, 2000};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    PlanMotion before{};
    for (int scene = 0; scene < 20; ++scene) {
      const PlanMotion motion = plan_motion({.move = "auto"}, frame, seed, scene);
      const PlanMotion again = plan_motion({.move = "auto"}, frame, seed, scene);
      REQUIRE(motion.from == again.from);
      REQUIRE(motion.to == again.to);
      REQUIRE_FALSE((motion.from == before.from && motion.to == before.to));
      REQUIRE_FALSE(motion.from == motion.to);
      for (const auto& rect : {motion.from, motion.to}) {
        REQUIRE(
            (rect.x >= 0 && rect.y >= 0 && rect.x + rect.w <= 3000 + 1e-9 && rect.y + rect.h <= 2000 + 1e-9));
      }
      before = motion;
    }
  }
}

TEST_CASE("a picture that is much enlarged is warned of, one a little enlarged is not", "[plan]") {
  Plan plan;
  plan.output.width = 1920;
  plan.pictures = {{"", "", 640, 360, 0}};
  plan.scenes.resize(2);
  plan.scenes[0].motion = {{0, 0, 1600, 900}, {0, 0, 1300, 731.25}, Easing::linear, 0};
  plan.scenes[1].motion = {{0, 0, 640, 360}, {0, 0, 600, 337.5}, Easing::linear, 0};
  const auto warnings = warnings_of(plan);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].path == "/scenes/1/picture");
  CHECK(warnings[0].message.find("640x360") != std::string::npos);
  CHECK(warnings[0].message.find("3.2 times") != std::string::npos);
}

TEST_CASE("the plan's JSON is golden and comes back whole", "[plan]") {
  const Plan plan = golden_plan();
  const std::string text = to_json(plan).dump(1) + "\n";
  const std::string file = std::string(REELD_SOURCE_DIR) + "/tests/engine/golden/plan.json";
  if (std::getenv("REELD_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << text;
  CHECK(text == slurp(file));
  const auto back = plan_from_json(Json::parse(text));
  REQUIRE(back);
  CHECK(to_json(*back) == to_json(plan));
  CHECK(plan.pictures.size() == 2);  // equal content once
}

TEST_CASE("a plan of an earlier version, which says nothing of its depth, is of 8 bits", "[plan]") {
  Json json = to_json(golden_plan());
  json["output"]["bit_depth"] = 10;
  CHECK(plan_from_json(json)->output.bit_depth == 10);
  json["output"].erase("bit_depth");
  CHECK(plan_from_json(json)->output.bit_depth == 8);
  json["output"]["bit_depth"] = 9;
  CHECK(plan_from_json(json).error().code == Code::invalid_request);
}

TEST_CASE("a broken plan is refused, never thrown over", "[plan]") {
  const Json good = to_json(golden_plan());
  const std::vector<Json> values = {nullptr,        -1,           "x",     1e300, Json::array(),
                                    Json::object(), std::nan(""), 1u << 31};
  const Json flat = good.flatten();
  for (const auto& [key, unused] : flat.items()) {
    for (const Json& value : values) {
      Json json = good;
      json[Json::json_pointer(key)] = value;
      const auto plan = plan_from_json(json);
      if (!plan) REQUIRE_FALSE(plan.error().message.empty());
    }
    Json json = good;
    const Json::json_pointer pointer(key);
    if (!json[pointer.parent_pointer()].is_object()) continue;
    json[pointer.parent_pointer()].erase(pointer.back());
    (void)plan_from_json(json);
  }
  for (const Json& value : values) CHECK_FALSE(plan_from_json(value));
  Json json = good;
  json["scenes"][1]["first_frame"] = 0;
  CHECK(plan_from_json(json).error().code == Code::invalid_request);
  for (const char* outside : {"/etc/passwd", "assets/../../secret", ".."}) {
    json = good;
    json["pictures"][0]["file"] = outside;
    CHECK(plan_from_json(json).error().code == Code::invalid_request);
  }
}
