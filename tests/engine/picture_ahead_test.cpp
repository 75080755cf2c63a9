// A first picture loaded ahead, and the picture that goes from one run of frames to the next: both spare
// decoding, and neither changes a frame.
#include "engine/picture_ahead.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "engine/device_choice.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/kept_picture.hpp"
#include "engine/scene_loader.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

using fidelity_fixture::Film;

// A CPU device that counts what it takes in and lets go of.
class CountingDevice final : public kernels::Device {
 public:
  CountingDevice() : device_(*kernels::open_device(kernels::DeviceKind::cpu)) {}
  const kernels::DeviceInfo& info() const override { return device_->info(); }
  Result<kernels::PictureId> upload(const kernels::PictureView& picture,
                                    kernels::LevelRange levels) override {
    ++uploads;
    return device_->upload(picture, levels);
  }
  void release(kernels::PictureId picture) override {
    ++releases;
    device_->release(picture);
  }
  Result<void> render(const kernels::FramePlan& plan, const kernels::FrameView& out) override {
    return device_->render(plan, out);
  }
  Result<kernels::PictureStatistics> measure(const kernels::PictureView& picture, int threads) override {
    return device_->measure(picture, threads);
  }
  Result<double> copy_rate() override { return device_->copy_rate(); }

  std::atomic<int> uploads{0}, releases{0};

 private:
  std::unique_ptr<kernels::Device> device_;
};

Request request_with(const Json& motion) {
  const auto request = parse_request(
      {{"reeld", 1},
       {"output", {{"width", 320}, {"height", 180}, {"device", "cpu"}}},
       {"seed", 7},
       {"scenes", {{{"picture", {{"file", "scene0.jpg"}}}, {"duration", 1}, {"motion", motion}}}}});
  INFO((request ? "" : request.error().message));
  REQUIRE(request);
  return *request;
}

std::vector<std::uint8_t> frame_of(const Plan& plan, std::int64_t frame, SceneLoader& loader,
                                   kernels::Device& device) {
  REQUIRE(loader.load(frame));
  FrameBuffer buffer(kernels::PixelFormat::yuv420p, plan.output.width, plan.output.height);
  REQUIRE(device.render(frame_plan(plan, frame, loader.uploaded()), buffer.view));
  return buffer.bytes;
}

// Of one scene, whose picture is scene0.jpg of that size.
Result<Plan> plan_of(const Request& request, int width, int height) {
  Facts facts;
  facts.pictures.push_back({"", "scene0.jpg", width, height, 0});
  facts.speech.emplace_back();
  facts.words.emplace_back();
  return make_plan(request, facts);
}

TEST_CASE("a picture ahead that cannot be read is said so, and none is kept", "[ahead]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "broken.jpg";
  std::ofstream(file) << "no picture";
  const auto done = do_task(picture_ahead(request_with("none"), file, false), [](double, double) {});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Code::picture_invalid);
  CHECK_FALSE(kept_picture().take(file.string(), {0, 0}));
}

TEST_CASE("a picture ahead that is found to be cut while it is taken in is said so, and none is kept",
          "[ahead]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "cut.jpg";
  fidelity_fixture::write_scenery(file, 1200, 900, 1);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const auto done = do_task(picture_ahead(request_with("none"), file, false), [](double, double) {});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Code::picture_invalid);
  CHECK(done.error().message.find("truncated") != std::string::npos);
  CHECK_FALSE(kept_picture().take(file.string(), {0, 0}));
  kept_picture().use(nullptr);
}

TEST_CASE("a scene's picture that is found to be cut while it is taken in is said with its scene",
          "[ahead]") {
  Film film(1);
  const auto file = film.folder.path() / "scene1.jpg";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  SceneLoader loader(film.plan, film.folder.path(), film.plan.frame_count, *film.device);
  CHECK(loader.load(0));
  const auto loaded = loader.load(film.plan.frame_count - 1);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == Code::picture_invalid);
  CHECK(loaded.error().path == "/scenes/1/picture");
}

