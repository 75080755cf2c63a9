// Pictures of products, taken into the data directory in the background: each is copied by its content's hash
// and decoded by a worker before it counts. What a daemon's end interrupts is begun anew at the next start.
// Any thread.
#pragma once

#include "engine/background.hpp"
#include "engine/desks/desk.hpp"
#include "storage/brands.hpp"

namespace reeld::engine {

class ProductIntake {
 public:
  explicit ProductIntake(const DeskTools& tools) : tools_(tools) {}

  // Takes up what is pending, and removes files that no product has any more.
  Result<void> resume();
  // Records the product, whose `source` is an absolute path, as pending. Its end is told to subscribers with
  // the product's id as topic. Errors: those of look_at (brought_file.hpp), with the field /file; busy; those
  // of Products::create.
  Result<storage::ProductImage> start(storage::ProductImage image);

 private:
  void run(const std::string& id, const std::atomic<bool>& stop);
  Result<void> take_in(storage::ProductImage& image, const std::atomic<bool>& stop) const;
  void make_sure(const storage::ProductImage& image) const;

  const DeskTools& tools_;
  Background background_{1, 1000};
};

// Removes the files of styles and products that are gone from the records.
void sweep_brought_files(storage::Database& database, const std::filesystem::path& data_dir);

}  // namespace reeld::engine
