// A picture to compute with where its looks do not matter: no two neighbours alike, so that nothing is
// cheaper than in a photograph.
#pragma once

#include <cstdint>
#include <vector>

namespace reeld::bench {

// Interleaved, rows without gaps; the fourth of four channels is opaque.
std::vector<std::uint8_t> synthetic_picture(int width, int height, int channels, std::uint32_t seed);

}  // namespace reeld::bench
