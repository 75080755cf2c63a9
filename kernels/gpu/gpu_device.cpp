#include "kernels/gpu/gpu_device.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "kernels/cpu/tile.hpp"
#include "kernels/reduced.hpp"
#include "kernels/validate.hpp"

namespace reeld::kernels {
namespace {

// Of the frame kernel (gpu/frame.inc).
constexpr int kGroupColumns = 32;
constexpr int kGroupRows = 16;

constexpr std::size_t kPlaneAlignment = 256;

struct PlaneShape {
  std::size_t row_bytes = 0, rows = 0, stride = 0;
};

// Planes as they lie in a slot's memory, one behind the other.
struct FrameShape {
  PlaneShape planes[3];
  std::size_t bytes = 0;
};

FrameShape shape_of(const FramePlan& plan) {
  auto width = static_cast<std::size_t>(plan.width);
  auto height = static_cast<std::size_t>(plan.height);
  FrameShape shape;
  switch (plan.format) {
    case PixelFormat::yuv420p:
      shape.planes[0] = {width, height, 0};
      shape.planes[1] = shape.planes[2] = {width / 2, height / 2, 0};
      break;
    case PixelFormat::nv12:
      shape.planes[0] = {width, height, 0};
      shape.planes[1] = {width, height / 2, 0};
      break;
    case PixelFormat::p010:
      shape.planes[0] = {width * 2, height, 0};
      shape.planes[1] = {width * 2, height / 2, 0};
      break;
    case PixelFormat::rgb24:
      shape.planes[0] = {width * 3, height, 0};
      break;
  }
  for (PlaneShape& plane : shape.planes) {
    plane.stride = (plane.row_bytes + kPlaneAlignment - 1) / kPlaneAlignment * kPlaneAlignment;
    shape.bytes += plane.stride * plane.rows;
  }
  return shape;
}

DevicePlanes planes_at(DeviceAddress address, const FrameShape& shape) {
  DevicePlanes planes;
  for (int i = 0; i < 3; ++i) {
    planes.planes[i] = address;
    planes.stride_bytes[i] = shape.planes[i].stride;
    address += shape.planes[i].stride * shape.planes[i].rows;
  }
  return planes;
}

DevicePlanes planes_of(const FrameView& view) {
  DevicePlanes planes;
  for (int i = 0; i < 3; ++i) {
    planes.planes[i] = reinterpret_cast<DeviceAddress>(view.planes[i]);
    planes.stride_bytes[i] = view.stride_bytes[i];
  }
  return planes;
}

// Rows first..last of the frame, out of a slot's memory.
void copy_rows(const std::uint8_t* from, const FrameShape& shape, int first, int last, const FramePlan& plan,
               const FrameView& out) {
  for (int i = 0; i < 3; ++i) {
    const PlaneShape& plane = shape.planes[i];
    std::size_t share = plane.rows == static_cast<std::size_t>(plan.height) ? 1 : 2;
    for (std::size_t y = static_cast<std::size_t>(first) / share;
         y < std::min(static_cast<std::size_t>(last) / share, plane.rows); ++y) {
      std::memcpy(out.planes[i] + y * out.stride_bytes[i], from + y * plane.stride, plane.row_bytes);
    }
    from += plane.stride * plane.rows;
  }
}

// What comes back to the host of a frame: its planes, unless they stay on the device, and behind them its
// reduced luma, a word a block, where it is wanted.
struct FrameResults {
  std::size_t plane_bytes = 0, reduced_bytes = 0;
  std::size_t bytes() const { return plane_bytes + reduced_bytes; }
};

FrameResults results_of(const FramePlan& plan, const FrameView& out) {
  FrameResults results;
  if (!out.on_device) {
    results.plane_bytes = shape_of(plan).bytes;
  }
  if (out.reduced != nullptr) {
    const auto blocks = static_cast<std::size_t>(reduced_size(plan.width)) *
                        static_cast<std::size_t>(reduced_size(plan.height));
    results.reduced_bytes =
        (blocks * sizeof(std::int32_t) + kPlaneAlignment - 1) / kPlaneAlignment * kPlaneAlignment;
  }
  return results;
}

// The blocks of rows first..last, first a multiple of the block's size, out of a slot's memory.
void copy_reduced(const std::uint8_t* from, int first, int last, const FramePlan& plan,
                  const FrameView& out) {
  const auto columns = static_cast<std::size_t>(reduced_size(plan.width));
  const std::size_t begin = static_cast<std::size_t>(first / kReducedBlock) * columns;
  const std::size_t end = static_cast<std::size_t>(reduced_size(last)) * columns;
  for (std::size_t i = begin; i < end; ++i) {
    std::int32_t sum = 0;
    std::memcpy(&sum, from + i * sizeof sum, sizeof sum);
    out.reduced[i] = static_cast<std::uint16_t>(sum);
  }
}

Result<void> validate_device_view(const FrameView& view) {
  bool is_aligned =
      std::all_of(view.stride_bytes, view.stride_bytes + 3, [](std::size_t s) { return s % 4 == 0; }) &&
      std::all_of(view.planes, view.planes + 3,
                  [](const std::uint8_t* p) { return reinterpret_cast<std::uintptr_t>(p) % 4 == 0; });
  if (view.on_device && !is_aligned) {
    return Error{Code::invalid_request, "a surface on the GPU has planes and rows at multiples of 4 bytes"};
  }
  return {};
}

}  // namespace

GpuDevice::SlotLease::SlotLease(GpuDevice& device) : device_(device) {
  std::unique_lock lock(device_.mutex_);
  device_.slot_freed_.wait(lock, [&] {
    for (index_ = 0; index_ < kLaunchSlots && !device_.slots_[index_].is_free;) {
      ++index_;
    }
    return index_ < kLaunchSlots;
  });
  device_.slots_[index_].is_free = false;
}

GpuDevice::SlotLease::~SlotLease() {
  device_.slots_[index_].holds.clear();
  {
    const std::lock_guard lock(device_.mutex_);
    device_.slots_[index_].is_free = true;
  }
  device_.slot_freed_.notify_one();
}

GpuDevice::GpuDevice(std::unique_ptr<GpuBackend> backend, std::size_t picture_budget)
    : backend_(std::move(backend)),
      texels_(*backend_, picture_budget > 0
                             ? picture_budget
                             : static_cast<std::size_t>(backend_->info().memory_bytes) / 4 * 3) {}

Result<PictureId> GpuDevice::upload(const PictureView& view, LevelRange levels) {
  REELD_TRY(validate_upload(view, levels));
  PictureHandle made;
  try {
    REELD_ASSIGN(Picture taken, make_picture(view, levels, cpu_kernels().front()));
    made = std::make_shared<const Picture>(std::move(taken));
  } catch (const std::bad_alloc&) {
    return not_enough_memory(view);
  }
  PictureId id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = next_id_++;
    pictures_.emplace(id, made);
  }
  // Sent ahead, so that the first frame need not wait; the first kept level is the one that frames sample.
  const PackedLevel& first = made->levels.front();
  const TexelRegion all{made->first_level, 0, first.height, 0, (first.width + 1) / 2 * 2};
  if (texels_.keeps_whole(first)) {
    const auto sent = texels_.hold(id, first, all);
    if (!sent && sent.error().code == Code::device_lost) {
      return sent.error();
    }
  }
  return id;
}

