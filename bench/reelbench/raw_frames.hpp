// A film's frames, uncompressed, in memory that several processes share: made once by rendering, then given
// to the encoder alone. The bytes belong to no process's resident size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/encoder.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {

struct FrameShape {
  kernels::PixelFormat format = kernels::PixelFormat::yuv420p;
  int width = 0, height = 0;
  std::int64_t bytes() const;
};

class RawFrames {
 public:
  // Memory for `count` frames. Errors: limit_exceeded where the machine has not so much left.
  static Result<std::unique_ptr<RawFrames>> create(const FrameShape& shape, std::int64_t count);
  // Another process's, by its path(). Errors: file_unreadable.
  static Result<std::unique_ptr<RawFrames>> open(const std::string& path, const FrameShape& shape);
  ~RawFrames();
  RawFrames(const RawFrames&) = delete;
  RawFrames& operator=(const RawFrames&) = delete;

  // Where other processes find it while this one lives.
  std::string path() const;
  const FrameShape& shape() const { return shape_; }

  // From any thread. Errors: limit_exceeded, file_unreadable.
  Result<void> write(std::int64_t index, const kernels::FrameView& frame);
  Result<void> read(std::int64_t index, const kernels::FrameView& target) const;

 private:
  RawFrames(int fd, const FrameShape& shape) : fd_(fd), shape_(shape) {}
  // With each run of a frame's bytes that has no gap, in order, and its place in the memory.
  template <class Visit>
  Result<void> visit(std::int64_t index, const kernels::FrameView& frame, Visit visit) const;

  const int fd_;
  const FrameShape shape_;
};

// Takes frames of host memory in an encoder's place: keeps them in `frames` from `first` on, or drops them
// where it is null.
std::unique_ptr<engine::SegmentWriter> open_raw_writer(RawFrames* frames, std::int64_t first);

}  // namespace reeld::bench
