// Where files go that are removed while the database's one writer waits: there they are given another name,
// which takes no time, and their bytes are freed behind it, which may. One thread an object.
#pragma once

#include <filesystem>
#include <vector>

namespace reeld::engine {

class Trash {
 public:
  explicit Trash(const std::filesystem::path& data_dir);
  ~Trash();  // frees what it took
  Trash(const Trash&) = delete;
  Trash& operator=(const Trash&) = delete;

  // Whether the file, of the data directory, is gone from its place.
  bool take(const std::filesystem::path& file);

 private:
  const std::filesystem::path folder_;
  std::vector<std::filesystem::path> taken_;
};

// What a killed daemon left; while there is no Trash.
void empty_trash(const std::filesystem::path& data_dir);

}  // namespace reeld::engine
