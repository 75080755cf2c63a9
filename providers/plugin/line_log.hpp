// What a plugin prints, as lines for the log: without secrets, cut to a length, at most so many a second. Not
// thread-safe; belongs to the thread that reads the plugin's output.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.hpp"
#include "providers/secret.hpp"

namespace reeld::providers {

class LineLog {
 public:
  static constexpr int kLinesPerSecond = 20;
  static constexpr std::size_t kMaxLineBytes = 1000;

  LineLog(std::function<void(const std::string& line)> sink, std::vector<Secret> secrets)
      : sink_(std::move(sink)), secrets_(std::move(secrets)) {}

  void feed(std::string_view bytes, Clock::time_point now);
  // The output has ended: what has no line end is a line as well.
  void finish(Clock::time_point now);
  // The last line with something in it; empty where there was none.
  const std::string& last_line() const { return last_line_; }

 private:
  void tell(Clock::time_point now);

  const std::function<void(const std::string& line)> sink_;
  const std::vector<Secret> secrets_;
  std::string line_, last_line_;
  Clock::time_point second_{};  // when the counted second began
  int told_ = 0, dropped_ = 0;  // lines of that second
};

}  // namespace reeld::providers
