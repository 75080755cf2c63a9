// Palettes of pictures that are known: flat colours in known shares, gradients, grey, one pixel,
// transparency.
#include "engine/palette.hpp"

#include <turbojpeg.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/temporary_folder.hpp"
#include "engine/brand/look.hpp"

namespace reeld::engine {
namespace {

using Pixel = std::array<std::uint8_t, 4>;

// A picture whose pixels are as `pixel_at(x, y)` says.
template <class PixelAt>
Picture picture_of(int width, int height, PixelAt pixel_at) {
  const std::size_t size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
  const std::shared_ptr<std::uint8_t[]> pixels(new std::uint8_t[size]);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Pixel pixel = pixel_at(x, y);
      std::ranges::copy(pixel, &pixels[(static_cast<std::size_t>(y) * width + x) * 4]);
    }
  }
  return {width, height, kernels::PictureFormat::rgba8, pixels};
}

Picture flat(Pixel color) {
  return picture_of(1, 1, [=](int, int) { return color; });
}

Palette palette_of(const std::vector<Picture>& pictures, int colors = 5) {
  PaletteSamples samples(static_cast<int>(pictures.size()));
  for (const Picture& picture : pictures) samples.add(picture);
  const auto palette = samples.palette(colors);
  REQUIRE(palette);
  return *palette;
}

double apart(Color8 one, Color8 other) {
  return delta_e(lab_of(one), lab_of(other));
}

TEST_CASE("Lab is CIE's: the values that are published for sRGB's own colours", "[palette]") {
  // Lindbloom's for white D65; black and white by definition.
  const auto near = [](const Lab& lab, double l, double a, double b) {
    CHECK(lab.l == Approx(l).margin(0.02));
    CHECK(lab.a == Approx(a).margin(0.02));
    CHECK(lab.b == Approx(b).margin(0.02));
  };
  near(lab_of({255, 255, 255}), 100, 0, 0);
  near(lab_of({0, 0, 0}), 0, 0, 0);
  near(lab_of({255, 0, 0}), 53.24, 80.09, 67.20);
  near(lab_of({0, 255, 0}), 87.73, -86.18, 83.18);
  near(lab_of({0, 0, 255}), 32.30, 79.19, -107.86);
}

TEST_CASE("a colour comes back from Lab as it went in", "[palette]") {
  for (int i = 0; i < 256; i += 5) {
    const Color8 color{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i),
                       static_cast<std::uint8_t>((i * 7) % 256)};
    CHECK(color_of(lab_of(color)) == color);
  }
}

TEST_CASE("three flat colours are found as they are, with their shares, the largest first", "[palette]") {
  // Of 100 columns 60 are navy, 30 cream and 10 red; the grid has 128, so that a share is off by 1/128 at
  // most.
  const Color8 navy{16, 32, 64}, cream{245, 235, 210}, red{200, 30, 40};
  const Picture picture = picture_of(100, 40, [&](int x, int) {
    const Color8 c = x < 60 ? navy : x < 90 ? cream : red;
    return Pixel{c.r, c.g, c.b, 255};
  });
  const Palette palette = palette_of({picture});
  REQUIRE(palette.colors.size() == 3);
  CHECK(apart(palette.colors[0].color, navy) < 2);
  CHECK(apart(palette.colors[1].color, cream) < 2);
  CHECK(apart(palette.colors[2].color, red) < 2);
  CHECK(palette.colors[0].weight == Approx(0.6).margin(0.01));
  CHECK(palette.colors[1].weight == Approx(0.3).margin(0.01));
  CHECK(palette.colors[2].weight == Approx(0.1).margin(0.01));
}

TEST_CASE("every picture counts as much as another, whatever its size", "[palette]") {
  const Picture large = picture_of(500, 300, [](int, int) { return Pixel{0, 0, 255, 255}; });
  const Palette palette = palette_of({large, flat({255, 255, 0, 255}), flat({255, 255, 0, 255})});
  REQUIRE(palette.colors.size() == 2);
  CHECK(palette.colors[0].color == Color8{255, 255, 0});
  CHECK(palette.colors[0].weight == Approx(2.0 / 3));
}

TEST_CASE("colours that an eye hardly tells apart become one", "[palette]") {
  const Picture picture = picture_of(100, 10, [](int x, int) {
    return x < 50 ? Pixel{100, 100, 100, 255} : Pixel{103, 103, 103, 255};
  });
  const Palette palette = palette_of({picture});
  REQUIRE(palette.colors.size() == 1);
  CHECK(apart(palette.colors[0].color, {101, 101, 101}) < 2);
  CHECK(palette.colors[0].weight == 1);
}

TEST_CASE("the same pictures give the same palette, time after time", "[palette]") {
  const Picture picture = picture_of(200, 150, [](int x, int y) {
    return Pixel{static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
                 static_cast<std::uint8_t>((x * y) % 251), 255};
  });
  const Palette first = palette_of({picture}, 12);
  for (int i = 0; i < 3; ++i) {
    const Palette again = palette_of({picture}, 12);
    REQUIRE(again.colors.size() == first.colors.size());
    for (std::size_t k = 0; k < first.colors.size(); ++k) {
      CHECK(again.colors[k].color == first.colors[k].color);
      CHECK(again.colors[k].weight == first.colors[k].weight);
    }
  }
}

