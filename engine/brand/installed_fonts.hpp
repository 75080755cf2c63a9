// The font families of this machine, asked of a worker once: the daemon itself opens no font. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

class InstalledFonts {
 public:
  explicit InstalledFonts(std::filesystem::path worker_program)
      : worker_program_(std::move(worker_program)) {}

  // The first call takes as long as a worker's start. Errors: timed_out after 5 s, and those of a worker.
  Result<std::vector<std::string>> families();

 private:
  const std::filesystem::path worker_program_;
  std::mutex mutex_;
  std::optional<std::vector<std::string>> families_;
};

}  // namespace reeld::engine
