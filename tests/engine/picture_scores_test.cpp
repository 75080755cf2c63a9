// Picture scores against OpenCV's figures, published formulas and pictures whose score can be worked out.
#include "engine/score/picture_scores.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/img_hash.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/temporary_folder.hpp"
#include "engine/score/picture_task.hpp"
#include "engine/score/score.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {
namespace {

kernels::PictureStatistics statistics_of(const cv::Mat& rgba) {
  static const auto device = *kernels::open_device(kernels::DeviceKind::cpu);
  const auto found = device->measure({rgba.data, rgba.cols, rgba.rows, rgba.step}, 2);
  REQUIRE(found);
  return *found;
}

PictureScores scores_of(const cv::Mat& rgba) {
  return picture_scores(statistics_of(rgba));
}

cv::Mat of_grey(const cv::Mat& grey) {
  cv::Mat rgba;
  cv::cvtColor(grey, rgba, cv::COLOR_GRAY2RGBA);
  return rgba;
}

cv::Mat flat(int value, int width = 64, int height = 48) {
  return of_grey(cv::Mat(height, width, CV_8U, cv::Scalar(value)));
}

// Shapes of several sizes over a gradient, a little noisy: something for every score.
cv::Mat scenery(int width = 640, int height = 400) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.at<cv::Vec3b>(y, x) = cv::Vec3b(cv::saturate_cast<uchar>(60 + 150 * x / width),
                                              cv::saturate_cast<uchar>(40 + 140 * y / height),
                                              cv::saturate_cast<uchar>(200 - 120 * x / width));
    }
  }
  cv::RNG random(7);
  for (int i = 0; i < 60; ++i) {
    const cv::Point centre(random.uniform(0, width), random.uniform(0, height));
    const cv::Scalar colour(random.uniform(0, 256), random.uniform(0, 256), random.uniform(0, 256));
    cv::circle(picture, centre, random.uniform(3, width / 8), colour, cv::FILLED, cv::LINE_AA);
  }
  cv::Mat noise(picture.size(), CV_16SC3);
  random.fill(noise, cv::RNG::NORMAL, 0, 2);
  cv::add(picture, noise, picture, cv::noArray(), CV_8UC3);
  cv::Mat rgba;
  cv::cvtColor(picture, rgba, cv::COLOR_RGB2RGBA);
  return rgba;
}

// Our luma, whose weights are those of OpenCV's grey to 1/128.
cv::Mat luma_of(const cv::Mat& rgba) {
  cv::Mat luma(rgba.size(), CV_8U);
  for (int y = 0; y < rgba.rows; ++y) {
    for (int x = 0; x < rgba.cols; ++x) {
      const cv::Vec4b p = rgba.at<cv::Vec4b>(y, x);
      luma.at<uchar>(y, x) = static_cast<uchar>((38 * p[0] + 75 * p[1] + 15 * p[2] + 64) >> 7);
    }
  }
  return luma;
}

double deviation(const cv::Mat& values) {
  cv::Scalar mean, spread;
  cv::meanStdDev(values, mean, spread);
  return spread[0];
}

cv::Mat with_border(const cv::Mat& picture, int top, int bottom, int left, int right, int value = 0) {
  cv::Mat out;
  cv::copyMakeBorder(picture, out, top, bottom, left, right, cv::BORDER_CONSTANT,
                     cv::Scalar(value, value, value, 255));
  return out;
}

}  // namespace

TEST_CASE("luma is OpenCV's grey to a level") {
  const cv::Mat picture = scenery();
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_RGBA2GRAY);
  CHECK(cv::norm(grey, luma_of(picture), cv::NORM_INF) <= 1);
}

TEST_CASE("sharpness is OpenCV's variance of the Laplacian, and its squared Sobel gradient") {
  const cv::Mat picture = scenery();
  const cv::Mat luma = luma_of(picture);
  cv::Mat laplacian, across, down;
  cv::Laplacian(luma, laplacian, CV_16S, 1, 1, 0, cv::BORDER_REPLICATE);
  cv::Sobel(luma, across, CV_64F, 1, 0, 3, 1, 0, cv::BORDER_REPLICATE);
  cv::Sobel(luma, down, CV_64F, 0, 1, 3, 1, 0, cv::BORDER_REPLICATE);
  const PictureScores scores = scores_of(picture);
  CHECK(scores.sharpness_laplacian == Approx(std::pow(deviation(laplacian), 2)).epsilon(1e-9));
  CHECK(scores.sharpness_tenengrad == Approx(cv::mean(across.mul(across) + down.mul(down))[0]).epsilon(1e-9));
  CHECK(scores_of(flat(90)).sharpness_laplacian == 0);
  CHECK(scores_of(flat(90)).sharpness_tenengrad == 0);
}

