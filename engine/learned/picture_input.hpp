// A picture as the numbers that a network takes. Runs in workers; pure.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "engine/learned/manifest.hpp"

namespace reeld::engine {

// Three planes of input.height rows of input.width values, from 8 bits, RGB.
std::vector<float> network_input(const cv::Mat& rgb, const PictureInput& input);

}  // namespace reeld::engine
