// Pictures scored from the decoding that their frames are rendered from. Only a wish: what is not scored here
// is scored by the task score_pictures. In workers.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <mutex>

#include "engine/picture.hpp"
#include "engine/score/picture_judge.hpp"

namespace reeld::engine {

// Destroyed, it waits for what it took.
class LoadedPictures {
 public:
  using Files = std::map<std::size_t, std::filesystem::path>;

  // Of pictures as they are decoded, together: 32 megapixels, two photographs, since with a run's first
  // picture comes the next scene's.
  static constexpr std::size_t kMostBytes = 128'000'000;

  // Those that are wanted, by their place in the plan, and where each one's scores go: a file with what
  // score_pictures answers for it alone, but for what is absent, which appears only when whole.
  LoadedPictures(std::shared_ptr<kernels::Device> device, Files wanted);

  LoadedPictures(const LoadedPictures&) = delete;
  LoadedPictures& operator=(const LoadedPictures&) = delete;
  ~LoadedPictures() { begin(); }

  // Takes it if it is wanted and there is room for it, and returns at once. It is scored at low priority,
  // one after the other, from begin() on. Any thread.
  void offer(std::size_t picture, Picture pixels);

  // Once there is a first frame, which somebody waits for. Any thread, any number of times.
  void begin() {
    std::call_once(begun_once_, [this] { begun_.set_value(); });
  }

 private:
  void score(Picture pixels, const std::filesystem::path& out);

  PictureJudge judge_;  // of one scoring after the other, as the count
  int looked_at_ = 0;
  std::mutex mutex_;  // of wanted_ and scoring_
  Files wanted_;      // that were not taken yet
  std::atomic<std::size_t> held_bytes_ = 0;
  std::once_flag begun_once_;
  std::promise<void> begun_;
  const std::shared_future<void> has_begun_ = begun_.get_future().share();
  std::future<void> scoring_;  // the last one's, behind all that it uses
};

}  // namespace reeld::engine
