#include "kernels/gpu/frame_packet.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/mip_level.hpp"
#include "kernels/reduced.hpp"

namespace reeld::kernels {
namespace {

using gpu::FrameParams;
using gpu::PlacedParams;

constexpr int kOnTopStage = 2;

template <class T>
std::size_t bytes_of(const std::vector<T>& table) {
  return (table.size() * sizeof(T) + 7) / 8 * 8;
}

std::size_t table_bytes(const AxisTaps& taps) {
  return bytes_of(taps.first_pair) + bytes_of(taps.weights) + bytes_of(taps.coverage);
}

// Copies tables one behind the other and tells their addresses.
class TableWriter {
 public:
  TableWriter(std::uint8_t* host, DeviceAddress address, std::size_t* used)
      : host_(host), address_(address), used_(used) {}

  template <class T>
  DeviceAddress put(const std::vector<T>& table) {
    if (!table.empty()) {
      std::memcpy(host_ + *used_, table.data(), table.size() * sizeof(T));
    }
    DeviceAddress at = address_ + *used_;
    *used_ += bytes_of(table);
    return at;
  }

 private:
  std::uint8_t* host_;
  DeviceAddress address_;
  std::size_t* used_;
};

// The columns that the windows read.
TexelRegion region_of(const PreparedFrame::Placed& placed, int level, int width) {
  TexelRegion region{level, 0, 0, width, 0};
  for (int x = placed.columns.begin; x < placed.columns.end; ++x) {
    int first = 2 * placed.columns.first_pair[static_cast<std::size_t>(x)];
    region.first_column = std::min(region.first_column, first);
    region.end_column = std::max(region.end_column, first + 2 * placed.columns.pair_count);
  }
  region.end_column = std::min(region.end_column, (width + 1) / 2 * 2);
  return region;
}

bool settle(const Placement& placement, const GpuPicture& picture, const FramePlan& plan,
            AxisWindows* windows, PreparedFrame::Placed* placed) {
  int width = mip_size(picture.shape.width, placement.level);
  int height = mip_size(picture.shape.height, placement.level);
  placed->is_opaque = picture.is_opaque;
  placed->opacity = placement.opacity;
  if (!make_axis_windows(placement.across, width, placement.extent_x, plan.width, windows)) {
    return false;
  }
  make_axis_taps(*windows, width, plan.width, &placed->columns);
  if (!make_axis_windows(placement.down, height, placement.extent_y, plan.height, windows)) {
    return false;
  }
  make_axis_taps(*windows, height, plan.height, &placed->rows);
  placed->level_height = height;
  placed->region = region_of(*placed, placement.level, width);
  placed->region = region_of_rows(*placed, 0, plan.height);
  return true;
}

// False where the filter cannot span it.
bool add_placed(const Placement& placement, const GpuPicture& picture, PictureId id, int stage,
                AxisWindows* windows, PreparedFrame* frame) {
  if (frame->placed.size() == frame->placed_count) {
    frame->placed.emplace_back();
  }
  PreparedFrame::Placed& placed = frame->placed[frame->placed_count];
  placed.picture = id;
  placed.stage = stage;
  if (!settle(placement, picture, frame->plan, windows, &placed)) {
    return false;
  }
  bool shows = placed.columns.begin < placed.columns.end && placed.rows.begin < placed.rows.end;
  frame->placed_count += shows ? 1 : 0;
  return true;
}

Result<void> prepare_overlays(const FindPicture& find, int layer, int stage, AxisWindows* windows,
                              PreparedFrame* frame) {
  for (int i = 0; i < frame->plan.overlay_count; ++i) {
    const Overlay& overlay = frame->plan.overlays[static_cast<std::size_t>(i)];
    if (overlay.layer != layer) {
      continue;
    }
    REELD_ASSIGN(const GpuPicture picture, find(overlay.picture));
    REELD_ASSIGN(const Placement placement, place_overlay(frame->plan, i, frame->transition, picture.shape));
    if (!add_placed(placement, picture, overlay.picture, stage, windows, frame)) {
      return shrunk_too_far("overlay", i);
    }
  }
  return {};
}

}  // namespace

Result<void> prepare_frame(const FramePlan& plan, const FindPicture& find, AxisWindows* windows,
                           PreparedFrame* frame) {
  frame->plan = plan;
  frame->placed_count = 0;
  frame->transition = plan.layer_count == 2 ? prepare_transition(plan.transition, plan.width, plan.height)
                                            : PreparedTransition{};
  for (int i = 0; i < plan.layer_count; ++i) {
    PictureId id = plan.layers[static_cast<std::size_t>(i)].picture;
    REELD_ASSIGN(const GpuPicture picture, find(id));
    REELD_ASSIGN(const Placement placement, place_layer(plan, i, frame->transition, picture.shape));
    if (!add_placed(placement, picture, id, i, windows, frame)) {
      return shrunk_too_far("layer", i);
    }
    REELD_TRY(prepare_overlays(find, i, i, windows, frame));
  }
  return prepare_overlays(find, Overlay::kOnTop, kOnTopStage, windows, frame);
}

TexelRegion region_of_rows(const PreparedFrame::Placed& placed, int begin_y, int end_y) {
  TexelRegion region = placed.region;
  region.first_row = region.end_row = 0;
  const int begin = std::max(begin_y, placed.rows.begin);
  const int end = std::min(end_y, placed.rows.end);
  for (int y = begin; y < end; ++y) {
    const int first = 2 * placed.rows.first_pair[static_cast<std::size_t>(y)];
    region.first_row = y == begin ? first : std::min(region.first_row, first);
    region.end_row = std::max(region.end_row, first + 2 * placed.rows.pair_count);
  }
  region.end_row = std::min(region.end_row, placed.level_height);
  return region;
}

std::size_t packet_bytes(std::span<const PreparedFrame> frames) {
  std::size_t bytes = frames.size() * sizeof(FrameParams);
  for (const PreparedFrame& frame : frames) {
    for (std::size_t i = 0; i < frame.placed_count; ++i) {
      bytes += table_bytes(frame.placed[i].columns) + table_bytes(frame.placed[i].rows);
    }
  }
  return bytes;
}

void write_packet(const PreparedFrame& frame, const DevicePlanes& planes,
                  const std::vector<ResidentTexels>& texels, int first_group, std::size_t index,
                  std::uint8_t* host, DeviceAddress address, std::size_t* used) {
  const FramePlan& plan = frame.plan;
  FrameParams params = {};
  for (int i = 0; i < 3; ++i) {
    params.planes[i] = planes.planes[i];
    params.stride_words[i] = static_cast<int>(planes.stride_bytes[i] / 4);
  }
  params.reduced = planes.reduced;
  if (planes.reduced != 0) {
    params.reduced_columns = reduced_size(plan.width);
    params.reduced_rows = reduced_size(plan.height);
  }
  params.width = plan.width;
  params.height = plan.height;
  params.format = static_cast<int>(plan.format);
  params.layer_count = plan.layer_count;
  params.placed_count = static_cast<int>(frame.placed_count);
  params.background_r = plan.background.r;
  params.background_g = plan.background.g;
  params.background_b = plan.background.b;
  params.colour_r = plan.transition.colour.r;
  params.colour_g = plan.transition.colour.g;
  params.colour_b = plan.transition.colour.b;
  params.first_group = first_group;
  params.transition = frame.transition.frame;
  TableWriter tables(host, address, used);
  for (std::size_t i = 0; i < frame.placed_count; ++i) {
    const PreparedFrame::Placed& from = frame.placed[i];
    PlacedParams& to = params.placed[i];
    to.texels = texels[i].address;
    to.row_texels = texels[i].row_texels;
    to.origin_x = texels[i].origin_x;
    to.origin_y = texels[i].origin_y;
    to.column_first = tables.put(from.columns.first_pair);
    to.column_weights = tables.put(from.columns.weights);
    to.column_coverage = tables.put(from.columns.coverage);
    to.row_first = tables.put(from.rows.first_pair);
    to.row_weights = tables.put(from.rows.weights);
    to.row_coverage = tables.put(from.rows.coverage);
    to.column_pair_count = from.columns.pair_count;
    to.row_pair_count = from.rows.pair_count;
    to.level_height = from.level_height;
    to.is_opaque = from.is_opaque ? 1 : 0;
    to.begin_x = from.columns.begin;
    to.end_x = from.columns.end;
    to.begin_y = from.rows.begin;
    to.end_y = from.rows.end;
    to.opacity = from.opacity;
    to.stage = from.stage;
  }
  std::memcpy(host + index * sizeof(FrameParams), &params, sizeof params);
}

}  // namespace reeld::kernels
