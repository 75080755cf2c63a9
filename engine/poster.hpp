// The picture that stands for a film: a frame of it as a JPEG.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "engine/plan.hpp"

namespace reeld::engine {

// The middle of the first scene's time alone: no transition, and its texts are there.
std::int64_t poster_frame(const Plan& plan);

// `rgb`: that frame, 3 bytes a pixel, rows without gaps. The file appears only when whole.
Result<void> write_poster(const OutputSpec& output, const std::vector<std::uint8_t>& rgb,
                          const std::filesystem::path& file);

}  // namespace reeld::engine
