// Pictures scored from the decoding that their frames are rendered from: the same scores as by the task, and
// nothing is held or lost on the way.
#include "engine/score/loaded_pictures.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <mutex>
#include <opencv2/imgcodecs.hpp>

#include "engine/device_choice.hpp"
#include "engine/files.hpp"
#include "engine/kept_picture.hpp"
#include "engine/picture_ahead.hpp"
#include "engine/scene_loader.hpp"
#include "engine/score/picture_task.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using fidelity_fixture::Film;
using fidelity_fixture::write_scenery;

// A CPU device whose measuring waits, and fails where it is told to.
class WaitingDevice final : public kernels::Device {
 public:
  const kernels::DeviceInfo& info() const override { return device_->info(); }
  Result<kernels::PictureId> upload(const kernels::PictureView& picture,
                                    kernels::LevelRange levels) override {
    return device_->upload(picture, levels);
  }
  void release(kernels::PictureId picture) override { device_->release(picture); }
  Result<void> render(const kernels::FramePlan& plan, const kernels::FrameView& out) override {
    return device_->render(plan, out);
  }
  Result<kernels::PictureStatistics> measure(const kernels::PictureView& picture, int threads) override {
    released.wait(false);
    if (fails) return Error{Code::device_lost, "gone"};
    return device_->measure(picture, threads);
  }
  Result<double> copy_rate() override { return device_->copy_rate(); }

  std::atomic<bool> released = true;
  std::atomic<bool> fails = false;

  void release_all() {
    released = true;
    released.notify_all();
  }

 private:
  std::unique_ptr<kernels::Device> device_ = *kernels::open_device(kernels::DeviceKind::cpu);
};

// Grey, of so many bytes as it is decoded.
Picture picture_of(std::size_t bytes) {
  constexpr int kWidth = 4000;
  Picture picture;
  picture.width = kWidth;
  picture.height = static_cast<int>(bytes / 4 / kWidth);
  std::shared_ptr<std::uint8_t[]> pixels(new std::uint8_t[bytes]);
  std::fill_n(pixels.get(), bytes, std::uint8_t{127});
  picture.pixels = std::move(pixels);
  return picture;
}

struct Scored {
  fs::path out(int picture) const { return folder.path() / (std::to_string(picture) + ".json"); }
  LoadedPictures::Files files(int count) const {
    LoadedPictures::Files files;
    for (int i = 0; i < count; ++i) files.emplace(i, out(i));
    return files;
  }
  bool has(int picture) const { return fs::exists(out(picture)); }

  TemporaryFolder folder;
  std::shared_ptr<WaitingDevice> device = std::make_shared<WaitingDevice>();
};

