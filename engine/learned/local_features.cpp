#include "engine/learned/local_features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace reeld::engine {
namespace {

constexpr int kScales = 2;
// The window that a pixel is held against, as the paper has it.
constexpr int kWindow = 7;
constexpr double kDeviation = 7.0 / 6;
// Keeps flat places from being divided by nothing: a level.
constexpr double kLeastContrast = 1.0 / 255;

// Shapes of distributions from kFirstShape on, in steps of kShapeStep: 2 is Gauss's, 1 Laplace's.
constexpr double kFirstShape = 0.2;
constexpr double kShapeStep = 0.001;
constexpr std::size_t kShapes = 9800;

// Of a generalised Gaussian of that shape: the square of its mean magnitude to its variance. Rises with it.
double moment_ratio(double shape) {
  return std::exp(2 * std::lgamma(2 / shape) - std::lgamma(1 / shape) - std::lgamma(3 / shape));
}

double shape_of(double ratio) {
  static const auto ratios = [] {
    std::array<double, kShapes> all{};
    for (std::size_t i = 0; i < kShapes; ++i)
      all[i] = moment_ratio(kFirstShape + kShapeStep * static_cast<double>(i));
    return all;
  }();
  auto at = std::ranges::lower_bound(ratios, ratio);
  if (at == ratios.end()) --at;
  if (at != ratios.begin() && ratio - *(at - 1) < *at - ratio) --at;
  return kFirstShape + kShapeStep * static_cast<double>(at - ratios.begin());
}

// An asymmetric generalised Gaussian.
struct Fit {
  double shape = 0, mean = 0;
  double left = 0, right = 0;  // variances on either side of 0
};

// By moments (Lasmar, Stitou and Berthoumieu 2009, "Multiscale skewed heavy tailed model for texture
// analysis"). `count`: of all values, of which zeros need not be given.
Fit fit_of(const cv::Mat& values, double count) {
  const cv::Mat above = cv::max(values, 0), below = cv::min(values, 0);
  const double right_squares = cv::norm(above, cv::NORM_L2SQR),
               left_squares = cv::norm(below, cv::NORM_L2SQR);
  Fit fit;
  fit.left = left_squares / cv::countNonZero(below);
  fit.right = right_squares / cv::countNonZero(above);
  const double skew = std::sqrt(fit.left / fit.right);
  const double magnitude = cv::norm(values, cv::NORM_L1) / count;
  const double ratio = magnitude * magnitude / ((left_squares + right_squares) / count);
  fit.shape = shape_of(ratio * (std::pow(skew, 3) + 1) * (skew + 1) / std::pow(skew * skew + 1, 2));
  const double scale = std::sqrt(std::tgamma(1 / fit.shape) / std::tgamma(3 / fit.shape));
  fit.mean = (std::sqrt(fit.right) - std::sqrt(fit.left)) * scale * std::tgamma(2 / fit.shape) /
             std::tgamma(1 / fit.shape);
  return fit;
}

// How far each pixel is from the mean around it, in deviations of its surroundings.
cv::Mat normalised(const cv::Mat& light) {
  cv::Mat mean, squares, deviation;
  cv::GaussianBlur(light, mean, {kWindow, kWindow}, kDeviation, 0, cv::BORDER_REPLICATE);
  cv::GaussianBlur(light.mul(light), squares, {kWindow, kWindow}, kDeviation, 0, cv::BORDER_REPLICATE);
  cv::sqrt(cv::max(squares - mean.mul(mean), 0), deviation);
  return (light - mean) / (deviation + kLeastContrast);
}

// Products of each pixel with its neighbour so many rows and columns on.
cv::Mat neighbours_products(const cv::Mat& values, int down, int across) {
  const cv::Rect here(0, std::max(0, -down), values.cols - across, values.rows - std::abs(down));
  return values(here).mul(values(here + cv::Point(across, down)));
}

}  // namespace

cv::Mat local_features(const cv::Mat& grey) {
  constexpr std::array<std::array<int, 2>, 4> kNeighbours = {{{0, 1}, {1, 0}, {1, 1}, {-1, 1}}};
  cv::Mat features, light;
  grey.convertTo(light, CV_32F, 1.0 / 255);
  for (int scale = 0; scale < kScales; ++scale) {
    if (scale > 0) cv::resize(light, light, {light.cols / 2, light.rows / 2}, 0, 0, cv::INTER_CUBIC);
    const cv::Mat values = normalised(light);
    const auto count = static_cast<double>(values.total());
    const auto add = [&](double figure) { features.push_back(static_cast<float>(figure)); };
    const Fit own = fit_of(values, count);
    add(own.shape);
    add((own.left + own.right) / 2);
    for (const auto& [down, across] : kNeighbours) {
      const Fit fit = fit_of(neighbours_products(values, down, across), count);
      for (const double figure : {fit.shape, fit.mean, fit.left, fit.right}) add(figure);
    }
  }
  return features.reshape(1, 1);
}

}  // namespace reeld::engine
