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

constexpr double kDeepRange = 1023;

// Only to be read; p010's as they lie there, 64 times the code.
cv::Mat samples_of(const LumaView& luma) {
  const int type = luma.bit_depth == 8 ? CV_8U : CV_16U;
  return {luma.height, luma.width, type, const_cast<std::uint8_t*>(luma.pixels), luma.stride_bytes};
}

// In code values of 8 bits.
cv::Mat floats(const LumaView& luma) {
  cv::Mat image;
  samples_of(luma).convertTo(image, CV_32F, luma.bit_depth == 8 ? 1 : kRange / kDeepRange / 64);
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

// Marks contours along lines of at most so many pixels.
class FlatRuns {
 public:
  explicit FlatRuns(int most) : is_flat_(static_cast<std::size_t>(most)) {}

  // Sets, in `contour`, which has a pixel every `stride`, those behind which the line steps. `one` is what
  // one code of 8 bits comes to in the line's samples, and `same` what flat ones may differ by.
  template <class Sample>
  void mark(const Sample* line, std::size_t count, int one, int same, std::uint8_t* contour,
            std::size_t stride) {
    if (count < 2 * kFlat) return;
    for (std::size_t i = 0; i + kFlat <= count; ++i) {
      const auto [low, high] =
          std::minmax({line[i], line[i + 1], line[i + 2], line[i + 3], line[i + 4], line[i + 5]});
      is_flat_[i] = high - low <= same;
    }
    for (std::size_t i = kFlat - 1; i + kFlat < count; ++i) {
      const int step = std::abs(line[i] - line[i + 1]);
      if (step >= one && step <= kLargestStep * one && is_flat_[i + 1 - kFlat] && is_flat_[i + 1])
        contour[i * stride] = 1;
    }
  }

 private:
  std::vector<std::uint8_t> is_flat_;  // the kFlat samples from one on
};

template <class Sample>
double contour_share(const cv::Mat& luma, int one, int same) {
  const auto width = static_cast<std::size_t>(luma.cols), height = static_cast<std::size_t>(luma.rows);
  std::vector<std::uint8_t> contours(width * height, 0);
  FlatRuns runs(std::max(luma.cols, luma.rows));
  for (std::size_t y = 0; y < height; ++y)
    runs.mark(luma.ptr<Sample>(static_cast<int>(y)), width, one, same, contours.data() + y * width, 1);
  cv::Mat columns;  // a column read as a row is some times faster
  cv::transpose(luma, columns);
  for (std::size_t x = 0; x < width; ++x)
    runs.mark(columns.ptr<Sample>(static_cast<int>(x)), height, one, same, contours.data() + x, width);
  const auto count = std::count(contours.begin(), contours.end(), std::uint8_t{1});
  return static_cast<double>(count) / static_cast<double>(contours.size());
}

template <class Sample>
double summed_squares(const FrameBuffer& a, const FrameBuffer& b) {
  const auto *left = reinterpret_cast<const Sample*>(a.bytes.data()),
             *right = reinterpret_cast<const Sample*>(b.bytes.data());
  constexpr int kShift = sizeof(Sample) == 1 ? 0 : 6;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.bytes.size() / sizeof(Sample); ++i) {
    const int difference = (left[i] >> kShift) - (right[i] >> kShift);
    sum += difference * difference;
  }
  return static_cast<double>(sum);
}

}  // namespace

LumaView luma_of(const FrameBuffer& frame) {
  const bool is_deep = frame.format == kernels::PixelFormat::p010;
  REELD_CHECK(is_deep || frame.format == kernels::PixelFormat::yuv420p);
  const PlaneSize& luma = frame.sizes[0];
  return {frame.view.planes[0], static_cast<int>(luma.row_bytes / (is_deep ? 2 : 1)),
          static_cast<int>(luma.rows), frame.view.stride_bytes[0], is_deep ? 10 : 8};
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
  REELD_CHECK(a.format == b.format && a.bytes.size() == b.bytes.size() && !a.bytes.empty());
  const auto bytes = static_cast<double>(a.bytes.size());
  if (a.format != kernels::PixelFormat::p010) return summed_squares<std::uint8_t>(a, b) / bytes;
  constexpr double kScale = kRange / kDeepRange;
  return summed_squares<std::uint16_t>(a, b) / (bytes / 2) * kScale * kScale;
}

double psnr_of(double mean_squared_error) {
  if (mean_squared_error <= 0) return kMostPsnr;
  return std::min(kMostPsnr, 10 * std::log10(kRange * kRange / mean_squared_error));
}

double banding(const LumaView& luma) {
  const cv::Mat samples = samples_of(luma);
  if (luma.bit_depth == 8) return contour_share<std::uint8_t>(samples, 1, 0);
  return contour_share<std::uint16_t>(samples, 4 * 64, 64);
}

}  // namespace reeld::engine
