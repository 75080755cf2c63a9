// Where frames to render into come from, and go back to when nobody needs them: rendered by one thread,
// coded by another, neither copied nor made anew.
#pragma once

#include <utility>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// Frames of one format and size whose memory goes round, so that a film does not fault its pages in anew for
// each. Any thread may get one; it may outlive its pool.
class FramePool {
 public:
  // In host memory.
  FramePool(AVPixelFormat format, int width, int height);
  // Of an AVHWFramesContext.
  explicit FramePool(av::BufferPtr surfaces) : surfaces_(std::move(surfaces)) {}

  // Errors: internal (out of memory), limit_exceeded (out of a GPU's).
  Result<av::FramePtr> get() const;

 private:
  AVPixelFormat format_ = AV_PIX_FMT_NONE;
  int width_ = 0, height_ = 0;
  av::BufferPoolPtr pool_;  // of host memory, else
  av::BufferPtr surfaces_;
};

// One frame, owned: rendered into, then handed to a SegmentWriter.
class EncoderFrame {
 public:
  explicit EncoderFrame(av::FramePtr frame) : frame_(std::move(frame)) {}

  // Valid as long as the frame; a surface's is on_device.
  kernels::FrameView view() const;
  av::FramePtr release() && { return std::move(frame_); }

 private:
  av::FramePtr frame_;
};

class FrameSource {
 public:
  // `pool` has frames of that format.
  FrameSource(kernels::PixelFormat format, FramePool pool) : format_(format), pool_(std::move(pool)) {}
  static FrameSource in_memory(kernels::PixelFormat format, int width, int height) {
    return {format, FramePool(av::to_av(format), width, height)};
  }

  kernels::PixelFormat pixel_format() const { return format_; }

  // A frame whose pixels are anything. From any thread. Errors: as FramePool::get.
  Result<EncoderFrame> next() const {
    REELD_ASSIGN(av::FramePtr frame, pool_.get());
    return EncoderFrame(std::move(frame));
  }

 private:
  kernels::PixelFormat format_;
  FramePool pool_;
};

}  // namespace reeld::engine
