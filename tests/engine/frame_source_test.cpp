// Frames on their way to an encoder: their memory goes round, and what is rendered reaches it as it takes it.
#include "engine/frame_source.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "engine/encoder_input.hpp"

namespace reeld::engine {
namespace {

using kernels::PixelFormat;

TEST_CASE("an encoder that is not known gets no frames", "[frame_source]") {
  const auto input = EncoderInput::open(OutputSpec{}, "libx2644", nullptr);
  REQUIRE_FALSE(input);
  CHECK(input.error().code == Code::encoder_unavailable);
  CHECK(input.error().path == "/output/encoder");
  CHECK(input.error().message.find("libx2644") != std::string::npos);
}

TEST_CASE("a frame's memory is taken again when nobody has it, also by a thread that is behind",
          "[frame_source]") {
  std::optional<FrameSource> source(FrameSource::in_memory(PixelFormat::nv12, 98, 54));
  auto first = source->next(), second = source->next();
  REQUIRE(first);
  REQUIRE(second);
  const std::set<std::uint8_t*> both{first->view().planes[0], second->view().planes[0]};
  CHECK(both.size() == 2);
  { const EncoderFrame gone = *std::move(second); }
  for (int i = 0; i < 10; ++i) {
    const auto again = source->next();
    REQUIRE(again);
    CHECK(both.contains(again->view().planes[0]));
  }
  source.reset();
  first->view().planes[0][97] = 1;  // still its own
}

TEST_CASE("rows begin where vectors like them, and the view is of host memory", "[frame_source]") {
  const auto format = GENERATE(PixelFormat::yuv420p, PixelFormat::nv12, PixelFormat::p010);
  const FrameSource source = FrameSource::in_memory(format, 98, 54);
  CHECK(source.pixel_format() == format);
  const auto frame = source.next();
  REQUIRE(frame);
  const kernels::FrameView view = frame->view();
  CHECK_FALSE(view.on_device);
  CHECK(view.reduced == nullptr);
  for (int plane = 0; plane < (format == PixelFormat::yuv420p ? 3 : 2); ++plane) {
    REQUIRE(view.planes[plane] != nullptr);
    CHECK(view.stride_bytes[plane] % 64 == 0);
    CHECK(view.stride_bytes[plane] >= (plane == 0 || format != PixelFormat::yuv420p ? 98U : 49U));
  }
}

TEST_CASE("of 8 bits a software encoder takes the very frame that was rendered", "[frame_source]") {
  OutputSpec output;
  output.width = 64, output.height = 32;
  const auto input = EncoderInput::open(output, "libx264", nullptr);
  REQUIRE(input);
  CHECK(input->frames().pixel_format() == PixelFormat::yuv420p);
  auto frame = input->frames().next();
  REQUIRE(frame);
  std::uint8_t* const luma = frame->view().planes[0];
  const auto taken = input->taken(*std::move(frame));
  REQUIRE(taken);
  CHECK((*taken)->data[0] == luma);
  CHECK((*taken)->format == AV_PIX_FMT_YUV420P);
}

TEST_CASE("of 10 bits it takes planes, with the values of what was rendered", "[frame_source]") {
  OutputSpec output;
  output.width = 6, output.height = 4, output.bit_depth = 10;
  const auto input = EncoderInput::open(output, "libx264", nullptr);
  REQUIRE(input);
  CHECK(input->frames().pixel_format() == PixelFormat::p010);
  auto frame = input->frames().next();
  REQUIRE(frame);
  const kernels::FrameView view = frame->view();
  const auto code = [&](int plane, int x, int y) -> std::uint16_t& {
    const auto row = static_cast<std::size_t>(y) * view.stride_bytes[plane];
    return reinterpret_cast<std::uint16_t*>(view.planes[plane] + row)[x];
  };
  for (int x = 0; x < 6; ++x) {
    for (int y = 0; y < 4; ++y) code(0, x, y) = static_cast<std::uint16_t>((1000 - 10 * y - x) << 6);
    for (int y = 0; y < 2; ++y) code(1, x, y) = static_cast<std::uint16_t>((500 + 10 * y + x) << 6);
  }
  const auto taken = input->taken(*std::move(frame));
  REQUIRE(taken);
  CHECK((*taken)->format == AV_PIX_FMT_YUV420P10LE);
  const auto value = [&](int plane, int x, int y) {
    const std::uint8_t* const row = (*taken)->data[plane] + y * (*taken)->linesize[plane];
    return reinterpret_cast<const std::uint16_t*>(row)[x];
  };
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) CHECK(value(0, x, y) == 1000 - 10 * y - x);
  }
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      CHECK(value(1, x, y) == 500 + 10 * y + 2 * x);
      CHECK(value(2, x, y) == 500 + 10 * y + 2 * x + 1);
    }
  }
}

}  // namespace
}  // namespace reeld::engine
