// Natural-scene statistics: the model that comes with reeld, and a user's.
#include "engine/learned/natural_scenes.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <opencv2/imgproc.hpp>

#include "base/temporary_folder.hpp"
#include "engine/picture_pixels.hpp"

namespace reeld::engine {
namespace {

// Not among those that the model was trained with.
cv::Mat photograph() {
  const auto picture = load_picture("/usr/share/backgrounds/mate/nature/Wood.jpg");
  REQUIRE(picture);
  cv::Mat grey;
  cv::resize(grey_over_black(*picture), grey, {1280, 800}, 0, 0, cv::INTER_AREA);
  return grey;
}

cv::Mat blurred(const cv::Mat& grey, double deviation) {
  cv::Mat out;
  cv::GaussianBlur(grey, out, {}, deviation);
  return out;
}

TEST_CASE("a good photograph is near natural scenes, and the worse it gets the farther it is") {
  const cv::Mat good = photograph();
  const auto& own = own_scene_statistics();
  const auto score = brisque(good, own.brisque), distance = niqe(good, own);
  REQUIRE(score);
  REQUIRE(distance);
  CHECK(*score < 20);
  CHECK(*distance < 3);
  double last_score = *score, last_distance = *distance;
  for (const double deviation : {1.0, 2.5, 6.0}) {
    const cv::Mat worse = blurred(good, deviation);
    const auto worse_score = brisque(worse, own.brisque), worse_distance = niqe(worse, own);
    REQUIRE(worse_score);
    REQUIRE(worse_distance);
    CHECK(*worse_score > last_score);
    CHECK(*worse_distance > last_distance);
    last_score = *worse_score;
    last_distance = *worse_distance;
  }
}

TEST_CASE("a picture too small for statistics is refused with its size") {
  const auto refusal = [](const auto& result) {
    REQUIRE_FALSE(result);
    return result.error().message;
  };
  const cv::Mat tiny(8, 100, CV_8U, cv::Scalar(9)), small(150, 150, CV_8U, cv::Scalar(9));
  CHECK_THAT(refusal(brisque(tiny, own_scene_statistics().brisque)), Catch::Contains("100x8"));
  CHECK_THAT(refusal(niqe(small, own_scene_statistics())), Catch::Contains("150x150"));
}

TEST_CASE("a picture of one colour has no distance from natural scenes, and says so") {
  const cv::Mat grey(400, 400, CV_8U, cv::Scalar(128));
  const auto distance = niqe(grey, own_scene_statistics());
  REQUIRE_FALSE(distance);
  CHECK_THAT(distance.error().message, Catch::Contains("no structure"));
}

TEST_CASE("a large picture is judged as the same one is at the size that is looked at") {
  // 1280 x 800 each pixel of which is four by four, and rows and columns that no whole factor reaches.
  cv::Mat large;
  cv::resize(photograph(), large, {}, 4, 4, cv::INTER_NEAREST);
  cv::copyMakeBorder(large, large, 0, 3, 0, 2, cv::BORDER_REPLICATE);
  const auto& own = own_scene_statistics().brisque;
  CHECK(*brisque(large, own) == Approx(*brisque(photograph(), own)).margin(3));
}

TEST_CASE("statistics come back from text as they went") {
  const auto& own = own_scene_statistics();
  const auto back = statistics_from_text(to_text(own));
  REQUIRE(back);
  const cv::Mat good = photograph();
  CHECK(*brisque(good, back->brisque) == Approx(*brisque(good, own.brisque)));
  CHECK(*niqe(good, *back) == Approx(*niqe(good, own)));
}

TEST_CASE("a text that is no statistics is refused") {
  for (const char* text : {"", "none\n", "%YAML:1.0\n---\nrange: 1\n"}) {
    CHECK_FALSE(statistics_from_text(text));
  }
}

TEST_CASE("a user's BRISQUE model is read from OpenCV's two files") {
  const TemporaryFolder folder;
  const std::string model = (folder.path() / "model.yml").string(),
                    range = (folder.path() / "range.yml").string();
  own_scene_statistics().brisque.svm->save(model);
  cv::FileStorage out(range, cv::FileStorage::WRITE);
  out << "range" << own_scene_statistics().brisque.range;
  out.release();
  const auto read = read_brisque_model(model, range);
  REQUIRE(read);
  const cv::Mat good = photograph();
  CHECK(*brisque(good, *read) == Approx(*brisque(good, own_scene_statistics().brisque)));

  std::ofstream(range) << "%YAML:1.0\n---\nrange: 1\n";
  const auto refused = read_brisque_model(model, range);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains(range));
}

}  // namespace
}  // namespace reeld::engine
