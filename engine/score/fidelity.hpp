// How true a finished film is to its frames as they were rendered: PSNR, SSIM, MS-SSIM, banding; and how much
// it flickers. Decodes the whole film, and renders some frames anew. docs/metrics/fidelity.md has the
// definitions. Runs in workers; takes `threads` of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "engine/score/score.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// Of one frame, between as rendered and as decoded.
struct FrameFidelity {
  std::int64_t frame = 0;
  double mean_squared_error = 0;
  double ssim = 0;
  std::optional<double> ms_ssim;
  double banding_decoded = 0, banding_rendered = 0;
};

// Measured at even steps over the film, kMostSteps at most.
inline constexpr std::int64_t kMostSteps = 120;
std::int64_t fidelity_step(const Plan& plan);
// In rising order: those of the steps, and each scene's first (behind a cut), middle, and last one.
std::vector<std::int64_t> fidelity_frames(const Plan& plan);

struct FidelityWish {
  std::filesystem::path film;      // of the plan's size and length
  std::filesystem::path data_dir;  // where the plan's assets lie
  int threads = 1;
};

// Called with how many frames of the film are done.
using FramesSeen = std::function<void(std::int64_t)>;

// Of the whole film and of each scene; over time at the steps. Errors: file_missing, file_unreadable,
// internal (the film is not the plan's), and those of rendering.
Result<Scores> measure_fidelity(const Plan& plan, const FidelityWish& wish, kernels::Device& device,
                                const FramesSeen& seen);

// The scores of what was measured: `frames` in rising order; `differences[n]`: the mean difference in RGB
// between frame n and n + 1, in code values. Pure.
Scores fidelity_scores(const Plan& plan, const std::vector<FrameFidelity>& frames,
                       const std::vector<double>& differences);

}  // namespace reeld::engine
