// Styles of brands, extracted from their pictures in the background: copies of the pictures, a palette by a
// worker, words by what was measured and, where one is asked, by a provider of scripts. What a daemon's end
// interrupts is begun anew at the next start. Any thread.
#pragma once

#include "engine/background.hpp"
#include "engine/desks/desk.hpp"
#include "storage/brands.hpp"

namespace reeld::engine {

inline constexpr std::size_t kMostSamples = 64;  // pictures of a brand

class BrandExtraction {
 public:
  explicit BrandExtraction(const DeskTools& tools) : tools_(tools) {}

  // Takes up what is pending, and removes folders that no style has.
  Result<void> resume();
  // Records the style, whose `extraction` is {"pictures": [paths], "colors", "theme_by": map or null}, as
  // pending. Its end is told to subscribers with the style's id as topic. Errors: busy, those of
  // Brands::create.
  Result<storage::BrandStyle> start(storage::BrandStyle style);

 private:
  void run(const std::string& id, const std::atomic<bool>& stop);
  Result<void> extract(storage::BrandStyle& style, const std::atomic<bool>& stop);
  Result<Json> copies_of(const storage::BrandStyle& style) const;
  Result<Json> theme_of(const storage::BrandStyle& style, const Json& found, const std::atomic<bool>& stop);

  const DeskTools& tools_;
  Background background_{1, 100};
};

}  // namespace reeld::engine
