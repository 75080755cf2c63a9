// Networks that a user gives. Those here are real, and so small that what they say can be worked out by hand:
// tests/engine/make_networks.py makes them.
#include "engine/learned/learned_scores.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "base/temporary_folder.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/learned/natural_scenes.hpp"
#include "engine/learned/picture_input.hpp"
#include "engine/learned/text_tokens.hpp"
#include "engine/score/picture_task.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

using Catch::Matchers::Contains;

// Networks work in floats, pictures in 8 bits.
constexpr double kTolerance = 1e-4;

const fs::path& networks() {
  static const TemporaryFolder folder;
  static const bool made = [] {
    const std::string command =
        "/usr/bin/python3 " REELD_SOURCE_DIR "/tests/engine/make_networks.py " + folder.path().string();
    return std::system(command.c_str()) == 0;
  }();
  REQUIRE(made);
  return folder.path();
}

fs::path write(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
  return file;
}

// A scene's picture and what it was to show.
struct Shown {
  fs::path picture;
  std::string text = {};
};

LearnedScores judged(const std::vector<Manifest>& manifests, const std::vector<Shown>& scenes) {
  LearnedJudges judges(manifests, 1);
  std::vector<ShownPicture> shown;
  for (const Shown& scene : scenes) {
    const auto picture = load_picture(scene.picture);
    REQUIRE(picture);
    judges.look(*picture, "/scenes/" + std::to_string(shown.size()) + "/picture");
    shown.push_back({shown.size(), scene.text});
  }
  return judges.scores(shown);
}

// A folder with the networks, to lay manifests and pictures beside them.
struct Models {
  Models() {
    for (const auto& entry : fs::directory_iterator(networks()))
      fs::copy(entry.path(), folder.path() / entry.path().filename());
    write(folder.path() / "merges.txt", "#version: 0.2\nr e\nre d</w>\n");
  }

  void add(const std::string& name, const Json& changes = Json::object()) {
    Json manifest = {{"model", name},
                     {"metric", "aesthetic_quality"},
                     {"file", "first_channel.onnx"},
                     {"input", {{"width", 16}, {"height", 8}}},
                     {"output", {{"meaning", "score"}}}};
    manifest.merge_patch(changes);
    write(folder.path() / (name + ".json"), manifest.dump());
  }

  // Of one colour, 0..255.
  fs::path picture(const std::string& name, int red, int green, int blue) const {
    const fs::path file = folder.path() / (name + ".png");
    REQUIRE(cv::imwrite(file.string(), cv::Mat(20, 30, CV_8UC3, cv::Scalar(blue, green, red))));
    return file;
  }

  // By the networks: the pictures here have nothing for natural-scene statistics.
  LearnedScores score(const std::vector<Shown>& scenes) const {
    const Manifests manifests = read_manifests(folder.path());
    for (const Error& refused : manifests.refused) UNSCOPED_INFO(refused.message);
    REQUIRE(manifests.refused.empty());
    LearnedScores result = judged(manifests.usable, scenes);
    std::erase_if(result.scores.scores, [](const Score& score) { return score.model == kOwnScenesModel; });
    std::erase_if(result.absent, [](const AbsentScore& absent) { return absent.model == kOwnScenesModel; });
    return result;
  }

  std::string refusal(const std::string& text) const {
    const auto manifest = read_manifest(write(folder.path() / "refused.json", text));
    REQUIRE_FALSE(manifest);
    CHECK_THAT(manifest.error().message, Contains((folder.path() / "refused.json").string()));
    return manifest.error().message;
  }

  TemporaryFolder folder;
};

std::optional<double> value(const LearnedScores& scores, std::optional<int> scene, const std::string& name) {
  for (const Score& score : scores.scores.scores) {
    if (score.scene == scene && score.name == name) return score.value;
  }
  return std::nullopt;
}

