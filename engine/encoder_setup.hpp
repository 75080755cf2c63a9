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

struct OpenedEncoder {
  av::CodecContextPtr context;
  av::BufferPtr frames;  // the surfaces' pool of a hardware encoder, else empty
};

// `threads` 0: as many as cores. Errors: encoder_unavailable, in the library's own words alone.
Result<OpenedEncoder> open_encoder(const EncoderKind& kind, const OutputSpec& output, int threads);

}  // namespace reeld::engine
