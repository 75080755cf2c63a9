#include "engine/poster.hpp"

#include "engine/files.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

struct PosterFilm : fidelity_fixture::Film {
  // Of frames first..end; none: empty.
  std::string poster_of(std::int64_t first, std::int64_t end, const std::string& name) {
    const fs::path poster = folder.path() / name;
    FrameRun run{folder.path(), first, end - first, 2};
    run.poster = poster;
    const auto rendered = render_segments(plan, run, {{end - first, folder.path() / (name + ".mp4")}},
                                          "libx264", *device, [](std::int64_t) {});
    INFO((rendered ? "" : rendered.error().message));
    REQUIRE(rendered);
    return fs::exists(poster) ? *read_text(poster) : "";
  }
};

}  // namespace

TEST_CASE("a poster that cannot be written ends the rendering with its name", "[poster]") {
  PosterFilm film;
  FrameRun run{film.folder.path(), 0, film.plan.frame_count, 1};
  run.poster = film.folder.path() / "no such folder" / "poster.jpg";
  const auto rendered = render_segments(film.plan, run, {{run.count, film.folder.path() / "film.mp4"}},
                                        "libx264", *film.device, [](std::int64_t) {});
  REQUIRE_FALSE(rendered);
  CHECK_THAT(rendered.error().message, Catch::Contains("no such folder"));
}

TEST_CASE("a poster is the middle of the first scene alone, made on the way by whoever renders it",
          "[poster]") {
  PosterFilm film;
  const std::int64_t frame = poster_frame(film.plan);
  CHECK(frame == (45 - 15) / 2);  // 1.5 s at 30, half a second of it shared
  const auto still = render_still(film.plan, film.folder.path(), frame, *film.device);
  REQUIRE(still);
  REQUIRE(write_poster(film.plan.output, *still, film.folder.path() / "alone.jpg"));
  const std::string alone = *read_text(film.folder.path() / "alone.jpg");
  CHECK(film.poster_of(0, film.plan.frame_count, "whole.jpg") == alone);
  CHECK(film.poster_of(frame, frame + 1, "itself.jpg") == alone);
  CHECK(film.poster_of(0, frame, "before.jpg").empty());
  CHECK(film.poster_of(frame + 1, film.plan.frame_count, "behind.jpg").empty());
}

}  // namespace reeld::engine
