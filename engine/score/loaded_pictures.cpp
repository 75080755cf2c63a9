#include "engine/score/loaded_pictures.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "engine/files.hpp"
#include "engine/low_priority.hpp"

namespace reeld::engine {

LoadedPictures::LoadedPictures(std::shared_ptr<kernels::Device> device, Files wanted)
    : judge_(std::move(device), std::vector<std::string>{}), wanted_(std::move(wanted)) {}

void LoadedPictures::offer(std::size_t picture, Picture pixels) {
  const std::lock_guard lock(mutex_);
  const std::size_t bytes = pixels.bytes().size();
  const auto it = wanted_.find(picture);
  if (it == wanted_.end() || held_bytes_ + bytes > kMostBytes) return;
  held_bytes_ += bytes;
  scoring_ = begin_at_low_priority([this, bytes, before = std::move(scoring_), pixels = std::move(pixels),
                                    out = std::move(it->second)]() mutable {
    has_begun_.wait();
    if (before.valid()) before.get();
    score(std::exchange(pixels, {}), out);
    held_bytes_ -= bytes;
  });
  wanted_.erase(it);
}

// What goes wrong here goes wrong for the task too, which says so.
void LoadedPictures::score(Picture pixels, const std::filesystem::path& out) {
  try {
    const auto found = judge_.look(pixels, "");
    if (!found) return;
    const Json scene = {{"picture", looked_at_++}, {"text", ""}};
    Json learned = judge_.learned(Json::array({scene}));
    learned.erase("absent");
    const Json answer = {{"pictures", Json::array({*found})}, {"learned", learned}};
    static_cast<void>(write_text(out, answer.dump()));
  } catch (const std::exception&) {
  }
}

}  // namespace reeld::engine
