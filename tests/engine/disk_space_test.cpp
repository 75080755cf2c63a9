#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"
#include "engine/disk_space.hpp"

namespace reeld::engine {
namespace {

Request film(double seconds, int width, int height, int crf) {
  Request request;
  request.output.width = width;
  request.output.height = height;
  request.output.crf = crf;
  SceneSpec scene;
  scene.duration = seconds;
  request.scenes = {scene};
  return request;
}

TEST_CASE("what a job will write grows with its length, its size and its quality") {
  const auto film_bytes = [](const Request& request) { return disk_need(request).film_bytes; };
  const Request base = film(60, 1920, 1080, 23);
  CHECK(film_bytes(film(120, 1920, 1080, 23)) == 2 * film_bytes(base));
  CHECK(film_bytes(film(60, 3840, 2160, 23)) > 3 * film_bytes(base));
  CHECK(film_bytes(film(60, 1920, 1080, 17)) > 1.7 * film_bytes(base));
  CHECK(disk_need(base).work_bytes > film_bytes(base));
  // A minute of 1080p is 30 to 120 MB at crf 23, and no film is larger than its pixels.
  CHECK(film_bytes(base) > 60'000'000);
  CHECK(film_bytes(base) < 200'000'000);
  CHECK(film_bytes(film(1, 1920, 1080, 0)) < 1920LL * 1080 * 30 * 3 / 2 + 1'000'000);
  // 10 bits at the same crf take about the same.
  Request deep = base;
  deep.output.bit_depth = 10;
  CHECK(film_bytes(deep) == film_bytes(base));
}

TEST_CASE("a scene that lasts as long as its speech needs room for it") {
  Request request = film(1, 640, 360, 23);
  request.scenes[0].duration.reset();
  request.scenes[0].speech = SpeechSpec{"espeak-ng", {{"text", std::string(1000, 'a')}}};
  CHECK(disk_need(request).film_bytes > disk_need(film(90, 640, 360, 23)).film_bytes);
}

TEST_CASE("space is set aside for a job, refused to the next, and given back at its end") {
  const TemporaryFolder folder;
  const auto free = static_cast<std::int64_t>(std::filesystem::space(folder.path()).available);
  DiskSpace space(free / 4);
  const DiskNeed half{0, free / 2};
  {
    const auto first = space.reserve(half, folder.path(), folder.path());
    REQUIRE(first);
    const auto second = space.reserve(half, folder.path(), folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Code::disk_full);
    CHECK(second.error().message.find(folder.path().string()) != std::string::npos);
  }
  CHECK(space.reserve(half, folder.path(), folder.path()));
}

TEST_CASE("where the film's folder has no room, nothing stays set aside in the data directory") {
  const TemporaryFolder folder;
  const auto free = static_cast<std::int64_t>(std::filesystem::space(folder.path()).available);
  DiskSpace space(0);
  CHECK_FALSE(space.reserve({free, free / 2}, folder.path(), folder.path()));
  CHECK(space.reserve({0, free / 2}, folder.path(), folder.path()));
}

TEST_CASE("a folder that is not there has no space") {
  DiskSpace space(0);
  const auto refused = space.reserve({1, 1}, "/no/such/folder", "/no/such/folder");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::target_unwritable);
}

}  // namespace
}  // namespace reeld::engine
