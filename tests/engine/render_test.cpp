// A run's frames as a writer gets them: in order, each the one that the plan says, and not more of them at a
// time than are bounded.
#include "engine/render.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "engine/files.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/score/rendered_frames.hpp"
#include "tests/engine/coded_segments.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

using kernels::PixelFormat;

// Takes frames in an encoder's place.
class Watcher final : public SegmentWriter {
 public:
  using Seen = std::function<Result<void>(const kernels::FrameView&)>;
  explicit Watcher(Seen seen) : seen_(std::move(seen)) {}

  Result<void> write(EncoderFrame frame) override {
    REELD_TRY(seen_(frame.view()));
    held_ = std::move(frame);  // as an encoder that is busy with it
    return {};
  }
  Result<void> finish() override {
    finished = true;
    return {};
  }
  bool finished = false;

 private:
  Seen seen_;
  std::optional<EncoderFrame> held_;
};

FrameBuffer copy_of(const kernels::FrameView& view, const Plan& plan) {
  FrameBuffer copy(scored_format(plan.output.bit_depth), plan.output.width, plan.output.height);
  for (std::size_t plane = 0; plane < copy.sizes.size(); ++plane) {
    for (std::size_t y = 0; y < copy.sizes[plane].rows; ++y) {
      std::copy_n(view.planes[plane] + y * view.stride_bytes[plane], copy.sizes[plane].row_bytes,
                  copy.view.planes[plane] + y * copy.view.stride_bytes[plane]);
    }
  }
  return copy;
}

TEST_CASE("a writer that fails ends the run with its error", "[render]") {
  fidelity_fixture::Film film(0.8);
  const auto source = FrameSource::in_memory(PixelFormat::yuv420p, 320, 180);
  int written = 0;
  Watcher writer([&](const kernels::FrameView&) -> Result<void> {
    if (++written < 5) return {};
    return Error{Code::disk_full, "no space"};
  });
  const FrameRun run{film.folder.path(), 0, film.plan.frame_count, 3};
  const auto rendered = render_frames(film.plan, run, *film.device, source, writer, [](std::int64_t) {});
  REQUIRE_FALSE(rendered);
  CHECK(rendered.error().code == Code::disk_full);
  CHECK(written == 5);
  CHECK_FALSE(writer.finished);
}

TEST_CASE("every frame reaches the writer in order, whatever the threads, and their memory goes round",
          "[render]") {
  fidelity_fixture::Film film(1.2);
  film.plan.output.bit_depth = GENERATE(8, 10);
  const int threads = GENERATE(1, 3);
  CAPTURE(film.plan.output.bit_depth, threads);
  const std::int64_t first = 2, count = film.plan.frame_count - 3;
  const auto source = FrameSource::in_memory(scored_format(film.plan.output.bit_depth), 320, 180);
  RenderedFrames alone(film.plan, film.folder.path(), film.plan.frame_count, *film.device, 1);
  std::int64_t next = first, done = 0;
  std::set<std::uint8_t*> places;
  Watcher writer([&](const kernels::FrameView& view) -> Result<void> {
    REELD_ASSIGN(const auto expected, alone.render({next++}));
    CHECK(copy_of(view, film.plan).bytes == expected.front().bytes);
    places.insert(view.planes[0]);
    return {};
  });
  const FrameRun run{film.folder.path(), first, count, threads};
  const auto rendered = render_frames(film.plan, run, *film.device, source, writer,
                                      [&](std::int64_t frames) { CHECK(frames == ++done); });
  INFO((rendered ? "" : rendered.error().message));
  REQUIRE(rendered);
  CHECK(writer.finished);
  CHECK(next == first + count);
  CHECK(done == count);
  // 8 small frames at once a thread, 14 more, what the writer is given, and what it still holds.
  const auto bound = static_cast<std::size_t>(8 * threads + 14 + 2);
  REQUIRE(bound < static_cast<std::size_t>(count));
  CHECK(places.size() <= bound);
}

TEST_CASE("segments of a run are coded one by one, each as if it were alone", "[render]") {
  fidelity_fixture::Film film(1.0);
  const auto coded = [&](const std::string& name, std::int64_t first,
                         const std::vector<std::int64_t>& counts) {
    return test::coded_segments(film.plan, film.folder.path(), name, first, counts, "libx264", *film.device);
  };
  const std::int64_t rest = film.plan.frame_count - 21;
  const auto together = coded("together", 0, {20, 1, rest});
  CHECK(together[0] == coded("first", 0, {20})[0]);
  CHECK(together[1] == coded("second", 20, {1})[0]);
  CHECK(together[2] == coded("third", 21, {rest})[0]);
}

}  // namespace
}  // namespace reeld::engine
