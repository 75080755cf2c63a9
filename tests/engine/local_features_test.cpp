// The figures of local statistics, held against OpenCV's, which fits distributions by trying all shapes.
#include "engine/learned/local_features.hpp"

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/quality/qualitybrisque.hpp>

#include "engine/picture_pixels.hpp"

namespace reeld::engine {
namespace {

cv::Mat of_opencv(const cv::Mat& grey) {
  cv::Mat features;
  cv::quality::QualityBRISQUE::computeFeatures(grey, features);
  return features;
}

void check_alike(const cv::Mat& patch) {
  const cv::Mat found = local_features(patch), expected = of_opencv(patch);
  REQUIRE(found.size() == cv::Size(36, 1));
  REQUIRE(expected.total() == 36);
  for (int i = 0; i < 36; ++i) {
    CAPTURE(i);
    // Shapes are in steps of 0.001.
    CHECK(found.at<float>(i) == Approx(expected.at<float>(i)).epsilon(0.002).margin(0.0015));
  }
}

TEST_CASE("photographs' figures are OpenCV's") {
  for (const char* name : {"Wood", "TwoWings", "Garden"}) {
    const auto picture = load_picture(std::string("/usr/share/backgrounds/mate/nature/") + name + ".jpg");
    REQUIRE(picture);
    cv::Mat grey;
    cv::resize(grey_over_black(*picture), grey, {1280, 800}, 0, 0, cv::INTER_AREA);
    for (const cv::Rect& place : {cv::Rect(592, 352, 96, 96), cv::Rect(300, 500, 97, 63)}) {
      CAPTURE(name, place);
      check_alike(grey(place));
    }
  }
}

TEST_CASE("the figures of noise are OpenCV's") {
  cv::Mat noise(400, 400, CV_8U);
  cv::RNG random(7);
  random.fill(noise, cv::RNG::NORMAL, 128, 20);
  check_alike(noise);
}

TEST_CASE("where nothing varies there is no figure") {
  const cv::Mat features = local_features(cv::Mat(96, 96, CV_8U, cv::Scalar(80)));
  CHECK_FALSE(std::isfinite(features.at<float>(1)));
}

}  // namespace
}  // namespace reeld::engine
