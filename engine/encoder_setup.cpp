#include "engine/encoder_setup.hpp"

#include <algorithm>
#include <thread>

namespace reeld::engine {
namespace {

constexpr int kGopSeconds = 2;  // how far a player may have to decode to reach any frame

// Surfaces that may be in flight. VAAPI's pools do not grow: reference frames (16 at most) and those queued.
constexpr int kSurfaceCount = 32;

Error failed(const av::LogCapture& log, int error_number) {
  return {Code::encoder_unavailable, log.text_or(error_number)};
}

// How frames lie in host memory: of a software encoder, which takes planes, and of what is sent to a hardware
// encoder's surfaces.
AVPixelFormat planar_format(int bit_depth) {
  return bit_depth == 8 ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV420P10LE;
}
AVPixelFormat surface_format(int bit_depth) {
  return bit_depth == 8 ? AV_PIX_FMT_NV12 : AV_PIX_FMT_P010LE;
}

void describe_frames(const OutputSpec& output, const EncoderKind& kind, AVCodecContext& context) {
  context.width = output.width;
  context.height = output.height;
  context.pix_fmt = kind.device == AV_HWDEVICE_TYPE_NONE ? planar_format(output.bit_depth) : kind.surface;
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

Result<av::BufferPtr> make_surfaces(const EncoderKind& kind, const OutputSpec& output,
                                    const av::LogCapture& log) {
  AVBufferRef* device = nullptr;
  if (const int error = av_hwdevice_ctx_create(&device, kind.device, nullptr, nullptr, 0); error < 0) {
    return failed(log, error);
  }
  const av::BufferPtr device_owner(device);
  av::BufferPtr frames(av_hwframe_ctx_alloc(device));
  if (!frames) {
    return failed(log, AVERROR(ENOMEM));
  }
  auto& description = *reinterpret_cast<AVHWFramesContext*>(frames->data);
  description.format = kind.surface;
  description.sw_format = surface_format(output.bit_depth);
  description.width = output.width;
  description.height = output.height;
  description.initial_pool_size = kSurfaceCount;
  if (const int error = av_hwframe_ctx_init(frames.get()); error < 0) {
    return failed(log, error);
  }
  return frames;
}

}  // namespace

Result<OpenedEncoder> open_encoder(const EncoderKind& kind, const OutputSpec& output, int threads) {
  if (output.bit_depth > kind.most_bits) {
    return Error{Code::encoder_unavailable, "it codes " + std::to_string(kind.most_bits) +
                                                " bits a sample at most, and the film is to have " +
                                                std::to_string(output.bit_depth)};
  }
  const av::LogCapture log;
  const AVCodec* codec = avcodec_find_encoder_by_name(kind.name);
  if (codec == nullptr) {
    return Error{Code::encoder_unavailable, "this machine's libavcodec was built without it"};
  }
  OpenedEncoder opened{av::CodecContextPtr(avcodec_alloc_context3(codec)), nullptr};
  if (!opened.context) {
    return failed(log, AVERROR(ENOMEM));
  }
  AVCodecContext& context = *opened.context;
  describe_frames(output, kind, context);
  if (kind.device != AV_HWDEVICE_TYPE_NONE) {
    REELD_ASSIGN(opened.frames, make_surfaces(kind, output, log));
    context.hw_frames_ctx = av_buffer_ref(opened.frames.get());
    if (context.hw_frames_ctx == nullptr) {
      return failed(log, AVERROR(ENOMEM));
    }
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  av::Options options;
  kind.settings(output, threads > 0 ? threads : cores, context, options);
  if (const int error = avcodec_open2(&context, codec, options.get()); error < 0) {
    return failed(log, error);
  }
  if (const std::string unknown = options.left_over(); !unknown.empty()) {
    return Error{Code::encoder_unavailable, "it does not know the option '" + unknown + "'"};
  }
  return opened;
}

}  // namespace reeld::engine
