// Colour: the sRGB curve between encoded and linear, and BT.709 limited range Y'CbCr. The pictures' encoded
// R'G'B' is kept (display-referred) and matrixed as it is, as players expect of 8-bit video.
// The matrix is shared by all devices; the tables are built once, on the host, in double.
#pragma once

#include <cstdint>

namespace reeld::kernels {

inline constexpr float kRed709 = 0.2126f;
inline constexpr float kGreen709 = 0.7152f;
inline constexpr float kBlue709 = 0.0722f;

// Encoded R'G'B' in 0..1 to luma in 0..1.
inline float luma709(float r, float g, float b) {
  return kRed709 * r + kGreen709 * g + kBlue709 * b;
}

// Luma and the differences as 8-bit code values, not yet rounded: 16..235 and 16..240.
// 1.8556 = 2 (1 - kBlue709) and 1.5748 = 2 (1 - kRed709) bring B'-Y' and R'-Y' to -0.5..0.5.
inline float luma_code(float luma) {
  return 16.0f + 219.0f * luma;
}
inline float cb_code(float luma, float b) {
  return 128.0f + (224.0f / 1.8556f) * (b - luma);
}
inline float cr_code(float luma, float r) {
  return 128.0f + (224.0f / 1.5748f) * (r - luma);
}

inline constexpr int kCurveSize = 65536;

struct CurveTables {
  float linear_of_code16[kCurveSize];  // encoded k / 65535 to linear 0..1
  // Linear k / 65535 to encoded 0..1. The entry nearest to an 8-bit code's linear value holds that very code,
  // so 8-bit pictures come back bit by bit: near black a 16-bit linear step is 0.05 of a code, and half of
  // that would otherwise show in the dither.
  float encoded_of_linear16[kCurveSize];
};

double srgb_to_linear(double encoded);
double linear_to_srgb(double linear);

// Built at the first call; lives as long as the program.
const CurveTables& curve_tables();

// Index into encoded_of_linear16 of a linear value in 0..1.
inline std::int32_t linear_index(float linear) {
  return static_cast<std::int32_t>(linear * 65535.0f + 0.5f);
}

}  // namespace reeld::kernels