TEST_CASE("a gradient has as many colours as are asked for, spread over it", "[palette]") {
  const Picture picture = picture_of(256, 4, [](int x, int) {
    const auto v = static_cast<std::uint8_t>(x);
    return Pixel{v, v, v, 255};
  });
  for (const int wanted : {2, 5, 8}) {
    const Palette palette = palette_of({picture}, wanted);
    REQUIRE(static_cast<int>(palette.colors.size()) == wanted);
    double sum = 0;
    for (std::size_t i = 0; i < palette.colors.size(); ++i) {
      sum += palette.colors[i].weight;
      CHECK(std::hypot(lab_of(palette.colors[i].color).a, lab_of(palette.colors[i].color).b) < 1);
      for (std::size_t k = 0; k < i; ++k)
        CHECK(apart(palette.colors[i].color, palette.colors[k].color) > kMergeDistance - 1);
    }
    CHECK(sum == Approx(1));
  }
}

TEST_CASE("one pixel is a picture; what is transparent has no colour", "[palette]") {
  const Palette one = palette_of({flat({12, 200, 90, 255})}, 12);
  REQUIRE(one.colors.size() == 1);
  CHECK(one.colors[0].color == Color8{12, 200, 90});
  CHECK(one.colors[0].weight == 1);

  const Picture half = picture_of(100, 10, [](int x, int) {
    return x < 50 ? Pixel{255, 0, 0, 255} : Pixel{0, 255, 0, 100};
  });
  const Palette visible = palette_of({half});
  REQUIRE(visible.colors.size() == 1);
  CHECK(visible.colors[0].color == Color8{255, 0, 0});

  PaletteSamples nothing(1);
  nothing.add(flat({1, 2, 3, 0}));
  CHECK(nothing.palette(5).error().code == Code::picture_invalid);
}

TEST_CASE("16 bits a channel are read by their upper byte", "[palette]") {
  const std::shared_ptr<std::uint8_t[]> bytes(new std::uint8_t[8]{0x11, 200, 0x22, 100, 0x33, 50, 0xff, 255});
  const Picture deep{1, 1, kernels::PictureFormat::rgba16, bytes};
  CHECK(palette_of({deep}).colors[0].color == Color8{200, 100, 50});
}

TEST_CASE("a JPEG in CMYK has the colour that it shows", "[palette]") {
  // As Adobe stores it, inverted: a channel says how much light it lets through. Orange: all red, half green.
  std::vector<std::uint8_t> cmyk;
  for (int i = 0; i < 32 * 32; ++i) cmyk.insert(cmyk.end(), {255, 128, 0, 255});
  const tjhandle turbo = tjInitCompress();
  unsigned char* jpeg = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(turbo, cmyk.data(), 32, 0, 32, TJPF_CMYK, &jpeg, &size, TJSAMP_444, 100, 0) == 0);
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "a.jpg", std::ios::binary)
      .write(reinterpret_cast<const char*>(jpeg), static_cast<std::streamsize>(size));
  tjFree(jpeg);
  tjDestroy(turbo);
  const auto picture = load_picture(folder.path() / "a.jpg");
  REQUIRE(picture);
  CHECK(apart(palette_of({*picture}).colors[0].color, {255, 128, 0}) < 2);
}

TEST_CASE("light, contrast, colourfulness and warmth are measured", "[palette]") {
  const Picture stripes = picture_of(128, 128, [](int x, int) {
    return x % 2 == 0 ? Pixel{255, 255, 255, 255} : Pixel{0, 0, 0, 255};
  });
  const ColorStatistics grey = palette_of({stripes}).statistics;
  CHECK(grey.lightness == Approx(50).margin(0.1));
  CHECK(grey.contrast == Approx(50).margin(0.1));
  CHECK(grey.chroma == Approx(0).margin(0.1));
  CHECK(grey.warmth == Approx(0).margin(0.1));
  CHECK(palette_of({flat({255, 140, 0, 255})}).statistics.warmth > 50);
  CHECK(palette_of({flat({0, 80, 255, 255})}).statistics.warmth < -50);
}

TEST_CASE("words say of a look what was measured, from their thresholds on", "[palette]") {
  const auto look = [](double lightness, double contrast, double chroma, double warmth) {
    ColorStatistics measured;
    measured.lightness = lightness;
    measured.contrast = contrast;
    measured.chroma = chroma;
    measured.warmth = warmth;
    return measured;
  };
  CHECK(lighting_words(look(65, 15, 0, 0)) == "bright light");
  CHECK(lighting_words(look(64.9, 25, 0, 0)) == "medium light, strong contrast");
  CHECK(lighting_words(look(35, 9.9, 0, 0)) == "medium light, soft contrast");
  CHECK(lighting_words(look(34.9, 10, 0, 0)) == "low light");
  CHECK(mood_words(look(0, 0, 3.9, 0)) == "monochrome");
  CHECK(mood_words(look(0, 0, 14.9, 6)) == "muted, warm");
  CHECK(mood_words(look(0, 0, 15, -6)) == "cool");
  CHECK(mood_words(look(0, 0, 40, 5.9)) == "vivid");
  CHECK(mood_words(look(0, 0, 39.9, -5.9)) == "balanced");
}

}  // namespace
}  // namespace reeld::engine
