// A picture's pixels as OpenCV has them, for what looks at pictures rather than shows them.
#pragma once

#include <opencv2/core/mat.hpp>

#include "engine/picture.hpp"

namespace reeld::engine {

// 8 bits, RGB, sRGB-encoded; over black where the picture is transparent.
cv::Mat rgb_over_black(const Picture& picture);
// The same as grey.
cv::Mat grey_over_black(const Picture& picture);

}  // namespace reeld::engine
