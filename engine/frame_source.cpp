#include "engine/frame_source.hpp"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
}

namespace reeld::engine {
namespace {

constexpr int kRowAlignment = 64;  // bytes: a cache line, and the widest vector that reads a row

}  // namespace

FramePool::FramePool(AVPixelFormat format, int width, int height)
    : format_(format),
      width_(width),
      height_(height),
      // One vector more than the picture: encoders read past the end of the last row.
      pool_(av_buffer_pool_init(
          static_cast<std::size_t>(av_image_get_buffer_size(format, width, height, kRowAlignment)) +
              kRowAlignment,
          av_buffer_allocz)) {}

Result<av::FramePtr> FramePool::get() const {
  const Error no_memory{Code::internal, "Out of memory for a frame to encode."};
  av::FramePtr frame(av_frame_alloc());
  if (!frame) return no_memory;
  if (surfaces_) {
    const av::LogCapture log;
    if (const int error = av_hwframe_get_buffer(surfaces_.get(), frame.get(), 0); error < 0) {
      return Error{Code::limit_exceeded, "The GPU has no surface left for a frame to encode: " +
                                             log.text_or(error) + ". Give it fewer jobs at a time."};
    }
    return frame;
  }
  if (!pool_ || (frame->buf[0] = av_buffer_pool_get(pool_.get())) == nullptr) return no_memory;
  frame->format = format_;
  frame->width = width_;
  frame->height = height_;
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format_, width_, height_,
                       kRowAlignment);
  return frame;
}

kernels::FrameView EncoderFrame::view() const {
  kernels::FrameView view;
  view.on_device = frame_->hw_frames_ctx != nullptr;
  for (int plane = 0; plane < 3; ++plane) {
    view.planes[plane] = frame_->data[plane];
    view.stride_bytes[plane] = static_cast<std::size_t>(frame_->linesize[plane]);
  }
  return view;
}

}  // namespace reeld::engine
