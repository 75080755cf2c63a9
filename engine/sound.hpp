// The sound track of a plan: speech at its place, music looped or cut, faded and ducked, brought to the
// loudness target, limited, and encoded as AAC 48 kHz stereo into an .m4a (mp4) file. Runs in workers.
// Streams: memory does not grow with length.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {

inline constexpr double kTruePeakLimitDb = -1.0;  // dBTP, in the finished file

struct SoundFacts {
  std::int64_t sample_count = 0;  // at kSampleRate, after resampling, counted by decoding it whole
};

// Errors: file_missing, file_unreadable, audio_invalid (not audio, truncated, no samples).
Result<SoundFacts> inspect_sound(const std::filesystem::path& file);

struct SoundResult {
  std::int64_t sample_count = 0;  // equals plan.sample_count
  double loudness_lufs = 0;       // integrated, as measured on what went into the encoder; -inf for silence
  double true_peak_db = 0;        // dBTP, likewise
  Scores scores;                  // of the finished file
};

// Done so far, 0..1. Returning false stops it with Code::cancelled.
using Progress = std::function<bool(double)>;

// Mixes plan's speech and music (assets under data_dir) and writes `out` whole (its parent exists). A silent
// mix stays silent. Errors: audio_invalid, file_unreadable, target_unwritable, disk_full, cancelled.
Result<SoundResult> make_sound(const Plan& plan, const std::filesystem::path& data_dir,
                               const std::filesystem::path& out, const Progress& progress);

// The same scores, of a plan's track that was made before. Errors: audio_invalid, file_unreadable,
// cancelled.
Result<Scores> score_sound(const Plan& plan, const std::filesystem::path& data_dir,
                           const std::filesystem::path& track, const Progress& progress);

}  // namespace reeld::engine