TEST_CASE("exposure, contrast, clipping and entropy are those of OpenCV's histogram") {
  cv::Mat picture = scenery();
  picture(cv::Rect(0, 0, 64, 40)).setTo(cv::Scalar(0, 0, 0, 255));
  picture(cv::Rect(100, 0, 32, 40)).setTo(cv::Scalar(255, 255, 255, 255));
  const cv::Mat luma = luma_of(picture);
  cv::Mat counts;
  const int channel = 0, bins = 256;
  const float range[] = {0, 256};
  const float* ranges = range;
  cv::calcHist(&luma, 1, &channel, cv::noArray(), counts, 1, &bins, &ranges);
  const double pixels = static_cast<double>(luma.total());
  double entropy = 0, dark = 0, bright = 0;
  for (int i = 0; i < bins; ++i) {
    const double share = counts.at<float>(i) / pixels;
    if (share > 0) entropy -= share * std::log2(share);
    if (i <= 2) dark += share;
    if (i >= 253) bright += share;
  }
  const PictureScores scores = scores_of(picture);
  CHECK(scores.entropy == Approx(entropy).epsilon(1e-6));
  CHECK(scores.clipping_dark == Approx(dark).epsilon(1e-6));
  CHECK(scores.clipping_dark >= 64 * 40 / pixels);
  CHECK(scores.clipping_bright == Approx(bright).epsilon(1e-6));
  CHECK(scores.exposure == Approx(cv::mean(luma)[0] / 255).epsilon(1e-9));
  CHECK(scores.contrast == Approx(deviation(luma) / 255).epsilon(1e-9));
  CHECK(scores_of(flat(77)).entropy == 0);
  CHECK(scores_of(flat(0)).clipping_dark == 1);
}

TEST_CASE("colours are clipped where OpenCV's greatest channel is at its end and luma is not") {
  cv::Mat picture = scenery();
  picture(cv::Rect(10, 10, 60, 40)).setTo(cv::Scalar(255, 30, 20, 255));
  picture(cv::Rect(100, 0, 32, 40)).setTo(cv::Scalar(255, 255, 255, 255));
  std::vector<cv::Mat> channels;
  cv::split(picture, channels);
  const cv::Mat most = cv::max(cv::max(channels[0], channels[1]), channels[2]);
  const int colours = cv::countNonZero((most >= 253) & (luma_of(picture) < 253));
  CHECK(colours >= 60 * 40);
  CHECK(scores_of(picture).clipping_colour ==
        Approx(colours / static_cast<double>(most.total())).epsilon(1e-9));
  CHECK(scores_of(flat(255)).clipping_colour == 0);
  CHECK(scores_of(flat(120)).clipping_colour == 0);
}

TEST_CASE("colourfulness is Hasler and Suesstrunk's formula over OpenCV's channels") {
  const cv::Mat picture = scenery();
  cv::Mat channels[4];
  cv::split(picture, channels);
  cv::Mat r, g, b;
  channels[0].convertTo(r, CV_64F);
  channels[1].convertTo(g, CV_64F);
  channels[2].convertTo(b, CV_64F);
  const cv::Mat rg = r - g;
  const cv::Mat yb = (r + g) / 2 - b;
  const double expected =
      std::hypot(deviation(rg), deviation(yb)) + 0.3 * std::hypot(cv::mean(rg)[0], cv::mean(yb)[0]);
  CHECK(scores_of(picture).colourfulness == Approx(expected).epsilon(1e-9));
  CHECK(scores_of(flat(120)).colourfulness == 0);
}

TEST_CASE("noise is the deviation that was added") {
  for (double added : {1.0, 4.0, 10.0, 20.0}) {
    cv::Mat noise(400, 600, CV_64F);
    cv::RNG(11).fill(noise, cv::RNG::NORMAL, 128, added);
    cv::Mat grey;
    noise.convertTo(grey, CV_8U);
    // Rounding to whole levels adds a variance of 1/12.
    CHECK(scores_of(of_grey(grey)).noise == Approx(std::sqrt(added * added + 1.0 / 12)).epsilon(0.02));
  }
}

