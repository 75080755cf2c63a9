// A database in a folder of its own, and the pieces that most storage tests need.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/database.hpp"

namespace reeld::storage {

class TempDir {
 public:
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "reeld-test-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<Database> opened(const std::filesystem::path& file) {
  auto db = Database::open(file);
  if (!db) FAIL(db.error().message);
  return *std::move(db);
}

inline NewJob some_job(const std::string& key = "") {
  return {key, "hash", {{"scenes", Json::array()}}, "/in", "/out/film.mp4", "A film"};
}

inline Job made(Database& db, const std::string& key = "") {
  auto created = db.create_job(some_job(key));
  if (!created) FAIL(created.error().message);
  return created->job;
}

}  // namespace reeld::storage
