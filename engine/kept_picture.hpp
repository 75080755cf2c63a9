// The one picture that a worker holds on a device from one task to the next: what was taken in ahead of a
// job's first frame (engine/picture_ahead.hpp), or what one run of frames ended with and the next begins
// with. It spares decoding it, and changes nothing else. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/picture.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

class KeptPicture {
 public:
  KeptPicture() = default;
  ~KeptPicture() { let_go(); }
  KeptPicture(const KeptPicture&) = delete;
  KeptPicture& operator=(const KeptPicture&) = delete;

  // What is kept and taken from here on is on `device`, which may be none; what is held of another one is let
  // go.
  void use(std::shared_ptr<kernels::Device> device);
  struct Taken {
    kernels::PictureId picture;
    std::optional<Picture> pixels;
  };
  // Takes over a picture of that device, in place of the one before. `file` is in the asset store, where a
  // name stands for one content. `pixels`: as it was decoded, where they are still wanted for its scores.
  void keep(std::string file, kernels::LevelRange levels, kernels::PictureId picture,
            std::optional<Picture> pixels = {});
  // Hands it over to the caller, where it is of this very file and these levels.
  std::optional<Taken> take(const std::string& file, kernels::LevelRange levels);
  void let_go();

 private:
  struct Held {
    std::string file;
    kernels::LevelRange levels;
    Taken taken;
  };
  void release_held();

  std::mutex mutex_;
  std::shared_ptr<kernels::Device> device_;  // shared with the worker's open devices, which may forget it
  std::optional<Held> held_;
};

// The worker's own.
KeptPicture& kept_picture();

}  // namespace reeld::engine