void GpuDevice::release(PictureId picture) {
  {
    const std::lock_guard lock(mutex_);
    pictures_.erase(picture);
  }
  texels_.forget(picture);
}

Result<GpuDevice::PictureHandle> GpuDevice::find(PictureId picture) {
  const std::lock_guard lock(mutex_);
  auto found = pictures_.find(picture);
  if (found == pictures_.end()) {
    return unknown_picture(picture);
  }
  return found->second;
}

Result<void> GpuDevice::render(const FramePlan& plan, const FrameView& out) {
  return render_all({&plan, 1}, {&out, 1});
}

Result<void> GpuDevice::render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs) {
  SlotLease lease(*this);
  Slot& slot = slots_[lease.index()];
  if (slot.frames.size() < plans.size()) {
    slot.frames.resize(plans.size());
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    REELD_TRY(validate_plan(plans[i], outs[i]));
    REELD_TRY(validate_device_view(outs[i]));
    const FindPicture shape = [&](PictureId id) -> Result<GpuPicture> {
      REELD_ASSIGN(const PictureHandle picture, find(id));
      return GpuPicture{kernels::shape_of(*picture), picture->levels.front().channels == 3};
    };
    REELD_TRY(prepare_frame(plans[i], shape, &slot.windows, &slot.frames[i]));
  }
  return launch(lease.index(), plans.size(), outs);
}

// Frames of one size whose pictures fit go together; a frame whose pictures do not is made in bands of rows.
Result<void> GpuDevice::launch(int index, std::size_t count, std::span<const FrameView> outs) {
  Slot& slot = slots_[index];
  for (std::size_t first = 0; first < count;) {
    const FramePlan& plan = slot.frames[first].plan;
    int groups = (plan.height + kGroupRows - 1) / kGroupRows;
    int band = groups;
    while (band > 1 && !fits({&slot.frames[first], 1}, band)) {
      band = (band + 1) / 2;
    }
    if (!fits({&slot.frames[first], 1}, band)) {
      return Error{Code::limit_exceeded,
                   "the pictures of one frame take more of the GPU's memory than there is"};
    }
    std::size_t together = 1;
    while (band == groups && first + together < count &&
           slot.frames[first + together].plan.width == plan.width &&
           slot.frames[first + together].plan.height == plan.height &&
           outs[first + together].on_device == outs[first].on_device &&
           fits({&slot.frames[first], together + 1}, groups)) {
      ++together;
    }
    for (int group = 0; group < groups; group += band) {
      REELD_TRY(launch_rows(index, first, together, group, std::min(band, groups - group), outs));
    }
    first += together;
  }
  return {};
}

