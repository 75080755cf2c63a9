// How far a picture's statistics are from those of natural photographs: BRISQUE (Mittal, Moorthy and Bovik
// 2012, "No-Reference Image Quality Assessment in the Spatial Domain") through OpenCV's quality module, and a
// distance after NIQE (Mittal, Soundararajan and Bovik 2013, "Making a Completely Blind Image Quality
// Analyzer") over the same features. The model is trained by `reelbench train-scenes`, or a user's. Runs in
// workers.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>
#include <string>

#include "base/result.hpp"

namespace reeld::engine {

// As OpenCV has it.
struct BrisqueModel {
  cv::Ptr<cv::ml::SVM> svm;  // 36 features to 0 (as a photograph) .. 100
  cv::Mat range;             // 2 x 36 floats: least and greatest of each feature in training
};
// A user's, in the two files of OpenCV's form. Errors: file_missing, invalid_request.
Result<BrisqueModel> read_brisque_model(const std::filesystem::path& model,
                                        const std::filesystem::path& range);

// What the two scores are reckoned from.
struct SceneStatistics {
  BrisqueModel brisque;
  cv::Mat mean, covariance;  // 1 x 36 and 36 x 36 doubles: of patches of good photographs
};

// As text, in OpenCV's YAML.
std::string to_text(const SceneStatistics& statistics);
// Errors: invalid_request for a text that is not of that form.
Result<SceneStatistics> statistics_from_text(const std::string& text);

// The model that comes with reeld.
const SceneStatistics& own_scene_statistics();

// What BRISQUE looks at, for training: 36 features of a whole picture, brought to at most 1024 pixels on its
// longer side, about the size of the pictures that such models are trained with. Errors: invalid_request for
// one of less than 16 pixels a side.
Result<cv::Mat> scene_features(const cv::Mat& grey);

// 36 features of each of the `most` sharpest of up to 64 patches of 96 x 96 pixels, spread evenly: sky and
// blur say nothing about a photograph. Errors: invalid_request for a picture smaller than two patches either
// way.
Result<cv::Mat> patch_features(const cv::Mat& grey, std::size_t most);

// 0 (as a good photograph) to 100 (as the worst pictures in training). Errors: invalid_request for a picture
// of less than 16 pixels a side, or of one colour.
Result<double> brisque(const cv::Mat& grey, const BrisqueModel& model);

// The distance between the picture's patches and good photographs' ones, 0 and more; photographs have about
// 2 to 4. Errors: those of patch_features, and invalid_request for a picture of one colour.
Result<double> niqe(const cv::Mat& grey, const SceneStatistics& statistics);

}  // namespace reeld::engine
