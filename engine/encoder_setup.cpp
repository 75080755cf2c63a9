#include "engine/encoder_setup.hpp"

#include <algorithm>
#include <thread>

namespace reeld::engine {
namespace {

constexpr int kGopSeconds = 2;  // how far a player may have to decode to reach any frame

void describe_frames(const OutputSpec& output, const EncoderKind& kind, AVCodecContext& context) {
  context.width = output.width;
  context.height = output.height;
  context.pix_fmt = kind.device == AV_HWDEVICE_TYPE_NONE ? software_format(output.bit_depth) : kind.surface;
  context.sample_aspect_ratio = {1, 1};
  context.framerate = av::to_av(output.fps);
  context.time_base = av_inv_q(context.framerate);
  context.gop_size =
      std::max(1, static_cast<int>(scale_rounded(kGopSeconds, output.fps.num, output.fps.den)));
  context.color_primaries = AVCOL_PRI_BT709;
  context.color_trc = AVCOL_TRC_BT709;
  context.colorspace = AVCOL_SPC_BT709;
  context.color_range = AVCOL_RANGE_MPEG;
  context.chroma_sample_location = AVCHROMA_LOC_LEFT;
  // Parameter sets go into the file's header, where they can be compared before segments are joined.
  context.flags |= AV_CODEC_FLAG_CLOSED_GOP | AV_CODEC_FLAG_GLOBAL_HEADER;
}

}  // namespace

Error library_error(const av::LogCapture& log, int error_number) {
  return {Code::encoder_unavailable, log.text_or(error_number)};
}

Error does_not_open(const EncoderKind& kind, const Error& why) {
  return {Code::encoder_unavailable, std::string(kind.name) + " does not open: " + why.message + ".",
          "/output/encoder"};
}

Result<const AVCodec*> find_codec(const EncoderKind& kind, const OutputSpec& output) {
  if (output.bit_depth > kind.most_bits) {
    return Error{Code::encoder_unavailable, "it codes " + std::to_string(kind.most_bits) +
                                                " bits a sample at most, and the film is to have " +
                                                std::to_string(output.bit_depth)};
  }
  const AVCodec* codec = avcodec_find_encoder_by_name(kind.name);
  if (codec == nullptr) {
    return Error{Code::encoder_unavailable, "this machine's libavcodec was built without it"};
  }
  return codec;
}

Result<av::CodecContextPtr> open_encoder(const EncoderInput& input, const OutputSpec& output, int threads) {
  const EncoderKind& kind = input.kind();
  REELD_ASSIGN(const AVCodec* const codec, find_codec(kind, output));
  const av::LogCapture log;
  av::CodecContextPtr opened(avcodec_alloc_context3(codec));
  if (!opened) {
    return library_error(log, AVERROR(ENOMEM));
  }
  AVCodecContext& context = *opened;
  describe_frames(output, kind, context);
  if (input.surfaces() != nullptr) {
    context.hw_frames_ctx = av_buffer_ref(input.surfaces());
    if (context.hw_frames_ctx == nullptr) {
      return library_error(log, AVERROR(ENOMEM));
    }
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  av::Options options;
  kind.settings(output, threads > 0 ? threads : cores, context, options);
  if (const int error = avcodec_open2(&context, codec, options.get()); error < 0) {
    return library_error(log, error);
  }
  if (const std::string unknown = options.left_over(); !unknown.empty()) {
    return Error{Code::encoder_unavailable, "it does not know the option '" + unknown + "'"};
  }
  return opened;
}

}  // namespace reeld::engine
