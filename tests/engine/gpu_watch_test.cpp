// GPUs as NVIDIA's management library tells of them, played by tests/engine/fake_nvml: no GPU is needed, and
// none is looked at.
#include "engine/gpu_watch.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "engine/nvml.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;

const std::string kFake = REELD_BINARY_DIR "/tests/fake_nvml.so";
const std::string kOld = REELD_BINARY_DIR "/tests/fake_nvml_old.so";
const std::string kWorker = REELD_BINARY_DIR "/bin/reeld-worker";

// What the stand-in is told to do, as long as this lives.
class Says {
 public:
  explicit Says(const char* word) { ::setenv("FAKE_NVML", word, 1); }
  ~Says() { ::unsetenv("FAKE_NVML"); }
};

Error refusal_of(const std::string& library) {
  auto loaded = Nvml::load(library);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == Code::device_unavailable);
  return loaded.error();
}

TEST_CASE("a library that is not there, is none or is too old is told of in a sentence", "[nvml]") {
  CHECK(refusal_of("/no/such/library.so").message.find("/no/such/library.so") != std::string::npos);
  CHECK(refusal_of(__FILE__).message.find("gpu_watch_test") != std::string::npos);
  CHECK(refusal_of(kOld).message.find("nvmlDeviceGetUtilizationRates") != std::string::npos);
  const Says none("none");
  CHECK(refusal_of(kFake).message.find("Driver Not Loaded") != std::string::npos);
}

TEST_CASE("the use of each GPU is read, and of the processes on it", "[nvml]") {
  const auto nvml = Nvml::load(kFake);
  REQUIRE(nvml);
  const auto gpus = (*nvml)->read();
  REQUIRE(gpus);
  REQUIRE(gpus->size() == 2);
  const GpuUse &first = (*gpus)[0], &second = (*gpus)[1];
  CHECK(first.gpu_percent == 10);
  CHECK_FALSE(first.encoder_percent);  // its driver does not tell
  CHECK(first.memory_mb == 1024);
  CHECK(first.processes.empty());
  CHECK(second.gpu_percent == 80);
  CHECK(second.encoder_percent == 30);
  CHECK(second.memory_mb == 2048);
  REQUIRE(second.processes.size() == 3);
  CHECK(second.processes[0].pid == 1);
  CHECK(second.processes[0].gpu_percent == 0);
  CHECK_FALSE(second.processes[0].memory_mb);
  CHECK(second.processes[1].pid == 7);
  CHECK_FALSE(second.processes[1].memory_mb);  // in the list, and its memory is hidden
  CHECK(second.processes[2].pid == 4242);
  CHECK(second.processes[2].gpu_percent == 60);  // the newest of its samples
  CHECK(second.processes[2].encoder_percent == 25);
  CHECK(second.processes[2].memory_mb == 512);
}

TEST_CASE("a driver that stops answering is a lost device", "[nvml]") {
  const auto nvml = Nvml::load(kFake);
  REQUIRE(nvml);
  const Says lost("lost");
  CHECK((*nvml)->read().error().code == Code::device_lost);
}

Json process(int pid, const Json& gpu, const Json& encoder, const Json& memory) {
  return {{"pid", pid}, {"gpu_percent", gpu}, {"encoder_percent", encoder}, {"memory_mb", memory}};
}

TEST_CASE("figures are the job's where the driver tells of its workers, else the machine's", "[gpu_watch]") {
  const Json gpus = {
      {{"gpu_percent", 10}, {"encoder_percent", nullptr}, {"memory_mb", 1000}, {"processes", Json::array()}},
      {{"gpu_percent", 90},
       {"encoder_percent", 30},
       {"memory_mb", 2000},
       {"processes", {process(1, 50, 20, 300), process(2, 70, nullptr, nullptr), process(3, 5, 5, 5)}}}};
  const GpuReading machine = gpu_reading(gpus, {99});
  CHECK(machine.scope == "machine");
  CHECK(machine.gpu_percent == 90);
  CHECK(machine.encoder_percent == 30);
  CHECK(machine.memory_mb == 3000);
  const GpuReading job = gpu_reading(gpus, {1, 2});
  CHECK(job.scope == "job");
  CHECK(job.gpu_percent == 100);  // two of them take turns, and a GPU has no more
  CHECK(job.encoder_percent == 20);
  CHECK(job.memory_mb == 300);
  const GpuReading none = gpu_reading(Json::array(), {1});
  CHECK(none.scope.empty());
  CHECK_FALSE(none.gpu_percent);
}

// Asks until there is something; a worker has to be started first.
GpuReading first_reading(GpuWatch& watch, const std::vector<pid_t>& workers) {
  GpuReading reading;
  for (int i = 0; i < 600 && reading.scope.empty(); ++i) {
    reading = watch.read(workers);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return reading;
}

TEST_CASE("a watch asks by a worker of its own, and gives its first reading without waiting", "[gpu_watch]") {
  GpuWatch watch(kWorker, kFake);
  CHECK(watch.read({1000}).scope.empty());
  const GpuReading machine = first_reading(watch, {1000});
  CHECK(machine.scope == "machine");
  CHECK(machine.gpu_percent == 80);
  CHECK(watch.read({4242}).gpu_percent == 60);
}

TEST_CASE("a watch over nothing, a broken or a silent library gives nothing, and ends", "[gpu_watch]") {
  const auto stays_empty = [](const std::string& worker, const std::string& library) {
    GpuWatch watch(worker, library);
    for (int i = 0; i < 10; ++i) {
      CHECK(watch.read({1}).scope.empty());
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  };
  stays_empty(kWorker, "/no/such/library.so");
  stays_empty("/no/such/worker", kFake);
  const Says hang("hang");
  stays_empty(kWorker, kFake);
}

}  // namespace
}  // namespace reeld::engine
