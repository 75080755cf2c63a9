// Good pictures made worse by as much as is said, for training and for seeing whether scores mean what they
// say. Pure; of 8 bits and three channels, in any order.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "base/result.hpp"

namespace reeld::bench {

cv::Mat blurred(const cv::Mat& picture, double deviation);  // of a Gaussian, pixels; 0: as it is
cv::Mat noisy(const cv::Mat& picture, double deviation);    // Gaussian, levels; the same each time
cv::Mat coded(const cv::Mat& picture, double harm);         // JPEG of quality 100 - harm; harm 5..95
cv::Mat quantised(const cv::Mat& picture, double step);     // each channel in steps of so many levels
cv::Mat exposed(const cv::Mat& picture, double stops);      // of linear light more; below 0: less

// The .jpg files of a folder, by name. file_missing where there is none.
Result<std::vector<std::filesystem::path>> photographs_in(const std::filesystem::path& folder);

}  // namespace reeld::bench
