#include "engine/picture_pixels.hpp"

#include <opencv2/imgproc.hpp>

namespace reeld::engine {

cv::Mat rgb_over_black(const Picture& picture) {
  const bool is_deep = picture.format == kernels::PictureFormat::rgba16;
  const cv::Mat in(picture.height, picture.width, is_deep ? CV_16UC4 : CV_8UC4,
                   const_cast<std::uint8_t*>(picture.pixels.get()));
  cv::Mat rgba = in, rgb, alpha;
  if (is_deep) in.convertTo(rgba, CV_8U, 1.0 / 257);
  cv::cvtColor(rgba, rgb, cv::COLOR_RGBA2RGB);
  cv::extractChannel(rgba, alpha, 3);
  double least = 0;
  cv::minMaxLoc(alpha, &least);
  if (least == 255) return rgb;
  cv::cvtColor(alpha, alpha, cv::COLOR_GRAY2RGB);
  cv::multiply(rgb, alpha, rgb, 1.0 / 255);
  return rgb;
}

}  // namespace reeld::engine
