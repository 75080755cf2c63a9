// Where a job keeps what it has finished so far: data_dir/jobs/ID/. What lies here under its final name is
// whole, so a killed daemon, or a retry, goes on from it.
#pragma once

#include <cstdint>
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
  std::filesystem::path sound_scores() const { return root / "sound.scores.json"; }
  std::filesystem::path poster() const { return root / "poster.jpg"; }
  // Of pictures that were scored while they were rendered, by their content.
  std::filesystem::path pictures() const { return root / "pictures"; }
  std::filesystem::path picture_scores(const std::string& sha256) const {
    return pictures() / (sha256 + ".json");
  }
  std::filesystem::path segments() const { return root / "segments"; }
  // By its frames: what was cut otherwise has another name.
  std::filesystem::path segment(std::int64_t first_frame, std::int64_t frame_count) const {
    return segments() / (std::to_string(first_frame) + "-" + std::to_string(frame_count) + ".mp4");
  }
};

// The film before it is whole: in the target's own folder, so that giving it its name is one rename.
inline std::filesystem::path unfinished_film(const std::filesystem::path& target, const std::string& job_id) {
  return target.parent_path() / ("." + target.filename().string() + "." + job_id + ".part");
}

}  // namespace reeld::engine
