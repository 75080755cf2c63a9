// Frames into coded segments, and segments into the finished file; libavcodec and libavformat. Runs in
// workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engine/encoder_input.hpp"
#include "engine/frame_source.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

// An encoder that was tried and did not open, and why, in its own words; or a better way to an encoder, which
// then takes frames through host memory.
struct EncoderTrial {
  std::string name;
  std::string why_not;
};

struct EncoderChoice {
  std::string name;                  // "libx264"
  std::vector<EncoderTrial> failed;  // tried before it, in order
};

// The encoders for a codec in the default order: NVENC, VAAPI, software.
std::vector<std::string> encoder_candidates(const std::string& codec);

// Opens candidates one after the other for this very output; a demanded one (output.encoder != "auto") alone.
// `order` replaces the default order where it is not empty (names not of this codec are left out). `device`
// as EncoderInput::open takes it. Errors: encoder_unavailable with every reason; path "/output/encoder" or
// "/output/codec".
Result<EncoderChoice> choose_encoder(const OutputSpec& output, const std::vector<std::string>& order,
                                     const kernels::Device* device = nullptr);

// Codes one segment: begins with an IDR frame, closed GOPs, BT.709 limited range tags, exact frame times.
// One thread writes. The file is whole only after finish().
class SegmentWriter {
 public:
  virtual ~SegmentWriter() = default;

  // Encodes the next frame, one of the writer's EncoderInput. Errors: disk_full, encoder_unavailable,
  // device_lost, limit_exceeded.
  virtual Result<void> write(EncoderFrame frame) = 0;
  // Flushes and closes. Errors: disk_full, target_unwritable.
  virtual Result<void> finish() = 0;
};

// `input` is opened for the same output, and outlives the writer. `threads` for software encoders; 0: as many
// as cores. The segment file is an mp4 with the output's time base.
Result<std::unique_ptr<SegmentWriter>> open_segment(const std::filesystem::path& out,
                                                    const OutputSpec& output, const EncoderInput& input,
                                                    int threads);

// What a probe of the finished file says; nothing of it comes from the request.
struct VideoFacts {
  std::int64_t duration_us = 0;
  int width = 0, height = 0;
  Rational fps;
  std::int64_t frame_count = 0;
  std::int64_t size_bytes = 0;
  std::string container, codec, pixel_format, audio_codec;  // audio_codec empty where it has no sound
  std::int64_t audio_duration_us = 0;
  std::int64_t bit_rate = 0;  // bits a second, of the whole file
};
nlohmann::json to_json(const VideoFacts& facts);
// Of its pixel format: 8 for yuv420p, 10 for yuv420p10le; 8 where that is not known.
int bit_depth_of(const VideoFacts& facts);

// Copies the packets of the segments (each of `frame_counts[i]` frames) and of a file's sound (empty: none)
// into `out`, with faststart and title metadata, and syncs it to disk. Writes exactly `out`; the caller
// renames it. Errors: disk_full, target_unwritable, internal (a segment that is not what its plan says).
Result<void> join_segments(const std::vector<std::filesystem::path>& segments,
                           const std::vector<std::int64_t>& frame_counts, const std::filesystem::path& sound,
                           const OutputSpec& output, const std::string& title,
                           const std::filesystem::path& out);

// Errors: file_missing, file_unreadable.
Result<VideoFacts> probe_video(const std::filesystem::path& file);

}  // namespace reeld::engine
