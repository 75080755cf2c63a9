// Colour: sRGB's curve and BT.709's Y'CbCr. Pictures are taken as sRGB. Their encoded R'G'B' is what a
// display shows, so it is kept as it is and only matrixed: a still picture keeps its code values.
#pragma once

#include <cmath>

namespace reeld::kernels {

// IEC 61966-2-1, encoded 0..1 to linear 0..1. Host only (pow): devices read tables made of it.
inline double srgb_to_linear(double v) {
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
inline double linear_to_srgb(double v) {
  return v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
}

// R'G'B' 0..1 to code values of 8 bits, limited range, before rounding: Y' 16..235, Cb and Cr 16..240 about
// 128. ITU-R BT.709-6: Kr 0.2126, Kb 0.0722; Cb = (B' - Y') / 1.8556, Cr = (R' - Y') / 1.5748.
inline float luma_code(float r, float g, float b) {
  return 16.0f + 219.0f * (0.2126f * r + 0.7152f * g + 0.0722f * b);
}
inline float cb_code(float r, float g, float b) {
  return 128.0f + (224.0f / 1.8556f) * (-0.2126f * r - 0.7152f * g + 0.9278f * b);
}
inline float cr_code(float r, float g, float b) {
  return 128.0f + (224.0f / 1.5748f) * (0.7874f * r - 0.7152f * g - 0.0722f * b);
}

}  // namespace reeld::kernels
