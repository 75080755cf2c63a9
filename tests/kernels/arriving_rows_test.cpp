// Pictures taken in while another thread still writes them: the frames are those of whole pictures, and what
// goes wrong with the writer ends the upload.
#include "kernels/arriving_rows.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <thread>

#include "picture_fixture.hpp"

namespace reeld::kernels {
namespace {

const Error kBroken{Code::picture_invalid, "the picture is cut"};

// A raster that another thread copies into memory full of other pixels, and tells of, some rows at a time.
class Writer {
 public:
  Writer(const Raster& raster, int rows_at_once, int height)
      : raster_(raster), pixels_(raster.bytes.size(), 0x5A), thread_([this, rows_at_once, height] {
          for (int y = 0; y < height; y += rows_at_once) {
            std::this_thread::sleep_for(std::chrono::microseconds(20));
            const int end = std::min(height, y + rows_at_once);
            const auto first = static_cast<std::size_t>(y) * raster_.stride_bytes;
            std::memcpy(&pixels_[first], &raster_.bytes[first],
                        static_cast<std::size_t>(end - y) * raster_.stride_bytes);
            rows_.have(end);
          }
          if (height < raster_.height) rows_.fail(kBroken);
        }) {}
  ~Writer() { thread_.join(); }

  PictureView view() const {
    PictureView view = raster_.view();
    view.data = pixels_.data();
    view.rows = &rows_;
    return view;
  }

 private:
  const Raster& raster_;
  std::vector<std::uint8_t> pixels_;
  ArrivingRows rows_;
  std::thread thread_;
};

Frame frame_of(Device& device, const PictureView& view, int level) {
  const auto id = device.upload(view, {level, level});
  REQUIRE(id);
  const double width = view.width, height = view.height;
  Frame frame(64, 48, PixelFormat::rgb24);
  REQUIRE(device.render(picture_plan(*id, 64, 48, Rect{width / 8, height / 8, width / 2, height / 2}, level),
                        frame.view()));
  device.release(*id);
  return frame;
}

TEST_CASE("who waits for rows is released when they are there, and by the writer's failure") {
  ArrivingRows rows;
  CHECK(rows.wait_for(0));
  rows.have(10);
  CHECK(rows.wait_for(10));
  std::atomic<bool> released = false;
  Result<void> done;
  std::thread waiting([&] {
    done = rows.wait_for(11);
    released = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK_FALSE(released);
  rows.fail(kBroken);
  waiting.join();
  REQUIRE_FALSE(done);
  CHECK(done.error() == kBroken);
  CHECK(rows.wait_for(11).error() == kBroken);
}

TEST_CASE("a picture whose writer fails is not taken in, on no device, and the error is the writer's") {
  Raster raster = noise_raster(90, 700, 3);
  raster.alpha = AlphaKind::opaque;
  for (const auto& device : every_device()) {
    CAPTURE(device_title(*device));
    for (const int level : {0, 1, 2, 3}) {
      for (const int there : {0, 300, 699}) {
        const Writer writer(raster, 100, there);
        const auto id = device->upload(writer.view(), {level, level});
        REQUIRE_FALSE(id);
        CHECK(id.error() == kBroken);
      }
    }
  }
}

TEST_CASE("a picture is taken in only when its last row is told of, for the file may be wrong behind it") {
  Raster raster = noise_raster(33, 65, 4);
  raster.alpha = AlphaKind::opaque;
  ArrivingRows rows;
  PictureView view = raster.view();
  view.rows = &rows;
  std::atomic<bool> returned = false;
  Bench bench;
  Result<PictureId> id = PictureId{};
  std::thread taking([&] {
    id = bench.device().upload(view, {2, 2});
    returned = true;
  });
  rows.have(64);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK_FALSE(returned);
  rows.fail(kBroken);
  taking.join();
  REQUIRE_FALSE(id);
  CHECK(id.error() == kBroken);
}

TEST_CASE("a picture taken in while it is written makes the frames of a whole one, on every device") {
  struct Case {
    int width, height, rows_at_once;
    AlphaKind alpha;
  };
  // Bands of a level are 128 rows; blocks are 16.
  const Case cases[] = {{300, 601, 7, AlphaKind::opaque},        {301, 600, 64, AlphaKind::opaque},
                        {40, 1100, 33, AlphaKind::opaque},       {300, 601, 50, AlphaKind::straight},
                        {64, 300, 16, AlphaKind::premultiplied}, {1, 1, 1, AlphaKind::opaque}};
  for (const Case& c : cases) {
    Raster raster = noise_raster(c.width, c.height, 5, c.alpha == AlphaKind::premultiplied);
    raster.alpha = c.alpha;
    for (const auto& device : every_device()) {
      for (const int level : {0, 1, 2, 4}) {
        CAPTURE(device_title(*device), c.width, c.height, level);
        const Frame whole = frame_of(*device, raster.view(), level);
        const Writer writer(raster, c.rows_at_once, c.height);
        CHECK(frame_of(*device, writer.view(), level) == whole);
      }
    }
  }
}

TEST_CASE("a picture known to be opaque makes the frames of one whose alpha is found to be full") {
  Bench bench;
  Raster raster = noise_raster(301, 203, 6);
  for (const int level : {0, 1, 2}) {
    raster.alpha = AlphaKind::straight;
    const Frame found = frame_of(bench.device(), raster.view(), level);
    raster.alpha = AlphaKind::opaque;
    CHECK(frame_of(bench.device(), raster.view(), level) == found);
  }
}

TEST_CASE("what is still arriving is not measured") {
  Bench bench;
  const Raster raster = noise_raster(16, 16, 7);
  const Writer writer(raster, 16, 16);
  CHECK(bench.device().measure(writer.view(), 1).error().code == Code::invalid_request);
}

}  // namespace
}  // namespace reeld::kernels
