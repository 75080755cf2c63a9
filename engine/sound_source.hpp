// One sound file as a stream of 48 kHz stereo floats: any container and codec that is plausible for sound,
// mono at full level on both channels. Used by the mix, the inspection and the check of the finished file;
// one thread at a time. Holds one decoded packet, never the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/sound_ffmpeg.hpp"

namespace reeld::engine::sound {

inline constexpr int kChannels = 2;

class SoundSource {
 public:
  // With `loop`, the file follows itself without end. The resampler runs on over the seam, so that a sound
  // which fits itself loops without a click at any sample rate.
  static Result<SoundSource> open(const std::filesystem::path& file, bool loop);

  // Fills `block` (interleaved) and returns the samples a channel that it got: fewer than asked only at the
  // end. Errors: file_unreadable, audio_invalid (also where the file is shorter than it says).
  Result<std::int64_t> read(std::span<float> block);

 private:
  Result<void> open_decoder();
  Result<void> decode_some();
  Result<void> send_packet();
  Result<void> take_frame();
  Result<void> set_up_resampler();
  Result<void> resample(const AVFrame* frame);
  Result<void> end_pass();
  Error invalid(const std::string& what) const;

  std::filesystem::path file_;
  bool loop_ = false;
  InputPtr input_;
  CodecContextPtr decoder_;
  int stream_index_ = -1;
  PacketPtr packet_;
  FramePtr frame_;
  bool draining_ = false;          // the decoder was told that no packet follows
  bool ended_ = false;             // nothing follows what is in pending_
  std::int64_t pass_samples_ = 0;  // decoded since the file's beginning, at its own rate
  std::int64_t promised_ = 0;      // by the container, at the same rate; 0: it does not say

  ResamplerPtr resampler_;
  int in_rate_ = 0, in_format_ = -1, in_channels_ = 0;  // what resampler_ was made for

  std::vector<float> pending_;  // interleaved; resampled and not yet read
  std::size_t pending_begin_ = 0;
};

}  // namespace reeld::engine::sound