TEST_CASE("noise is Immerkaer's sum over OpenCV's filter") {
  const cv::Mat picture = scenery(301, 203);
  const cv::Mat mask = (cv::Mat_<double>(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  cv::Mat filtered;
  cv::filter2D(luma_of(picture), filtered, CV_64F, mask);
  const double sum = cv::norm(filtered(cv::Rect(1, 1, 299, 201)), cv::NORM_L1);
  CHECK(scores_of(picture).noise == Approx(std::sqrt(CV_PI / 2) * sum / (6.0 * 299 * 201)).epsilon(1e-9));
}

TEST_CASE("blockiness is what steps across a grid of 8 have more than those beside it, wherever it begins") {
  // Steps of 2 up and down in turn; into the grid's next cell, in turn, 6 more or less: 6 - 2 up or 6 + 2
  // down, 6 in the mean. (6 - 2) / (6 + 2) across columns, nothing across rows.
  cv::Mat grey(160, 160, CV_8U);
  for (int x = 0; x < 160; ++x) grey.col(x).setTo(80 + (x / 8 % 2 == 0 ? 0 : 6) + x % 2 * 2);
  CHECK(scores_of(of_grey(grey)).blockiness == Approx(0.5 / 2).margin(0.02));
  const cv::Mat cropped = grey(cv::Rect(3, 5, 150, 150)).clone();
  CHECK(scores_of(of_grey(cropped)).blockiness == Approx(0.5 / 2).margin(0.02));
  CHECK(scores_of(scenery()).blockiness < 0.03);
  CHECK(scores_of(flat(9)).blockiness == 0);
  // Nothing but the grid.
  cv::Mat bare(160, 160, CV_8U);
  for (int y = 0; y < 160; ++y) {
    for (int x = 0; x < 160; ++x) bare.at<uchar>(y, x) = static_cast<uchar>(90 + (x / 8 + y / 8) % 3 * 20);
  }
  CHECK(scores_of(of_grey(bare)).blockiness == 1);
}

TEST_CASE("banding is the height of the steps of a quantised gradient") {
  // 256 columns, steps of 8 levels every 8 columns: 31 of them in each row, none down: sqrt(31 x 64 / 256).
  cv::Mat grey(64, 256, CV_8U);
  for (int x = 0; x < 256; ++x) grey.col(x).setTo(x / 8 * 8);
  CHECK(scores_of(of_grey(grey)).banding == Approx(std::sqrt(31.0 * 64 / 256)));
  CHECK(scores_of(flat(50)).banding == 0);
  // Dithered by a level of noise the bands are not seen, nor counted.
  cv::Mat noise(grey.size(), CV_8U);
  cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 3);
  CHECK(scores_of(of_grey(grey + noise)).banding < 0.3);
}

TEST_CASE("borders are found, and a plain background is none") {
  const cv::Mat picture = scenery(320, 200);
  CHECK(borders_of(statistics_of(picture)) == Borders{});
  const cv::Mat letterbox = with_border(picture, 30, 32, 0, 0);
  CHECK(borders_of(statistics_of(letterbox)) == Borders{0, 0, 30, 32});
  CHECK(scores_of(letterbox).border == Approx(62.0 / 262));
  CHECK(borders_of(statistics_of(with_border(picture, 0, 0, 17, 9, 255))) == Borders{17, 9, 0, 0});
  const cv::Mat both = with_border(picture, 8, 8, 8, 8, 40);
  CHECK(borders_of(statistics_of(both)) == Borders{8, 8, 8, 8});
  CHECK(scores_of(both).border == Approx(1 - 320.0 * 200 / (336 * 216)));
  // JPEG makes borders a little uneven.
  std::vector<uchar> bytes;
  cv::Mat bgr;
  cv::cvtColor(letterbox, bgr, cv::COLOR_RGBA2BGR);
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 60});
  cv::Mat decoded;
  cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), decoded, cv::COLOR_BGR2RGBA);
  CHECK(std::abs(borders_of(statistics_of(decoded)).top - 30) <= 6);
  // A thing before a white wall: the wall's rows are even, but do not end at once.
  cv::Mat thing = flat(250, 300, 300);
  cv::circle(thing, {150, 150}, 90, cv::Scalar(30, 40, 90, 255), cv::FILLED, cv::LINE_AA);
  CHECK(borders_of(statistics_of(thing)) == Borders{});
  CHECK(scores_of(flat(20)).border == 0);
}

TEST_CASE("the hash is OpenCV's perceptual hash, but for signs that are nearly none") {
  const cv::Mat picture = scenery(640, 640);
  cv::Mat bgr, expected;
  cv::cvtColor(picture, bgr, cv::COLOR_RGBA2BGR);
  // OpenCV takes single pixels where it makes a picture small; after a blur they stand for their cell.
  cv::blur(bgr, bgr, {20, 20});
  cv::img_hash::pHash(bgr, expected);
  std::uint64_t theirs = 0;
  for (int i = 0; i < 64; ++i) {
    // Eight bytes, a row of frequencies each, the lowest in the lowest bit.
    const int bit = expected.at<uchar>(0, i / 8) >> (i % 8) & 1;
    theirs |= static_cast<std::uint64_t>(bit) << (63 - i);
  }
  const std::uint64_t ours = perceptual_hash(statistics_of(picture));
  CAPTURE(hash_text(ours), hash_text(theirs));
  CHECK(std::popcount(ours ^ theirs) <= 4);
}