TEST_CASE("a manifest that is wrong is refused with its file and field") {
  const Models models;
  CHECK_THAT(models.refusal("{"), Contains("is no JSON"));
  CHECK_THAT(models.refusal("[]"), Contains("must be a JSON object"));
  const auto with = [&](const Json& changes) {
    Json manifest = {{"model", "m"},
                     {"metric", "aesthetic_quality"},
                     {"file", "first_channel.onnx"},
                     {"input", {{"width", 16}, {"height", 8}}},
                     {"output", {{"meaning", "score"}}}};
    manifest.merge_patch(changes);
    return models.refusal(manifest.dump());
  };
  CHECK_THAT(with({{"metric", "Aesthetic Quality"}}), Contains("/metric"));
  CHECK_THAT(with({{"metrik", "x"}}), Contains("did you mean \"metric\""));
  CHECK_THAT(with({{"file", nullptr}}), Contains("/file: is missing"));
  CHECK_THAT(with({{"file", "gone.onnx"}}), Contains("/file: there is no file"));
  CHECK_THAT(with({{"input", {{"width", 0}}}}), Contains("/input/width"));
  CHECK_THAT(with({{"input", {{"std", {1, 0, 1}}}}}), Contains("/input/std/1"));
  CHECK_THAT(with({{"output", {{"meaning", "taste"}}}}), Contains("/output/meaning"));
  CHECK_THAT(with({{"output", {{"meaning", "distribution"}}}}), Contains("/output/values"));
  CHECK_THAT(with({{"output", {{"values", {1, 2}}}}}), Contains("only a distribution"));
  CHECK_THAT(with({{"output", nullptr}}), Contains("/output: is missing"));
  CHECK_THAT(with({{"range", "range.yml"}}), Contains("which has none"));
  CHECK_THAT(with({{"text", {{"file", "text.onnx"}, {"vocabulary", "merges.txt"}}}}), Contains("embedding"));
}

TEST_CASE("a name that says how it is measured is only for a model that measures so") {
  Models models;
  const Json number = {{"output", {{"meaning", "score"}}}};
  const Json likeness = {{"output", {{"meaning", "embedding"}}}};
  Json agreement = likeness;
  agreement["text"] = {{"file", "text.onnx"}, {"vocabulary", "merges.txt"}};
  const auto named = [&](const Json& model, const char* metric) {
    Json manifest = {{"model", "m"},
                     {"metric", metric},
                     {"file", "first_channel.onnx"},
                     {"input", {{"width", 16}, {"height", 8}}}};
    manifest.merge_patch(model);
    return read_manifest(write(models.folder.path() / "m.json", manifest.dump()));
  };
  for (const char* taken : {"noise", "ssim", "niqe", "brisque", "image_quality", "temporal_flickering",
                            "motion_smoothness", "dynamic_degree"}) {
    const auto refused = named(number, taken);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Contains("/metric") && Contains(taken) && Contains("choose another"));
  }
  CHECK(named(number, "aesthetic_quality"));
  CHECK(named(number, "imaging_quality"));
  CHECK(named(likeness, "subject_consistency"));
  CHECK(named(likeness, "background_consistency"));
  CHECK(named(agreement, "text_agreement"));
  CHECK_FALSE(named(likeness, "aesthetic_quality"));
  CHECK_FALSE(named(agreement, "subject_consistency"));
  CHECK_THAT(named(number, "text_agreement").error().message, Contains("with a text half"));
  for (const Json& model : {number, likeness, agreement}) CHECK(named(model, "watermark"));
}

// The error of a request that asks for this to be reached, and where it is.
std::string reach_error(const Models& models, const std::string& metric, bool of_pictures) {
  const Json reach = Json::array({{{"metric", metric}, {"at_least", 0.5}}});
  const auto request =
      parse_request({{"reeld", 1},
                     {"quality", {{of_pictures ? "pictures" : "film", {{"reach", reach}}}}},
                     {"scenes", {{{"picture", {{"file", "a.png"}}}, {"duration", 1}, {"reach", reach}}}}});
  if (!request) return request.error().path + " | " + request.error().message;
  const auto checked = check_models(*request, models.folder.path());
  return checked ? "" : checked.error().path + " | " + checked.error().message;
}

