// Where a job keeps what it has finished so far: data_dir/jobs/ID/. What lies here under its final name is
// whole, so a killed daemon, or a retry, goes on from it.
#pragma once

#include <filesystem>
#include <string>

namespace reeld::engine {

struct JobFolder {
  JobFolder(const std::filesystem::path& data_dir, const std::string& job_id)
      : root(data_dir / "jobs" / job_id) {}

  std::filesystem::path root;

  std::filesystem::path scratch() const { return root / "scratch"; }
  std::filesystem::path plan() const { return root / "plan.json"; }
  std::filesystem::path choice() const { return root / "choice.json"; }
  std::filesystem::path sound() const { return root / "sound.m4a"; }
  std::filesystem::path segment(std::size_t index) const {
    return root / "segments" / (std::to_string(index) + ".mp4");
  }
};

// The film before it is whole: in the target's own folder, so that giving it its name is one rename.
inline std::filesystem::path unfinished_film(const std::filesystem::path& target, const std::string& job_id) {
  return target.parent_path() / ("." + target.filename().string() + "." + job_id + ".part");
}

}  // namespace reeld::engine
