#include "engine/encoder_input.hpp"

#include <cstdint>
#include <utility>

#include "engine/encoder_setup.hpp"

namespace reeld::engine {
namespace {

// Surfaces that are there from the beginning. VAAPI's pools do not grow: those queued by two encoders, one of
// which ends while the next one begins; frames that they refer to are of their own.
constexpr int kSurfaceCount = 32;

// 8 bits as the encoder takes them; of 10 bits a device renders p010, which software encoders do not take.
kernels::PixelFormat rendered_format(bool is_hardware, int bit_depth) {
  if (bit_depth > 8) return kernels::PixelFormat::p010;
  return is_hardware ? kernels::PixelFormat::nv12 : kernels::PixelFormat::yuv420p;
}

Result<av::BufferPtr> make_surfaces(const EncoderKind& kind, const OutputSpec& output, AVPixelFormat format) {
  const av::LogCapture log;
  AVBufferRef* device = nullptr;
  if (const int error = av_hwdevice_ctx_create(&device, kind.device, nullptr, nullptr, 0); error < 0) {
    return library_error(log, error);
  }
  const av::BufferPtr device_owner(device);
  av::BufferPtr frames(av_hwframe_ctx_alloc(device));
  if (!frames) {
    return library_error(log, AVERROR(ENOMEM));
  }
  auto& description = *reinterpret_cast<AVHWFramesContext*>(frames->data);
  description.format = kind.surface;
  description.sw_format = format;
  description.width = output.width;
  description.height = output.height;
  description.initial_pool_size = kSurfaceCount;
  if (const int error = av_hwframe_ctx_init(frames.get()); error < 0) {
    return library_error(log, error);
  }
  return frames;
}

// A row of 10 bits in the upper part of 16 as software encoders take them, in the lower part.
void lower_row(const std::uint16_t* from, int count, std::uint16_t* to) {
  for (int x = 0; x < count; ++x) to[x] = static_cast<std::uint16_t>(from[x] >> 6);
}
void lower_pairs(const std::uint16_t* from, int count, std::uint16_t* first, std::uint16_t* second) {
  for (int x = 0; x < count; ++x) {
    first[x] = static_cast<std::uint16_t>(from[2 * x] >> 6);
    second[x] = static_cast<std::uint16_t>(from[2 * x + 1] >> 6);
  }
}

// p010 into planes of yuv420p10; rows begin at even addresses.
void unpack(const AVFrame& from, AVFrame& to) {
  const auto row = [](const AVFrame& frame, int plane, int y) {
    return reinterpret_cast<std::uint16_t*>(frame.data[plane] +
                                            static_cast<std::ptrdiff_t>(y) * frame.linesize[plane]);
  };
  for (int y = 0; y < to.height; ++y) lower_row(row(from, 0, y), to.width, row(to, 0, y));
  for (int y = 0; y < to.height / 2; ++y)
    lower_pairs(row(from, 1, y), to.width / 2, row(to, 1, y), row(to, 2, y));
}

}  // namespace

Result<EncoderInput> EncoderInput::open(const OutputSpec& output, const std::string& encoder) {
  const EncoderKind* kind = find_encoder_kind(encoder);
  if (kind == nullptr) {
    return Error{Code::encoder_unavailable, "'" + encoder + "' is no encoder that this program knows.",
                 "/output/encoder"};
  }
  auto input = open(output, *kind);
  if (!input) return does_not_open(*kind, input.error());
  return input;
}

Result<EncoderInput> EncoderInput::open(const OutputSpec& output, const EncoderKind& kind) {
  REELD_TRY(find_codec(kind, output));
  const bool is_hardware = kind.device != AV_HWDEVICE_TYPE_NONE;
  const kernels::PixelFormat format = rendered_format(is_hardware, output.bit_depth);
  EncoderInput input(kind, FrameSource::in_memory(format, output.width, output.height));
  if (is_hardware) {
    REELD_ASSIGN(input.surfaces_, make_surfaces(kind, output, av::to_av(format)));
    input.taken_.emplace(av::BufferPtr(av_buffer_ref(input.surfaces_.get())));
  } else if (software_format(output.bit_depth) != av::to_av(format)) {
    input.taken_.emplace(software_format(output.bit_depth), output.width, output.height);
  }
  return input;
}

Result<av::FramePtr> EncoderInput::taken(EncoderFrame rendered) const {
  av::FramePtr frame = std::move(rendered).release();
  if (!taken_) return frame;
  REELD_ASSIGN(av::FramePtr taken, taken_->get());
  if (!surfaces_) {
    unpack(*frame, *taken);
    return taken;
  }
  const av::LogCapture log;
  if (const int error = av_hwframe_transfer_data(taken.get(), frame.get(), 0); error < 0) {
    return Error{Code::device_lost,
                 std::string(kind_->name) + " cannot be sent a frame: " + log.text_or(error) +
                     ". Try again, or choose another encoder.",
                 "/output/encoder"};
  }
  return taken;
}

}  // namespace reeld::engine
