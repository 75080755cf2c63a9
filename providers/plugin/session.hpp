// One run of a plugin's process, from its start to its end: the private socket, the handshake, the heartbeat,
// what it prints. It is ended where it breaks a rule of docs/plugins.md. Belongs to one thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "providers/plugin/child.hpp"
#include "providers/plugin/line_log.hpp"
#include "providers/plugin/manifest.hpp"
#include "providers/plugin/messages.hpp"
#include "providers/plugin/plugin_options.hpp"
#include "wire/zmq.hpp"

namespace reeld::providers {

class Session {
 public:
  static constexpr int kMessagesPerSecond = 2000;

  // The manifest outlives the session. Errors: provider_unavailable.
  static Result<std::unique_ptr<Session>> start(const PluginManifest& manifest, const PluginOptions& options);
  // Says goodbye, waits a moment, and ends the process.
  ~Session();

  // What it said since, other than its hello: pong, progress, result, error. Without its secrets.
  std::vector<nlohmann::json> step(Clock::time_point now);
  // Once the plugin has said a hello that is right.
  const std::optional<Hello>& hello() const { return hello_; }
  // Why the process is no more; empty while it is there.
  const std::string& why_over() const { return why_over_; }

  void send(nlohmann::json message);
  // Ends the process; `reason` continues a sentence that begins with the plugin's name.
  void end(const std::string& reason);
  // Until something may have happened here or at `wake_fd`, or `until`.
  void wait(int wake_fd, Clock::time_point until) const;

 private:
  Session(const PluginManifest& manifest, std::filesystem::path folder, LineLog log)
      : manifest_(manifest), folder_(std::move(folder)), log_(std::move(log)) {}
  Result<void> open();
  std::vector<std::string> environment() const;
  void receive(std::vector<nlohmann::json>& messages, Clock::time_point now);
  void take(const std::string& identity, const std::string& bytes, std::vector<nlohmann::json>& messages);
  void take_hello(const std::string& identity, const nlohmann::json& message);
  void read_output(Clock::time_point now);
  void look_at_clock(Clock::time_point now);

  const PluginManifest& manifest_;
  const std::filesystem::path folder_;  // of the socket and of temporary files; removed at the end
  LineLog log_;
  std::vector<Secret> secrets_;  // by the order of the manifest's names
  Secret token_;
  wire::Context context_;
  wire::Socket socket_;
  std::optional<Child> child_;
  bool output_open_ = true;
  std::optional<Hello> hello_;
  std::string identity_;  // of the connection that said hello
  std::string why_over_;
  Clock::time_point started_{}, last_heard_{}, last_ping_{}, second_{};
  int messages_in_second_ = 0;
};

}  // namespace reeld::providers
