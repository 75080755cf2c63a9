// Which crf makes a film as true to its frames as a request asks, and no larger: short stretches of the film
// are coded with one number after the other. docs/metrics/fidelity.md. Runs in workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "engine/reuse/segments.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// The search's range. 0 is not in it: lossless reaches every target, in a profile that few players know.
inline constexpr int kBestCrf = 1, kWorstCrf = 51;

// The stretches that stand for the film: up to kMostSamples of kSampleSeconds, in the middle of its thirds;
// all of a film that is no longer than they are. Shorter where their frames would fill more memory than
// kSampleBytes.
inline constexpr int kMostSamples = 3;
inline constexpr double kSampleSeconds = 1;
inline constexpr std::int64_t kSampleBytes = std::int64_t{384} << 20;
std::vector<SegmentRange> quality_samples(const Plan& plan);

struct QualityTry {
  int crf = 0;
  double reached = 0;      // of the sample that came off worst
  std::int64_t bytes = 0;  // of all samples
};

struct FoundQuality {
  int crf = kBestCrf;
  double reached = 0;
  bool is_reached = false;
  std::vector<QualityTry> tries;  // as they were made
};

// Halves the range, six tries at most: the largest crf that reaches `at_least`, or kBestCrf. A larger crf is
// taken to reach no more.
Result<FoundQuality> largest_crf(double at_least, const std::function<Result<QualityTry>(int crf)>& attempt);

struct QualityWish {
  QualityTarget target;
  std::filesystem::path data_dir;  // where the plan's assets lie
  std::filesystem::path scratch;   // a folder; what is written there is removed again
  std::string encoder;
  int threads = 1;
};

// `done`: 0..1. Errors: those of rendering and encoding.
Result<FoundQuality> search_quality(const Plan& plan, const QualityWish& wish, kernels::Device& device,
                                    const std::function<void(double done)>& progress);

nlohmann::json to_json(const FoundQuality& found);

}  // namespace reeld::engine
