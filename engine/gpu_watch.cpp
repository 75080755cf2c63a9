#include "engine/gpu_watch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "engine/worker_process.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kInterval{1};
// Older than this, a reading tells of another time; and who has not asked for so long wants no more.
constexpr std::chrono::seconds kFresh{3};

// NVIDIA's driver, on Linux and in WSL.
bool has_driver() {
  return std::filesystem::exists("/dev/nvidiactl") || std::filesystem::exists("/dev/dxg");
}

void raise(std::optional<double>& highest, const Json& value) {
  if (value.is_number()) highest = std::max(highest.value_or(0), value.get<double>());
}

void add(std::optional<double>& sum, const Json& value) {
  if (value.is_number()) sum = sum.value_or(0) + value.get<double>();
}

std::optional<double> percent(const std::optional<double>& sum) {
  return sum ? std::optional(std::min(*sum, 100.0)) : std::nullopt;
}

}  // namespace

GpuReading gpu_reading(const Json& gpus, const std::vector<pid_t>& workers) {
  GpuReading machine, job;
  for (const Json& gpu : gpus) {
    machine.scope = "machine";
    raise(machine.gpu_percent, gpu.at("gpu_percent"));
    raise(machine.encoder_percent, gpu.at("encoder_percent"));
    add(machine.memory_mb, gpu.at("memory_mb"));
    std::optional<double> busy, encoding;
    for (const Json& process : gpu.at("processes")) {
      if (std::ranges::find(workers, process.at("pid").get<pid_t>()) == workers.end()) continue;
      job.scope = "job";
      add(busy, process.at("gpu_percent"));
      add(encoding, process.at("encoder_percent"));
      add(job.memory_mb, process.at("memory_mb"));
    }
    if (busy) raise(job.gpu_percent, *percent(busy));
    if (encoding) raise(job.encoder_percent, *percent(encoding));
  }
  return job.scope.empty() ? machine : job;
}

GpuWatch::GpuWatch(std::filesystem::path worker_program, std::string library)
    : worker_program_(std::move(worker_program)), library_(std::move(library)) {
  if (!library_.empty() || has_driver()) {
    thread_ = std::thread([this] { work(); });
  } else {
    spdlog::debug("no NVIDIA driver runs here: samples of jobs have no figures of GPUs");
  }
}

GpuWatch::~GpuWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

GpuReading GpuWatch::read(const std::vector<pid_t>& workers) {
  const std::lock_guard lock(mutex_);
  asked_ = Clock::now();
  wake_.notify_all();
  if (asked_ - found_at_ > kFresh) return {};
  return gpu_reading(found_, workers);
}

void GpuWatch::work() {
  std::unique_ptr<WorkerProcess> worker;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto wanted = [&] { return Clock::now() - asked_ < kFresh; };
    wake_.wait(lock, [&] { return stop_ || wanted(); });
    if (stop_) return;
    lock.unlock();
    if (!worker) {
      if (auto started = WorkerProcess::start(worker_program_)) worker = *std::move(started);
    }
    Json task = {{"task", "gpu_use"}};
    if (!library_.empty()) task["library"] = library_;
    TaskOutcome outcome;
    if (worker) outcome = worker->run(task, nullptr, stop_);
    lock.lock();
    if (!outcome.result) {
      // What does not work now will not in a second: a new daemon tries anew.
      if (!stop_) spdlog::debug("GPUs are watched no more: {}", outcome.result.error().message);
      return;
    }
    found_ = outcome.result->value("gpus", Json::array());
    found_at_ = Clock::now();
    wake_.wait_for(lock, kInterval, [this] { return stop_.load(); });
  }
}

}  // namespace reeld::engine
