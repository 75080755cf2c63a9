// A daemon with a folder of pictures, for films of projects.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/apps/daemon.hpp"

namespace reeld::test {

namespace fs = std::filesystem;

inline constexpr const char* kText =
    "At dawn the small boats leave the harbour together.\n\nA cloud of white gulls follows them out to "
    "sea.\n\n"
    "By noon they are back, and all their nets are full.";

// Small and quick.
inline const Json kSmall = {
    {"width", 320}, {"height", 180}, {"fps", 25}, {"encoder", "libx264"}, {"preset", "ultrafast"}};

// A project's way is asked of a daemon that can be started again.
struct ProjectStage {
  ProjectStage() {
    fs::create_directories(pictures());
    write_picture(pictures() / "harbour.jpg", 400, 300, 1);
    write_picture(pictures() / "gulls.jpg", 400, 300, 2);
    daemon.emplace(folder.path() / "daemon");
  }
  fs::path pictures() const { return folder.path() / "pictures"; }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  void restart() {
    daemon.reset();
    daemon.emplace(folder.path() / "daemon");
  }
  Json ask(const std::string& method, const Json& params) {
    const auto reply = daemon->client().call(method, params);
    INFO(method << (reply ? "" : ": " + reply.error().path + " " + reply.error().message));
    REQUIRE(reply);
    return *reply;
  }
  Error refusal(const std::string& method, const Json& params) {
    const auto reply = daemon->client().call(method, params);
    INFO(method << " " << params.dump());
    REQUIRE_FALSE(reply);
    return reply.error();
  }
  Json show(const std::string& project) { return ask("project_show", {{"project", project}}).at("project"); }
  // The job whole, at its end.
  Json end_of(const Json& submitted) {
    const std::string job = submitted.at("job").at("id").get<std::string>();
    REQUIRE(daemon->client().follow(job, [](const Json&) { return true; }));
    return ask("show", {{"job", job}}).at("job");
  }
  Json completed(const Json& submitted) {
    const Json job = end_of(submitted);
    INFO(job.at("error").dump());
    REQUIRE(job.at("status") == "completed");
    return job;
  }
  // An asset that a job of the daemon used.
  std::string asset_of(const Json& job, const std::string& role, int scene) {
    for (const Json& asset : job.at("assets")) {
      if (asset.at("role") == role && asset.at("scene") == scene) return asset.at("id").get<std::string>();
    }
    FAIL("no " << role << " of scene " << scene);
    return "";
  }
  // A film of one scene, and with it assets of a picture and a speech.
  Json sample_job() {
    const Json scene = {{"picture", {{"file", "harbour.jpg"}}},
                        {"duration", "speech"},
                        {"speech", {{"text", "The boats leave."}}}};
    return completed(ask("submit", {{"request", {{"reeld", 1}, {"output", kSmall}, {"scenes", {scene}}}},
                                    {"target", file("sample.mp4")},
                                    {"base_dir", pictures().string()}}));
  }

  TemporaryFolder folder;
  std::optional<Daemon> daemon;
};

inline Json film_options(const ProjectStage& stage) {
  return {{"output", kSmall},
          {"picture", {{"folder", stage.pictures().string()}}},
          {"speech", {{"provider", "espeak-ng"}}},
          {"transition", {{"kind", "crossfade"}, {"duration", 0.2}}},
          {"captions", {{"size", 14}}}};
}

inline std::vector<std::string> ids_of(const Json& project) {
  std::vector<std::string> ids;
  for (const Json& scene : project.at("scenes")) ids.push_back(scene.at("id").get<std::string>());
  return ids;
}

inline std::vector<std::string> texts_of(const Json& scenes) {
  std::vector<std::string> texts;
  for (const Json& scene : scenes) texts.push_back(scene.at("text").get<std::string>());
  return texts;
}

inline double seconds_of(const fs::path& film) {
  return std::stod(probe(film).at("format").at("duration").get<std::string>());
}

}  // namespace reeld::test
