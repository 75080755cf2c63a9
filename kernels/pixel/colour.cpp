#include "kernels/pixel/colour.hpp"

#include <cmath>
#include <memory>

namespace reeld::kernels {
namespace {

std::unique_ptr<CurveTables> build_tables() {
  auto tables = std::make_unique<CurveTables>();
  for (int k = 0; k < kCurveSize; ++k) {
    double value = k / 65535.0;
    tables->linear_of_code16[k] = static_cast<float>(srgb_to_linear(value));
    tables->encoded_of_linear16[k] = static_cast<float>(linear_to_srgb(value));
  }
  for (int k = 0; k < 256; ++k) {
    double linear = srgb_to_linear(k / 255.0);
    tables->encoded_of_linear16[std::lround(linear * 65535.0)] = static_cast<float>(k / 255.0);
  }
  return tables;
}

}  // namespace

double srgb_to_linear(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

double linear_to_srgb(double linear) {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

const CurveTables& curve_tables() {
  static const std::unique_ptr<CurveTables> tables = build_tables();
  return *tables;
}

}  // namespace reeld::kernels
