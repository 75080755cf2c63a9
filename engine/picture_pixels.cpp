#include "engine/picture_pixels.hpp"

#include <opencv2/imgproc.hpp>

namespace reeld::engine {

cv::Mat rgb_over_black(const Picture& picture) {
  const bool is_deep = picture.format == kernels::PictureFormat::rgba16;
  const cv::Mat in(picture.height, picture.width, is_deep ? CV_16UC4 : CV_8UC4,
                   const_cast<std::uint8_t*>(picture.pixels.get()));
  cv::Mat rgba;
  in.convertTo(rgba, CV_8U, is_deep ? 1.0 / 257 : 1.0);
  rgba.forEach<cv::Vec4b>([](cv::Vec4b& pixel, const int*) {
    for (int channel = 0; channel < 3; ++channel)
      pixel[channel] = static_cast<std::uint8_t>((pixel[channel] * pixel[3] + 127) / 255);
  });
  cv::Mat rgb;
  cv::cvtColor(rgba, rgb, cv::COLOR_RGBA2RGB);
  return rgb;
}

}  // namespace reeld::engine
