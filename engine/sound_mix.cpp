#include "engine/sound_mix.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/check.hpp"

namespace reeld::engine::sound {
namespace {

double from_db(double db) {
  return std::pow(10.0, db / 20.0);
}

}  // namespace

Result<SoundMix> SoundMix::open(const Plan& plan, const std::filesystem::path& data_dir) {
  SoundMix mix(plan);
  mix.data_dir_ = data_dir;
  for (const PlanSpeech& speech : plan.speech) {
    mix.speech_.push_back(&speech);
  }
  std::stable_sort(mix.speech_.begin(), mix.speech_.end(),
                   [](const PlanSpeech* a, const PlanSpeech* b) { return a->start < b->start; });
  if (plan.music) {
    const PlanMusic& music = *plan.music;
    REELD_ASSIGN(mix.music_, mix.open_sound(music.sound, music.loop));
    const std::int64_t own = plan.sounds[static_cast<std::size_t>(music.sound)].sample_count;
    mix.music_end_ = music.loop ? plan.sample_count : std::min(plan.sample_count, own);
    const bool cut = music.loop || own > plan.sample_count;
    mix.music_fade_out_ = music.fade_out == 0 && cut ? kDeclick : music.fade_out;
  }
  return mix;
}

SoundMix::SoundMix(const Plan& plan) : plan_(&plan), duck_(plan.speech) {}

Result<std::int64_t> SoundMix::read(std::span<float> block, Stems* stems) {
  const std::int64_t count = std::min<std::int64_t>(static_cast<std::int64_t>(block.size()) / kChannels,
                                                    plan_->sample_count - position_);
  block = block.first(static_cast<std::size_t>(count * kChannels));
  std::fill(block.begin(), block.end(), 0.0F);
  REELD_TRY(add_music(block));
  if (stems != nullptr) stems->music.assign(block.begin(), block.end());
  REELD_TRY(start_voices(position_ + count));
  for (Voice& voice : voices_) {
    REELD_TRY(add_voice(voice, block));
  }
  if (stems != nullptr) {
    stems->speech.resize(block.size());
    std::transform(block.begin(), block.end(), stems->music.begin(), stems->speech.begin(), std::minus<>());
  }
  position_ += count;
  std::erase_if(voices_, [this](const Voice& voice) { return voice.end <= position_; });
  return count;
}

Result<SoundSource> SoundMix::open_sound(int sound, bool loop) const {
  REELD_CHECK(sound >= 0 && static_cast<std::size_t>(sound) < plan_->sounds.size());
  return SoundSource::open(data_dir_ / plan_->sounds[static_cast<std::size_t>(sound)].file, loop);
}

Result<void> SoundMix::add_music(std::span<float> block) {
  const std::int64_t wanted =
      std::min<std::int64_t>(static_cast<std::int64_t>(block.size()) / kChannels, music_end_ - position_);
  if (!music_ || wanted <= 0) {
    return {};
  }
  scratch_.resize(static_cast<std::size_t>(wanted * kChannels));
  REELD_ASSIGN(const std::int64_t count, music_->read(scratch_));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto gain = static_cast<float>(music_gain(position_ + i));
    for (std::int64_t j = i * kChannels; j < (i + 1) * kChannels; ++j) {
      block[static_cast<std::size_t>(j)] += gain * scratch_[static_cast<std::size_t>(j)];
    }
  }
  return {};
}

double SoundMix::music_gain(std::int64_t position) {
  const PlanMusic& music = *plan_->music;
  const double level = from_db(music.gain_db + music.duck_db * duck_.amount(position));
  const double fade_in = music.fade_in > 0 ? raised_cosine(position, music.fade_in) : 1;
  const double fade_out = music_fade_out_ > 0 ? raised_cosine(music_end_ - 1 - position, music_fade_out_) : 1;
  return level * fade_in * fade_out;
}

Result<void> SoundMix::start_voices(std::int64_t block_end) {
  for (; next_speech_ < speech_.size() && speech_[next_speech_]->start < block_end; ++next_speech_) {
    const PlanSpeech& speech = *speech_[next_speech_];
    REELD_ASSIGN(SoundSource source, open_sound(speech.sound, false));
    const std::int64_t own = plan_->sounds[static_cast<std::size_t>(speech.sound)].sample_count;
    const std::int64_t end = std::min(speech.start + speech.length, plan_->sample_count);
    voices_.push_back({&speech, end, own > end - speech.start, std::move(source)});
  }
  return {};
}

Result<void> SoundMix::add_voice(Voice& voice, std::span<float> block) {
  const std::int64_t begin = std::max(voice.speech->start, position_);
  const std::int64_t end =
      std::min(voice.end, position_ + static_cast<std::int64_t>(block.size()) / kChannels);
  if (end <= begin) {
    return {};
  }
  scratch_.resize(static_cast<std::size_t>((end - begin) * kChannels));
  REELD_ASSIGN(const std::int64_t count, voice.source.read(scratch_));
  const double level = from_db(voice.speech->gain_db);
  for (std::int64_t i = 0; i < count; ++i) {
    const double fade = voice.cut ? raised_cosine(voice.end - 1 - (begin + i), kDeclick) : 1;
    const auto gain = static_cast<float>(level * fade);
    const auto at = static_cast<std::size_t>((begin - position_ + i) * kChannels);
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      block[at + channel] += gain * scratch_[static_cast<std::size_t>(i) * kChannels + channel];
    }
  }
  return {};
}

}  // namespace reeld::engine::sound
