// A folder of its own for a test, and what a provider delivered first.
#pragma once

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "providers/provider.hpp"

namespace reeld::providers {

class TempDir {
 public:
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "reeld-test-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = std::filesystem::canonical(name);
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Result<Delivery> first_of(Result<std::vector<Delivery>> deliveries) {
  if (!deliveries) return deliveries.error();
  return std::move(deliveries->front());
}

}  // namespace reeld::providers
