// A plugin's process: started in a group of its own, with nothing of this process's but what is named, and
// within limits. Belongs to one thread, which must live as long: the kernel kills the child when that thread
// ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::providers {

struct ChildSpec {
  std::vector<std::string> argv;         // the first is an absolute path
  std::vector<std::string> environment;  // all of it: "NAME=value"
  std::filesystem::path working_dir;
  std::uint64_t memory_bytes = 0, file_bytes = 0;  // address space; one written file
};

class Child {
 public:
  // Standard input is empty; output and errors come together through output(). Errors: provider_unavailable.
  static Result<Child> start(const ChildSpec& spec);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  // Kills the group where it still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  int end_fd() const { return pid_fd_; }     // readable once it has ended
  int output_fd() const { return output_; }  // does not block

  // How it ended, in words ("ended with status 3", "was killed by signal 9"); nullopt while it runs. What is
  // left of its group is killed then.
  std::optional<std::string> ended();
  // Asks the group to end and, where it has not after `grace`, kills it. How it ended.
  std::string end(std::chrono::milliseconds grace);

 private:
  Child(pid_t pid, int pid_fd, int output) : pid_(pid), pid_fd_(pid_fd), output_(output) {}

  pid_t pid_ = -1;  // -1 once it is reaped
  int pid_fd_ = -1, output_ = -1;
  std::string how_;
};

}  // namespace reeld::providers
