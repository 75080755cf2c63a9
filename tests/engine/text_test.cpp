#include "engine/text.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace reeld::engine {
namespace {

constexpr int kWidth = 640, kHeight = 360;

TextSpec spec(const std::string& text, double size = 40) {
  TextSpec spec;
  spec.text = text;
  spec.size = size;
  return spec;
}

// Where the ink is, in frame pixels: weighted by alpha.
struct Ink {
  double left = std::numeric_limits<double>::max(), top = left, right = -left, bottom = -left;
  double x = 0, y = 0, amount = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

Ink ink_of(const TextRaster& raster) {
  Ink ink;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      const double alpha = raster.pixels[(static_cast<std::size_t>(y) * raster.width + x) * 4 + 3] / 255.0;
      if (alpha <= 0) continue;
      const double at_x = raster.x + x + 0.5, at_y = raster.y + y + 0.5;
      ink.left = std::min(ink.left, at_x - 0.5), ink.right = std::max(ink.right, at_x + 0.5);
      ink.top = std::min(ink.top, at_y - 0.5), ink.bottom = std::max(ink.bottom, at_y + 0.5);
      ink.x += at_x * alpha, ink.y += at_y * alpha, ink.amount += alpha;
    }
  }
  REQUIRE(ink.amount > 0);
  ink.x /= ink.amount, ink.y /= ink.amount;
  return ink;
}

TextRaster raster_of(const TextSpec& text) {
  auto raster = rasterize_text(text, kWidth, kHeight);
  INFO((raster ? "" : raster.error().message));
  REQUIRE(raster);
  REQUIRE(raster->pixels.size() == static_cast<std::size_t>(raster->width) * raster->height * 4);
  return *std::move(raster);
}

Ink ink_of(const TextSpec& text) {
  return ink_of(raster_of(text));
}

TEST_CASE("the nine positions put a text where they say, within the margin", "[text]") {
  const double margin = 0.05 * kHeight;
  for (const char* position :
       {"top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"}) {
    TextSpec text = spec("Hxg");
    text.position = position;
    const Ink ink = ink_of(text);
    const std::string p = position;
    INFO(p);
    const bool left = p.find("left") != std::string::npos, right = p.find("right") != std::string::npos;
    const bool top = p.find("top") != std::string::npos, bottom = p.find("bottom") != std::string::npos;
    CHECK((left ? ink.x < kWidth / 3.0 : right ? ink.x > kWidth / 1.5 : std::abs(ink.x - kWidth / 2.0) < 8));
    CHECK((top      ? ink.y < kHeight / 3.0
           : bottom ? ink.y > kHeight / 1.5
                    : std::abs(ink.y - kHeight / 2.0) < 12));
    CHECK(ink.left >= margin - 1);
    CHECK(ink.right <= kWidth - margin + 1);
    CHECK(ink.top >= margin - 1);
    CHECK(ink.bottom <= kHeight - margin + 1);
  }
}

TEST_CASE("x and y place the point of the block that the position names", "[text]") {
  TextSpec text = spec("Anchor");
  text.x = 0.5, text.y = 0.5;
  text.position = "left";
  CHECK(ink_of(text).left == Approx(kWidth / 2.0).margin(5));  // a letter's side bearing
  text.position = "right";
  CHECK(ink_of(text).right == Approx(kWidth / 2.0).margin(5));
}

TEST_CASE("half a pixel to the side moves the ink by half a pixel", "[text]") {
  TextSpec text = spec("Sub-pixel");
  text.y = 0.5;
  text.x = 0.5;
  const Ink here = ink_of(text);
  text.x = 0.5 + 0.5 / kWidth;
  CHECK(ink_of(text).x - here.x == Approx(0.5).margin(0.02));
  text.x = 0.5;
  text.y = 0.5 + 0.25 / kHeight;
  CHECK(ink_of(text).y - here.y == Approx(0.25).margin(0.02));
}

TEST_CASE("a long text wraps within its width, and line breaks are kept", "[text]") {
  TextSpec text = spec("many words that cannot stand in a single line of this narrow block", 30);
  text.max_width = 0.4;
  const Ink wrapped = ink_of(text);
  CHECK(wrapped.width() <= 0.4 * kWidth + 1);
  CHECK(wrapped.height() > 3 * 30);
  CHECK(ink_of(spec("a\nb")).height() > ink_of(spec("a b")).height() + 30);
}

