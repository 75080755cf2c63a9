// From a CUDA device to NVENC without the host: libavutil's surfaces and libavcodec's h264_nvenc, over
// stand-ins of NVIDIA's driver and encoder (tests/engine/fake_nvidia), whose GPU memory is the host's. No GPU
// is needed, and none is looked at.
#include <dlfcn.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/hwcontext.h>
}

#include "engine/cuda_context.hpp"
#include "engine/files.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/score/rendered_frames.hpp"
#include "tests/engine/coded_segments.hpp"
#include "tests/engine/fake_nvidia/fake_cuda.h"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

using kernels::FrameView;
using kernels::PixelFormat;

// The stand-ins, found by their names from here on, as long as this lives.
class FakeDriver {
 public:
  FakeDriver() {
    const std::string folder = REELD_BINARY_DIR "/tests/fake_nvidia/";
    cuda_ = ::dlopen((folder + "libcuda.so.1").c_str(), RTLD_NOW);
    encoder_ = ::dlopen((folder + "libnvidia-encode.so.1").c_str(), RTLD_NOW);
    REQUIRE(cuda_ != nullptr);
    REQUIRE(encoder_ != nullptr);
    for (int what = 0; what < 4; ++what) before_[what] = count_of(what);
  }
  ~FakeDriver() {
    ::unsetenv("FAKE_CUDA");
    CHECK(count(kFakeCudaAllocations) == 0);
    CHECK(count(kFakeCudaRetains) == 0);
    ::dlclose(encoder_);
    ::dlclose(cuda_);
  }
  FakeDriver(const FakeDriver&) = delete;
  FakeDriver& operator=(const FakeDriver&) = delete;

  static void says(const char* word) { ::setenv("FAKE_CUDA", word, 1); }
  // Whether they are what is found; a machine's own driver, in use by this process, would come before them.
  bool is_found() const {
    void* const found = ::dlopen("libcuda.so.1", RTLD_LAZY);
    ::dlclose(found);
    if (found != cuda_) WARN("skipped: this process has loaded NVIDIA's own driver");
    return found == cuda_;
  }
  // Since this was made.
  int count(FakeCudaCount what) const { return count_of(what) - before_[what]; }
  // Whether the surface was made in the context in which the CUDA runtime works.
  bool is_reachable(const std::uint8_t* surface) const {
    return function<void*(const void*)>("fake_cuda_context_of")(surface) ==
           function<void*()>("fake_cuda_primary")();
  }

 private:
  template <class Signature>
  Signature* function(const char* name) const {
    return reinterpret_cast<Signature*>(::dlsym(cuda_, name));
  }
  int count_of(int what) const { return function<int(int)>("fake_cuda_count")(what); }

  void* cuda_ = nullptr;
  void* encoder_ = nullptr;
  int before_[4] = {};
};

// Stands for a CUDA device: writes surfaces of the GPU's primary context, and no others.
class FakeGpu final : public kernels::Device {
 public:
  FakeGpu(const FakeDriver& driver, kernels::Device& cpu, int index = 0)
      : driver_(driver),
        cpu_(cpu),
        info_{kernels::DeviceKind::cuda, index, "a stand-in", 1 << 30, false, ""} {}

  const kernels::DeviceInfo& info() const override { return info_; }
  Result<kernels::PictureId> upload(const kernels::PictureView& picture,
                                    kernels::LevelRange levels) override {
    return cpu_.upload(picture, levels);
  }
  void release(kernels::PictureId picture) override { cpu_.release(picture); }
  Result<void> render(const kernels::FramePlan& plan, const FrameView& out) override {
    FrameView reachable = out;
    if (out.on_device && !driver_.is_reachable(out.planes[0])) {
      return Error{Code::device_lost, "the surface is not of the primary context"};
    }
    reachable.on_device = false;
    return cpu_.render(plan, reachable);
  }
  Result<kernels::PictureStatistics> measure(const kernels::PictureView& picture, int threads) override {
    return cpu_.measure(picture, threads);
  }
  Result<double> copy_rate() override { return cpu_.copy_rate(); }

