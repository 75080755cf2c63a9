// The colours of pictures: a palette by clustering in CIE Lab, and how light, contrasty, colourful and warm
// they are. Runs in workers, since it works on decoded pictures; the same pictures give the same palette.
//
// Lab is reckoned as CIE has it: sRGB's curve undone (c / 12.92 up to 0.04045, else ((c + 0.055)
// / 1.055)^2.4), IEC 61966-2-1's matrix to XYZ, white D65 (0.95047, 1, 1.08883), f(t) the cube root above
// (6/29)^3.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "engine/picture.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

inline constexpr int kMinPaletteColors = 2, kMaxPaletteColors = 12;
// Clusters whose centres are closer become one; the least that an eye can tell apart is about 2.3.
inline constexpr double kMergeDistance = 6;

// l: 0 (black) to 100 (white); a: green to red; b: blue to yellow.
struct Lab {
  double l = 0, a = 0, b = 0;
};

Lab lab_of(Color8 color);         // alpha is not looked at
Color8 color_of(const Lab& lab);  // the nearest in sRGB, channel by channel
// CIE 1976: the distance in Lab.
double delta_e(const Lab& one, const Lab& other);

struct PaletteColor {
  Color8 color;
  double weight = 0;  // of the pictures' area, 0..1
};

struct ColorStatistics {
  double lightness = 0;  // mean L*
  double contrast = 0;   // standard deviation of L*
  double chroma = 0;     // mean distance from grey, sqrt(a² + b²)
  double warmth = 0;     // mean of (a, b) along orange, the direction of 60°; below 0: towards blue
};

struct Palette {
  std::vector<PaletteColor> colors;  // the weightiest first; fewer than asked for where there are no more
  ColorStatistics statistics;
};

// Gathers as many points from every picture, whatever its size, on a regular grid; those that are more
// transparent than not are left out.
class PaletteSamples {
 public:
  explicit PaletteSamples(int picture_count);
  void add(const Picture& picture);
  // picture_invalid where every point was transparent. color_count: kMinPaletteColors to kMaxPaletteColors.
  Result<Palette> palette(int color_count) const;

 private:
  const int side_;  // of each picture's grid, points
  std::vector<Lab> samples_;
};

}  // namespace reeld::engine
