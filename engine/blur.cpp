#include "engine/blur.hpp"

#include <opencv2/imgproc.hpp>

namespace reeld::engine {

void gaussian_blur(std::uint8_t* pixels, int width, int height, int stride_bytes, double sigma) {
  if (sigma <= 0) return;
  cv::Mat image(height, width, CV_8U, pixels, static_cast<std::size_t>(stride_bytes));
  cv::GaussianBlur(image, image, cv::Size(), sigma, sigma, cv::BORDER_CONSTANT);
}

}  // namespace reeld::engine