TEST_CASE("what a request asks to be reached is measured by a formula, or by a model that is there") {
  Models models;
  CHECK_THAT(reach_error(models, "watermark", true),
             Contains("/quality/pictures/reach/0/metric | ") && Contains(models.folder.path().string()) &&
                 Contains("There are image_quality, sharpness_laplacian,"));
  CHECK_THAT(reach_error(models, "sharpnes_laplacian", true),
             Contains("did you mean \"sharpness_laplacian\"?"));
  CHECK_THAT(reach_error(models, "aesthetic_quality", true),
             Contains("/quality/pictures/reach/0/metric | ") && Contains("no model in"));
  models.add("stamps", {{"metric", "watermark"}});
  models.add("kin", {{"metric", "kinship"}, {"file", "colour.onnx"}, {"output", {{"meaning", "embedding"}}}});
  CHECK(reach_error(models, "watermark", true).empty());
  CHECK_THAT(reach_error(models, "watermrak", true), Contains("\"watermark\"?") && Contains(", watermark"));
  CHECK_THAT(reach_error(models, "kinship", true), Contains("metric of films"));
  const Json told = models_json(models.folder.path()).at("models");
  CHECK(told[0].at("reach") == Json{"film"});
  CHECK(told[1].at("reach") == Json{"pictures", "film"});
}

TEST_CASE("no folder of models means no models") {
  const Manifests none = read_manifests("/no/such/folder");
  CHECK(none.usable.empty());
  CHECK(none.refused.empty());
}

TEST_CASE("a bad manifest does not keep the others from use, nor does a second of the same model") {
  Models models;
  models.add("good");
  models.add("twin", {{"model", "good"}});
  models.add("wrong", {{"metric", 1}});
  const Manifests manifests = read_manifests(models.folder.path());
  REQUIRE(manifests.usable.size() == 1);
  REQUIRE(manifests.refused.size() == 2);
  CHECK_THAT(manifests.refused[0].message, Contains("already described by"));
  CHECK_THAT(manifests.refused[1].message, Contains("/metric"));
}

TEST_CASE("a score is the network's number, scaled, for each scene and the film") {
  Models models;
  models.add("taste", {{"output", {{"scale", 10}, {"offset", 1}}}});
  const LearnedScores scores =
      models.score({{models.picture("dark", 51, 0, 0)}, {models.picture("light", 204, 0, 0)}});
  CHECK(scores.absent.empty());
  CHECK(value(scores, 0, "aesthetic_quality") == Approx(10 * 0.2 + 1).margin(kTolerance));
  CHECK(value(scores, 1, "aesthetic_quality") == Approx(10 * 0.8 + 1).margin(kTolerance));
  CHECK(value(scores, std::nullopt, "aesthetic_quality") == Approx(6).margin(kTolerance));
  CHECK(scores.scores.scores.front().model == "taste");
}

TEST_CASE("a network that leaves the range of its manifest is absent; its rounding is forgiven") {
  Models models;
  // The pictures' red is 0.2 and 0.8.
  models.add("rounded", {{"metric", "redness"}, {"output", {{"range", {0.2001, 0.8}}}}});
  models.add("wrong", {{"metric", "greenness"}, {"output", {{"range", {0, 0.5}}}}});
  const LearnedScores scores =
      models.score({{models.picture("dark", 51, 0, 0)}, {models.picture("light", 204, 0, 0)}});
  CHECK(value(scores, 0, "redness") == 0.2001);
  CHECK(value(scores, 1, "redness") == Approx(0.8).margin(kTolerance));
  CHECK_FALSE(value(scores, 0, "greenness"));
  REQUIRE(scores.absent.size() == 1);
  CHECK_THAT(scores.absent[0].why.message, Contains("it gave 0.8") && Contains("/output/range is 0 to 0.5"));
}

TEST_CASE("a picture is normalised as the manifest says") {
  Models models;
  models.add("taste", {{"input", {{"mean", {0.5, 0, 0}}, {"std", {0.25, 1, 1}}}}});
  const LearnedScores scores = models.score({{models.picture("red", 255, 0, 0)}});
  CHECK(value(scores, 0, "aesthetic_quality") == Approx(2).margin(kTolerance));
}

