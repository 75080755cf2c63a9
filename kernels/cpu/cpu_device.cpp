#include "kernels/cpu/cpu_device.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <new>

#include "kernels/cpu/frame.hpp"
#include "kernels/cpu/measure.hpp"
#include "kernels/validate.hpp"

namespace reeld::kernels {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "CPU";
}

}  // namespace

DeviceInfo cpu_device_info(const CpuKernels& kernels) {
  std::int64_t memory = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  return DeviceInfo{DeviceKind::cpu, 0,     processor_name() + " (" + std::string(kernels.name) + ")",
                    memory,          false, ""};
}

Result<PictureId> CpuDevice::upload(const PictureView& picture, LevelRange levels) {
  REELD_TRY(validate_upload(picture, levels));
  try {
    REELD_ASSIGN(Picture taken, make_picture(picture, levels, kernels_));
    auto made = std::make_shared<const Picture>(std::move(taken));
    std::lock_guard lock(mutex_);
    PictureId id = next_id_++;
    pictures_.emplace(id, std::move(made));
    return id;
  } catch (const std::bad_alloc&) {
    return not_enough_memory(picture);
  }
}

void CpuDevice::release(PictureId picture) {
  std::lock_guard lock(mutex_);
  pictures_.erase(picture);
  if (pictures_.empty()) {
    free_kept_memory();  // a job is over
  }
}

Result<void> CpuDevice::render(const FramePlan& plan, const FrameView& out) {
  return render_all({&plan, 1}, {&out, 1});
}

Result<void> CpuDevice::render_all(std::span<const FramePlan> plans, std::span<const FrameView> outs) {
  // A thread's own, used again, so that a frame like the one before allocates nothing; the pictures are let
  // go.
  thread_local std::deque<Work> works;
  try {
    while (works.size() < plans.size()) {
      works.emplace_back();
    }
    const Result<void> done = render_with(works, plans, outs);
    for (std::size_t i = 0; i < plans.size(); ++i) {
      std::fill(std::begin(works[i].held), std::end(works[i].held), nullptr);
    }
    return done;
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_exceeded, "there is not enough memory to render a frame of " +
                                           std::to_string(plans[0].width) + "x" +
                                           std::to_string(plans[0].height)};
  }
}

Result<void> CpuDevice::render_with(std::deque<Work>& works, std::span<const FramePlan> plans,
                                    std::span<const FrameView> outs) {
  int width = 0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    REELD_TRY(validate_plan(plans[i], outs[i]));
    if (outs[i].on_device) {
      return Error{Code::invalid_request, "the cpu device writes to host memory alone"};
    }
    REELD_TRY(hold(plans[i], &works[i]));
    REELD_TRY(works[i].renderer.begin(plans[i], works[i].pictures, outs[i]));
    width = std::max(width, plans[i].width);
  }
  for (int x = 0; x < width; x += kTileWidth) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
      if (x < plans[i].width) {
        works[i].renderer.render_tile(kernels_, x);
      }
    }
  }
  return {};
}

Result<PictureStatistics> CpuDevice::measure(const PictureView& picture, int thread_count) {
  REELD_TRY(validate_measure(picture));
  try {
    return measure_by_bands(picture, kernels_, thread_count);
  } catch (const std::bad_alloc&) {
    return not_enough_memory(picture);
  }
}

// Of memory that no cache holds; the fastest of several, for a copy is only ever slowed down by others.
Result<double> CpuDevice::copy_rate() {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  AlignedArray<std::uint8_t> from = make_aligned<std::uint8_t>(kBytes);
  AlignedArray<std::uint8_t> to = make_aligned<std::uint8_t>(kBytes);
  std::memset(from.get(), 1, kBytes);
  std::memset(to.get(), 2, kBytes);
  double best = 0;
  for (int run = 0; run < 8; ++run) {
    auto start = std::chrono::steady_clock::now();
    std::memcpy(to.get(), from.get(), kBytes);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, 2.0 * kBytes / seconds.count());
  }
  return best;
}

Result<CpuDevice::PictureHandle> CpuDevice::find(PictureId picture) {
  std::lock_guard lock(mutex_);
  auto found = pictures_.find(picture);
  if (found == pictures_.end()) {
    return unknown_picture(picture);
  }
  return found->second;
}

Result<void> CpuDevice::hold(const FramePlan& plan, Work* work) {
  for (int i = 0; i < plan.layer_count; ++i) {
    REELD_ASSIGN(work->held[i], find(plan.layers[static_cast<std::size_t>(i)].picture));
    work->pictures.layers[i] = work->held[i].get();
  }
  for (int i = 0; i < plan.overlay_count; ++i) {
    PictureHandle& held = work->held[kMaxLayers + i];
    REELD_ASSIGN(held, find(plan.overlays[static_cast<std::size_t>(i)].picture));
    work->pictures.overlays[i] = held.get();
  }
  return {};
}

}  // namespace reeld::kernels
