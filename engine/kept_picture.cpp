#include "engine/kept_picture.hpp"

#include <utility>

namespace reeld::engine {

void KeptPicture::use(std::shared_ptr<kernels::Device> device) {
  const std::lock_guard lock(mutex_);
  if (device == device_) return;
  release_held();
  device_ = std::move(device);
}

void KeptPicture::keep(std::string file, kernels::LevelRange levels, kernels::PictureId picture,
                       std::optional<Picture> pixels) {
  const std::lock_guard lock(mutex_);
  release_held();
  held_ = Held{std::move(file), levels, {picture, std::move(pixels)}};
}

std::optional<KeptPicture::Taken> KeptPicture::take(const std::string& file, kernels::LevelRange levels) {
  const std::lock_guard lock(mutex_);
  const bool same = held_ && held_->file == file && held_->levels.first == levels.first &&
                    held_->levels.last == levels.last;
  if (!same) return std::nullopt;
  return std::exchange(held_, std::nullopt)->taken;
}

void KeptPicture::let_go() {
  const std::lock_guard lock(mutex_);
  release_held();
}

void KeptPicture::release_held() {
  if (held_) device_->release(held_->taken.picture);
  held_ = std::nullopt;
}

KeptPicture& kept_picture() {
  static KeptPicture kept;
  return kept;
}

}  // namespace reeld::engine
