#include "bench/reelbench/degradations.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace reeld::bench {

namespace fs = std::filesystem;

cv::Mat blurred(const cv::Mat& picture, double harm) {
  if (harm == 0) return picture;
  cv::Mat out;
  cv::GaussianBlur(picture, out, {0, 0}, harm);
  return out;
}

cv::Mat noisy(const cv::Mat& picture, double harm) {
  cv::Mat noise(picture.size(), CV_16SC3);
  cv::RNG(1).fill(noise, cv::RNG::NORMAL, 0, harm);
  cv::Mat out;
  cv::add(picture, noise, out, cv::noArray(), CV_8UC3);
  return out;
}

cv::Mat coded(const cv::Mat& picture, double harm) {
  std::vector<uchar> bytes;
  cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, 100 - static_cast<int>(harm)});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

cv::Mat quantised(const cv::Mat& picture, double harm) {
  const int step = static_cast<int>(harm);
  cv::Mat table(1, 256, CV_8U);
  for (int i = 0; i < 256; ++i)
    table.at<uchar>(i) = static_cast<uchar>(std::min(255, i / step * step + step / 2));
  cv::Mat out;
  cv::LUT(picture, table, out);
  return out;
}

cv::Mat exposed(const cv::Mat& picture, double harm) {
  const auto linear = [](double code) {
    return code <= 0.04045 ? code / 12.92 : std::pow((code + 0.055) / 1.055, 2.4);
  };
  const auto encoded = [](double light) {
    return light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
  };
  cv::Mat table(1, 256, CV_8U);
  for (int i = 0; i < 256; ++i) {
    const double light = std::min(1.0, linear(i / 255.0) * std::exp2(harm));
    table.at<uchar>(i) = cv::saturate_cast<uchar>(encoded(light) * 255);
  }
  cv::Mat out;
  cv::LUT(picture, table, out);
  return out;
}

Result<std::vector<fs::path>> photographs_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".jpg") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    return Error{Code::file_missing,
                 "no photograph (*.jpg) is in the folder; Debian's mate-backgrounds has some",
                 folder.string()};
  }
  return files;
}

}  // namespace reeld::bench
