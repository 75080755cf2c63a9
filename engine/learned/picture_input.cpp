#include "engine/learned/picture_input.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace reeld::engine {
namespace {

// The part of the network's area that the picture is laid on; for a crop it is larger than the area.
cv::Size laid_size(const cv::Size& picture, const PictureInput& input) {
  if (input.fit == PictureInput::Fit::stretch) return {input.width, input.height};
  const double across = static_cast<double>(input.width) / picture.width;
  const double down = static_cast<double>(input.height) / picture.height;
  const double scale = input.fit == PictureInput::Fit::crop ? std::max(across, down) : std::min(across, down);
  return {std::max(1, static_cast<int>(std::lround(picture.width * scale))),
          std::max(1, static_cast<int>(std::lround(picture.height * scale)))};
}

// The two rectangles that lie on each other, in the middle of both.
cv::Mat fitted(const cv::Mat& rgb, const PictureInput& input) {
  const cv::Size size = laid_size(rgb.size(), input);
  cv::Mat laid;
  cv::resize(rgb, laid, size, 0, 0, size.width < rgb.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
  cv::Mat area = cv::Mat::zeros(input.height, input.width, CV_8UC3);
  const cv::Size both(std::min(size.width, input.width), std::min(size.height, input.height));
  const auto middle = [&](const cv::Size& whole) {
    return cv::Rect((whole.width - both.width) / 2, (whole.height - both.height) / 2, both.width,
                    both.height);
  };
  laid(middle(size)).copyTo(area(middle(area.size())));
  return area;
}

}  // namespace

std::vector<float> network_input(const cv::Mat& rgb, const PictureInput& input) {
  const cv::Mat area = fitted(rgb, input);
  const std::size_t plane = area.total();
  std::vector<float> values(plane * 3);
  for (int channel = 0; channel < 3; ++channel) {
    const auto from = static_cast<std::size_t>(input.is_bgr ? 2 - channel : channel);
    float* out = values.data() + plane * static_cast<std::size_t>(channel);
    const auto at = static_cast<std::size_t>(channel);
    for (std::size_t i = 0; i < plane; ++i) {
      const auto value = static_cast<float>(area.data[i * 3 + from]) / 255.0F;
      out[i] = (value - input.mean[at]) / input.deviation[at];
    }
  }
  return values;
}

}  // namespace reeld::engine
