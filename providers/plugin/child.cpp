#include "providers/plugin/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/close_range.h>

namespace reeld::providers {
namespace {

constexpr rlim_t kMaxOpenFiles = 256;

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

// All that the child needs, made before the fork: after it, in a process of many threads, only system calls
// are safe.
struct Prepared {
  std::vector<char*> argv, environment;
  const ChildSpec& spec;
  pid_t parent;
  int output, failure;  // where its words go; where an errno goes that kept it from starting
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void give_up(const Prepared& prepared) {
  const int why = errno;
  [[maybe_unused]] const ssize_t told = write(prepared.failure, &why, sizeof why);
  _exit(127);
}

[[noreturn]] void become(const Prepared& prepared) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != prepared.parent) _exit(127);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  struct sigaction normal {};
  normal.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &normal, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) give_up(prepared);
  if (dup2(prepared.output, STDOUT_FILENO) < 0 || dup2(prepared.output, STDERR_FILENO) < 0) give_up(prepared);
  if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(prepared);
  limit(RLIMIT_CORE, 0);  // a core dump would hold its secrets
  limit(RLIMIT_NOFILE, kMaxOpenFiles);
  limit(RLIMIT_AS, prepared.spec.memory_bytes);
  limit(RLIMIT_FSIZE, prepared.spec.file_bytes);
  if (chdir(prepared.spec.working_dir.c_str()) != 0) give_up(prepared);
  execve(prepared.argv[0], prepared.argv.data(), prepared.environment.data());
  give_up(prepared);
}

Error not_started(const ChildSpec& spec, int why) {
  return Error{Code::provider_unavailable, spec.argv[0] + " could not be started: " + std::strerror(why)};
}

}  // namespace

Result<Child> Child::start(const ChildSpec& spec) {
  std::array<int, 2> output{}, failure{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) return not_started(spec, errno);
  if (pipe2(failure.data(), O_CLOEXEC) != 0) {
    const int why = errno;
    for (const int fd : output) close(fd);
    return not_started(spec, why);
  }
  const Prepared prepared{pointers(spec.argv), pointers(spec.environment), spec, getpid(), output[1],
                          failure[1]};
  const pid_t pid = fork();
  if (pid == 0) become(prepared);
  int why = pid < 0 ? errno : 0;
  close(output[1]);
  close(failure[1]);
  // Nothing to be read: the program was entered, which closed the pipe.
  if (pid > 0 && read(failure[0], &why, sizeof why) <= 0) why = 0;
  close(failure[0]);
  const int pid_fd = pid > 0 ? static_cast<int>(syscall(SYS_pidfd_open, pid, 0)) : -1;
  if (pid > 0 && why == 0 && pid_fd < 0) why = errno;
  if (pid > 0) setpgid(pid, pid);
  fcntl(output[0], F_SETFL, O_NONBLOCK);
  Child child(pid, pid_fd, output[0]);
  if (why != 0) return not_started(spec, why);
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pid_fd_(std::exchange(other.pid_fd_, -1)),
      output_(std::exchange(other.output_, -1)),
      how_(std::move(other.how_)) {}

Child::~Child() {
  end(std::chrono::milliseconds(0));
  if (pid_fd_ >= 0) close(pid_fd_);
  if (output_ >= 0) close(output_);
}

std::optional<std::string> Child::ended() {
  if (pid_ < 0) return how_;
  siginfo_t facts{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &facts, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      facts.si_pid != pid_)
    return std::nullopt;
  // Before it is reaped: until then, nobody else can have the group's number.
  kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  how_ = WIFEXITED(status) ? "ended with status " + std::to_string(WEXITSTATUS(status))
                           : "was killed by signal " + std::to_string(WTERMSIG(status));
  return how_;
}

std::string Child::end(std::chrono::milliseconds grace) {
  const std::array<std::pair<int, int>, 2> steps = {
      {{SIGTERM, static_cast<int>(grace.count())}, {SIGKILL, -1}}};
  for (const auto& [signal, wait_ms] : steps) {
    if (pid_ < 0 || ended()) return how_;
    if (signal == SIGTERM && wait_ms == 0) continue;
    kill(-pid_, signal);
    pollfd over{pid_fd_, POLLIN, 0};
    if (pid_fd_ >= 0) poll(&over, 1, wait_ms);
  }
  while (pid_ >= 0 && !ended()) usleep(1000);
  return how_;
}

}  // namespace reeld::providers
