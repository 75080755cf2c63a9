// What pictures and films must reach, by a real daemon and a stand-in of Gemini whose pictures are out of
// focus when they are told to be.
#include <csignal>
#include <filesystem>

#include "tests/apps/gates_fixture.hpp"

namespace reeld::test {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

TEST_CASE("a picture that nobody makes is not made again: it warns, or fails before anything is rendered",
          "[gates]") {
  Gates gates;
  const Json own = {{{"picture", {{"file", "own.jpg"}}}, {"duration", 0.2}}};
  const Json never = {{"reach", {{{"metric", "sharpness_laplacian"}, {"at_least", 1e9}}}}};
  const Json warned = gates.done(Gates::request({{"pictures", never}}, own));
  INFO(warned.dump(1));
  CHECK(warned.at("job").at("status") == "completed");
  REQUIRE(warned.at("job").at("warnings").size() == 1);
  CHECK(warned.at("job").at("warnings")[0].at("path") == "/scenes/0/picture");
  CHECK_THAT(warned.at("job").at("warnings")[0].at("message").get<std::string>(),
             Contains("scene 0") && Contains("sharpness_laplacian is ") && Contains("no other is made"));
  fs::remove(gates.target());

  Json failing = never;
  failing["otherwise"] = "fail";
  const Json failed = gates.done(Gates::request({{"pictures", failing}}, own));
  CHECK(failed.at("job").at("status") == "failed");
  CHECK(failed.at("job").at("error").at("code") == "quality_not_reached");
  CHECK(failed.at("job").at("error").at("path") == "/scenes/0/picture");
  CHECK_FALSE(fs::exists(gates.target()));
  CHECK(gates.metrics(failed).at("pictures").size() == 1);
  for (const Json& stage : failed.at("job").at("stages")) CHECK(stage.at("stage") == "creating_images");
  CHECK(gates.asked() == 0);

  // A scene's own bar stands in place of the film's.
  Json freed = own;
  freed[0]["reach"] = Json::array();
  CHECK(gates.done(Gates::request({{"pictures", failing}}, freed)).at("job").at("status") == "completed");
}

TEST_CASE("below the bar the next seeds are asked for, the best is kept, every try is recorded", "[gates]") {
  Gates gates;
  gates.blur(2);
  const Json shown =
      gates.done(Gates::request(Gates::pictures(5), Json::array({Gates::made("A harbour at dawn")})));
  INFO(shown.dump(1));
  CHECK(shown.at("job").at("status") == "completed");
  CHECK(shown.at("job").at("warnings").empty());
  CHECK(gates.asked() == 3);
  CHECK(shown.at("job").at("cost_usd").get<double>() == Approx(0.12));
  CHECK(in_role(shown, "picture") == 1);
  CHECK(in_role(shown, "picture_alternative") == 2);
  const Json metrics = gates.metrics(shown);
  const Json& tries = metrics.at("pictures");
  REQUIRE(tries.size() == 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(tries[i].at("number") == i + 1);
    CHECK(tries[i].at("seed") == 7 + i);
    CHECK(tries[i].at("cost_usd").get<double>() == Approx(0.04));
    CHECK(tries[i].at("kept") == (i == 2));
    CHECK((tries[i].at("scores").at("sharpness_laplacian").get<double>() < 20) == (i < 2));
  }
  const auto of_scene = [&](const char* name) {
    for (const Json& score : metrics.at("scores")) {
      if (score.at("scene") == 0 && score.at("name") == name) return score.at("value");
    }
    return Json();
  };
  CHECK(of_scene("sharpness_laplacian") == tries[2].at("scores").at("sharpness_laplacian"));
}

TEST_CASE(
    "where no try is good, the best of them is shown with a warning, or the job fails and a retry tries on",
    "[gates]") {
  Gates gates;
  gates.blur(-1);
  const Json warned = gates.done(Gates::request(Gates::pictures(2), Json::array({Gates::made("Hills")})));
  CHECK(warned.at("job").at("status") == "completed");
  CHECK(gates.asked() == 2);
  REQUIRE(warned.at("job").at("warnings").size() == 1);
  CHECK_THAT(warned.at("job").at("warnings")[0].at("message").get<std::string>(), Contains("the best of 2"));

  const std::string job =
      gates.submit(Gates::request(Gates::pictures(2, "fail"), Json::array({Gates::made("Boats")})));
  const Json failed = gates.end_of(job);
  CHECK(failed.at("job").at("error").at("code") == "quality_not_reached");
  CHECK(gates.asked() == 4);
  gates.studio.standin.reset();
  REQUIRE(gates.studio.call("retry", {{"job", job}}));
  const Json again = gates.end_of(job);
  INFO(again.dump(1));
  CHECK(again.at("job").at("status") == "completed");
  CHECK(gates.asked() == 1);  // the next seed's picture is sharp
  const Json tries = gates.metrics(again).at("pictures");
  REQUIRE(tries.size() == 3);
  CHECK(tries[2].at("seed") == 9);
  CHECK(tries[2].at("attempt") == 2);
  CHECK(tries[2].at("kept") == true);
}

TEST_CASE("a budget ends the tries and not the job, and so does a provider that gives the same again",
          "[gates]") {
  Gates gates;
  gates.blur(-1);
  Json request = Gates::request(Gates::pictures(10), Json::array({Gates::made("A lighthouse")}));
  request["budget_usd"] = 0.1;
  const Json shown = gates.done(request);
  INFO(shown.dump(1));
  CHECK(shown.at("job").at("status") == "completed");
  CHECK(gates.asked() == 2);
  CHECK(shown.at("job").at("cost_usd").get<double>() == Approx(0.08));
  REQUIRE(shown.at("job").at("warnings").size() == 1);
  CHECK_THAT(shown.at("job").at("warnings")[0].at("message").get<std::string>(),
             Contains("the best of 2, and there are no more"));

  gates.studio.standin.reset();
  gates.studio.standin.dial({{"fault", "seedless"}, {"times", -1}});
  Json never = Gates::pictures(10);
  never["pictures"]["reach"][0]["at_least"] = 1e9;
  const Json same = gates.done(Gates::request(never, Json::array({Gates::made("A pier")})));
  CHECK(same.at("job").at("status") == "completed");
  CHECK(gates.asked() == 2);
  CHECK_THAT(same.at("job").at("warnings")[0].at("message").get<std::string>(), Contains("gave before"));
}

TEST_CASE("all pictures of an answer are tried before another is asked for, and the best is shown",
          "[gates]") {
  Gates gates;
  gates.blur(1);
  Json scene = Gates::made("A ferry");
  scene["picture"]["count"] = 2;
  const Json shown = gates.done(Gates::request(Gates::pictures(5), Json::array({scene})));
  INFO(shown.dump(1));
  CHECK(shown.at("job").at("status") == "completed");
  CHECK(shown.at("job").at("warnings").empty());
  CHECK(gates.asked() == 2);  // once a picture
  CHECK(in_role(shown, "picture") == 1);
  CHECK(in_role(shown, "picture_alternative") == 1);
  const Json tries = gates.metrics(shown).at("pictures");
  REQUIRE(tries.size() == 2);
  double cost = 0;
  for (int i = 0; i < 2; ++i) {
    CHECK(tries[i].at("number") == i + 1);
    CHECK(tries[i].at("seed") == 7 + i);
    CHECK(tries[i].at("kept") == (i == 1));
    CHECK(tries[i].at("scores").contains("image_quality"));
    cost += tries[i].at("cost_usd").get<double>();
  }
  CHECK(cost == Approx(shown.at("job").at("cost_usd").get<double>()));
  for (const Json& asset : shown.at("job").at("assets")) {
    if (asset.at("role") == "picture") CHECK(asset.at("id") == tries[1].at("asset"));
  }
}

TEST_CASE("the pictures of an answer count among the tries", "[gates]") {
  Gates gates;
  gates.blur(-1);
  Json scene = Gates::made("A barge");
  scene["picture"]["count"] = 2;
  const Json shown = gates.done(Gates::request(Gates::pictures(3), Json::array({scene})));
  INFO(shown.dump(1));
  CHECK(gates.asked() == 3);  // two of the answer, and one more
  CHECK(gates.metrics(shown).at("pictures").size() == 3);
  CHECK(gates.metrics(shown).at("pictures")[2].at("seed") == 9);
  REQUIRE(shown.at("job").at("warnings").size() == 1);
  CHECK_THAT(shown.at("job").at("warnings")[0].at("message").get<std::string>(), Contains("the best of 3"));
}

TEST_CASE("of an answer of several pictures one that is none costs only itself", "[gates]") {
  Gates gates;
  // The second is spoilt in its middle, which nobody notices before it is decoded.
  gates.studio.standin.dial(
      {{{"fault", "blurred"}, {"times", 1}}, {{"fault", "spoilt_picture"}, {"times", 1}}});
  Json scene = Gates::made("A tug");
  scene["picture"]["count"] = 3;
  const Json shown = gates.done(Gates::request(Gates::pictures(5), Json::array({scene})));
  INFO(shown.dump(1));
  CHECK(shown.at("job").at("status") == "completed");
  CHECK(gates.asked() == 3);
  const Json tries = gates.metrics(shown).at("pictures");
  REQUIRE(tries.size() == 2);
  CHECK(tries[1].at("seed") == 9);
  CHECK(tries[1].at("kept") == true);
  CHECK(in_role(shown, "picture_alternative") == 1);
}

TEST_CASE("pictures that another film paid for are tried first, and then the next seeds are asked for",
          "[gates]") {
  Gates gates;
  gates.blur(2);
  const Json scenes = Json::array({Gates::made("A canal")});
  gates.done(Gates::request(Gates::pictures(2), scenes));
  CHECK(gates.asked() == 2);
  const Json shown = gates.done(Gates::request(Gates::pictures(5), scenes));
  INFO(shown.dump(1));
  CHECK(gates.asked() == 3);
  CHECK(shown.at("job").at("warnings").empty());
  CHECK(shown.at("job").at("cost_usd").get<double>() == Approx(0.04));
  const Json tries = gates.metrics(shown).at("pictures");
  REQUIRE(tries.size() == 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(tries[i].at("seed") == 7 + i);
    CHECK(tries[i].at("cost_usd").get<double>() == Approx(i < 2 ? 0 : 0.04));
    CHECK(tries[i].at("kept") == (i == 2));
  }
}

TEST_CASE("a daemon that is killed between two tries pays for none of them twice", "[gates]") {
  Gates gates;
  gates.studio.standin.dial(
      {{{"fault", "blurred"}, {"times", 2}}, {{"fault", "stall"}, {"seconds", 60}, {"times", 1}}});
  const std::string job = gates.submit(
      Gates::request(Gates::pictures(5),
                     {Gates::made("A quay"),
                      {{"picture", {{"file", "own.jpg"}}}, {"duration", 0.2}, {"reach", Json::array()}}}));
  gates.studio.wait_until_asked(3);
  gates.studio.daemon->send(SIGKILL);
  gates.studio.daemon->wait();
  gates.studio.start();
  const Json shown = gates.end_of(job);
  INFO(shown.dump(1));
  CHECK(shown.at("job").at("status") == "completed");
  CHECK(gates.asked() == 4);  // the one that was under way is asked for once more
  const Json tries = gates.metrics(shown).at("pictures");
  REQUIRE(tries.size() == 4);  // with that of the second scene
  CHECK(tries[2].at("seed") == 9);
  CHECK(tries[2].at("kept") == true);
}

TEST_CASE("a film that does not reach its bar gets no name, or a warning", "[gates]") {
  Gates gates;
  const Json own = {{{"picture", {{"file", "own.jpg"}}}, {"duration", 0.2}}};
  // A film without sound has none of the scores of sound.
  Json gate = {{"reach", {{{"metric", "silence"}, {"at_most", 0.5}}}}};
  const Json warned = gates.done(Gates::request({{"film", gate}}, own));
  CHECK(warned.at("job").at("status") == "completed");
  REQUIRE(warned.at("job").at("warnings").size() == 1);
  CHECK(warned.at("job").at("warnings")[0].at("path") == "/quality/film");
  const auto written = fs::last_write_time(gates.target());

  gate["otherwise"] = "fail";
  const std::string job = gates.submit(Gates::request({{"film", gate}}, own));
  const Json failed = gates.end_of(job);
  INFO(failed.dump(1));
  CHECK(failed.at("job").at("error").at("code") == "quality_not_reached");
  CHECK(failed.at("job").at("error").at("path") == "/quality/film");
  CHECK(fs::last_write_time(gates.target()) == written);  // the film that was there stays
  for (const auto& entry : fs::directory_iterator(gates.studio.folder.path())) {
    CHECK(entry.path().extension() != ".part");
  }
}

}  // namespace
}  // namespace reeld::test