 private:
  const FakeDriver& driver_;
  kernels::Device& cpu_;
  kernels::DeviceInfo info_;
};

struct NvencFilm : fidelity_fixture::Film {
  NvencFilm() : Film(1.0) { plan.output.encoder = "h264_nvenc"; }

  // The bytes of its segments.
  std::vector<std::string> coded_on(kernels::Device& with) {
    return test::coded_segments(plan, folder.path(), "nvenc", 0, {20, 1, plan.frame_count - 21}, "h264_nvenc",
                                with);
  }
  int rows() const { return static_cast<int>(plan.frame_count) * plan.output.height * 3 / 2; }
};

TEST_CASE("a context that cannot be had is told of in the driver's words", "[cuda_surfaces]") {
  if (void* real = ::dlopen("libcuda.so.1", RTLD_LAZY); real != nullptr) {
    ::dlclose(real);
    WARN("this machine has NVIDIA's driver: its absence is not tested");
  } else {
    const auto absent = primary_cuda_context(0);
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == Code::device_unavailable);
    CHECK(absent.error().message == "Cannot load libcuda.so.1");
  }
  const FakeDriver driver;
  if (!driver.is_found()) return;
  const auto beyond = primary_cuda_context(7);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().message == "CUDA: cuDeviceGet: invalid device ordinal");
  driver.says("no_primary");
  const auto refused = primary_cuda_context(0);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "CUDA: cuDevicePrimaryCtxRetain: out of memory");
}

TEST_CASE("where no surfaces can be shared, frames go through host memory, and the reason is recorded",
          "[cuda_surfaces]") {
  const FakeDriver driver;
  if (!driver.is_found()) return;
  NvencFilm film;
  FakeGpu gpu(driver, *film.device);
  const auto straight = choose_encoder(film.plan.output, {}, &gpu);
  REQUIRE(straight);
  CHECK(straight->name == "h264_nvenc");
  CHECK(straight->failed.empty());
  const FakeGpu beyond(driver, *film.device, 7);
  const auto input = EncoderInput::open(film.plan.output, "h264_nvenc", &beyond);
  REQUIRE(input);
  CHECK(input->detour() == "CUDA: cuDeviceGet: invalid device ordinal");
  const auto expected = film.coded_on(gpu);
  const char* const fault = GENERATE("no_primary", "no_memory");
  driver.says(fault);
  const auto choice = choose_encoder(film.plan.output, {}, &gpu);
  REQUIRE(choice);
  CHECK(choice->name == "h264_nvenc");
  REQUIRE(choice->failed.size() == 1);
  CHECK(choice->failed[0].name == "h264_nvenc on the device's own frames");
  CHECK_THAT(choice->failed[0].why_not, Catch::Matchers::Contains("out of memory", Catch::CaseSensitive::No));
  CHECK(choose_encoder(film.plan.output, {}, film.device.get())->failed.empty());
  CHECK(driver.count(kFakeCudaCopiesToDevice) == 0);
  CHECK((film.coded_on(gpu) == expected));
  CHECK(driver.count(kFakeCudaCopiesToDevice) == film.rows());
}

TEST_CASE("a CUDA device's frames reach NVENC without a copy, and are those that any device renders",
          "[cuda_surfaces]") {
  const FakeDriver driver;
  if (!driver.is_found()) return;
  NvencFilm film;
  FakeGpu gpu(driver, *film.device);
  const auto direct = film.coded_on(gpu);
  CHECK(driver.count(kFakeCudaCopiesToHost) == 0);
  CHECK(driver.count(kFakeCudaCopiesToDevice) == 0);
  const auto uploaded = film.coded_on(*film.device);
  CHECK((direct == uploaded));
  CHECK(driver.count(kFakeCudaCopiesToHost) == 0);
  CHECK(driver.count(kFakeCudaCopiesToDevice) == film.rows());
}

