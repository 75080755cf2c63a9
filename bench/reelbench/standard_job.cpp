#include "bench/reelbench/standard_job.hpp"

#include "engine/picture.hpp"
#include "engine/sound.hpp"

namespace reeld::bench {
namespace {

constexpr double kZoom = 1.15;

// From the 16:9 band in the middle of a 4:3 picture to its lower right corner, 1.15 times nearer: the band is
// 0.75 of the picture's height and begins at 0.125.
Json diagonal_motion() {
  const double side = 1 / kZoom;
  return {{"from", {{"x", 0}, {"y", 0.125}, {"w", 1}, {"h", 0.75}}},
          {"to", {{"x", 1 - side}, {"y", 0.125 + 0.75 * (1 - side)}, {"w", side}, {"h", 0.75 * side}}}};
}

}  // namespace

Result<StandardJob> find_standard_job(const std::string& name) {
  if (name == "J1") return StandardJob{"J1", 1920, 1080, 30};
  if (name == "J2") return StandardJob{"J2", 3840, 2160, 60};
  return Error{Code::invalid_request, "there is no standard job " + name + "; the jobs are J1 and J2"};
}

Json request_of(const StandardJob& job, const JobSettings& settings) {
  Json scenes = Json::array();
  for (int i = 0; i < kStandardScenes; ++i) {
    // 56 pixels of 1080, as the other tools draw it.
    const Json text = {{"text", "Scene " + std::to_string(i + 1) + " - a line of overlay text"},
                       {"size", 56.0 * job.height / 1080},
                       {"outline", {{"width", 3.0 * job.height / 1080}}}};
    Json scene = {{"picture", {{"file", "picture" + std::to_string(i) + ".jpg"}}},
                  {"duration", job.scene_seconds},
                  {"motion", diagonal_motion()},
                  {"text", Json::array({text})}};
    if (i + 1 < kStandardScenes) {
      scene["transition"] = {{"kind", "crossfade"}, {"duration", job.transition_seconds}};
    }
    scenes.push_back(scene);
  }
  // One voice over the whole film.
  scenes[0]["speech"] = {{"file", "voice-21.wav"}};
  return {{"reeld", 1},
          {"title", job.name},
          {"output",
           {{"width", job.width},
            {"height", job.height},
            {"fps", job.fps},
            {"crf", 23},
            {"preset", settings.preset},
            {"encoder", settings.encoder},
            {"device", settings.device}}},
          {"scenes", scenes}};
}

Result<engine::Plan> plan_of(const Json& request, const std::filesystem::path& inputs) {
  REELD_ASSIGN(const engine::Request parsed, engine::parse_request(request));
  engine::Facts facts;
  for (const engine::SceneSpec& scene : parsed.scenes) {
    const std::string picture = scene.picture.params.at("file").get<std::string>();
    REELD_ASSIGN(const auto size, engine::inspect_picture(inputs / picture));
    facts.pictures.push_back({"", picture, size.width, size.height, 0});
    facts.speech.emplace_back();
    facts.words.emplace_back();
    if (!scene.speech) continue;
    const std::string sound = scene.speech->params.at("file").get<std::string>();
    REELD_ASSIGN(const auto length, engine::inspect_sound(inputs / sound));
    facts.speech.back() = engine::PlanAsset{"", sound, 0, 0, length.sample_count};
  }
  return engine::make_plan(parsed, facts);
}

}  // namespace reeld::bench
