// Files addressed by the hash of their content: data_dir/assets/ab/abcd....jpg. An equal file is kept once.
// Used by the daemon's job threads; it reads bytes, never decodes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "providers/provider.hpp"

namespace reeld::engine {

struct StoredAsset {
  std::string sha256;
  std::string file;  // relative to the data directory
  std::int64_t size_bytes = 0;
  bool was_there = false;
};

class AssetStore {
 public:
  // `folder` is inside the data directory.
  explicit AssetStore(std::filesystem::path data_dir, std::string folder = "assets")
      : data_dir_(std::move(data_dir)), folder_(std::move(folder)) {}

  // Takes a delivery in: copies a borrowed file, moves others. Whole or not at all. Errors: file_unreadable,
  // disk_full, limit_exceeded above kMaxAssetBytes.
  Result<StoredAsset> put(const providers::Delivery& delivery) const;
  // Copies a file in under another extension (".jpg"). Same errors.
  Result<StoredAsset> copy(const std::filesystem::path& file, const std::string& extension) const;

  // What a daemon that was killed had half copied. Before anything is taken in.
  void remove_unfinished() const;

  static constexpr std::int64_t kMaxAssetBytes = std::int64_t{4} << 30;

 private:
  std::filesystem::path incoming() const { return data_dir_ / folder_ / "incoming"; }
  Result<StoredAsset> keep(const std::filesystem::path& file, const std::string& extension) const;

  std::filesystem::path data_dir_;
  std::string folder_;
};

// Lower-case hexadecimal.
std::string sha256_of_text(std::string_view text);
Result<std::string> sha256_of_file(const std::filesystem::path& file);  // file_unreadable

}  // namespace reeld::engine
