#include "bench/reelbench/degradations.hpp"

#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace reeld::bench {
namespace {

// By step, from 1 on.
double strength(const std::array<double, kLadderSteps>& strengths, int step) {
  return strengths.at(static_cast<std::size_t>(step - 1));
}

// Standard deviation in pixels.
cv::Mat blurred(const cv::Mat& rgb, int step) {
  cv::Mat out;
  cv::GaussianBlur(rgb, out, {}, strength({0.6, 1, 1.6, 2.5, 4, 6}, step));
  return out;
}

// Standard deviation in code values.
cv::Mat noisy(const cv::Mat& rgb, int step) {
  cv::Mat noise(rgb.size(), CV_16SC3), wide, out;
  cv::RNG(1).fill(noise, cv::RNG::NORMAL, 0, strength({3, 6, 10, 16, 25, 40}, step));
  rgb.convertTo(wide, CV_16S);
  cv::Mat(wide + noise).convertTo(out, CV_8U);
  return out;
}

cv::Mat compressed(const cv::Mat& rgb, int step) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", rgb, bytes,
               {cv::IMWRITE_JPEG_QUALITY, static_cast<int>(strength({60, 40, 25, 15, 9, 5}, step))});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

// Levels that are left of each channel.
cv::Mat banded(const cv::Mat& rgb, int step) {
  const double levels = strength({48, 32, 20, 12, 8, 5}, step);
  cv::Mat table(1, 256, CV_8U);
  for (int value = 0; value < 256; ++value) {
    const double level = std::floor(value * levels / 256);
    table.at<std::uint8_t>(value) = cv::saturate_cast<std::uint8_t>(level * 255 / (levels - 1));
  }
  cv::Mat out;
  cv::LUT(rgb, table, out);
  return out;
}

template <cv::Mat (*degrade)(const cv::Mat&, int)>
cv::Mat from_step_0(const cv::Mat& rgb, int step) {
  return step == 0 ? rgb : degrade(rgb, step);
}

}  // namespace

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all = {{"blur", from_step_0<blurred>},
                                          {"noise", from_step_0<noisy>},
                                          {"jpeg", from_step_0<compressed>},
                                          {"banding", from_step_0<banded>}};
  return all;
}

}  // namespace reeld::bench