TEST_CASE("a picture ahead makes the frames of one that was whole before it was taken in", "[ahead]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "scene0.jpg";
  fidelity_fixture::write_scenery(file, 1200, 900, 1);
  const Request request = request_with("zoom-in");
  const auto plan = plan_of(request, 1200, 900);
  REQUIRE(plan);
  const auto device = *device_named("cpu");
  const int level = plan->scenes[0].motion.level;
  REQUIRE(level > 0);

  const auto whole = load_picture(file);
  REQUIRE(whole);
  Uploaded uploaded;
  uploaded.pictures.push_back(*device->upload(whole->view(), {level, level}));
  uploaded.texts.emplace_back();
  FrameBuffer expected(kernels::PixelFormat::yuv420p, plan->output.width, plan->output.height);
  REQUIRE(device->render(frame_plan(*plan, 7, uploaded), expected.view));
  device->release(uploaded.pictures[0]);

  REQUIRE(do_task(picture_ahead(request, file, false), [](double, double) {}));
  std::filesystem::remove(file);  // what was taken in ahead is all there is
  {
    SceneLoader loader(*plan, folder.path(), plan->frame_count, *device, &kept_picture());
    CHECK(frame_of(*plan, 7, loader, *device) == expected.bytes);
  }
  kept_picture().use(nullptr);
}

TEST_CASE("a picture ahead is of the level that the plan samples, whatever the motion", "[ahead]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "scene0.jpg";
  fidelity_fixture::write_scenery(file, 2400, 1800, 1);
  const Json motions = {"none",
                        "zoom-in",
                        "auto",
                        {{"from", {{"x", 0}, {"y", 0}, {"w", 0.3}, {"h", 0.3}}},
                         {"to", {{"x", 0.1}, {"y", 0.1}, {"w", 0.4}, {"h", 0.4}}}}};
  for (const Json& motion : motions) {
    CAPTURE(motion.dump());
    const Request request = request_with(motion);
    const auto plan = plan_of(request, 2400, 1800);
    REQUIRE(plan);
    REQUIRE(do_task(picture_ahead(request, file, false), [](double, double) {}));
    const int level = plan->scenes[0].motion.level;
    CHECK_FALSE(kept_picture().take(file.string(), {level + 1, level + 1}));
    const auto kept = kept_picture().take(file.string(), {level, level});
    REQUIRE(kept);
    (*device_named("cpu"))->release(kept->picture);
  }
  kept_picture().use(nullptr);
}

TEST_CASE("a run goes on with the last one's picture, and its frames are the same", "[ahead]") {
  Film film(1);
  const std::int64_t middle = film.plan.frame_count / 2 + 12;  // in the second scene alone
  SceneLoader whole(film.plan, film.folder.path(), film.plan.frame_count, *film.device);
  const auto expected = frame_of(film.plan, middle, whole, *film.device);

  const auto device = std::make_shared<CountingDevice>();
  {
    KeptPicture kept;
    kept.use(device);
    {
      SceneLoader before(film.plan, film.folder.path(), middle, *device, &kept);
      frame_of(film.plan, middle - 1, before, *device);
    }
    const int uploads = device->uploads;
    CHECK(uploads == device->releases + 1);
    SceneLoader after(film.plan, film.folder.path(), film.plan.frame_count, *device, &kept);
    CHECK(frame_of(film.plan, middle, after, *device) == expected);
    CHECK(device->uploads == uploads);
  }
  CHECK(device->uploads == device->releases);
}

TEST_CASE("what was kept and is not shown makes room before anything is loaded", "[ahead]") {
  Film film(1);
  const auto device = std::make_shared<CountingDevice>();
  KeptPicture kept;
  kept.use(device);
  {
    SceneLoader end(film.plan, film.folder.path(), film.plan.frame_count - 1, *device, &kept);
    frame_of(film.plan, film.plan.frame_count - 2, end, *device);
  }
  REQUIRE(device->uploads == device->releases + 1);
  SceneLoader begin(film.plan, film.folder.path(), 1, *device, &kept);
  begin.begin(0);
  CHECK(device->releases == 1);
}

}  // namespace
}  // namespace reeld::engine
