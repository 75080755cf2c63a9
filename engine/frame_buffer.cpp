#include "engine/frame_buffer.hpp"

#include <cstring>

namespace reeld::engine {

using kernels::PixelFormat;

std::vector<PlaneSize> plane_sizes(PixelFormat format, int width, int height) {
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  switch (format) {
    case PixelFormat::yuv420p:
      return {{w, h}, {w / 2, h / 2}, {w / 2, h / 2}};
    case PixelFormat::nv12:
      return {{w, h}, {w, h / 2}};
    case PixelFormat::p010:
      return {{w * 2, h}, {w * 2, h / 2}};
    case PixelFormat::rgb24:
      return {{w * 3, h}};
  }
  return {};
}

FrameBuffer::FrameBuffer(PixelFormat format, int width, int height)
    : format(format), sizes(plane_sizes(format, width, height)) {
  std::size_t total = 0;
  for (const PlaneSize& size : sizes) total += size.row_bytes * size.rows;
  bytes.resize(total);
  std::uint8_t* next = bytes.data();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    view.planes[i] = next;
    view.stride_bytes[i] = sizes[i].row_bytes;
    next += sizes[i].row_bytes * sizes[i].rows;
  }
}

void FrameBuffer::copy_to(const kernels::FrameView& target) const {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    for (std::size_t y = 0; y < sizes[i].rows; ++y) {
      std::memcpy(target.planes[i] + y * target.stride_bytes[i], view.planes[i] + y * view.stride_bytes[i],
                  sizes[i].row_bytes);
    }
  }
}

}  // namespace reeld::engine
