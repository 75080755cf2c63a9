// Frames as a GPU wants them: one block of memory with the parameters of each and the tables of their
// filters, so that a launch needs one transfer.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/device.hpp"
#include "kernels/gpu/backend.hpp"
#include "kernels/gpu/frame_params.hpp"
#include "kernels/placement.hpp"

namespace reeld::kernels {

// The texels that a placed picture reads: rows and columns of its level, ends excluded.
struct TexelRegion {
  int level = 0;
  int first_row = 0, end_row = 0, first_column = 0, end_column = 0;
};

// Where a region is in the device's memory.
struct ResidentTexels {
  DeviceAddress address = 0;
  int row_texels = 0;
  int origin_x = 0, origin_y = 0;  // the level's pixel at `address`
};

// One frame, settled but for where its pictures and tables lie.
struct PreparedFrame {
  struct Placed {
    PictureId picture = 0;
    bool is_opaque = false;
    TexelRegion region;
    int level_height = 0;
    AxisTaps columns, rows;
    float opacity = 1;
    int stage = 0;
  };
  FramePlan plan;
  PreparedTransition transition;
  std::vector<Placed> placed;  // in the order in which they are laid down; `placed_count` of them
  std::size_t placed_count = 0;
};

struct GpuPicture {
  PictureShape shape;
  bool is_opaque = false;
};
using FindPicture = std::function<Result<GpuPicture>(PictureId)>;

// Settles `plan`, which is valid, into `frame`, whose memory is used again. Errors: invalid_request.
Result<void> prepare_frame(const FramePlan& plan, const FindPicture& find, AxisWindows* windows,
                           PreparedFrame* frame);

// What of `placed` frame rows begin_y..end_y read.
TexelRegion region_of_rows(const PreparedFrame::Placed& placed, int begin_y, int end_y);

// Where the planes of a frame lie on the device, and its reduced luma, a word a block; 0: that is not wanted.
struct DevicePlanes {
  DeviceAddress planes[3] = {0, 0, 0};
  DeviceAddress reduced = 0;
  std::size_t stride_bytes[3] = {0, 0, 0};  // multiples of 4
};

// Bytes of the packet of these frames.
std::size_t packet_bytes(std::span<const PreparedFrame> frames);

// Writes frame `index` into the packet at `host`, whose address on the device is `address`, its tables from
// `*used` bytes on; `used` begins behind the parameters of all frames. `texels` as frame.placed; the grid
// begins with row `first_group` of groups.
void write_packet(const PreparedFrame& frame, const DevicePlanes& planes,
                  const std::vector<ResidentTexels>& texels, int first_group, std::size_t index,
                  std::uint8_t* host, DeviceAddress address, std::size_t* used);

}  // namespace reeld::kernels
