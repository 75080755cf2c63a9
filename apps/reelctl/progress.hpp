// Follows a job on the screen.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "apps/reelctl/console.hpp"

namespace reeld::reelctl {

// On standard error: a bar that redraws itself on a terminal, a line now and then elsewhere.
class ProgressView {
 public:
  explicit ProgressView(bool terminal) : terminal_(terminal) {}
  void show(const nlohmann::json& event);
  // Leaves the bar's line, before other text.
  void end();

 private:
  const bool terminal_;
  bool open_ = false;
  int last_percent_ = -1;
  std::string last_stage_;
};

// On standard error, a line each.
void print_warnings(const nlohmann::json& warnings);

// Shows a job's events until it ends, then the finished job; 0 only where it completed.
int follow(const Console& console, const std::string& job_id);

}  // namespace reeld::reelctl
