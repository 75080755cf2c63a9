#include "engine/worker_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "base/child_environment.hpp"
#include "engine/files.hpp"
#include "engine/picture.hpp"

namespace reeld::engine {
namespace {

// A cancelled task's worker is gone this soon after the flag is set, plus the kernel's time to end it: far
// below the 250 ms in which a cancel must take effect.
constexpr int kCancelPollMs = 20;
// A worker's event is small; a longer line comes from a worker that is no longer itself.
constexpr std::size_t kMaxLineBytes = 64 << 20;

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

Error died(const std::string& how) {
  return Error{Code::worker_died, "the worker process ended before its task did: " + how};
}

Usage usage_from(const nlohmann::json& event) {
  const nlohmann::json usage = event.value("usage", nlohmann::json::object());
  return {usage.value("cpu_seconds", 0.0), usage.value("gpu_seconds", 0.0),
          usage.value("peak_memory_mb", 0.0), usage.value("peak_gpu_memory_mb", 0.0)};
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::filesystem::path& program) {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0)
    return file_error(errno, "cannot make a pipe for a worker", Code::internal);
  if (::pipe2(out, O_CLOEXEC) != 0) {
    const int error = errno;
    ::close(in[0]), ::close(in[1]);
    return file_error(error, "cannot make a pipe for a worker", Code::internal);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  // The daemon blocks the signals it waits for; a worker starts with none blocked, in a group of its own, so
  // that a terminal's Ctrl-C reaches the daemon alone, which then drains.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const std::string path = program.string();
  char* arguments[] = {const_cast<char*>(path.c_str()), nullptr};
  pid_t pid = 0;
  // OpenCV takes its limit on pixels from the environment before main: a header that lies allocates nothing.
  std::string pixel_limit = "OPENCV_IO_MAX_IMAGE_PIXELS=" + std::to_string(kMaxPicturePixels);
  const ChildEnvironment environment({pixel_limit});
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments, environment.get());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(in[0]), ::close(out[1]);
  if (error != 0) {
    ::close(in[1]), ::close(out[0]);
    return file_error(error, "cannot start " + path, Code::internal);
  }
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, in[1], out[0]));
}

WorkerProcess::~WorkerProcess() {
  ::close(in_fd_);
  if (alive_) reap();
  ::close(out_fd_);
}

std::pair<Usage, std::string> WorkerProcess::reap() {
  alive_ = false;
  ::kill(pid_, SIGKILL);
  int status = 0;
  rusage used{};
  while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  Usage usage;
  usage.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime) - cpu_seconds_before_;
  usage.peak_memory_mb = static_cast<double>(used.ru_maxrss) / 1024;
  return {usage, WIFSIGNALED(status) ? std::string("signal ") + ::strsignal(WTERMSIG(status))
                                     : "exit status " + std::to_string(WEXITSTATUS(status))};
}

TaskOutcome WorkerProcess::run(const nlohmann::json& task, const TaskEvents& on_event,
                               const std::atomic<bool>& cancelled) {
  const std::string line = task.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = ::write(in_fd_, line.data() + sent, line.size() - sent);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const auto [usage, how] = reap();
      return {died(how), usage};
    }
    sent += static_cast<std::size_t>(n);
  }
  while (true) {
    if (cancelled) return {Error{Code::cancelled, "cancelled while the worker was at it"}, reap().first};
    pollfd ready{out_fd_, POLLIN, 0};
    if (::poll(&ready, 1, kCancelPollMs) <= 0) continue;
    char block[65536];
    const ssize_t n = ::read(out_fd_, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || unread_.size() > kMaxLineBytes) {
      const auto [usage, how] = reap();
      return {died(how), usage};
    }
    unread_.append(block, static_cast<std::size_t>(n));
    for (std::size_t end; (end = unread_.find('\n')) != std::string::npos;) {
      const nlohmann::json event = nlohmann::json::parse(unread_.substr(0, end), nullptr, false);
      unread_.erase(0, end + 1);
      const std::string kind = event.is_object() ? event.value("event", "") : "";
      if (kind == "done" || kind == "failed") {
        const Usage usage = usage_from(event);
        cpu_seconds_before_ += usage.cpu_seconds;
        if (kind == "done") return {event.value("result", nlohmann::json::object()), usage};
        return {error_from_json(event.value("error", nlohmann::json())), usage};
      }
      if (!kind.empty() && on_event) on_event(event);
    }
  }
}

}  // namespace reeld::engine
