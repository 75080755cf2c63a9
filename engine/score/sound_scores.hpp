// How good a sound track is: loudness, peaks, clipping, silence, and how far speech stands above the music.
// docs/metrics/sound.md has the definitions. Fed by make_sound while a track is made, and by score_sound for
// one that is there already; one thread. Interleaved 48 kHz stereo floats, 1 is full scale.
#pragma once

#include <ebur128.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"
#include "engine/plan.hpp"
#include "engine/score/score.hpp"
#include "engine/sound_master.hpp"
#include "engine/sound_source.hpp"

namespace reeld::engine::sound {

// A sample that 16 bits could not hold a larger one than.
inline constexpr float kFullScale = 32767.0F / 32768.0F;
inline constexpr std::int64_t kClippedRun = 3;                    // samples of a channel, one after the other
inline constexpr double kSilenceDb = -60;                         // dBFS, RMS over a window of both channels
inline constexpr std::int64_t kSilenceWindow = kSampleRate / 20;  // 50 ms
inline constexpr std::int64_t kShortestForRange = 3 * kSampleRate;  // what EBU Tech 3342 looks at at once

// Of the finished track, as it is decoded.
class TrackMeter {
 public:
  static Result<TrackMeter> create();

  void add(std::span<const float> block);
  double loudness_lufs() const { return loudness_.loudness_lufs(); }
  double true_peak_db() const { return loudness_.true_peak_db(); }
  // Those that the track has: silence has neither loudness nor peak. Ends the last window.
  Scores scores();

 private:
  explicit TrackMeter(LoudnessMeter loudness) : loudness_(std::move(loudness)) {}
  void add_to_run(std::size_t channel, bool is_full);
  void end_window();

  LoudnessMeter loudness_;
  std::int64_t position_ = 0;                          // samples a channel so far
  std::array<std::int64_t, kChannels> full_run_ = {};  // samples at full scale up to now, without a break
  std::int64_t full_ = 0, full_runs_ = 0;
  double window_power_ = 0;
  std::int64_t window_ = 0;                                         // samples a channel in it so far
  std::int64_t silent_ = 0, silent_run_ = 0, longest_silence_ = 0;  // samples a channel
};

// Of the mix's two stems, before they are added.
class SpeechMeter {
 public:
  static Result<SpeechMeter> create();

  // Both blocks are of the same time.
  void add(std::span<const float> speech, std::span<const float> music);
  // LU; nullopt where nobody speaks, or no music is heard meanwhile.
  std::optional<double> speech_to_music_lu() const;

 private:
  using State = std::unique_ptr<ebur128_state, av::Free<ebur128_destroy>>;
  // Blocks of 100 ms whose speech is about equally loud, so that memory does not grow with the film.
  struct Bin {
    std::int64_t count = 0;
    double speech = 0, music = 0;  // power, summed
  };
  void end_block();

  State speech_, music_;
  std::vector<Bin> bins_;   // of 0.1 LU, from the absolute gate on
  std::int64_t block_ = 0;  // samples a channel in it so far
};

}  // namespace reeld::engine::sound
