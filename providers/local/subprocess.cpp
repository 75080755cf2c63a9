#include "providers/local/subprocess.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/child_environment.hpp"

namespace reeld::providers {
namespace {

using Clock = std::chrono::steady_clock;

// How long a cancelled job or a passed limit may go unnoticed.
constexpr int kPollMs = 20;

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Channel {
  Fd ours, theirs;
};

// Sockets rather than pipes: MSG_NOSIGNAL keeps a program that stops reading from killing us with SIGPIPE.
Result<Channel> make_channel() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Error{Code::provider_unavailable,
                 std::string("No channel to another program could be made: ") + std::strerror(errno) + "."};
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Channel{Fd(ends[0]), Fd(ends[1])};
}

// A started program; its end kills the group if the program still runs, and reaps it.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ < 0) return;
    kill(-pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The exit code once it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

Result<pid_t> spawn(const std::vector<std::string>& argv, int in, int out, int err) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // The daemon blocks or ignores signals; a program that it starts must not inherit that.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failure =
      posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), ChildEnvironment().get());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    return Error{Code::provider_unavailable,
                 "The program " + argv[0] + " could not be started: " + std::strerror(failure) + "."};
  }
  return pid;
}

// Sends what fits; closes the channel at the end of the input or when the program no longer reads.
void send_some(Fd& channel, const std::string& input, std::size_t& sent) {
  while (sent < input.size()) {
    const ssize_t count = send(channel.get(), input.data() + sent, input.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count < 0) break;
    sent += static_cast<std::size_t>(count);
  }
  channel.close();
}

void receive_some(Fd& channel, std::string& text) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = recv(channel.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return channel.close();
    const std::size_t room = kMaxOutputBytes - text.size();
    text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

}  // namespace

Result<Finished> run_program(const std::vector<std::string>& argv, const std::string& input,
                             std::chrono::milliseconds limit, const Cancelled& cancelled) {
  const Clock::time_point deadline = Clock::now() + limit;
  REELD_ASSIGN(Channel in, make_channel());
  REELD_ASSIGN(Channel out, make_channel());
  REELD_ASSIGN(Channel err, make_channel());
  REELD_ASSIGN(const pid_t pid, spawn(argv, in.theirs.get(), out.theirs.get(), err.theirs.get()));
  Child child(pid);
  for (Channel* channel : {&in, &out, &err}) channel->theirs.close();

  Finished finished;
  std::size_t sent = 0;
  for (;;) {
    // Asked before reading: what a program wrote before its end is then surely read after it.
    const std::optional<int> exit_code = child.ended();
    if (in.ours.get() >= 0) send_some(in.ours, input, sent);
    if (out.ours.get() >= 0) receive_some(out.ours, finished.out);
    if (err.ours.get() >= 0) receive_some(err.ours, finished.err);
    if (exit_code) {
      finished.exit_code = *exit_code;
      return finished;
    }
    if (cancelled && cancelled())
      return Error{Code::cancelled, argv[0] + " was stopped: the job is cancelled."};
    if (Clock::now() >= deadline) {
      return Error{Code::timed_out,
                   argv[0] + " was stopped: it took longer than " + std::to_string(limit.count()) + " ms."};
    }
    std::array<pollfd, 3> waits = {
        {{in.ours.get(), POLLOUT, 0}, {out.ours.get(), POLLIN, 0}, {err.ours.get(), POLLIN, 0}}};
    poll(waits.data(), waits.size(), kPollMs);
  }
}

}  // namespace reeld::providers
