// Films in one film, beside each other at the same time, each with its label. Runs in workers.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/encoder.hpp"

namespace reeld::engine {

struct GridFilm {
  std::filesystem::path file;
  std::string label;
};

struct Grid {
  int columns = 1, rows = 1;
  int cell_width = 0, cell_height = 0;  // even
};
// For films of the first one's size: the grid nearest to 16:9, the wider of two that are as near, made
// smaller where it would be larger than 3840x2160. Pure.
Grid grid_of(int films, int width, int height);

struct SideBySide {
  std::vector<GridFilm> films;  // one or more
  std::string title;
  std::vector<std::string> encoder_order;  // as choose_encoder takes it
  int threads = 0;                         // as open_segment takes it
  std::filesystem::path scratch;           // a folder for what is removed again
  std::filesystem::path out;
};

struct SideBySideFacts {
  VideoFacts video;
  Grid grid;
  std::string encoder;
};

// At the highest of their frame rates, as long as the longest; the shorter ones hold their last frame. The
// sound is the first film's. `progress` is told how many of how many frames are done. Errors: file_missing,
// file_unreadable, font_missing, encoder_unavailable, device_lost, target_unwritable, disk_full.
Result<SideBySideFacts> make_side_by_side(const SideBySide& wanted,
                                          const std::function<void(double done, double total)>& progress);

}  // namespace reeld::engine
