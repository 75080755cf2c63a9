#include "engine/picture_pixels.hpp"

#include <opencv2/imgproc.hpp>

#include "kernels/cpu/pack.hpp"

namespace reeld::engine {
namespace {

cv::Mat rgba_of(const Picture& picture) {
  const bool is_deep = picture.format == kernels::PictureFormat::rgba16;
  const cv::Mat in(picture.height, picture.width, is_deep ? CV_16UC4 : CV_8UC4,
                   const_cast<std::uint8_t*>(picture.pixels.get()));
  cv::Mat rgba = in;
  if (is_deep) in.convertTo(rgba, CV_8U, 1.0 / 257);
  return rgba;
}

}  // namespace

cv::Mat rgb_over_black(const Picture& picture) {
  const cv::Mat rgba = rgba_of(picture);
  cv::Mat rgb;
  cv::cvtColor(rgba, rgb, cv::COLOR_RGBA2RGB);
  if (kernels::is_opaque(picture.view())) return rgb;
  cv::Mat alpha;
  cv::extractChannel(rgba, alpha, 3);
  cv::cvtColor(alpha, alpha, cv::COLOR_GRAY2RGB);
  cv::multiply(rgb, alpha, rgb, 1.0 / 255);
  return rgb;
}

cv::Mat grey_over_black(const Picture& picture) {
  const cv::Mat rgba = rgba_of(picture);
  cv::Mat grey;
  if (kernels::is_opaque(picture.view()))
    cv::cvtColor(rgba, grey, cv::COLOR_RGBA2GRAY);
  else
    cv::cvtColor(rgb_over_black(picture), grey, cv::COLOR_RGB2GRAY);
  return grey;
}

}  // namespace reeld::engine
