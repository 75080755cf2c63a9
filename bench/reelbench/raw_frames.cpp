#include "bench/reelbench/raw_frames.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "bench/reelbench/frame_bytes.hpp"
#include "engine/files.hpp"
#include "engine/frame_buffer.hpp"

namespace reeld::bench {
namespace {

using engine::file_error;
using engine::PlaneSize;

// What the encoder and the render threads need beside the frames.
constexpr std::int64_t kSpareBytes = std::int64_t{2} << 30;

std::int64_t available_bytes() {
  std::ifstream info("/proc/meminfo");
  for (std::string word; info >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "MemAvailable:" && info >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

Result<void> write_all(int fd, const std::uint8_t* data, std::size_t size, std::int64_t offset) {
  while (size > 0) {
    const ssize_t n = ::pwrite(fd, data, size, offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(errno, "cannot keep a raw frame in memory", Code::limit_exceeded);
    data += n, size -= static_cast<std::size_t>(n), offset += n;
  }
  return {};
}

Result<void> read_all(int fd, std::uint8_t* data, std::size_t size, std::int64_t offset) {
  while (size > 0) {
    const ssize_t n = ::pread(fd, data, size, offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(errno, "cannot read a raw frame", Code::file_unreadable);
    if (n == 0) return Error{Code::file_unreadable, "a raw frame is missing: rendering did not write it"};
    data += n, size -= static_cast<std::size_t>(n), offset += n;
  }
  return {};
}

class RawWriter final : public engine::SegmentWriter {
 public:
  RawWriter(RawFrames* frames, std::int64_t first) : frames_(frames), next_(first) {}

  Result<void> write(engine::EncoderFrame frame) override {
    const std::int64_t index = next_++;
    return frames_ == nullptr ? Result<void>() : frames_->write(index, frame.view());
  }
  Result<void> finish() override { return {}; }

 private:
  RawFrames* frames_;
  std::int64_t next_;
};

}  // namespace

std::int64_t FrameShape::bytes() const {
  return output_bytes(format, width, height);
}

Result<std::unique_ptr<RawFrames>> RawFrames::create(const FrameShape& shape, std::int64_t count) {
  const std::int64_t needed = shape.bytes() * count, available = available_bytes();
  if (needed + kSpareBytes > available) {
    const auto gb = [](std::int64_t bytes) { return std::to_string(bytes / 1'000'000'000) + " GB"; };
    return Error{Code::limit_exceeded, "the raw frames take " + gb(needed) +
                                           " of memory, and of this machine's " + gb(available) +
                                           " are free; free some, or choose a smaller job"};
  }
  const int fd = ::memfd_create("raw-frames", MFD_CLOEXEC);
  if (fd < 0) return file_error(errno, "cannot get memory for raw frames", Code::limit_exceeded);
  return std::unique_ptr<RawFrames>(new RawFrames(fd, shape));
}

Result<std::unique_ptr<RawFrames>> RawFrames::open(const std::string& path, const FrameShape& shape) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return file_error(errno, "cannot open the raw frames at " + path, Code::file_unreadable);
  return std::unique_ptr<RawFrames>(new RawFrames(fd, shape));
}

RawFrames::~RawFrames() {
  ::close(fd_);
}

std::string RawFrames::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_);
}

template <class Visit>
Result<void> RawFrames::visit(std::int64_t index, const kernels::FrameView& frame, Visit visit) const {
  std::int64_t offset = index * shape_.bytes();
  const auto planes = engine::plane_sizes(shape_.format, shape_.width, shape_.height);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const PlaneSize& plane = planes[i];
    // A plane without gaps is one visit: what is measured is the encoder, not system calls.
    const bool gapless = frame.stride_bytes[i] == plane.row_bytes;
    const std::size_t rows = gapless ? 1 : plane.rows;
    const std::size_t row_bytes = gapless ? plane.row_bytes * plane.rows : plane.row_bytes;
    for (std::size_t y = 0; y < rows; ++y) {
      REELD_TRY(visit(frame.planes[i] + y * frame.stride_bytes[i], row_bytes, offset));
      offset += static_cast<std::int64_t>(row_bytes);
    }
  }
  return {};
}

Result<void> RawFrames::write(std::int64_t index, const kernels::FrameView& frame) {
  return visit(index, frame, [&](const std::uint8_t* data, std::size_t size, std::int64_t offset) {
    return write_all(fd_, data, size, offset);
  });
}

Result<void> RawFrames::read(std::int64_t index, const kernels::FrameView& target) const {
  return visit(index, target, [&](std::uint8_t* data, std::size_t size, std::int64_t offset) {
    return read_all(fd_, data, size, offset);
  });
}

std::unique_ptr<engine::SegmentWriter> open_raw_writer(RawFrames* frames, std::int64_t first) {
  return std::make_unique<RawWriter>(frames, first);
}

}  // namespace reeld::bench
