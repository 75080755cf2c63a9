#include "engine/score/catalog.hpp"

#include <algorithm>
#include <limits>

namespace reeld::engine {
namespace {

constexpr double kAny = std::numeric_limits<double>::lowest();
constexpr std::optional<double> kNoLimit = std::nullopt;
constexpr const char *kHigher = "higher", *kLower = "lower", *kNeither = "";

}  // namespace

const std::vector<MetricKind>& metric_kinds() {
  using enum MetricOf;
  static const std::vector<MetricKind> kKinds = {
      {"image_quality", picture, "", kHigher, 0, 100},
      {"sharpness_laplacian", picture, "levels^2", kHigher, 0, kNoLimit},
      {"sharpness_tenengrad", picture, "levels^2", kHigher, 0, kNoLimit},
      {"exposure", picture, "", kNeither, 0, 1},
      {"clipping_dark", picture, "", kLower, 0, 1},
      {"clipping_bright", picture, "", kLower, 0, 1},
      {"clipping_colour", picture, "", kLower, 0, 1},
      {"contrast", picture, "", kHigher, 0, 0.5},
      {"colourfulness", picture, "", kHigher, 0, kNoLimit},
      {"noise", picture, "levels", kLower, 0, kNoLimit},
      {"blockiness", picture, "", kLower, 0, kNoLimit},
      {"banding", picture, "levels", kLower, 0, kNoLimit},
      {"entropy", picture, "bit", kHigher, 0, 8},
      {"border", picture, "", kLower, 0, 1},
      {"near_duplicate", picture, "", kLower, 0, 1},
      {"brisque", picture, "", kLower, 0, 100},
      {"niqe", picture, "", kLower, 0, kNoLimit},
      {"aesthetic_quality", picture, "", kHigher, kAny, kNoLimit},
      {"text_agreement", picture, "", kHigher, -1, 1},

      {"temporal_consistency", film, "", kHigher, 0, 1},
      {"flicker", film, "levels", kLower, 0, 255},
      {"frame_difference", film, "levels", kNeither, 0, 255},
      {"motion_error", film, "pixels", kLower, 0, kNoLimit},
      {"motion_smoothness_planned", film, "", kHigher, 0, 1},
      {"motion_smoothness_tracked", film, "", kHigher, 0, 1},
      {"dynamic_range", film, "", kHigher, 0, 1},
      {"black_frames", film, "frames", kLower, 0, kNoLimit},
      {"frozen_frames", film, "frames", kLower, 0, kNoLimit},
      {"unplanned_cuts", film, "cuts", kLower, 0, kNoLimit},
      {"missed_cuts", film, "cuts", kLower, 0, kNoLimit},
      {"measured_frames", film, "frames", kNeither, 0, kNoLimit},
      {"subject_consistency", film, "", kHigher, -1, 1},

      {"psnr", fidelity, "dB", kHigher, 0, 100},
      {"ssim", fidelity, "", kHigher, -1, 1},
      {"ssim_worst", fidelity, "", kHigher, -1, 1},
      {"ms_ssim", fidelity, "", kHigher, -1, 1},
      {"banding_decoded", fidelity, "share of pixels", kLower, 0, 1},
      {"banding_added", fidelity, "share of pixels", kLower, -1, 1},
      {"temporal_flickering", fidelity, "", kHigher, 0, 1},

      {"loudness", sound, "LUFS", kNeither, kAny, kNoLimit},
      {"loudness_range", sound, "LU", kNeither, 0, kNoLimit},
      {"true_peak", sound, "dBTP", kLower, kAny, kNoLimit},
      {"sound_clipping", sound, "", kLower, 0, 1},
      {"sound_clipped_runs", sound, "runs", kLower, 0, kNoLimit},
      {"silence", sound, "", kLower, 0, 1},
      {"longest_silence", sound, "s", kLower, 0, kNoLimit},
      {"speech_to_music", sound, "LU", kHigher, kAny, kNoLimit},
  };
  return kKinds;
}

const MetricKind* find_metric(std::string_view name) {
  const auto it = std::ranges::find(metric_kinds(), name, &MetricKind::name);
  return it == metric_kinds().end() ? nullptr : &*it;
}

MetricMeaning meaning_of(std::string_view name, const OwnMetrics& own) {
  if (const MetricKind* const kind = find_metric(name)) {
    return {std::string(kind->unit), std::string(kind->better),
            kind->least == kAny ? std::nullopt : std::optional(kind->least), kind->most};
  }
  const auto it = own.find(name);
  return it == own.end() ? MetricMeaning{} : it->second;
}

std::vector<std::string> metric_names(bool of_pictures) {
  std::vector<std::string> names;
  for (const MetricKind& kind : metric_kinds()) {
    if ((kind.of == MetricOf::picture) == of_pictures) names.emplace_back(kind.name);
  }
  return names;
}

}  // namespace reeld::engine
