// Ladders of faults: a good picture made worse step by step, for training and for seeing whether scores mean
// what they say. Pure; the same picture gives the same ladder.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace reeld::bench {

// 8 bits, RGB. Step 0 is the picture itself, kLadderSteps the worst.
inline constexpr int kLadderSteps = 6;

struct Ladder {
  std::string name;  // blur, noise, jpeg, banding
  cv::Mat (*degraded)(const cv::Mat& rgb, int step);
};

const std::vector<Ladder>& ladders();

}  // namespace reeld::bench
