#include "bench/reelbench/private_daemon.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "bench/reelbench/process_tree.hpp"
#include "engine/files.hpp"

extern char** environ;

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kStartUpMs = 10'000;

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

Result<pid_t> spawn(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return engine::file_error(error, "cannot start " + command[0], Code::unreachable);
}

// What a client learns of a job's course, and when.
struct Course {
  std::optional<Clock::time_point> first_frame;
  std::vector<std::pair<std::string, Clock::time_point>> stages;  // with their beginnings

  void take(const Json& event) {
    const std::string type = event.value("type", "");
    const Json& body = event.at("body");
    if (type == "stage") stages.emplace_back(body.value("stage", ""), Clock::now());
    if (type == "progress" && !first_frame && body.value("frame", 0) >= 1) first_frame = Clock::now();
  }
};

Result<Json> follow(ipc::Client& client, const std::string& job, const std::atomic<bool>& cancelled,
                    Course& course) {
  REELD_ASSIGN(const Json finished, client.follow(job, [&](const Json& event) {
    course.take(event);
    return !cancelled;
  }));
  if (finished.value("status", "") == "completed") return finished;
  return engine::error_from_json(finished.value("error", Json()));
}

}  // namespace

Result<std::unique_ptr<PrivateDaemon>> PrivateDaemon::start(const engine::SlotLayout& layout) {
  auto daemon = std::unique_ptr<PrivateDaemon>(new PrivateDaemon());
  const fs::path& folder = daemon->folder_.path();
  const fs::path config = folder / "reeld.toml", log = folder / "log";
  REELD_TRY(engine::write_text(config, "slots = " + std::to_string(layout.slots) +
                                           "\nthreads_per_slot = " + std::to_string(layout.threads_per_slot) +
                                           "\nsegment_cache_mb = 0\n"));  // each run renders its film
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "reeld";
  const std::string endpoint = "ipc://" + (folder / "reeld.sock").string();
  REELD_ASSIGN(daemon->pid_, spawn({program.string(), "--config", config.string(), "--data-dir",
                                    (folder / "data").string(), "--endpoint", endpoint},
                                   log));
  auto client = ipc::Client::connect(endpoint, kStartUpMs);
  if (!client) {
    const auto written = engine::read_text(log);
    return Error{Code::unreachable,
                 client.error().message + (written && !written->empty() ? "; it wrote: " + *written : "")};
  }
  daemon->client_ = *std::move(client);
  return daemon;
}

PrivateDaemon::~PrivateDaemon() {
  if (pid_ < 0) return;
  // Its workers end with it, and nothing that it keeps outlives this object.
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Result<Json> PrivateDaemon::run(const Json& request, const fs::path& inputs,
                                const std::atomic<bool>& cancelled) {
  const fs::path film = folder_.path() / "film.mp4";
  const double cpu = tree_usage(pid_).cpu_seconds, machine = machine_cpu_seconds();
  const PeakMemory memory(pid_);
  Course course;
  const auto started = Clock::now();
  REELD_ASSIGN(const Json submitted,
               client_->submit(request, film.string(), fs::absolute(inputs).lexically_normal().string(), ""));
  const auto accepted = Clock::now();
  REELD_ASSIGN(const Json job,
               follow(*client_, submitted.at("job").at("id").get<std::string>(), cancelled, course));
  const auto ended = Clock::now();
  const double cpu_seconds = tree_usage(pid_).cpu_seconds - cpu;
  std::error_code ignored;
  fs::remove(film, ignored);
  if (!course.first_frame) return Error{Code::internal, "the daemon did not tell of a first frame"};
  const Json& resources = job.at("resources");
  Json run = {{"wall_seconds", seconds(ended - started)},
              {"first_frame_ms", 1e3 * seconds(*course.first_frame - accepted)},
              {"cpu_seconds", cpu_seconds},
              {"peak_memory_mb", memory.peak_mb()},
              {"worker_peak_memory_mb", resources.at("peak_memory_mb")},
              {"gpu_seconds", resources.at("gpu_seconds")},
              {"worker_peak_gpu_memory_mb", resources.at("peak_gpu_memory_mb")},
              {"other_cpu_seconds", std::max(0.0, machine_cpu_seconds() - machine - cpu_seconds)},
              {"frames", resources.at("frames")},
              {"encoder", resources.at("encoder")},
              {"device", resources.at("device")}};
  for (std::size_t i = 0; i < course.stages.size(); ++i) {
    const auto& [stage, begun] = course.stages[i];
    run[stage + "_seconds"] =
        seconds((i + 1 < course.stages.size() ? course.stages[i + 1].second : ended) - begun);
  }
  return run;
}

}  // namespace reeld::bench
