#include "engine/encoder.hpp"

extern "C" {
#include <libavutil/imgutils.h>
}

#include <optional>
#include <utility>

#include "base/check.hpp"
#include "engine/encoder_setup.hpp"
#include "engine/media_file.hpp"

namespace reeld::engine {
namespace {

constexpr int kRowAlignment = 64;  // bytes: a cache line, and the widest vector that reads a row

// Frames in host memory whose buffers go round, so that a film does not fault its pages in anew for each.
class FramePool {
 public:
  FramePool(AVPixelFormat format, int width, int height)
      : format_(format),
        width_(width),
        height_(height),
        // One vector more than the picture: encoders read past the end of the last row.
        pool_(av_buffer_pool_init(
            static_cast<std::size_t>(av_image_get_buffer_size(format, width, height, kRowAlignment)) +
                kRowAlignment,
            av_buffer_allocz)) {}

  av::FramePtr get() {
    av::FramePtr frame(av_frame_alloc());
    if (!pool_ || !frame || (frame->buf[0] = av_buffer_pool_get(pool_.get())) == nullptr) {
      return nullptr;
    }
    frame->format = format_;
    frame->width = width_;
    frame->height = height_;
    av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format_, width_, height_,
                         kRowAlignment);
    return frame;
  }

 private:
  AVPixelFormat format_;
  int width_, height_;
  av::BufferPoolPtr pool_;
};

Error out_of_memory() {
  return {Code::internal, "Out of memory for a frame to encode."};
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

// p010 into planes of yuv420p10; rows begin at multiples of kRowAlignment.
void unpack(const AVFrame& from, AVFrame& to) {
  const auto row = [](const AVFrame& frame, int plane, int y) {
    return reinterpret_cast<std::uint16_t*>(frame.data[plane] +
                                            static_cast<std::ptrdiff_t>(y) * frame.linesize[plane]);
  };
  for (int y = 0; y < to.height; ++y) lower_row(row(from, 0, y), to.width, row(to, 0, y));
  for (int y = 0; y < to.height / 2; ++y)
    lower_pairs(row(from, 1, y), to.width / 2, row(to, 1, y), row(to, 2, y));
}

// 8 bits as the encoder takes them; of 10 bits a device renders p010, which software encoders do not take.
kernels::PixelFormat rendered_format(bool is_hardware, int bit_depth) {
  if (bit_depth > 8) return kernels::PixelFormat::p010;
  return is_hardware ? kernels::PixelFormat::nv12 : kernels::PixelFormat::yuv420p;
}

class CodedSegment final : public SegmentWriter {
 public:
  CodedSegment(std::string encoder, int bit_depth, OpenedEncoder opened, std::unique_ptr<MediaFile> file,
               AVStream* stream)
      : encoder_(std::move(encoder)),
        format_(rendered_format(opened.frames != nullptr, bit_depth)),
        codec_(std::move(opened.context)),
        surfaces_(std::move(opened.frames)),
        pool_(av::to_av(format_), codec_->width, codec_->height),
        file_(std::move(file)),
        stream_(stream),
        packet_(av_packet_alloc()) {
    if (!surfaces_ && codec_->pix_fmt != av::to_av(format_))
      planar_pool_.emplace(codec_->pix_fmt, codec_->width, codec_->height);
  }

  kernels::PixelFormat pixel_format() const override { return format_; }

  Result<kernels::FrameView> next_frame() override {
    frame_ = pool_.get();
    if (!frame_ || !packet_) {
      return out_of_memory();
    }
    kernels::FrameView view;
    for (int plane = 0; plane < 3; ++plane) {
      view.planes[plane] = frame_->data[plane];
      view.stride_bytes[plane] = static_cast<std::size_t>(frame_->linesize[plane]);
    }
    return view;
  }

  Result<void> write() override {
    REELD_CHECK(frame_ != nullptr);
    av::FramePtr frame = std::move(frame_);
    if (surfaces_) {
      REELD_ASSIGN(frame, uploaded(*frame));
    } else if (planar_pool_) {
      av::FramePtr planar = planar_pool_->get();
      if (!planar) return out_of_memory();
      unpack(*frame, *planar);
      frame = std::move(planar);
    }
    frame->pts = frame_count_;
    frame->pict_type = frame_count_ == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    frame->color_range = codec_->color_range;
    frame->color_primaries = codec_->color_primaries;
    frame->color_trc = codec_->color_trc;
    frame->colorspace = codec_->colorspace;
    frame->chroma_location = codec_->chroma_sample_location;
    ++frame_count_;
    return encode(frame.get());
  }

  Result<void> finish() override {
    REELD_TRY(encode(nullptr));
    return file_->close();
  }

 private:
  Result<av::FramePtr> uploaded(const AVFrame& frame) {
    const av::LogCapture log;
    av::FramePtr surface(av_frame_alloc());
    if (!surface) {
      return out_of_memory();
    }
    int error = av_hwframe_get_buffer(surfaces_.get(), surface.get(), 0);
    if (error >= 0) {
      error = av_hwframe_transfer_data(surface.get(), &frame, 0);
    }
    if (error < 0) {
      return lost(log, error);
    }
    return surface;
  }

  // Sends a frame, or the end (nullptr), and writes the packets that come of it.
  Result<void> encode(const AVFrame* frame) {
    const av::LogCapture log;
    int error = avcodec_send_frame(codec_.get(), frame);
    if (error < 0) {
      return lost(log, error);
    }
    while ((error = avcodec_receive_packet(codec_.get(), packet_.get())) >= 0) {
      packet_->duration = 1;
      packet_->stream_index = stream_->index;
      av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
      REELD_TRY(file_->write(*packet_));
    }
    if (error != AVERROR(EAGAIN) && error != AVERROR_EOF) {
      return lost(log, error);
    }
    return {};
  }

  Error lost(const av::LogCapture& log, int error) const {
    const std::string what = encoder_ + " stopped at frame " + std::to_string(frame_count_) +
                             " of a segment: " + log.text_or(error) +
                             ". Try again, or choose another encoder.";
    return {surfaces_ ? Code::device_lost : Code::encoder_unavailable, what, "/output/encoder"};
  }

  std::string encoder_;
  kernels::PixelFormat format_;  // of what is rendered
  av::CodecContextPtr codec_;
  av::BufferPtr surfaces_;
  FramePool pool_;                        // of what is rendered
  std::optional<FramePool> planar_pool_;  // of what a software encoder takes, where that is another format
  std::unique_ptr<MediaFile> file_;
  AVStream* stream_;  // of file_
  av::PacketPtr packet_;
  av::FramePtr frame_;            // what next_frame gave
  std::int64_t frame_count_ = 0;  // written so far; the next one's time in units of 1/fps
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_segment(const std::filesystem::path& out,
                                                    const OutputSpec& output, const std::string& encoder,
                                                    int threads) {
  const EncoderKind* kind = find_encoder_kind(encoder);
  if (kind == nullptr) {
    return Error{Code::encoder_unavailable, "'" + encoder + "' is no encoder that this program knows.",
                 "/output/encoder"};
  }
  auto opened = open_encoder(*kind, output, threads);
  if (!opened) {
    return Error{Code::encoder_unavailable, encoder + " does not open: " + opened.error().message + ".",
                 "/output/encoder"};
  }
  REELD_ASSIGN(auto file, MediaFile::create(out, "mp4"));
  REELD_ASSIGN(AVStream * stream, file->add_stream());
  const AVCodecContext& context = *opened->context;
  if (avcodec_parameters_from_context(stream->codecpar, &context) < 0) {
    return out_of_memory();
  }
  stream->time_base = context.time_base;
  stream->avg_frame_rate = context.framerate;
  av::Options none;
  REELD_TRY(file->begin(none));
  return std::unique_ptr<SegmentWriter>(
      std::make_unique<CodedSegment>(encoder, output.bit_depth, *std::move(opened), std::move(file), stream));
}

}  // namespace reeld::engine
