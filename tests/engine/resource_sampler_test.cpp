// What tasks take, counted at their ends and seen while they run; shell scripts stand in for workers.
#include "engine/resource_sampler.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/temporary_folder.hpp"
#include "engine/process_use.hpp"
#include "storage/usage.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::atomic<bool> kNever{false};

// A worker that says of every task that it took 1.5 s and 7 MB; "busy" ones spin until killed, "failing" ones
// fail.
std::unique_ptr<Executor> pool(const fs::path& folder) {
  std::ofstream(folder / "worker") << R"(#!/bin/sh
while read -r task; do
  case "$task" in
    *busy*) while :; do :; done;;
    *failing*) echo '{"event":"failed","error":{"code":"picture_invalid","message":"m","path":""},"usage":{"cpu_seconds":0.5,"peak_memory_mb":9}}';;
    *) echo '{"event":"done","result":{},"usage":{"cpu_seconds":1.5,"gpu_seconds":0.25,"peak_memory_mb":7,"peak_gpu_memory_mb":3}}';;
  esac
done
)";
  fs::permissions(folder / "worker", fs::perms::owner_all);
  auto started = Executor::start({folder / "worker", 1, 1});
  REQUIRE(started);
  return *std::move(started);
}

TEST_CASE("a process that runs has used some time and some memory, one that is gone is nothing", "[meter]") {
  const auto self = process_use(::getpid());
  REQUIRE(self);
  CHECK(self->memory_mb > 1);
  volatile double sum = 0;
  for (int i = 0; i < 200 && process_use(::getpid())->cpu_seconds < self->cpu_seconds + 0.02; ++i) {
    for (int k = 0; k < 10'000'000; ++k) sum = sum + k;
  }
  CHECK(process_use(::getpid())->cpu_seconds >= self->cpu_seconds + 0.02);
  CHECK_FALSE(process_use(0x7FFFFFFF));
}

TEST_CASE("what tasks take counts for the stage they run in, failed ones too; peaks are the highest",
          "[meter]") {
  const TemporaryFolder folder;
  const auto executor = pool(folder.path());
  JobMeter meter;
  CHECK(meter.run(*executor, {{"task", "x"}}, nullptr, kNever).result);
  CHECK_FALSE(meter.run(*executor, {{"task", "failing"}}, nullptr, kNever).result);
  meter.set_frames(40);
  const storage::StageUse first = meter.take_stage();
  CHECK(first.cpu_seconds == 2);
  CHECK(first.gpu_seconds == 0.25);
  CHECK(first.peak_memory_mb == 9);
  CHECK(first.peak_gpu_memory_mb == 3);
  CHECK(first.frames == 40);
  CHECK(meter.take_stage().cpu_seconds == 0);
  CHECK(meter.run(*executor, {{"task", "x"}}, nullptr, kNever).result);
  meter.set_frames(2);
  const JobMeter::Reading all = meter.read();
  CHECK(all.cpu_seconds == 3.5);
  CHECK(all.frames == 42);
  CHECK(all.memory_mb == 0);  // nobody is at work now
  CHECK(all.workers.empty());
}

TEST_CASE("a task that runs is seen, and counts once when it is killed", "[meter]") {
  const TemporaryFolder folder;
  const auto executor = pool(folder.path());
  JobMeter meter;
  std::atomic<bool> cancelled{false};
  TaskOutcome outcome;
  std::thread working([&] { outcome = meter.run(*executor, {{"task", "busy"}}, nullptr, cancelled); });
  JobMeter::Reading seen;
  double before = 0;
  while (seen.cpu_seconds < 0.2) {
    seen = meter.read();
    CHECK(seen.cpu_seconds >= before);
    before = seen.cpu_seconds;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(seen.workers.size() == 1);
  CHECK(seen.memory_mb > 0);
  cancelled = true;
  working.join();
  CHECK(outcome.result.error().code == Code::cancelled);
  CHECK(outcome.usage.cpu_seconds > 0.1);
  // Ticks of 10 ms, user and system each, may have been rounded up in what was seen.
  CHECK(meter.read().cpu_seconds == Approx(outcome.usage.cpu_seconds).margin(0.03));
  CHECK(meter.read().workers.empty());
}

TEST_CASE("a sampler writes at its beginning, every interval, and at its end", "[sampler]") {
  const TemporaryFolder folder;
  const auto executor = pool(folder.path());
  auto opened = storage::Database::open(folder.path() / "reeld.db");
  REQUIRE(opened);
  storage::Database& database = **opened;
  const std::string job = database.create_job({"", "h", Json::object(), "/", "/film.mp4", ""})->job.id;
  GpuWatch gpus(folder.path() / "worker", "/no/such/library.so");
  JobProgress progress(database, job, [](const storage::Event&) {});
  storage::UsageLog log(database);
  {
    const ResourceSampler sampler(database, gpus, progress, job, std::chrono::milliseconds(20));
    REQUIRE(progress.stage("rendering", [&]() -> Result<void> {
      CHECK(progress.meter().run(*executor, {{"task", "x"}}, nullptr, kNever).result);
      progress.advance_frames(30, 10, 1000);
      while (log.samples(job)->size() < 4) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      return {};
    }));
  }
  const auto samples = log.samples(job);
  REQUIRE(samples->size() >= 5);
  CHECK(samples->back().cpu_seconds == 1.5);
  CHECK(samples->back().frames == 20);  // ten were there before
  CHECK_FALSE(samples->back().gpu_percent);
  CHECK_FALSE(samples->front().frames_per_second);
  const auto stages = database.stages(job);
  REQUIRE(stages->size() == 1);
  CHECK(stages->front().used->cpu_seconds == 1.5);
  CHECK(stages->front().used->frames == 20);
  REQUIRE(stages->front().estimated_us);
  CHECK(*stages->front().estimated_us > stages->front().started_us);
}

TEST_CASE("a sampler of a job that is gone harms nobody", "[sampler]") {
  const TemporaryFolder folder;
  auto opened = storage::Database::open(folder.path() / "reeld.db");
  REQUIRE(opened);
  GpuWatch gpus("/no/such/worker", "/no/such/library.so");
  JobProgress progress(**opened, "nobody", [](const storage::Event&) {});
  { const ResourceSampler sampler(**opened, gpus, progress, "nobody", std::chrono::milliseconds(5)); }
  CHECK(storage::UsageLog(**opened).samples("nobody")->empty());
}

}  // namespace
}  // namespace reeld::engine
