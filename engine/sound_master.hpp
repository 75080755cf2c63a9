// What stands between the mix and the encoder: the loudness meter (EBU R128) and the true-peak limiter. Used
// by make_sound; one thread. Interleaved 48 kHz stereo floats.
#pragma once

#include <ebur128.h>

#include <functional>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "engine/sound_ffmpeg.hpp"

namespace reeld::engine::sound {

using Sink = std::function<Result<void>(std::span<const float>)>;

class LoudnessMeter {
 public:
  // Without the true peak, and the range beside it, it is some times faster.
  static Result<LoudnessMeter> create(bool with_true_peak);

  void add(std::span<const float> block);
  double loudness_lufs()
      const;  // integrated; -inf for silence, or less than the 400 ms that it is defined over
  double true_peak_db() const;       // dBTP, of the louder channel; -inf for silence
  double loudness_range_lu() const;  // EBU Tech 3342; of 3 s or more

 private:
  std::unique_ptr<ebur128_state, av::Free<ebur128_destroy>> state_;
};

// Holds true peaks below a limit by looking ahead at 4 times the sample rate, where the peaks between samples
// show. What comes out is aligned with what goes in, sample by sample.
class Limiter {
 public:
  static Result<Limiter> create(double limit_db);

  Result<void> push(std::span<const float> block, const Sink& sink);
  Result<void> finish(const Sink& sink);

 private:
  Result<void> pull(const Sink& sink);

  FilterGraphPtr graph_;
  AVFilterContext* source_ = nullptr;  // graph_ owns both
  AVFilterContext* sink_ = nullptr;
  FramePtr frame_;
};

}  // namespace reeld::engine::sound
