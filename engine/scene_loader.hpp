// What a device must hold for the frames at hand: pictures decoded and uploaded a scene ahead, texts drawn,
// and both let go when no frame to come needs them, so that memory does not grow with the film.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <vector>

#include "base/result.hpp"
#include "engine/kept_picture.hpp"
#include "engine/picture.hpp"
#include "engine/plan.hpp"
#include "engine/timeline.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

// Called with a picture of the plan, as it was decoded, once it is on the device: by the thread that loads
// it, which goes on when this returns.
using PictureLoaded = std::function<void(std::size_t picture, Picture pixels)>;

// For a range of frames rendered in roughly rising order. load may be called from several threads; the rest
// from one.
class SceneLoader {
 public:
  // `end` is one past the last frame that will be asked for. `kept`, where there is one, holds pictures of
  // this device: the first frame's is taken from there, and the last frame's is left there for whoever goes
  // on. `picture_loaded` may be none.
  SceneLoader(const Plan& plan, std::filesystem::path data_dir, std::int64_t end, kernels::Device& device,
              KeptPicture* kept = nullptr, PictureLoaded picture_loaded = nullptr);
  ~SceneLoader();
  SceneLoader(const SceneLoader&) = delete;
  SceneLoader& operator=(const SceneLoader&) = delete;

  // Starts on what `frame` shows, and returns at once.
  void begin(std::int64_t frame);

  // Waits until all that `frame` shows is on the device, and starts on the scene after it once the first
  // frame is done with. The error names the scene.
  Result<void> load(std::int64_t frame);

  // No frame before this one will be asked for again.
  void release_before(std::int64_t frame);

  // Valid for the scenes that a frame shows after its load.
  const Uploaded& uploaded() const { return uploaded_; }

 private:
  struct PictureState {
    std::shared_future<Result<void>> loaded;
    bool released = false;
    kernels::LevelRange levels;   // that scenes sample
    std::int64_t last_frame = 0;  // the last frame of the film that shows it
  };
  struct SceneState {
    std::shared_future<Result<void>> loaded;
    bool released = false;
  };

  void take_kept(const VisibleScenes& shown);
  void leave_kept();
  void start(int scene);
  std::string file_of(std::size_t picture) const;
  Result<void> load_picture_of(int scene);
  Result<void> load_texts_of(int scene);

  const Plan& plan_;
  const std::filesystem::path data_dir_;
  const std::int64_t end_;
  kernels::Device& device_;
  KeptPicture* const kept_;
  const PictureLoaded picture_loaded_;
  bool took_kept_ = false;
  std::atomic<bool> first_is_taken_ = false;
  std::mutex mutex_;  // guards the states' futures
  // Held while a picture is decoded: two at once would be no sooner there, for one keeps two cores busy, and
  // take the memory of both.
  std::mutex loading_;
  std::vector<PictureState> pictures_;
  std::vector<SceneState> scenes_;
  Uploaded uploaded_;  // an element is written before its future is ready, and read after
};

}  // namespace reeld::engine
