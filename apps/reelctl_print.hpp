// How reelctl shows things to a person.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace reeld {

// Follows a job on the screen: a bar that redraws itself on a terminal, a line now and then elsewhere.
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

// Each is a text of whole lines.
std::string job_line(const nlohmann::json& job);       // of a list
std::string job_report(const nlohmann::json& job);     // of show
std::string usage_report(const nlohmann::json& job);   // what a job cost
std::string result_report(const nlohmann::json& job);  // after render: where the film is and what it cost
std::string providers_report(const nlohmann::json& result);
std::string health_report(const nlohmann::json& health);
std::string estimate_report(const nlohmann::json& estimate);
std::string devices_report(const nlohmann::json& devices);
std::string error_line(const nlohmann::json& error);
std::string seconds_text(double seconds);

}  // namespace reeld
