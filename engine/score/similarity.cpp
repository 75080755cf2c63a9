#include "engine/score/similarity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "base/check.hpp"
#include "engine/film_likeness.hpp"

namespace reeld::engine {
namespace {

constexpr double kWindowSigma = 1.5;
constexpr double kRange = 255;
constexpr double kLuminanceConstant = (0.01 * kRange) * (0.01 * kRange);
constexpr double kContrastConstant = (0.03 * kRange) * (0.03 * kRange);

// The exponents of Wang, Simoncelli and Bovik (2003), from the finest scale to the coarsest.
constexpr std::array<double, 5> kScaleWeights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

// Only to be read.
cv::Mat bytes_of(const LumaView& luma) {
  return {luma.height, luma.width, CV_8U, const_cast<std::uint8_t*>(luma.pixels), luma.stride_bytes};
}

cv::Mat floats(const LumaView& luma) {
  cv::Mat image;
  bytes_of(luma).convertTo(image, CV_32F);
  return image;
}

// Weighted means around the pixels whose window lies in the picture.
cv::Mat windowed(const cv::Mat& image) {
  constexpr int kMargin = kSimilarityWindow / 2;
  cv::Mat blurred;
  cv::GaussianBlur(image, blurred, cv::Size(kSimilarityWindow, kSimilarityWindow), kWindowSigma,
                   kWindowSigma);
  return blurred(cv::Rect(kMargin, kMargin, blurred.cols - 2 * kMargin, blurred.rows - 2 * kMargin));
}

// Means of 2x2 pixels; a last odd row or column counts twice.
cv::Mat halved(const cv::Mat& image) {
  cv::Mat even = image;
  if (image.cols % 2 != 0 || image.rows % 2 != 0) {
    cv::copyMakeBorder(image, even, 0, image.rows % 2, 0, image.cols % 2, cv::BORDER_REPLICATE);
  }
  cv::Mat small;
  cv::resize(even, small, cv::Size(even.cols / 2, even.rows / 2), 0, 0, cv::INTER_AREA);
  return small;
}

struct ScaleSimilarity {
  double ssim = 0, contrast = 0;  // means; `contrast` is contrast and structure together
};

ScaleSimilarity at_scale(const cv::Mat& a, const cv::Mat& b) {
  const cv::Mat mean_a = windowed(a), mean_b = windowed(b);
  const cv::Mat square_a = windowed(a.mul(a)), square_b = windowed(b.mul(b)), product = windowed(a.mul(b));
  double ssim = 0, contrast = 0;
  for (int y = 0; y < mean_a.rows; ++y) {
    const auto *ma = mean_a.ptr<float>(y), *mb = mean_b.ptr<float>(y), *sa = square_a.ptr<float>(y),
               *sb = square_b.ptr<float>(y), *p = product.ptr<float>(y);
    for (int x = 0; x < mean_a.cols; ++x) {
      const double means = double{ma[x]} * mb[x];
      const double squares = double{ma[x]} * ma[x] + double{mb[x]} * mb[x];
      const double structure =
          (2 * (p[x] - means) + kContrastConstant) / (sa[x] + double{sb[x]} - squares + kContrastConstant);
      contrast += structure;
      ssim += structure * (2 * means + kLuminanceConstant) / (squares + kLuminanceConstant);
    }
  }
  const auto count = static_cast<double>(mean_a.total());
  return {ssim / count, contrast / count};
}

// Finds contours along lines of at most so many pixels.
class FlatRuns {
 public:
  explicit FlatRuns(int most) : before_(static_cast<std::size_t>(most)), after_(before_.size()) {}

  // Sets, in `contour`, which has a pixel every `stride`, those behind which the line steps.
  void mark(const std::uint8_t* line, std::size_t count, std::uint8_t* contour, std::size_t stride) {
    for (std::size_t i = 0; i < count; ++i) {
      const bool goes_on = i > 0 && line[i] == line[i - 1];
      before_[i] = goes_on ? before_[i - 1] + 1 : 1;
    }
    for (std::size_t i = count; i-- > 0;) {
      const bool goes_on = i + 1 < count && line[i] == line[i + 1];
      after_[i] = goes_on ? after_[i + 1] + 1 : 1;
    }
    for (std::size_t i = 0; i + 1 < count; ++i) {
      const int step = std::abs(line[i] - line[i + 1]);
      const bool is_contour =
          step >= 1 && step <= kLargestStep && before_[i] >= kFlat && after_[i + 1] >= kFlat;
      if (is_contour) contour[i * stride] = 1;
    }
  }

 private:
  std::vector<int> before_, after_;  // equal pixels that end, and begin, at a pixel, with itself
};

}  // namespace

LumaView luma_of(const FrameBuffer& frame) {
  const PlaneSize luma = frame.sizes.front();
  return {frame.view.planes[0], static_cast<int>(luma.row_bytes), static_cast<int>(luma.rows),
          frame.view.stride_bytes[0]};
}

Similarity similarity(const LumaView& a, const LumaView& b) {
  REELD_CHECK(a.width == b.width && a.height == b.height);
  REELD_CHECK(std::min(a.width, a.height) >= kSimilarityWindow);
  cv::Mat image_a = floats(a), image_b = floats(b);
  ScaleSimilarity scale = at_scale(image_a, image_b);
  Similarity found{scale.ssim, std::nullopt};
  if (!has_ms_ssim(a.width, a.height)) return found;
  double product = 1;
  for (std::size_t i = 0; i < kScaleWeights.size(); ++i) {
    if (i > 0) {
      image_a = halved(image_a);
      image_b = halved(image_b);
      scale = at_scale(image_a, image_b);
    }
    const bool is_last = i + 1 == kScaleWeights.size();
    // Structures that oppose each other have no power that is a number; they count as nothing alike.
    product *= std::pow(std::max(0.0, is_last ? scale.ssim : scale.contrast), kScaleWeights[i]);
  }
  found.ms_ssim = product;
  return found;
}

double mean_squared_error(const FrameBuffer& a, const FrameBuffer& b) {
  REELD_CHECK(a.bytes.size() == b.bytes.size() && !a.bytes.empty());
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) {
    const int difference = a.bytes[i] - b.bytes[i];
    sum += difference * difference;
  }
  return static_cast<double>(sum) / static_cast<double>(a.bytes.size());
}

double psnr_of(double mean_squared_error) {
  if (mean_squared_error <= 0) return kMostPsnr;
  return std::min(kMostPsnr, 10 * std::log10(kRange * kRange / mean_squared_error));
}

double banding(const LumaView& luma) {
  const auto width = static_cast<std::size_t>(luma.width), height = static_cast<std::size_t>(luma.height);
  std::vector<std::uint8_t> contours(width * height, 0);
  FlatRuns runs(std::max(luma.width, luma.height));
  for (std::size_t y = 0; y < height; ++y) {
    runs.mark(luma.pixels + y * luma.stride_bytes, width, contours.data() + y * width, 1);
  }
  cv::Mat columns;  // a column read as a row is some times faster
  cv::transpose(bytes_of(luma), columns);
  for (std::size_t x = 0; x < width; ++x) {
    runs.mark(columns.ptr<std::uint8_t>(static_cast<int>(x)), height, contours.data() + x, width);
  }
  const auto count = std::count(contours.begin(), contours.end(), std::uint8_t{1});
  return static_cast<double>(count) / static_cast<double>(contours.size());
}

}  // namespace reeld::engine
