#include "tests/apps/daemon.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/picture.hpp"

extern char** environ;

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

pid_t spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const fs::path& out, const fs::path& err) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (const std::string& variable : environment) variables.push_back(const_cast<char*>(variable.c_str()));
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string name = std::string(*variable).substr(0, std::string(*variable).find('=') + 1);
    bool replaced = false;
    for (const std::string& other : environment) replaced |= other.starts_with(name);
    if (!replaced) variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  INFO(command[0]);
  REQUIRE(error == 0);
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Ran run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const TemporaryFolder folder;
  const pid_t pid = spawn(command, environment, folder.path() / "out", folder.path() / "err");
  Ran ran;
  ran.status = wait_for(pid);
  ran.output = read_file(folder.path() / "out");
  ran.errors = read_file(folder.path() / "err");
  return ran;
}

Daemon::Daemon(const fs::path& folder, const std::vector<std::string>& more_arguments) : folder_(folder) {
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  std::vector<std::string> command = {program("reeld"), "--data-dir", data_dir(), "--endpoint", endpoint()};
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  pid_ = spawn(command, {"XDG_CONFIG_HOME=" + folder.string()}, folder / "out", folder / "log");
  auto connected = ipc::Client::connect(endpoint(), 10'000);
  INFO(read_file(folder / "log"));
  REQUIRE(connected);
  client_ = *std::move(connected);
}

Daemon::~Daemon() {
  if (pid_ < 0) return;
  send(SIGKILL);
  wait();
}

void Daemon::send(int signal) {
  ::kill(pid_, signal);
}

bool Daemon::has_ended() const {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         ended.si_pid == pid_;
}

int Daemon::wait() {
  const int status = wait_for(pid_);
  pid_ = -1;
  return status;
}

fs::path program(const std::string& name) {
  return fs::path(REELD_BINARY_DIR) / "bin" / name;
}

void write_picture(const fs::path& file, int width, int height, int seed) {
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = &rgb[(static_cast<std::size_t>(y) * width + x) * 3];
      const bool edge = ((x / 37) + (y / 53) + seed) % 5 == 0;
      pixel[0] = static_cast<std::uint8_t>(128 + 100 * std::sin(x * 0.011 + seed));
      pixel[1] = static_cast<std::uint8_t>(128 + 100 * std::sin(y * 0.013 + 2 * seed));
      pixel[2] = edge ? 230 : 40;
    }
  }
  REQUIRE(engine::write_jpeg(file, rgb.data(), width, height, static_cast<std::size_t>(width) * 3, 92));
}

void write_tune(const fs::path& file, double seconds) {
  constexpr int kRate = 48000;
  const auto count = static_cast<std::uint32_t>(seconds * kRate);
  std::vector<std::int16_t> samples(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double envelope = std::exp(-2 * std::fmod(t, 0.5));
    samples[i] = static_cast<std::int16_t>(6000 * envelope *
                                           (std::sin(2 * M_PI * 220 * t) + std::sin(2 * M_PI * 330 * t)));
  }
  std::ofstream out(file, std::ios::binary);
  const auto number = [&](std::uint32_t value, int bytes) {
    out.write(reinterpret_cast<const char*>(&value), bytes);
  };
  out << "RIFF";
  number(36 + count * 2, 4);
  out << "WAVEfmt ";
  number(16, 4), number(1, 2), number(1, 2), number(kRate, 4), number(kRate * 2, 4), number(2, 2),
      number(16, 2);
  out << "data";
  number(count * 2, 4);
  out.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size() * 2));
}

Json probe(const fs::path& file) {
  const Ran ran =
      run({"ffprobe", "-v", "error", "-count_frames", "-show_format", "-show_streams", "-of", "json", file});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  return Json::parse(ran.output);
}

}  // namespace reeld::test