bool GpuDevice::fits(std::span<const PreparedFrame> frames, int band) {
  for (int y = 0; y < frames[0].plan.height; y += band * kGroupRows) {
    if (!rows_fit(frames, y, y + band * kGroupRows)) {
      return false;
    }
  }
  return true;
}

// Whether these rows of the frames find room for all that they show, each kept level counted once.
bool GpuDevice::rows_fit(std::span<const PreparedFrame> frames, int begin_y, int end_y) {
  std::size_t needed = 0;
  std::vector<std::pair<PictureId, int>> counted;
  for (const PreparedFrame& frame : frames) {
    for (std::size_t i = 0; i < frame.placed_count; ++i) {
      const auto picture = find(frame.placed[i].picture);
      if (!picture) {
        continue;  // hold_texels tells
      }
      const TexelRegion region = region_of_rows(frame.placed[i], begin_y, end_y);
      const PackedLevel& level =
          (*picture)->levels[static_cast<std::size_t>(region.level - (*picture)->first_level)];
      const std::pair<PictureId, int> kept{frame.placed[i].picture, region.level};
      if (texels_.keeps_whole(level) && std::find(counted.begin(), counted.end(), kept) != counted.end()) {
        continue;
      }
      counted.push_back(kept);
      needed += texels_.bytes_held(level, region);
    }
  }
  return needed <= texels_.budget();
}

Result<std::vector<ResidentTexels>> GpuDevice::hold_texels(Slot& slot, const PreparedFrame& frame,
                                                           int begin_y, int end_y) {
  std::vector<ResidentTexels> texels(frame.placed_count);
  for (std::size_t i = 0; i < frame.placed_count; ++i) {
    const PreparedFrame::Placed& placed = frame.placed[i];
    const TexelRegion region = region_of_rows(placed, begin_y, end_y);
    if (region.first_row >= region.end_row) {
      continue;  // none of these rows shows it
    }
    REELD_ASSIGN(const PictureHandle picture, find(placed.picture));
    const auto level = static_cast<std::size_t>(region.level - picture->first_level);
    REELD_ASSIGN(TexelCache::Hold hold, texels_.hold(placed.picture, picture->levels[level], region));
    texels[i] = hold.texels();
    slot.holds.push_back(std::move(hold));
  }
  return texels;
}

Result<void> GpuDevice::launch_rows(int index, std::size_t first_frame, std::size_t count, int first_group,
                                    int group_rows, std::span<const FrameView> outs) {
  Slot& slot = slots_[index];
  slot.holds.clear();
  const FramePlan& plan = slot.frames[first_frame].plan;
  const bool on_device = outs[first_frame].on_device;
  std::size_t result_bytes = 0;
  for (std::size_t i = first_frame; i < first_frame + count; ++i) {
    result_bytes += results_of(slot.frames[i].plan, outs[i]).bytes();
  }
  const std::span<const PreparedFrame> frames(&slot.frames[first_frame], count);
  REELD_ASSIGN(const GpuBackend::SlotMemory memory,
               backend_->reserve(index, packet_bytes(frames), result_bytes));
  const int begin_y = first_group * kGroupRows;
  const int end_y = std::min(plan.height, begin_y + group_rows * kGroupRows);
  std::size_t used = count * sizeof(gpu::FrameParams);
  DeviceAddress address = memory.results_address;
  std::unique_lock gathering(gathering_);
  for (std::size_t i = 0; i < count; ++i) {
    REELD_ASSIGN(const auto texels, hold_texels(slot, frames[i], begin_y, end_y));
    const FrameView& out = outs[first_frame + i];
    const FrameResults results = results_of(frames[i].plan, out);
    DevicePlanes planes = on_device ? planes_of(out) : planes_at(address, shape_of(frames[i].plan));
    planes.reduced = results.reduced_bytes > 0 ? address + results.plane_bytes : 0;
    write_packet(frames[i], planes, texels, first_group, i, memory.packet, memory.packet_address, &used);
    address += results.bytes();
  }
  gathering.unlock();
  const Grid grid{(plan.width + kGroupColumns - 1) / kGroupColumns, group_rows, static_cast<int>(count)};
  REELD_ASSIGN(const double seconds, backend_->launch(index, {Kernel::frames, used, grid, result_bytes}));
  kernel_seconds_ += seconds;
  const std::uint8_t* made = memory.results;
  for (std::size_t i = 0; i < count; ++i) {
    const FrameView& out = outs[first_frame + i];
    const FrameResults results = results_of(frames[i].plan, out);
    if (!on_device) {
      copy_rows(made, shape_of(frames[i].plan), begin_y, end_y, frames[i].plan, out);
    }
    if (out.reduced != nullptr) {
      copy_reduced(made + results.plane_bytes, begin_y, end_y, frames[i].plan, out);
    }
    made += results.bytes();
  }
  return {};
}

}  // namespace reeld::kernels
