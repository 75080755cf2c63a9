#include "engine/trash.hpp"

#include "storage/database.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

fs::path folder_in(const fs::path& data_dir) {
  return data_dir / "trash";
}

}  // namespace

Trash::Trash(const fs::path& data_dir) : folder_(folder_in(data_dir)) {}

Trash::~Trash() {
  std::error_code left_for_the_next_start;
  for (const fs::path& file : taken_) fs::remove(file, left_for_the_next_start);
}

bool Trash::take(const fs::path& file) {
  std::error_code error;
  fs::create_directory(folder_, error);
  fs::path place = folder_ / storage::new_id();
  fs::rename(file, place, error);
  if (error) return false;
  taken_.push_back(std::move(place));
  return true;
}

void empty_trash(const fs::path& data_dir) {
  std::error_code left_for_the_next_start;
  fs::remove_all(folder_in(data_dir), left_for_the_next_start);
}

}  // namespace reeld::engine
