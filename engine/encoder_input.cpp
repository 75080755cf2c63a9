#include "engine/encoder_input.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/cuda_context.hpp"
#include "engine/encoder_setup.hpp"

namespace reeld::engine {
namespace {

// Surfaces that are there from the beginning. VAAPI's pools do not grow: those queued by two encoders, one of
// which ends while the next one begins; frames that they refer to are of their own. CUDA's grow where more
// are under way: those being rendered, and at most 64 in each of two encoders.
constexpr int kSurfaceCount = 32;

// 8 bits as the encoder takes them; of 10 bits a device renders p010, which software encoders do not take.
kernels::PixelFormat rendered_format(bool is_hardware, int bit_depth) {
  if (bit_depth > 8) return kernels::PixelFormat::p010;
  return is_hardware ? kernels::PixelFormat::nv12 : kernels::PixelFormat::yuv420p;
}

// A context of their own.
Result<av::BufferPtr> open_context(AVHWDeviceType type) {
  const av::LogCapture log;
  AVBufferRef* context = nullptr;
  if (const int error = av_hwdevice_ctx_create(&context, type, nullptr, nullptr, 0); error < 0) {
    return library_error(log, error);
  }
  return av::BufferPtr(context);
}

Result<av::BufferPtr> make_surfaces(const EncoderKind& kind, const OutputSpec& output, AVPixelFormat format,
                                    AVBufferRef* context) {
  const av::LogCapture log;
  av::BufferPtr frames(av_hwframe_ctx_alloc(context));
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

bool can_share(const EncoderKind& kind, const kernels::Device* device) {
  return kind.device == AV_HWDEVICE_TYPE_CUDA && device != nullptr &&
         device->info().kind == kernels::DeviceKind::cuda;
}

// Surfaces in the context in which `device` works.
Result<av::BufferPtr> share_surfaces(const EncoderKind& kind, const OutputSpec& output, AVPixelFormat format,
                                     const kernels::Device& device) {
  REELD_ASSIGN(const av::BufferPtr context, primary_cuda_context(device.info().index));
  return make_surfaces(kind, output, format, context.get());
}

// A row of 10 bits in the upper part of 16 as software encoders take them, in the lower part.
void lower_row(const std::uint16_t* from, int count, std::uint16_t* to) {
  for (int x = 0; x < count; ++x) to[x] = static_cast<std::uint16_t>(from[x] >> 6);
}
void lower_pairs(const std::uint16_t* from, int count, std::uint16_t* first, std::uint16_t* second) {
  for (std::ptrdiff_t x = 0; x < count; ++x) {
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

Result<EncoderInput> EncoderInput::open(const OutputSpec& output, const std::string& encoder,
                                        const kernels::Device* device) {
  const EncoderKind* kind = find_encoder_kind(encoder);
  if (kind == nullptr) {
    return Error{Code::encoder_unavailable, "'" + encoder + "' is no encoder that this program knows.",
                 "/output/encoder"};
  }
  auto input = open(output, *kind, device);
  if (!input) return does_not_open(*kind, input.error());
  return input;
}

Result<EncoderInput> EncoderInput::open(const OutputSpec& output, const EncoderKind& kind,
                                        const kernels::Device* device) {
  REELD_TRY(find_codec(kind, output));
  const bool is_hardware = kind.device != AV_HWDEVICE_TYPE_NONE;
  const kernels::PixelFormat format = rendered_format(is_hardware, output.bit_depth);
  EncoderInput input(kind, FrameSource::in_memory(format, output.width, output.height));
  if (can_share(kind, device)) {
    auto shared = share_surfaces(kind, output, av::to_av(format), *device);
    if (shared) {
      input.surfaces_ = *std::move(shared);
      input.frames_ = {format, FramePool(av::BufferPtr(av_buffer_ref(input.surfaces_.get())))};
      return input;
    }
    input.detour_ = shared.error().message;
  }
  if (is_hardware) {
    REELD_ASSIGN(const av::BufferPtr context, open_context(kind.device));
    REELD_ASSIGN(input.surfaces_, make_surfaces(kind, output, av::to_av(format), context.get()));
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
