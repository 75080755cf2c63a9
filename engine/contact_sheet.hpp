// Films in one picture: a row each, and in the columns their frames at the same times. Runs in workers.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

struct SheetFilm {
  std::filesystem::path file;
  std::string label;
  int width = 0, height = 0;  // of its frames
  double seconds = 0;         // as long as it is
};

struct SheetFacts {
  int width = 0, height = 0;
};

// The times are the middles of `columns` equal parts of the longest film; where a shorter one is over, its
// cell is empty. `as`: ".png" or ".jpg", whatever `out` is called. `progress` is told how many of how many
// cells are done. Errors: file_missing, file_unreadable, font_missing, target_unwritable, disk_full.
Result<SheetFacts> make_contact_sheet(const std::vector<SheetFilm>& films, int columns,
                                      const std::filesystem::path& out, const std::string& as,
                                      const std::function<void(double done, double total)>& progress);

}  // namespace reeld::engine