TEST_CASE("a picture scaled, coded or brightened is a near duplicate, another picture is none") {
  const cv::Mat picture = scenery();
  const std::uint64_t hash = perceptual_hash(statistics_of(picture));
  std::vector<cv::Mat> alike(3);
  cv::resize(picture, alike[0], {211, 132}, 0, 0, cv::INTER_AREA);
  cv::GaussianBlur(picture, alike[1], {0, 0}, 3);
  picture.convertTo(alike[2], CV_8U, 0.8, 20);
  for (const cv::Mat& other : alike) {
    const std::uint64_t others[] = {perceptual_hash(statistics_of(other))};
    CHECK(near_duplicate(hash, others) >= 0.9);
  }
  cv::Mat mirrored;
  cv::flip(picture, mirrored, -1);
  const std::uint64_t others[] = {perceptual_hash(statistics_of(mirrored)),
                                  perceptual_hash(statistics_of(flat(3)))};
  CHECK(near_duplicate(hash, others) < 0.8);
  const std::uint64_t copies[] = {others[0], hash};
  CHECK(near_duplicate(hash, copies) == 1);
  CHECK(near_duplicate(hash, {}) == 0);
}

TEST_CASE("a hash survives as text, and what is none is refused") {
  for (std::uint64_t hash : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
    std::uint64_t read = 1;
    REQUIRE(hash_from_text(hash_text(hash), &read));
    CHECK(read == hash);
  }
  CHECK(hash_text(0xabc) == "0000000000000abc");
  std::uint64_t read = 0;
  for (const char* text : {"", "abc", "0123456789abcdeg", "0123456789abcdef0", "-123456789abcdef"}) {
    CHECK_FALSE(hash_from_text(text, &read));
  }
}

TEST_CASE("every score is finite and in its range, also for the smallest pictures") {
  for (const cv::Size size :
       {cv::Size(1, 1), cv::Size(1, 9), cv::Size(2, 2), cv::Size(9, 1), cv::Size(31, 40)}) {
    const PictureScores scores = scores_of(scenery(640, 400)(cv::Rect({90, 50}, size)));
    for (const auto& [name, value] : named(scores)) {
      CAPTURE(std::string(name), size.width, size.height);
      CHECK(std::isfinite(value));
      CHECK(value >= 0);
    }
    CHECK(scores.image_quality <= 100);
  }
}

TEST_CASE("a worker scores pictures in the order asked") {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const cv::Mat& rgba) {
    cv::Mat bgr;
    cv::cvtColor(rgba, bgr, cv::COLOR_RGBA2BGRA);
    REQUIRE(cv::imwrite((folder.path() / name).string(), bgr));
  };
  write("first.png", scenery());
  write("second.png", flat(200));
  cv::Mat wide;
  scenery().convertTo(wide, CV_16U, 257);
  write("wide.png", wide);
  Json task = {{"task", "score_pictures"},
               {"data_dir", folder.path().string()},
               {"device", "cpu"},
               {"pictures",
                {{{"file", "first.png"}, {"path", "/scenes/0/picture"}},
                 {{"file", "second.png"}, {"path", "/scenes/1/picture"}},
                 {{"file", "wide.png"}, {"path", "/scenes/2/picture"}}}},
               {"learned", nullptr}};
  double told = 0;
  const auto done = score_pictures_task(task, [&](double count, double) { told = count; });
  REQUIRE(done);
  CHECK(told == 3);
  const Json& pictures = done->at("pictures");
  REQUIRE(pictures.size() == 3);
  CHECK(pictures[1]["scores"]["exposure"] == Approx(200.0 / 255));
  CHECK(pictures[0]["scores"]["sharpness_laplacian"] == Approx(scores_of(scenery()).sharpness_laplacian));
  CHECK(pictures[0]["hash"] == hash_text(perceptual_hash(statistics_of(scenery()))));
  CHECK(pictures[2] == pictures[0]);

  std::ofstream(folder.path() / "broken.png") << "no picture";
  task["pictures"].push_back({{"file", "broken.png"}, {"path", "/scenes/3/picture"}});
  const auto refused = score_pictures_task(task, [](double, double) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::picture_invalid);
  CHECK(refused.error().path == "/scenes/3/picture");
}

}  // namespace reeld::engine
