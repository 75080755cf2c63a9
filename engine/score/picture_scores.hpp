// What a picture's statistics say of it: named scores. docs/metrics/pictures.md has each one's definition,
// range and source. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/statistics.hpp"

namespace reeld::engine {

// Pixels of uniform border on each side.
struct Borders {
  int left = 0, right = 0, top = 0, bottom = 0;
  bool operator==(const Borders&) const = default;
};

// All finite, also for a picture of one pixel.
struct PictureScores {
  double sharpness_laplacian = 0;  // variance of the Laplacian, levels^2
  double sharpness_tenengrad = 0;  // mean of the squared Sobel gradient, levels^2
  double exposure = 0;             // mean luma, 0..1
  double clipping_dark = 0;        // share of pixels, 0..1
  double clipping_bright = 0;      // share of pixels, 0..1
  double clipping_colour = 0;      // share of pixels beside them, 0..1
  double contrast = 0;             // deviation of luma, 0..0.5
  double colourfulness = 0;        // Hasler and Suesstrunk's M, 0..about 180
  double noise = 0;                // deviation, levels
  double blockiness = 0;           // 0: no grid of 8 pixels shows; 1: nothing else does
  double banding = 0;              // levels; 0: no step between flat runs
  double entropy = 0;              // of luma, bits, 0..8
  double border = 0;               // share of the picture, 0..1
  double image_quality = 0;        // 0..100
};

PictureScores picture_scores(const kernels::PictureStatistics& statistics);

// With their names, in the order above.
std::vector<std::pair<std::string_view, double>> named(const PictureScores& scores);

Borders borders_of(const kernels::PictureStatistics& statistics);

// 64 signs of a picture's coarsest shapes, whatever its size: pictures that look alike differ in few.
std::uint64_t perceptual_hash(const kernels::PictureStatistics& statistics);
std::string hash_text(std::uint64_t hash);  // 16 hex digits
// Errors are none: a text that hash_text did not make gives nothing.
bool hash_from_text(std::string_view text, std::uint64_t* hash);

// How like a picture is to the one of the others that is most like it: 1 - differing signs / 64. 1 for a
// copy, about 0.5 for any other picture; 0 where there are no others.
double near_duplicate(std::uint64_t hash, std::span<const std::uint64_t> others);

}  // namespace reeld::engine