TEST_CASE("a wide text keeps the safe margin, with its box", "[text]") {
  const double margin = 0.1 * kHeight;
  for (const bool boxed : {false, true}) {
    for (const char* position : {"left", "center", "right"}) {
      TextSpec text =
          spec("many words that would like to fill the frame from one of its edges to the other", 24);
      text.max_width = 1;
      text.margin = 0.1;
      text.position = position;
      if (boxed) text.box = Box{{0, 0, 0, 255}, 20, 0};
      const Ink ink = ink_of(text);
      INFO(position << boxed);
      CHECK(ink.left >= margin - 1);
      CHECK(ink.right <= kWidth - margin + 1);
    }
  }
}

TEST_CASE("alignment moves the shorter line, whichever way it is read", "[text]") {
  const char* second = GENERATE("i", "ו");
  const auto centre_of_second_line = [&](const char* align) {
    TextSpec text = spec(std::string("a rather long line\n") + second, 30);
    text.align = align;
    const TextRaster raster = raster_of(text);
    double x = 0, amount = 0;
    for (int y = raster.height / 2 + 4; y < raster.height; ++y) {
      for (int column = 0; column < raster.width; ++column) {
        const double alpha = raster.pixels[(static_cast<std::size_t>(y) * raster.width + column) * 4 + 3];
        x += column * alpha, amount += alpha;
      }
    }
    return x / amount / raster.width;
  };
  CHECK(centre_of_second_line("left") < 0.15);
  CHECK(centre_of_second_line("center") == Approx(0.5).margin(0.05));
  CHECK(centre_of_second_line("right") > 0.85);
}

TEST_CASE("Arabic and Hebrew run from right to left", "[text]") {
  // A wide letter and then narrow ones: the wide one comes first, which here is the right.
  const Ink hebrew = ink_of(spec("ש ו ו ו ו"));
  const Ink latin = ink_of(spec("m i i i i"));
  CHECK(hebrew.x > (hebrew.left + hebrew.right) / 2);
  CHECK(latin.x < (latin.left + latin.right) / 2);
  // Joined letters are narrower than the same ones apart.
  CHECK(ink_of(spec("مرحبا")).width() < ink_of(spec("م ر ح ب ا")).width());
}

TEST_CASE("Chinese has ink, and an emoji keeps its colours", "[text]") {
  CHECK(ink_of(spec("光と影 汉字 한글")).amount > 500);
  const TextRaster emoji = raster_of(spec("🐞", 80));
  int red = 0;
  for (std::size_t i = 0; i < emoji.pixels.size(); i += 4)
    red += emoji.pixels[i] > 150 && emoji.pixels[i + 1] < 80;
  CHECK(red > 200);
}

TEST_CASE("an emoji has no outline, casts a shadow, and is as opaque as the letters", "[text]") {
  const Ink plain = ink_of(spec("🐞"));
  TextSpec text = spec("🐞");
  text.outline = Outline{{0, 0, 0, 255}, 5};
  CHECK(ink_of(text).amount == Approx(plain.amount));
  text = spec("🐞");
  text.shadow = Shadow{{0, 0, 0, 255}, 15, 0, 0};
  CHECK(ink_of(text).right - plain.right == Approx(15).margin(1));
  text = spec("🐞");
  text.color.a = 51;  // a fifth of 255
  CHECK(ink_of(text).amount == Approx(0.2 * plain.amount).epsilon(0.02));
}

TEST_CASE("an outline lies around a translucent fill, not under it", "[text]") {
  TextSpec text = spec("█", 60);  // its middle is far from any outline
  text.color.a = 0;
  text.outline = Outline{{255, 0, 0, 255}, 4};
  const Ink hollow = ink_of(text);
  // A frame of 4 pixels with round corners around the letter's own width and height.
  const Ink plain = ink_of(spec("█", 60));
  const double w = plain.amount / plain.height(), h = plain.height();
  CHECK(hollow.amount == Approx(2 * 4 * (w + h) + M_PI * 4 * 4).epsilon(0.03));
  text.color.a = 255;
  CHECK(ink_of(text).amount == Approx(hollow.amount + plain.amount).epsilon(0.01));
}