TEST_CASE("a frame in a surface is the host's, bit by bit, in 8 bits and 10", "[cuda_surfaces]") {
  const FakeDriver driver;
  if (!driver.is_found()) return;
  fidelity_fixture::Film film(0.6);
  FakeGpu gpu(driver, *film.device);
  film.plan.output.bit_depth = GENERATE(8, 10);
  film.plan.output.codec = "hevc";
  const auto input = EncoderInput::open(film.plan.output, "hevc_nvenc", &gpu);
  INFO((input ? "" : input.error().message));
  REQUIRE(input);
  CHECK(input->detour().empty());
  const PixelFormat format = film.plan.output.bit_depth == 8 ? PixelFormat::nv12 : PixelFormat::p010;
  CHECK(input->frames().pixel_format() == format);
  const FrameSource in_memory = FrameSource::in_memory(format, 320, 180);

  SceneLoader loader(film.plan, film.folder.path(), film.plan.frame_count, gpu);
  for (std::int64_t number = 0; number < film.plan.frame_count; number += 5) {
    REQUIRE(loader.load(number));
    kernels::FramePlan shown = frame_plan(film.plan, number, loader.uploaded());
    shown.format = format;
    auto surface = input->frames().next(), host = in_memory.next();
    REQUIRE(surface);
    REQUIRE(host);
    CHECK(surface->view().on_device);
    CHECK(driver.is_reachable(surface->view().planes[0]));
    REQUIRE(gpu.render(shown, surface->view()));
    REQUIRE(film.device->render(shown, host->view()));
    std::uint8_t* const place = surface->view().planes[0];
    const auto taken = input->taken(*std::move(surface));
    REQUIRE(taken);
    CHECK((*taken)->data[0] == place);

    const av::FramePtr fetched(av_frame_alloc());
    REQUIRE(av_hwframe_transfer_data(fetched.get(), taken->get(), 0) == 0);
    CHECK(fetched->format == av::to_av(format));
    const auto sizes = plane_sizes(format, 320, 180);
    for (std::size_t plane = 0; plane < sizes.size(); ++plane) {
      bool same = true;
      for (std::size_t y = 0; y < sizes[plane].rows; ++y) {
        const std::uint8_t* const row =
            fetched->data[plane] + y * static_cast<std::size_t>(fetched->linesize[plane]);
        same = same && std::equal(row, row + sizes[plane].row_bytes,
                                  host->view().planes[plane] + y * host->view().stride_bytes[plane]);
      }
      CHECK(same);
    }
  }
}

TEST_CASE("a run's surfaces are bounded, and those that an encoder holds are not given out",
          "[cuda_surfaces]") {
  const FakeDriver driver;
  if (!driver.is_found()) return;
  OutputSpec output;
  output.width = 320, output.height = 180;
  fidelity_fixture::Film film(0.6);
  FakeGpu gpu(driver, *film.device);
  const auto input = EncoderInput::open(output, "h264_nvenc", &gpu);
  REQUIRE(input);
  const int at_first = driver.count(kFakeCudaAllocations);
  CHECK(at_first == 32);
  auto writer = open_segment(film.folder.path() / "held.mp4", output, *input, 1);
  REQUIRE(writer);
  std::set<std::uint8_t*> places;
  std::optional<EncoderFrame> held;
  for (int n = 0; n < 200; ++n) {
    auto frame = input->frames().next();
    REQUIRE(frame);
    if (held) CHECK(frame->view().planes[0] != held->view().planes[0]);
    places.insert(frame->view().planes[0]);
    std::optional<EncoderFrame> next(*std::move(frame));
    if (held) REQUIRE((*writer)->write(*std::move(held)));
    held = std::move(next);
  }
  CHECK(places.size() > 2);  // the encoder looks ahead
  CHECK(places.size() <= 32);
  CHECK(driver.count(kFakeCudaAllocations) == at_first);
}

}  // namespace
}  // namespace reeld::engine
