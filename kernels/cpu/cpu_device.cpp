#include "kernels/cpu/cpu_device.hpp"

#include <unistd.h>

#include <cmath>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>

#include "kernels/cpu/frame.hpp"
#include "kernels/cpu/picture.hpp"

namespace reeld::kernels {
namespace {

Error bad_plan(const std::string& what) {
  return Error{Code::invalid_request, "the frame's plan " + what};
}

bool is_sane(const Rect& r) {
  // A picture is at most 2^15 pixels wide; a placement a thousand times as far is a mistake, not a motion.
  constexpr double kFar = 1 << 25;
  const auto near = [&](double v) { return std::isfinite(v) && std::abs(v) <= kFar; };
  return near(r.x) && near(r.y) && near(r.w) && near(r.h) && r.w > 0 && r.h > 0;
}

Result<void> check(const FramePlan& plan) {
  const auto good_size = [](int n) { return n >= 2 && n <= kMaxFrameSize && n % 2 == 0; };
  if (!good_size(plan.width) || !good_size(plan.height)) {
    return bad_plan("has the size " + std::to_string(plan.width) + "x" + std::to_string(plan.height) +
                    "; both sides must be even, 2 to " + std::to_string(kMaxFrameSize));
  }
  if (plan.layer_count < 0 || plan.layer_count > kMaxLayers) return bad_plan("has too many layers");
  if (plan.overlay_count < 0 || plan.overlay_count > kMaxOverlays) return bad_plan("has too many overlays");
  for (int i = 0; i < plan.layer_count; ++i) {
    const Layer& layer = plan.layers[static_cast<std::size_t>(i)];
    if (!is_sane(layer.source)) return bad_plan("places a layer by numbers that are no rectangle");
    if (layer.level < 0 || layer.level > 30) return bad_plan("asks for a mip level that no picture has");
  }
  for (int i = 0; i < plan.overlay_count; ++i) {
    const Overlay& overlay = plan.overlays[static_cast<std::size_t>(i)];
    if (!is_sane({overlay.x, overlay.y, 1, 1}) || !(overlay.opacity >= 0 && overlay.opacity <= 1)) {
      return bad_plan("places an overlay by numbers that are no position or opacity");
    }
  }
  if (!(plan.transition.progress >= 0 && plan.transition.progress <= 1) ||
      !(plan.transition.softness >= 0 && plan.transition.softness <= 1)) {
    return bad_plan("has a transition whose progress or softness is not within 0 and 1");
  }
  return {};
}

class CpuDevice final : public Device {
 public:
  const DeviceInfo& info() const override { return info_; }

  Result<PictureId> upload(const PictureView& view, int first_level) override {
    const auto good_size = [](int n) { return n >= 1 && n <= kMaxPictureSize; };
    if (!good_size(view.width) || !good_size(view.height)) {
      return Error{Code::picture_too_large,
                   "a picture of " + std::to_string(view.width) + "x" + std::to_string(view.height) +
                       " pixels; each side must be 1 to " + std::to_string(kMaxPictureSize)};
    }
    try {
      auto picture = std::make_shared<const CpuPicture>(make_picture(view, std::max(0, first_level)));
      const std::lock_guard lock(mutex_);
      pictures_[++last_id_] = std::move(picture);
      return last_id_;
    } catch (const std::bad_alloc&) {
      return Error{Code::picture_too_large, "there is not enough memory for a picture of " +
                                                std::to_string(view.width) + "x" +
                                                std::to_string(view.height) + " pixels"};
    }
  }

  void release(PictureId id) override {
    const std::lock_guard lock(mutex_);
    pictures_.erase(id);
  }

  Result<void> render(const FramePlan& plan, const FrameView& out) override {
    REELD_TRY(check(plan));
    Held held;
    REELD_TRY(look_up(plan, held));
    // One a thread, kept: a frame allocates nothing once the first of its size is done.
    thread_local FrameRenderer renderer;
    renderer.render(plan, held.pictures, out);
    return {};
  }

 private:
  // Shared with the table, so that a picture released meanwhile lives until the frame is done.
  struct Held {
    FramePictures pictures;
    std::array<std::shared_ptr<const CpuPicture>, kMaxLayers + kMaxOverlays> owners;
    std::size_t count = 0;
  };

  Result<void> look_up(const FramePlan& plan, Held& held) {
    const std::lock_guard lock(mutex_);
    const auto find = [&](PictureId id) -> const CpuPicture* {
      const auto it = pictures_.find(id);
      if (it == pictures_.end()) return nullptr;
      held.owners[held.count++] = it->second;
      return it->second.get();
    };
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan.layer_count); ++i) {
      const CpuPicture* picture = find(plan.layers[i].picture);
      if (picture == nullptr) return bad_plan("names a picture that the device does not hold");
      if (plan.layers[i].level < picture->first_level)
        return bad_plan("samples a mip level below the picture's first");
      held.pictures.layers[i] = picture;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(plan.overlay_count); ++i) {
      const CpuPicture* picture = find(plan.overlays[i].picture);
      if (picture == nullptr || picture->first_level != 0)
        return bad_plan("names an overlay that the device does not hold");
      held.pictures.overlays[i] = picture;
    }
    return {};
  }

  const DeviceInfo info_ = cpu_info();
  std::mutex mutex_;
  std::map<PictureId, std::shared_ptr<const CpuPicture>> pictures_;
  PictureId last_id_ = 0;
};

}  // namespace

DeviceInfo cpu_info() {
  DeviceInfo info;
  info.kind = DeviceKind::cpu;
  info.name = "CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    info.name = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  info.memory_bytes = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
  return info;
}

std::unique_ptr<Device> make_cpu_device() {
  return std::make_unique<CpuDevice>();
}

}  // namespace reeld::kernels
