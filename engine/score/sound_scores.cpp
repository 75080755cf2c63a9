#include "engine/score/sound_scores.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace reeld::engine::sound {
namespace {

constexpr const char* kMeterModel = "libebur128";

// The gates of BS.1770, over shorter blocks than its 400 ms, since in those that reach into a pause the music
// of the pause would count: below the absolute one no block counts, nor 10 LU below the mean of the rest.
constexpr unsigned kBlockMs = 100;
constexpr std::int64_t kBlock = kSampleRate * kBlockMs / 1000;
constexpr double kAbsoluteGateLufs = -70;
constexpr double kRelativeGateLu = -10;
constexpr double kBinLu = 0.1;
constexpr std::size_t kBins = 800;  // up to +10 LUFS

constexpr std::size_t kFrame = kChannels;  // samples of a moment

double power_of(double lufs) {
  return std::isfinite(lufs) ? std::pow(10, lufs / 10) : 0;
}

double lufs_of_bin(std::size_t bin) {
  return kAbsoluteGateLufs + kBinLu * static_cast<double>(bin);
}

double loudness_of_block(ebur128_state* state) {
  double lufs = 0;
  REELD_CHECK(ebur128_loudness_window(state, kBlockMs, &lufs) == EBUR128_SUCCESS);
  return lufs;
}

void feed(ebur128_state* state, std::span<const float> block) {
  REELD_CHECK(ebur128_add_frames_float(state, block.data(), block.size() / kFrame) == EBUR128_SUCCESS);
}

}  // namespace

Result<TrackMeter> TrackMeter::create() {
  REELD_ASSIGN(LoudnessMeter loudness, LoudnessMeter::create(true));
  return TrackMeter(std::move(loudness));
}

void TrackMeter::add(std::span<const float> block) {
  loudness_.add(block);
  for (std::size_t at = 0; at < block.size(); at += kFrame) {
    for (std::size_t channel = 0; channel < kFrame; ++channel) {
      const float sample = block[at + channel];
      add_to_run(channel, std::abs(sample) >= kFullScale);
      window_power_ += static_cast<double>(sample) * sample;
    }
    ++position_;
    if (++window_ == kSilenceWindow) end_window();
  }
}

void TrackMeter::add_to_run(std::size_t channel, bool is_full) {
  std::int64_t& run = full_run_[channel];
  run = is_full ? run + 1 : 0;
  full_ += is_full ? 1 : 0;
  full_runs_ += run == kClippedRun ? 1 : 0;
}

void TrackMeter::end_window() {
  const double power = window_power_ / static_cast<double>(window_ * kChannels);
  const bool is_silent = power < std::pow(10, kSilenceDb / 10);
  silent_ += is_silent ? window_ : 0;
  silent_run_ = is_silent ? silent_run_ + window_ : 0;
  longest_silence_ = std::max(longest_silence_, silent_run_);
  window_power_ = 0;
  window_ = 0;
}

Scores TrackMeter::scores() {
  if (window_ > 0) end_window();
  Scores found;
  const auto add = [&](const char* name, double value, const char* model) {
    if (std::isfinite(value)) found.scores.push_back({std::nullopt, name, value, model});
  };
  add("loudness", loudness_.loudness_lufs(), kMeterModel);
  if (position_ >= kShortestForRange && std::isfinite(loudness_.loudness_lufs())) {
    add("loudness_range", loudness_.loudness_range_lu(), kMeterModel);
  }
  add("true_peak", loudness_.true_peak_db(), kMeterModel);
  const auto length = static_cast<double>(std::max<std::int64_t>(position_, 1));
  add("sound_clipping", static_cast<double>(full_) / (length * kChannels), kOwnModel);
  add("sound_clipped_runs", static_cast<double>(full_runs_), kOwnModel);
  add("silence", static_cast<double>(silent_) / length, kOwnModel);
  add("longest_silence", static_cast<double>(longest_silence_) / kSampleRate, kOwnModel);
  return found;
}

Result<SpeechMeter> SpeechMeter::create() {
  SpeechMeter meter;
  meter.speech_.reset(ebur128_init(kChannels, kSampleRate, EBUR128_MODE_M));
  meter.music_.reset(ebur128_init(kChannels, kSampleRate, EBUR128_MODE_M));
  if (!meter.speech_ || !meter.music_) return Error{Code::internal, "No memory for the loudness meter."};
  meter.bins_.resize(kBins);
  return meter;
}

void SpeechMeter::add(std::span<const float> speech, std::span<const float> music) {
  REELD_CHECK(speech.size() == music.size());
  while (!speech.empty()) {
    const auto missing = static_cast<std::size_t>((kBlock - block_) * kChannels);
    const std::size_t size = std::min(speech.size(), missing);
    feed(speech_.get(), speech.first(size));
    feed(music_.get(), music.first(size));
    block_ += static_cast<std::int64_t>(size / kFrame);
    if (block_ == kBlock) end_block();
    speech = speech.subspan(size);
    music = music.subspan(size);
  }
}

void SpeechMeter::end_block() {
  block_ = 0;
  const double lufs = loudness_of_block(speech_.get());
  if (!(lufs > kAbsoluteGateLufs)) return;
  const auto bin = static_cast<std::size_t>((lufs - kAbsoluteGateLufs) / kBinLu);
  Bin& same = bins_[std::min(bin, kBins - 1)];
  ++same.count;
  same.speech += power_of(lufs);
  same.music += power_of(loudness_of_block(music_.get()));
}

std::optional<double> SpeechMeter::speech_to_music_lu() const {
  const auto from = [&](double gate_lufs) {
    Bin sum;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (lufs_of_bin(bin) < gate_lufs) continue;
      sum.count += bins_[bin].count;
      sum.speech += bins_[bin].speech;
      sum.music += bins_[bin].music;
    }
    return sum;
  };
  const Bin heard = from(kAbsoluteGateLufs);
  if (heard.count == 0) return std::nullopt;
  const double mean_lufs = 10 * std::log10(heard.speech / static_cast<double>(heard.count));
  const Bin speech = from(mean_lufs + kRelativeGateLu);
  const double music = speech.music / static_cast<double>(speech.count);
  if (music <= power_of(kAbsoluteGateLufs)) return std::nullopt;
  return 10 * std::log10(speech.speech / speech.music);
}

}  // namespace reeld::engine::sound
