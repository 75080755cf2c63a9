// The plan's speech and music as one stream, before loudness and limiting. Used by make_sound, once a pass;
// one thread. Has open only the files that sound at the moment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "engine/sound_envelope.hpp"
#include "engine/sound_source.hpp"

namespace reeld::engine::sound {

// What a mix is the sum of.
struct Stems {
  std::vector<float> speech, music;
};

class SoundMix {
 public:
  // `plan` outlives the mix.
  static Result<SoundMix> open(const Plan& plan, const std::filesystem::path& data_dir);

  // Fills `block` (interleaved stereo) and returns the samples a channel that it got: fewer than asked only
  // at the plan's end. `stems`: where the two parts of it are put, each as long.
  Result<std::int64_t> read(std::span<float> block, Stems* stems = nullptr);

 private:
  struct Voice {
    const PlanSpeech* speech;
    std::int64_t end;
    bool cut;  // the file goes on after `end`
    SoundSource source;
  };

  explicit SoundMix(const Plan& plan);
  Result<SoundSource> open_sound(int sound, bool loop) const;
  Result<void> add_music(std::span<float> block);
  Result<void> start_voices(std::int64_t block_end);
  Result<void> add_voice(Voice& voice, std::span<float> block);
  double music_gain(std::int64_t position);

  const Plan* plan_;
  std::filesystem::path data_dir_;
  std::int64_t position_ = 0;
  std::vector<const PlanSpeech*> speech_;  // by start
  std::size_t next_speech_ = 0;
  std::vector<Voice> voices_;  // that sound now
  std::optional<SoundSource> music_;
  std::int64_t music_end_ = 0;
  std::int64_t music_fade_out_ = 0;
  DuckEnvelope duck_;
  std::vector<float> scratch_;
};

}  // namespace reeld::engine::sound