TEST_CASE("channels stand in the order that the manifest says") {
  Models models;
  models.add("taste", {{"input", {{"channels", "bgr"}}}});
  const LearnedScores scores = models.score({{models.picture("blue", 0, 0, 255)}});
  CHECK(value(scores, 0, "aesthetic_quality") == Approx(1).margin(kTolerance));
}

TEST_CASE("a picture is cropped, stretched or padded to the network's size") {
  // Left half white; 40 x 10 onto 8 x 8.
  cv::Mat rgb(10, 40, CV_8UC3, cv::Scalar::all(0));
  rgb.colRange(0, 20).setTo(cv::Scalar::all(255));
  const auto row = [&](PictureInput::Fit fit, int y) {
    PictureInput input;
    input.width = input.height = 8;
    input.fit = fit;
    const std::vector<float> values = network_input(rgb, input);
    REQUIRE(values.size() == 3 * 64);
    return std::vector<float>(values.begin() + y * 8, values.begin() + y * 8 + 8);
  };
  const std::vector<float> half = {1, 1, 1, 1, 0, 0, 0, 0}, black(8, 0.0F);
  CHECK(row(PictureInput::Fit::stretch, 0) == half);
  CHECK(row(PictureInput::Fit::crop, 0) == half);
  CHECK(row(PictureInput::Fit::pad, 0) == black);
  CHECK(row(PictureInput::Fit::pad, 3) == half);
}

TEST_CASE("a distribution's score is its mean") {
  Models models;
  models.add("kinds",
             {{"file", "kinds.onnx"}, {"output", {{"meaning", "distribution"}, {"values", {1, 5}}}}});
  const LearnedScores scores =
      models.score({{models.picture("even", 100, 100, 0)}, {models.picture("second", 0, 255, 0)}});
  CHECK(value(scores, 0, "aesthetic_quality") == Approx(3).margin(kTolerance));
  // Softmax of (0, 10): 1 / (1 + e^10) of the first kind.
  CHECK(value(scores, 1, "aesthetic_quality") == Approx(5 - 4 / (1 + std::exp(10.0))).margin(kTolerance));
}

TEST_CASE("scenes are consistent as far as their directions agree with the first and the one before") {
  Models models;
  models.add(
      "dino",
      {{"metric", "subject_consistency"}, {"file", "colour.onnx"}, {"output", {{"meaning", "embedding"}}}});
  const fs::path red = models.picture("red", 200, 0, 0), dark_red = models.picture("dark_red", 50, 0, 0);
  const fs::path green = models.picture("green", 0, 200, 0);
  const LearnedScores scores = models.score({{red}, {dark_red}, {green}, {green}});
  CHECK_FALSE(value(scores, 0, "subject_consistency"));
  CHECK(value(scores, 1, "subject_consistency") == Approx(1).margin(kTolerance));
  CHECK(value(scores, 2, "subject_consistency") == Approx(0).margin(kTolerance));
  CHECK(value(scores, 3, "subject_consistency") == Approx(0.5).margin(kTolerance));
  CHECK(value(scores, std::nullopt, "subject_consistency") == Approx(0.5).margin(kTolerance));
}

TEST_CASE("one scene is consistent with nothing, so there is no score") {
  Models models;
  models.add(
      "dino",
      {{"metric", "subject_consistency"}, {"file", "colour.onnx"}, {"output", {{"meaning", "embedding"}}}});
  CHECK(models.score({{models.picture("red", 200, 0, 0)}}).scores.scores.empty());
}

