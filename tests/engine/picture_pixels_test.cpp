// Pixels for what looks at pictures rather than shows them.
#include "engine/picture_pixels.hpp"

#include <catch2/catch.hpp>
#include <cstring>

namespace reeld::engine {
namespace {

template <class Channel>
Picture one_pixel(kernels::PictureFormat format, std::initializer_list<Channel> rgba) {
  const std::shared_ptr<std::uint8_t[]> bytes(new std::uint8_t[4 * sizeof(Channel)]);
  std::memcpy(bytes.get(), rgba.begin(), 4 * sizeof(Channel));
  return {1, 1, format, bytes};
}

cv::Vec3b shown(const Picture& picture) {
  return rgb_over_black(picture).at<cv::Vec3b>(0);
}

TEST_CASE("where a picture is transparent, black shows") {
  using enum kernels::PictureFormat;
  CHECK(shown(one_pixel<std::uint8_t>(rgba8, {200, 100, 50, 255})) == cv::Vec3b(200, 100, 50));
  CHECK(shown(one_pixel<std::uint8_t>(rgba8, {200, 100, 50, 51})) == cv::Vec3b(40, 20, 10));
  CHECK(shown(one_pixel<std::uint8_t>(rgba8, {200, 100, 50, 0})) == cv::Vec3b(0, 0, 0));
}

TEST_CASE("grey is as light as the colour that shows") {
  using enum kernels::PictureFormat;
  const auto grey = [](std::initializer_list<std::uint8_t> rgba) {
    return grey_over_black(one_pixel<std::uint8_t>(rgba8, rgba)).at<std::uint8_t>(0);
  };
  CHECK(grey({90, 90, 90, 255}) == 90);
  CHECK(grey({255, 0, 0, 255}) == 76);  // 0.299 of red
  CHECK(grey({200, 200, 200, 51}) == 40);
}

TEST_CASE("16 bits become 8") {
  using enum kernels::PictureFormat;
  CHECK(shown(one_pixel<std::uint16_t>(rgba16, {51400, 25700, 0, 65535})) == cv::Vec3b(200, 100, 0));
}

}  // namespace
}  // namespace reeld::engine
