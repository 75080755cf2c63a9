// A studio whose pictures must reach a bar, and a stand-in of Gemini whose pictures are out of focus when
// they are told to be.
#pragma once

#include "tests/apps/studio.hpp"

namespace reeld::test {

// Far above what is out of focus, far below what is not.
inline const Json kSharp = {{"reach", {{{"metric", "sharpness_laplacian"}, {"at_least", 20}}}}};

struct Gates {
  Gates() { write_picture(studio.folder.path() / "mine" / "own.jpg", 320, 180, 1); }

  std::string target() const { return (studio.folder.path() / "film.mp4").string(); }

  static Json made(const std::string& prompt) {
    return {{"picture", {{"provider", "gemini"}, {"prompt", prompt}, {"seed", 7}}}, {"duration", 0.2}};
  }
  static Json request(const Json& quality, const Json& scenes) {
    return {{"reeld", 1},
            {"output", {{"width", 320}, {"height", 180}, {"device", "cpu"}, {"encoder", "libx264"}}},
            {"quality", quality},
            {"scenes", scenes}};
  }
  static Json pictures(int tries, const char* otherwise = "warn") {
    Json gate = kSharp;
    gate["tries"] = tries;
    gate["otherwise"] = otherwise;
    return {{"pictures", gate}};
  }

  std::string submit(const Json& request) {
    const auto submitted =
        studio.daemon->client().submit(request, target(), (studio.folder.path() / "mine").string(), "");
    INFO((submitted ? "" : submitted.error().message));
    REQUIRE(submitted);
    return submitted->at("job").at("id").get<std::string>();
  }
  Json show(const std::string& job) { return *studio.call("show", {{"job", job}}); }
  // The job at its end.
  Json end_of(const std::string& job) {
    const auto ended = studio.daemon->client().follow(job, [](const Json&) { return true; });
    INFO((ended ? "" : ended.error().message));
    REQUIRE(ended);
    return show(job);
  }
  Json done(const Json& request) { return end_of(submit(request)); }
  Json metrics(const Json& shown) {
    const auto found = studio.call("metrics", {{"job", shown.at("job").at("id")}});
    REQUIRE(found);
    return *found;
  }
  void blur(int times) { studio.standin.dial({{"fault", "blurred"}, {"times", times}}); }
  std::size_t asked() { return studio.standin.count("generateContent"); }

  Studio studio{{"A harbour."}};
};

inline std::size_t in_role(const Json& shown, const std::string& role) {
  std::size_t found = 0;
  for (const Json& asset : shown.at("job").at("assets")) found += asset.at("role") == role;
  return found;
}

}  // namespace reeld::test