TEST_CASE("a picture agrees with its text as far as their directions do") {
  Models models;
  models.add("clip", {{"metric", "text_agreement"},
                      {"file", "colour.onnx"},
                      {"output", {{"meaning", "embedding"}}},
                      {"text", {{"file", "text.onnx"}, {"vocabulary", "merges.txt"}, {"length", 6}}}});
  const fs::path red = models.picture("red", 255, 0, 0), blue = models.picture("blue", 0, 0, 255);
  const LearnedScores scores = models.score({{red, "red"}, {red, "blue"}, {blue, "Blue"}, {blue}});
  REQUIRE(scores.absent.empty());
  // "blue" is the tokens b 65 and, last, the end 515.
  const double length = std::hypot(65.0, 515.0);
  CHECK(value(scores, 0, "text_agreement") == Approx(1).margin(kTolerance));
  CHECK(value(scores, 1, "text_agreement") == Approx(65 / length).margin(kTolerance));
  CHECK(value(scores, 2, "text_agreement") == Approx(515 / length).margin(kTolerance));
  CHECK_FALSE(value(scores, 3, "text_agreement"));
}

TEST_CASE("a network that fails is absent, and the others score") {
  Models models;
  models.add("good");
  write(models.folder.path() / "broken.onnx", "this is no network");
  models.add("broken", {{"metric", "beauty"}, {"file", "broken.onnx"}});
  models.add("many", {{"metric", "many"}, {"file", "colour.onnx"}});
  models.add("unlike", {{"metric", "unlike"},
                        {"file", "kinds.onnx"},
                        {"output", {{"meaning", "distribution"}, {"values", {1, 2, 3}}}}});
  models.add("nowhere",
             {{"metric", "nowhere"}, {"file", "no_direction.onnx"}, {"output", {{"meaning", "embedding"}}}});
  const fs::path grey = models.picture("grey", 100, 100, 100);
  const LearnedScores scores = models.score({{grey}, {grey}});
  CHECK(value(scores, 0, "aesthetic_quality"));
  REQUIRE(scores.absent.size() == 4);
  CHECK_THAT(scores.absent[0].why.message, Contains("beauty by broken is absent") && Contains("broken.onnx"));
  CHECK_THAT(scores.absent[1].why.message, Contains("many by many is absent") && Contains("3 numbers"));
  CHECK_THAT(scores.absent[2].why.message, Contains("a direction has no length"));
  CHECK_THAT(scores.absent[3].why.message, Contains("gives 2 numbers"));
}

TEST_CASE("natural-scene statistics are scored with no model given, and say where they cannot be") {
  const TemporaryFolder folder;
  const std::string tiny = (folder.path() / "tiny.png").string();
  REQUIRE(cv::imwrite(tiny, cv::Mat(30, 30, CV_8UC3, cv::Scalar::all(7))));
  const LearnedScores scores = judged({}, {{"/usr/share/backgrounds/mate/nature/Wood.jpg"}, {tiny}});
  const auto good = value(scores, 0, "niqe");
  REQUIRE(good);
  CHECK_FALSE(value(scores, 1, "niqe"));
  CHECK(value(scores, std::nullopt, "niqe") == good);
  REQUIRE_FALSE(scores.absent.empty());
  CHECK_THAT(scores.absent.back().why.message,
             Contains("niqe by reeld-scenes-2 is absent") && Contains("30x30"));
  CHECK(scores.absent.back().why.path == "/scenes/1/picture");
}

TEST_CASE("a user's BRISQUE model scores beside reeld's own") {
  Models models;
  own_scene_statistics().brisque.svm->save((models.folder.path() / "live.yml").string());
  cv::FileStorage range((models.folder.path() / "range.yml").string(), cv::FileStorage::WRITE);
  range << "range" << own_scene_statistics().brisque.range;
  range.release();
  write(models.folder.path() / "live.json",
        R"({"model": "live", "metric": "brisque", "file": "live.yml", "range": "range.yml"})");
  const auto manifests = read_manifests(models.folder.path());
  REQUIRE(manifests.refused.empty());
  const LearnedScores scores = judged(manifests.usable, {{"/usr/share/backgrounds/mate/nature/Wood.jpg"}});
  int found = 0;
  for (const Score& score : scores.scores.scores) found += score.name == "brisque" && score.scene ? 1 : 0;
  CHECK(found == 2);
}

