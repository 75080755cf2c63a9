// A stand-in server of a test's own: started with the object, gone with it. The APIs it serves, and what its
// dial can do, are told in standin.py and dial.py beside this file. Not thread-safe; throws
// std::runtime_error with a sentence where the server cannot be started or reached, so that the test fails
// with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace reeld::test {

class StandIn {
 public:
  // `apis` of gemini, openai, elevenlabs, sdwebui, comfyui, files; `options` as standin.py takes them
  // ({"--gone", "gemini-2.5-flash-image"}). Waits until it listens. The right key is "test-key".
  explicit StandIn(const std::vector<std::string>& apis, const std::vector<std::string>& options = {});
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  // "http://127.0.0.1:PORT", or https where `options` hold --tls; no slash at the end.
  const std::string& base_url() const { return base_url_; }

  // Adds one fault, or an array of them, to those that wait: {"match": "generateContent", "times": 2,
  // "fault": "status", "status": 429, "retry_after": 1}.
  void dial(const nlohmann::json& faults);
  // No fault waits, and the log is empty.
  void reset();
  // Every request since, in the order of arrival: api, method, path, query, headers, key (right, wrong,
  // absent), body, fault, status, at_s, connection (its number), in_flight (requests at that moment, itself
  // among them).
  nlohmann::json log();
  // The log's requests whose path holds `part`.
  std::size_t count(const std::string& part);

 private:
  std::string control(const char* path, const std::string* body);

  pid_t pid_ = -1;
  int input_ = -1;  // held open: the server ends when this closes
  std::string base_url_;
};

// Writes a certificate authority (ca.pem) and, signed by it, good.pem, expired.pem and wrong_host.pem with
// their keys (good.key ...) into `folder`.
void make_certificates(const std::filesystem::path& folder);

}  // namespace reeld::test
