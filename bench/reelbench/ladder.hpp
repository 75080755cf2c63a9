// Whether scores mean something: photographs made worse step by step, and how well the score meant for the
// harm follows.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "bench/reelbench/report.hpp"

namespace reeld::bench {

struct LadderBench {
  std::string pictures = "/usr/share/backgrounds/mate/nature";  // Debian's mate-backgrounds
  int longest_side = 640;  // pixels; scaled down to it, so that their own coding and noise are gone
  std::string plot_file;   // empty: none
};

// Spearman's rank correlation, -1..1, of lists of the same length; ties share their mean rank. 0 where one of
// the lists does not vary.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

// A report with, for each ladder and photograph, the harm of each step, the value of the ladder's score and
// of image_quality, and both correlations with the harm, signed so that 1 is as it should be. Errors:
// file_missing where the folder has no picture; those of reading one.
Result<Json> run_ladder_bench(const LadderBench& bench);

// A report in words: the lowest correlations of each ladder.
std::string ladder_table(const Json& report);

// The curves of a report as an SVG document.
std::string ladder_plot(const Json& report);
// Does nothing where `file` is empty. Errors: target_unwritable, disk_full.
Result<void> save_ladder_plot(const Json& report, const std::filesystem::path& file);

}  // namespace reeld::bench
