#include "engine/palette.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <set>
#include <tuple>

#include "engine/brand/colors.hpp"

namespace reeld::engine {
namespace {

constexpr double kWhiteX = 0.95047, kWhiteZ = 1.08883;
// 64 pictures of 32 x 32 points, or one of 128 x 128: more does not move the centres.
constexpr int kAllSamples = 1 << 16;
constexpr int kMinSide = 32, kMaxSide = 128;
constexpr std::uint64_t kSeed = 20260101;  // any; fixed, so that equal pictures have equal palettes
constexpr int kAttempts = 3, kMostSteps = 60;
constexpr double kStill = 0.1;  // centres that move less have arrived, in Lab
constexpr double kOrange = 60 * 3.14159265358979323846 / 180;

std::uint8_t encoded(double light) {
  const double c = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(std::clamp(c, 0.0, 1.0) * 255));
}

// The cube root, and below (6/29)^3 the line that touches it.
double root(double t) {
  return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

double cubed(double f) {
  return f > 6.0 / 29 ? f * f * f : (116 * f - 16) * 27 / 24389;
}

// How many of the samples differ, counted no further than `most`: k-means wants no more clusters than that.
int distinct(const std::vector<Lab>& samples, int most) {
  std::set<std::tuple<double, double, double>> seen;
  for (const Lab& lab : samples) {
    seen.emplace(lab.l, lab.a, lab.b);
    if (static_cast<int>(seen.size()) >= most) break;
  }
  return static_cast<int>(seen.size());
}

struct Cluster {
  Lab center;
  double count = 0;
};

std::vector<Cluster> clusters_of(const std::vector<Lab>& samples, int cluster_count) {
  cv::Mat points(static_cast<int>(samples.size()), 3, CV_32F);
  for (int i = 0; i < points.rows; ++i) {
    const Lab& lab = samples[static_cast<std::size_t>(i)];
    auto* point = points.ptr<float>(i);
    point[0] = static_cast<float>(lab.l);
    point[1] = static_cast<float>(lab.a);
    point[2] = static_cast<float>(lab.b);
  }
  cv::Mat labels, centers;
  cv::theRNG() = cv::RNG(kSeed);
  cv::kmeans(points, cluster_count, labels,
             cv::TermCriteria(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, kMostSteps, kStill), kAttempts,
             cv::KMEANS_PP_CENTERS, centers);
  std::vector<Cluster> clusters(static_cast<std::size_t>(cluster_count));
  for (int i = 0; i < points.rows; ++i) clusters[static_cast<std::size_t>(labels.at<int>(i))].count += 1;
  for (int k = 0; k < cluster_count; ++k) {
    const auto* center = centers.ptr<float>(k);
    clusters[static_cast<std::size_t>(k)].center = {center[0], center[1], center[2]};
  }
  return clusters;
}

void sort_by_count(std::vector<Cluster>& clusters) {
  std::ranges::stable_sort(clusters, [](const Cluster& a, const Cluster& b) { return a.count > b.count; });
}

// Takes the smaller ones into the larger, at the centre of both.
std::vector<Cluster> merged(std::vector<Cluster> clusters) {
  sort_by_count(clusters);
  std::vector<Cluster> kept;
  for (const Cluster& one : clusters) {
    if (one.count == 0) continue;
    const auto near = std::ranges::find_if(
        kept, [&](const Cluster& other) { return delta_e(one.center, other.center) < kMergeDistance; });
    if (near == kept.end()) {
      kept.push_back(one);
      continue;
    }
    const double all = near->count + one.count, share = one.count / all;
    Lab& center = near->center;
    center = {center.l + (one.center.l - center.l) * share, center.a + (one.center.a - center.a) * share,
              center.b + (one.center.b - center.b) * share};
    near->count = all;
  }
  sort_by_count(kept);
  return kept;
}

ColorStatistics statistics_of(const std::vector<Lab>& samples) {
  ColorStatistics sums;
  const auto count = static_cast<double>(samples.size());
  for (const Lab& lab : samples) {
    sums.lightness += lab.l / count;
    sums.chroma += std::hypot(lab.a, lab.b) / count;
    sums.warmth += (lab.a * std::cos(kOrange) + lab.b * std::sin(kOrange)) / count;
  }
  double squares = 0;
  for (const Lab& lab : samples) squares += (lab.l - sums.lightness) * (lab.l - sums.lightness);
  sums.contrast = std::sqrt(squares / count);
  return sums;
}

}  // namespace

Lab lab_of(Color8 color) {
  const double r = linear_light(color.r), g = linear_light(color.g), b = linear_light(color.b);
  const double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / kWhiteX);
  const double y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / kWhiteZ);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

Color8 color_of(const Lab& lab) {
  const double fy = (lab.l + 16) / 116;
  const double x = cubed(fy + lab.a / 500) * kWhiteX, y = cubed(fy), z = cubed(fy - lab.b / 200) * kWhiteZ;
  return {encoded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
          encoded(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
          encoded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)};
}

double delta_e(const Lab& one, const Lab& other) {
  return std::sqrt((one.l - other.l) * (one.l - other.l) + (one.a - other.a) * (one.a - other.a) +
                   (one.b - other.b) * (one.b - other.b));
}

PaletteSamples::PaletteSamples(int picture_count)
    : side_(std::clamp(static_cast<int>(std::sqrt(kAllSamples / std::max(picture_count, 1))), kMinSide,
                       kMaxSide)) {}

void PaletteSamples::add(const Picture& picture) {
  const auto bytes = picture.bytes();
  const bool deep = picture.format != kernels::PictureFormat::rgba8;
  // Of a 16-bit channel the upper byte, which comes second.
  const std::size_t step = deep ? 2 : 1, offset = deep ? 1 : 0;
  for (int row = 0; row < side_; ++row) {
    const auto y = static_cast<std::size_t>((row + 0.5) / side_ * picture.height);
    for (int column = 0; column < side_; ++column) {
      const auto x = static_cast<std::size_t>((column + 0.5) / side_ * picture.width);
      const std::size_t pixel = (y * static_cast<std::size_t>(picture.width) + x) * 4;
      const auto channel = [&](std::size_t c) { return bytes[(pixel + c) * step + offset]; };
      if (channel(3) < 128) continue;
      samples_.push_back(lab_of({channel(0), channel(1), channel(2)}));
    }
  }
}

Result<Palette> PaletteSamples::palette(int color_count) const {
  if (samples_.empty())
    return Error{Code::picture_invalid, "the pictures are transparent all over and show no colour"};
  Palette palette;
  palette.statistics = statistics_of(samples_);
  const int clusters = distinct(samples_, std::clamp(color_count, kMinPaletteColors, kMaxPaletteColors));
  for (const Cluster& cluster : merged(clusters_of(samples_, clusters)))
    palette.colors.push_back(
        {color_of(cluster.center), cluster.count / static_cast<double>(samples_.size())});
  return palette;
}

}  // namespace reeld::engine
