#include "engine/learned/natural_scenes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <opencv2/quality/qualitybrisque.hpp>
#include <vector>

#include "engine/files.hpp"
#include "engine/learned/local_features.hpp"

namespace reeld::engine {
namespace {

constexpr int kFeatures = 36;
// Of 768 pixels less is learned, of 512 far less (docs/metrics/learned.md).
constexpr int kLongestSide = 1024;
constexpr int kSmallestSide = 16;
constexpr int kPatch = 96;
constexpr int kPatchesAcross = 8;
// Of a picture that is judged, sharpest first; with 8 of them blur went unnoticed on three of four
// photographs.
constexpr std::size_t kJudgedPatches = 32;
// Added to the variances, as a share of them: few patches vary in few directions.
constexpr double kRidge = 0.05;

Error too_small(const cv::Mat& grey, int least) {
  return {Code::invalid_request,
          "a picture of " + std::to_string(grey.cols) + "x" + std::to_string(grey.rows) +
              " pixels is too small for natural-scene statistics: " + std::to_string(least) +
              " a side are needed"};
}

// By a whole factor first, for that is quick, and what is left over of it at the edges is not looked at.
cv::Mat looked_at(const cv::Mat& grey) {
  const int longer = std::max(grey.cols, grey.rows);
  if (longer <= kLongestSide) return grey;
  const int factor = longer / kLongestSide;
  const cv::Size whole(grey.cols / factor, grey.rows / factor);
  cv::Mat smaller;
  cv::resize(grey({0, 0, whole.width * factor, whole.height * factor}), smaller, whole, 0, 0, cv::INTER_AREA);
  const double scale = static_cast<double>(kLongestSide) / std::max(whole.width, whole.height);
  if (scale < 1) cv::resize(smaller, smaller, {}, scale, scale, cv::INTER_AREA);
  return smaller;
}

// Starts of up to kPatchesAcross patches over a length, even steps from end to end.
std::vector<int> starts(int length) {
  const int count = std::min(kPatchesAcross, length / kPatch);
  std::vector<int> at;
  for (int i = 0; i < count; ++i)
    at.push_back(static_cast<int>(std::int64_t{length - kPatch} * i / (count - 1)));
  return at;
}

double sharpness(const cv::Mat& grey) {
  cv::Mat wide, mean, deviation;
  grey.convertTo(wide, CV_32F);
  cv::GaussianBlur(wide, mean, {7, 7}, 7.0 / 6);
  cv::absdiff(wide, mean, deviation);
  return cv::mean(deviation)[0];
}

// Where nothing varies, the features are ratios of nothing.
Result<double> finite(double score) {
  if (std::isfinite(score)) return score;
  return Error{Code::invalid_request,
               "the picture has no structure that natural-scene statistics could tell of"};
}

bool is_usable(const BrisqueModel& model) {
  return model.svm && model.svm->isTrained() && model.svm->getVarCount() == kFeatures &&
         model.range.size() == cv::Size(kFeatures, 2) && model.range.type() == CV_32F;
}

}  // namespace

std::string to_text(const SceneStatistics& statistics) {
  cv::FileStorage out("scenes.yml", cv::FileStorage::WRITE | cv::FileStorage::MEMORY);
  out << "range" << statistics.brisque.range << "mean" << statistics.mean << "covariance"
      << statistics.covariance;
  out << "brisque"
      << "{";
  statistics.brisque.svm->write(out);
  out << "}";
  return out.releaseAndGetString();
}

Result<SceneStatistics> statistics_from_text(const std::string& text) {
  try {
    const cv::FileStorage in(text, cv::FileStorage::READ | cv::FileStorage::MEMORY);
    SceneStatistics statistics;
    in["range"] >> statistics.brisque.range;
    in["mean"] >> statistics.mean;
    in["covariance"] >> statistics.covariance;
    statistics.brisque.svm = cv::Algorithm::read<cv::ml::SVM>(in["brisque"]);
    if (is_usable(statistics.brisque) && statistics.mean.size() == cv::Size(kFeatures, 1) &&
        statistics.covariance.size() == cv::Size(kFeatures, kFeatures))
      return statistics;
  } catch (const cv::Exception&) {
  }
  return Error{Code::invalid_request, "these are no statistics of natural scenes"};
}

Result<cv::Mat> scene_features(const cv::Mat& grey) {
  if (std::min(grey.cols, grey.rows) < kSmallestSide) return too_small(grey, kSmallestSide);
  cv::Mat features;
  cv::quality::QualityBRISQUE::computeFeatures(looked_at(grey), features);
  return features;
}

Result<cv::Mat> patch_features(const cv::Mat& grey, std::size_t most) {
  if (std::min(grey.cols, grey.rows) < 2 * kPatch) return too_small(grey, 2 * kPatch);
  std::vector<std::pair<double, cv::Mat>> patches;
  for (const int y : starts(grey.rows)) {
    for (const int x : starts(grey.cols)) {
      const cv::Mat patch = grey({x, y, kPatch, kPatch});
      patches.emplace_back(sharpness(patch), patch);
    }
  }
  std::ranges::sort(patches, std::greater(), [](const auto& patch) { return patch.first; });
  patches.resize(std::min(most, patches.size()));
  cv::Mat features;
  for (const auto& [sharp, patch] : patches) features.push_back(local_features(patch));
  return features;
}

Result<double> brisque(const cv::Mat& grey, const BrisqueModel& model) {
  if (std::min(grey.cols, grey.rows) < kSmallestSide) return too_small(grey, kSmallestSide);
  return finite(cv::quality::QualityBRISQUE::create(model.svm, model.range)->compute(looked_at(grey))[0]);
}

Result<double> niqe(const cv::Mat& grey, const SceneStatistics& statistics) {
  REELD_ASSIGN(const cv::Mat features, patch_features(grey, kJudgedPatches));
  cv::Mat covariance, mean;
  cv::calcCovarMatrix(features, covariance, mean, cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE,
                      CV_64F);
  cv::Mat both = (covariance + statistics.covariance) / 2;
  both.diag() *= 1 + kRidge;
  cv::Mat inverse;
  cv::invert(both, inverse, cv::DECOMP_SVD);
  return finite(cv::Mahalanobis(mean, statistics.mean, inverse));
}

Result<BrisqueModel> read_brisque_model(const std::filesystem::path& model,
                                        const std::filesystem::path& range) {
  REELD_ASSIGN(const std::string model_text, read_text(model));
  REELD_ASSIGN(const std::string range_text, read_text(range));
  BrisqueModel read;
  try {
    read.svm = cv::Algorithm::loadFromString<cv::ml::SVM>(model_text);
    cv::FileStorage(range_text, cv::FileStorage::READ | cv::FileStorage::MEMORY)["range"] >> read.range;
    if (is_usable(read)) return read;
  } catch (const cv::Exception&) {
  }
  return Error{Code::invalid_request, model.string() + " and " + range.string() +
                                          " are no BRISQUE model of OpenCV's form, with 36 features"};
}

}  // namespace reeld::engine
