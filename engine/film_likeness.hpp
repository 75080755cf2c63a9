// How much two films differ, frame by frame. Runs in workers.
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.hpp"

namespace reeld::engine {

// Of films without any difference, whose own would be without end.
inline constexpr double kMostPsnr = 100;

struct Likeness {
  double ssim = 0;  // the frames' mean; 1: the same
  double psnr = 0;  // dB, of the mean error of all frames; kMostPsnr at most
};

// Both have the same frame size and count; their n-th frames are compared, in 8 bits, or in 10 where one of
// them has 10. `progress` is told how many frames are done. Errors: file_missing, file_unreadable.
Result<Likeness> measure_likeness(const std::filesystem::path& film, const std::filesystem::path& reference,
                                  int threads, const std::function<void(double frames)>& progress);

}  // namespace reeld::engine
