// A real reeld of a test's own: in a temporary directory, on a socket there, gone with the object.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/temporary_folder.hpp"
#include "ipc/client.hpp"

namespace reeld::test {

using Json = nlohmann::json;

struct Ran {
  int status = 0;  // exit status; 128 + signal where one ended it
  std::string output, errors;
};
// Runs a program to its end; `environment` holds NAME=value over the test's own.
Ran run(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});

class Daemon {
 public:
  // In `folder` (made where it is not there): data/, and the socket. Waits until it answers.
  explicit Daemon(const std::filesystem::path& folder, const std::vector<std::string>& more_arguments = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  std::string endpoint() const { return "ipc://" + (folder_ / "reeld.sock").string(); }
  std::filesystem::path data_dir() const { return folder_ / "data"; }
  pid_t pid() const { return pid_; }
  ipc::Client& client() { return *client_; }

  void send(int signal);
  bool has_ended() const;  // it may still have to be waited for
  // Its exit status, as Ran::status.
  int wait();

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::unique_ptr<ipc::Client> client_;
};

std::filesystem::path program(const std::string& name);

// A photograph's stand-in: smooth colours and hard edges, different by `seed`. JPEG.
void write_picture(const std::filesystem::path& file, int width, int height, int seed);
// 16-bit mono WAV at 48 kHz of a decaying chord.
void write_tune(const std::filesystem::path& file, double seconds);

// What ffprobe says of a file, as JSON: format, streams, and counted frames.
Json probe(const std::filesystem::path& file);

}  // namespace reeld::test
