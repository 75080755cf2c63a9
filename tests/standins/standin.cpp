#include "tests/standins/standin.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace reeld::test {
namespace {

constexpr int kStartMs = 30'000;  // a Python that starts while a build runs beside it
constexpr long kControlSeconds = 30;

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    // Close on exec: another stand-in started later must not hold this one's input open.
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("stand-in: no pipe can be made");
    read = ends[0], write = ends[1];
  }
  ~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

pid_t spawn(const std::vector<std::string>& command, int input, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, 0);
  if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, 1);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("stand-in: " + command[0] + " cannot be started");
  return pid;
}

// The first line of `input` without its end; empty where none comes within the time.
std::string first_line(int input) {
  std::string line;
  char letter = 0;
  pollfd ready{input, POLLIN, 0};
  while (::poll(&ready, 1, kStartMs) > 0 && ::read(input, &letter, 1) == 1) {
    if (letter == '\n') return line;
    line += letter;
  }
  return {};
}

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::string python_file(const char* name) {
  return std::string(REELD_SOURCE_DIR "/tests/standins/") + name;
}

}  // namespace

StandIn::StandIn(const std::vector<std::string>& apis, const std::vector<std::string>& options) {
  std::vector<std::string> command = {"/usr/bin/python3", "-B", python_file("standin.py")};
  command.insert(command.end(), apis.begin(), apis.end());
  command.insert(command.end(), options.begin(), options.end());
  Pipe input, output;
  pid_ = spawn(command, input.read, output.write);
  input_ = std::exchange(input.write, -1);
  ::close(std::exchange(output.write, -1));  // so that a server that dies ends the reading
  const std::string line = first_line(output.read);
  if (!line.starts_with("READY ")) {
    ::close(input_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw std::runtime_error(
        "stand-in: it did not come up; what it said is above, in the test's standard error");
  }
  base_url_ = line.substr(6);
}

StandIn::~StandIn() {
  ::close(input_);
  ::waitpid(pid_, nullptr, 0);
}

void StandIn::dial(const nlohmann::json& faults) {
  const std::string body = faults.dump();
  control("/_dial", &body);
}

void StandIn::reset() {
  const std::string body;
  control("/_reset", &body);
}

nlohmann::json StandIn::log() {
  return nlohmann::json::parse(control("/_log", nullptr));
}

std::size_t StandIn::count(const std::string& part) {
  std::size_t found = 0;
  for (const auto& request : log())
    found += request.at("path").get<std::string>().find(part) != std::string::npos;
  return found;
}

// POST with `body`, GET without.
std::string StandIn::control(const char* path, const std::string* body) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  std::string answer;
  const std::string url = base_url_ + path;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kControlSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);  // an expired certificate is what some tests want
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  if (body != nullptr) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK || status != 200)
    throw std::runtime_error("stand-in: " + url + ": " +
                             (code != CURLE_OK ? curl_easy_strerror(code) : answer));
  return answer;
}

void make_certificates(const std::filesystem::path& folder) {
  const pid_t pid =
      spawn({"/usr/bin/python3", "-B", python_file("make_certificates.py"), folder.string()}, -1, -1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("stand-in: make_certificates.py failed; what it said is above");
}

}  // namespace reeld::test