TEST_CASE("a worker decodes a picture once, for the formulas and for all scenes that a model judges") {
  Models models;
  models.add("taste");
  write(models.folder.path() / "broken.json", "{");
  models.picture("red", 255, 0, 0);
  models.picture("dark", 51, 0, 0);
  Json task = {
      {"task", "score_pictures"},
      {"data_dir", models.folder.path().string()},
      {"device", "cpu"},
      {"pictures",
       {{{"file", "red.png"}, {"path", "/scenes/0/picture"}},
        {{"file", "dark.png"}, {"path", "/scenes/1/picture"}}}},
      {"learned",
       {{"manifests",
         {(models.folder.path() / "taste.json").string(), (models.folder.path() / "broken.json").string()}},
        {"scenes",
         {{{"picture", 0}, {"text", ""}}, {{"picture", 1}, {"text", ""}}, {{"picture", 0}, {"text", ""}}}}}}};
  int looked_at = 0;
  const auto count = [&](double, double) { ++looked_at; };
  const auto done = score_pictures_task(task, count);
  REQUIRE(done);
  CHECK(looked_at == 2);
  CHECK(done->at("pictures").size() == 2);
  const auto learned = scores_from_json(done->at("learned"));
  REQUIRE(learned);
  const LearnedScores scores{*learned, {}};
  CHECK(value(scores, 0, "aesthetic_quality") == Approx(1).margin(kTolerance));
  CHECK(value(scores, 1, "aesthetic_quality") == Approx(0.2).margin(kTolerance));
  CHECK(value(scores, 2, "aesthetic_quality") == Approx(1).margin(kTolerance));
  const Json& absent = done->at("learned").at("absent");
  REQUIRE(absent.size() >= 2);  // and the statistics of pictures of one colour
  CHECK_THAT(absent[0].at("message").get<std::string>(), Contains("broken.json"));
  CHECK(absent[1].at("model") == kOwnScenesModel);
  CHECK(absent[1].at("path") == "/scenes/0/picture");

  task["learned"] = nullptr;
  CHECK(score_pictures_task(task, count)->at("learned").is_null());
  task["pictures"][1]["file"] = "gone.png";
  const auto refused = score_pictures_task(task, count);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::file_missing);
  CHECK(refused.error().path == "/scenes/1/picture");
}

TEST_CASE("a text is lower-case words of byte pairs between a start and an end") {
  const Models models;
  const auto tokens = TextTokens::read(models.folder.path() / "merges.txt");
  REQUIRE(tokens);
  constexpr int kRe = 512, kRed = 513, kStart = 514, kEnd = 515;
  using Ids = std::vector<std::int64_t>;
  CHECK(tokens->encode("Red", 5) == Ids{kStart, kRed, kEnd, 0, 0});
  CHECK(tokens->encode("rex", 5) == Ids{kStart, kRe, 256 + 'x' - '!', kEnd, 0});
  CHECK(tokens->encode("  red,  RED ", 7) == Ids{kStart, kRed, 256 + ',' - '!', kRed, kEnd, 0, 0});
  CHECK(tokens->encode("red red red red", 4) == Ids{kStart, kRed, kRed, kEnd});
  CHECK(tokens->encode("", 3) == Ids{kStart, kEnd, 0});
  // é is the bytes C3 A9; the characters that show themselves are 94 of ASCII, 12 from A1, then from AE on.
  CHECK(tokens->encode("é", 4) == Ids{kStart, 94 + 12 + 0xC3 - 0xAE, 256 + 94 + 0xA9 - 0xA1, kEnd});
}

TEST_CASE("a vocabulary that is none is refused with its line") {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& text) {
    const auto tokens = TextTokens::read(write(folder.path() / "merges.txt", text));
    REQUIRE_FALSE(tokens);
    return tokens.error().message;
  };
  CHECK_THAT(refusal("#version: 0.2\nr e\nred\n"), Contains("line 3"));
  CHECK_THAT(refusal(""), Contains("no pairs"));
  CHECK_FALSE(TextTokens::read("/no/such/file"));
}

}  // namespace
}  // namespace reeld::engine
