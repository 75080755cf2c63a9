// The 36 figures of a picture's local statistics that BRISQUE and NIQE judge by (Mittal, Moorthy and Bovik
// 2012, "No-Reference Image Quality Assessment in the Spatial Domain", III): the same as those of OpenCV's
// quality module, for many small pictures. It looks for the shape of each of ten distributions by trying some
// thousands, which for a patch of 96 x 96 pixels takes ten times as long as all else; here a table has them.
// Runs in workers; pure.
#pragma once

#include <opencv2/core/mat.hpp>

namespace reeld::engine {

// 36 floats, a row, of 8 bits of grey, 2 x 2 pixels or more. Not finite where nothing varies.
cv::Mat local_features(const cv::Mat& grey);

}  // namespace reeld::engine
