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

inline ProviderCall some_call(std::int64_t started_us, const std::string& model = "large") {
  ProviderCall call;
  call.started_us = started_us;
  call.provider = "gemini";
  call.model = call.model_asked = model;
  call.capability = "picture";
  call.seconds = 1;
  call.http_status = 200;
  return call;
}

inline ProviderCall failed_call(std::int64_t started_us, Code code) {
  ProviderCall call = some_call(started_us);
  call.error = Error{code, "The model is overloaded."};
  call.http_status = 503;
  return call;
}

}  // namespace reeld::storage