TEST_CASE("a picture that cannot be measured has no scores, and takes none from the next", "[loaded]") {
  Scored scored;
  write_scenery(scored.folder.path() / "one.jpg", 300, 200, 1);
  const auto picture = load_picture(scored.folder.path() / "one.jpg");
  REQUIRE(picture);
  const auto scores_beside = [&](bool a_failing_one) {
    {
      LoadedPictures scoring(scored.device, scored.files(2));
      scored.device->fails = a_failing_one;
      if (a_failing_one) scored.device->released = false;
      if (a_failing_one) scoring.offer(0, picture_of(400'000));
      scored.device->release_all();
    }
    CHECK_FALSE(scored.has(0));
    scored.device->fails = false;
    {
      LoadedPictures scoring(scored.device, scored.files(2));
      scoring.offer(1, *picture);
    }
    return *read_text(scored.out(1));
  };
  const std::string alone = scores_beside(false);
  fs::remove(scored.out(1));
  CHECK(scores_beside(true) == alone);
}

TEST_CASE("a folder that is not there costs scores, and nothing else", "[loaded]") {
  Scored scored;
  LoadedPictures::Files nowhere = {{0, scored.folder.path() / "nowhere" / "0.json"}};
  {
    LoadedPictures scoring(scored.device, nowhere);
    scoring.offer(0, picture_of(400'000));
  }
  CHECK(fs::is_empty(scored.folder.path()));
}

TEST_CASE("what is not wanted, or was taken, is not scored", "[loaded]") {
  Scored scored;
  {
    LoadedPictures scoring(scored.device, {{1, scored.out(1)}});
    scoring.offer(0, picture_of(400'000));
  }
  CHECK(fs::is_empty(scored.folder.path()));
  const auto pixels = picture_of(400'000);
  {
    scored.device->released = false;
    LoadedPictures scoring(scored.device, {{1, scored.out(1)}});
    scoring.offer(1, pixels);
    scoring.offer(1, pixels);
    CHECK(pixels.pixels.use_count() == 2);  // its own, and the one that is being scored
    scored.device->release_all();
  }
  CHECK(scored.has(1));
  CHECK(pixels.pixels.use_count() == 1);
}

TEST_CASE("pictures are held up to 128 MB, and those beyond are left to the task", "[loaded]") {
  Scored scored;
  {
    LoadedPictures scoring(scored.device, scored.files(1));
    scoring.offer(0, picture_of(144'000'000));
  }
  CHECK_FALSE(scored.has(0));
  {
    scored.device->released = false;
    LoadedPictures scoring(scored.device, scored.files(4));
    scoring.offer(0, picture_of(48'000'000));
    scoring.offer(1, picture_of(48'000'000));
    scoring.offer(2, picture_of(48'000'000));
    scoring.offer(3, picture_of(16'000'000));
    scored.device->release_all();
  }
  CHECK(scored.has(0));
  CHECK(scored.has(1));
  CHECK_FALSE(scored.has(2));
  CHECK(scored.has(3));
}

// One of each kind: a photograph that arrives, one with transparency, one of 16 bits a channel.
std::vector<std::string> write_kinds(const fs::path& folder) {
  write_scenery(folder / "photo.jpg", 640, 400, 1);
  cv::Mat glass(200, 300, CV_8UC4), wide(200, 300, CV_16UC3);
  cv::randu(glass, 0, 256);
  cv::randu(wide, 0, 65536);
  REQUIRE(cv::imwrite((folder / "glass.png").string(), glass));
  REQUIRE(cv::imwrite((folder / "wide.png").string(), wide));
  return {"photo.jpg", "glass.png", "wide.png"};
}

TEST_CASE("a picture's scores are those of the task, bit by bit, also behind others", "[loaded]") {
  Scored scored;
  const std::vector<std::string> names = write_kinds(scored.folder.path());
  {
    LoadedPictures scoring(scored.device, scored.files(3));
    for (std::size_t i = 0; i < names.size(); ++i)
      scoring.offer(i, *load_picture(scored.folder.path() / names[i]));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    auto asked = score_pictures_task(
        {{"task", "score_pictures"},
         {"data_dir", scored.folder.path().string()},
         {"device", "cpu"},
         {"pictures", {{{"file", names[i]}, {"path", ""}}}},
         {"learned", {{"manifests", Json::array()}, {"scenes", {{{"picture", 0}, {"text", ""}}}}}}},
        [](double, double) {});
    REQUIRE(asked);
    const auto found = read_text(scored.out(static_cast<int>(i)));
    REQUIRE(found);
    (*asked)["learned"].erase("absent");
    CHECK(Json::parse(*found) == *asked);
    CHECK(asked->at("learned").at("scores").size() >= 2);
  }
}

TEST_CASE("a loader hands over each picture once, as it was decoded", "[loaded]") {
  Film film(1);
  std::map<std::size_t, std::vector<Picture>> loaded;
  std::mutex mutex;
  {
    SceneLoader loader(film.plan, film.folder.path(), film.plan.frame_count, *film.device, nullptr,
                       [&](std::size_t picture, Picture pixels) {
                         const std::lock_guard lock(mutex);
                         loaded[picture].push_back(std::move(pixels));
                       });
    for (std::int64_t frame = 0; frame < film.plan.frame_count; frame += 5) REQUIRE(loader.load(frame));
  }
  REQUIRE(loaded.size() == 2);
  for (const auto& [picture, handed] : loaded) {
    REQUIRE(handed.size() == 1);
    const auto whole = load_picture(film.folder.path() / film.plan.pictures[picture].file);
    REQUIRE(whole);
    CHECK(std::ranges::equal(handed[0].bytes(), whole->bytes()));
  }
}

TEST_CASE("a damaged picture is not handed over", "[loaded]") {
  Film film(1);
  const fs::path file = film.folder.path() / "scene0.jpg";
  fs::resize_file(file, fs::file_size(file) / 2);
  std::atomic<int> handed = 0;
  {
    SceneLoader loader(film.plan, film.folder.path(), 1, *film.device, nullptr,
                       [&](std::size_t, const Picture&) { ++handed; });
    CHECK_FALSE(loader.load(0));
  }
  CHECK(handed == 0);
}

TEST_CASE("a picture ahead comes with its pixels where it is to be scored", "[loaded]") {
  Film film(1);
  const fs::path file = film.folder.path() / "scene0.jpg";
  const auto whole = load_picture(file);
  REQUIRE(whole);
  const auto request = parse_request(
      {{"reeld", 1},
       {"output", {{"width", 320}, {"height", 180}, {"device", "cpu"}}},
       {"scenes", {{{"picture", {{"file", "scene0.jpg"}}}, {"duration", 1}, {"motion", "zoom-in"}}}}});
  REQUIRE(request);
  for (const bool scored : {false, true}) {
    REQUIRE(do_task(picture_ahead(*request, file, scored), [](double, double) {}));
    std::vector<Picture> handed;
    SceneLoader loader(film.plan, film.folder.path(), 1, **device_named("cpu"), &kept_picture(),
                       [&](std::size_t, Picture pixels) { handed.push_back(std::move(pixels)); });
    REQUIRE(loader.load(0));
    REQUIRE(handed.size() == (scored ? 1 : 0));
    if (scored) CHECK(std::ranges::equal(handed[0].bytes(), whole->bytes()));
  }
  kept_picture().use(nullptr);
}

}  // namespace
}  // namespace reeld::engine