TEST_CASE("outline, shadow and box reach as far beyond the letters as they say", "[text]") {
  const Ink plain = ink_of(spec("Hm"));
  TextSpec text = spec("Hm");
  text.outline = Outline{{0, 0, 0, 255}, 5};
  const Ink outlined = ink_of(text);
  CHECK(plain.left - outlined.left == Approx(5).margin(1));
  CHECK(outlined.bottom - plain.bottom == Approx(5).margin(1));

  text = spec("Hm");
  text.shadow = Shadow{{0, 0, 0, 255}, 12, 9, 0};
  const Ink shadowed = ink_of(text);
  CHECK(shadowed.right - plain.right == Approx(12).margin(1));
  CHECK(shadowed.bottom - plain.bottom == Approx(9).margin(1));

  text = spec("Hm");
  text.position = "center";
  text.box = Box{{0, 0, 0, 255}, 20, 0};
  const TextRaster boxed = raster_of(text);
  const Ink box = ink_of(boxed);
  CHECK(box.width() >= plain.width() + 2 * 20);
  CHECK(box.amount ==
        Approx(box.width() * box.height()).epsilon(0.04));  // filled; its edges lie between pixels
}

TEST_CASE("a bold text is heavier, an opaque colour is drawn as asked", "[text]") {
  TextSpec bold = spec("weight");
  bold.weight = 700;
  CHECK(ink_of(bold).amount > 1.1 * ink_of(spec("weight")).amount);

  TextSpec coloured = spec("█");
  coloured.color = {10, 200, 30, 255};
  const TextRaster raster = raster_of(coloured);
  bool found = false;
  for (std::size_t i = 0; i < raster.pixels.size(); i += 4) {
    found |= raster.pixels[i] == 10 && raster.pixels[i + 1] == 200 && raster.pixels[i + 2] == 30 &&
             raster.pixels[i + 3] == 255;
  }
  CHECK(found);
}

TEST_CASE("markup is text like any other", "[text]") {
  CHECK(ink_of(spec("<b>b</b>")).width() > 4 * ink_of(spec("b")).width());
  CHECK(ink_of(spec("&amp;")).width() > 3 * ink_of(spec("&")).width());
}

TEST_CASE("a font that is not there is an error that names the nearest", "[text]") {
  const auto missing = check_font("DejaVu Sanz");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::font_missing);
  CHECK(missing.error().message.find("\"DejaVu Sans\"") != std::string::npos);
  CHECK(check_font("dejavu sanz").error().message.find("\"DejaVu Sans\"") != std::string::npos);
  CHECK(check_font(""));
  CHECK(check_font("serif"));
  CHECK(check_font("dejavu serif"));

  TextSpec text = spec("x");
  text.font = "No Such Font At All";
  const auto raster = rasterize_text(text, kWidth, kHeight);
  REQUIRE_FALSE(raster);
  CHECK(raster.error().code == Code::font_missing);
  CHECK(raster.error().path == "/font");
}

TEST_CASE("texts that cannot be drawn are refused", "[text]") {
  const auto code_of = [](const TextSpec& text) {
    const auto raster = rasterize_text(text, kWidth, kHeight);
    REQUIRE_FALSE(raster);
    return raster.error().code;
  };
  CHECK(code_of(spec("\xff\xfe")) == Code::invalid_request);
  CHECK(code_of(spec(std::string(20'000, 'a'))) == Code::limit_exceeded);
  CHECK(code_of(spec("M", 4000)) == Code::limit_exceeded);
  // Pango counts 1/1024 pixel in 32 bits, which run over at 4194304 pixels: of 1802 lines of 2328.1 pixels it
  // shows 977, and of a word of 9999 letters less than nothing.
  TextSpec lines = spec(std::string(1801, '\n'), 2000);
  lines.font = "DejaVu Sans";
  CHECK(code_of(lines) == Code::limit_exceeded);
  CHECK(code_of(spec(std::string(9999, 'a'), 2000)) == Code::limit_exceeded);
  CHECK(code_of(spec(std::string("a\0b", 3))) == Code::invalid_request);
}

}  // namespace
}  // namespace reeld::engine
