// Frames of a plan in segments, coded as a worker does, to be compared by their bytes.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/files.hpp"
#include "engine/render.hpp"

namespace reeld::engine::test {

// The files of segments of so many frames each from `first` on, made anew in `folder`, where the plan's
// pictures lie: `name`0, `name`1 and on.
inline std::vector<std::string> coded_segments(const Plan& plan, const std::filesystem::path& folder,
                                               const std::string& name, std::int64_t first,
                                               const std::vector<std::int64_t>& counts,
                                               const std::string& encoder, kernels::Device& device) {
  std::vector<SegmentFile> segments;
  FrameRun run{folder, first, 0, 2};
  for (const std::int64_t count : counts) {
    segments.push_back({count, folder / (name + std::to_string(segments.size()))});
    std::filesystem::remove(segments.back().out);
    run.count += count;
  }
  const auto done = render_segments(plan, run, segments, encoder, device, [](std::int64_t) {});
  INFO((done ? "" : done.error().message));
  REQUIRE(done);
  std::vector<std::string> bytes;
  for (const SegmentFile& segment : segments) {
    const auto read = read_text(segment.out);
    REQUIRE(read);
    bytes.push_back(*read);
  }
  return bytes;
}

}  // namespace reeld::engine::test
