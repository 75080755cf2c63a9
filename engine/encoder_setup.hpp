// An encoder, opened for an output: what the choice tries and what a segment is written with. Private to the
// encoder's files.
#pragma once

extern "C" {
#include <libavutil/hwcontext.h>
}

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/encoder.hpp"
#include "engine/encoder_input.hpp"
#include "engine/ffmpeg.hpp"

namespace reeld::engine {

// One encoder that this program knows.
struct EncoderKind {
  const char* name;
  const char* codec;      // as in OutputSpec::codec
  int most_bits;          // of a sample, as in OutputSpec::bit_depth
  AVHWDeviceType device;  // NONE: software, which takes planes in host memory
  AVPixelFormat surface;  // the kind that a hardware encoder takes; software: NONE
  void (*settings)(const OutputSpec& output, int threads, AVCodecContext& context, av::Options& options);
};

const std::vector<EncoderKind>& encoder_kinds();  // in the default order: NVENC, VAAPI, software
const EncoderKind* find_encoder_kind(const std::string& name);  // nullptr: unknown

// How a software encoder takes frames.
inline AVPixelFormat software_format(int bit_depth) {
  return bit_depth == 8 ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV420P10LE;
}

// Errors: encoder_unavailable, where it is not there or does not code so many bits; in words alone, as from
// all functions below but does_not_open.
Result<const AVCodec*> find_codec(const EncoderKind& kind, const OutputSpec& output);

// `input` is opened for the same output. `threads` 0: as many as cores. Errors: encoder_unavailable.
Result<av::CodecContextPtr> open_encoder(const EncoderInput& input, const OutputSpec& output, int threads);

// What a library tells by its messages, or by the number alone.
Error library_error(const av::LogCapture& log, int error_number);

// The sentence around such words.
Error does_not_open(const EncoderKind& kind, const Error& why);

}  // namespace reeld::engine
