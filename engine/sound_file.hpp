// Writes an .m4a: AAC, 48 kHz stereo, with the edit list that takes the coder's priming away, so that a
// player begins at the first sample. Used by make_sound; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/sound_ffmpeg.hpp"

namespace reeld::engine::sound {

inline constexpr int kAacBitsPerSecond = 192000;

// The same samples give the same bytes. What is left of a file that did not get to finish() is the caller's
// to remove. Errors: target_unwritable, disk_full.
class AacFile {
 public:
  static Result<AacFile> create(const std::filesystem::path& file);

  Result<void> write(std::span<const float> block);  // interleaved stereo
  Result<void> finish();

 private:
  Result<void> open_encoder();
  Result<void> open_file();
  Result<void> encode_pending(std::size_t size);
  Result<void> encode(const AVFrame* frame);  // nullptr: what the encoder still holds
  Error failed(int status) const;

  std::filesystem::path file_;
  CodecContextPtr encoder_;
  OutputPtr output_;
  FramePtr frame_;
  PacketPtr packet_;
  std::vector<float> pending_;  // interleaved; less than a frame of the encoder
  std::int64_t position_ = 0;
};

}  // namespace reeld::engine::sound
