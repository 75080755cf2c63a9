// The protocol's server: a ROUTER socket for requests, a PUB socket for events, both served by the one thread
// that calls run. Handlers run on threads of their own, quick ones and slow ones apart, so that neither a
// slow method nor a slow disk holds up the sockets.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "ipc/lane.hpp"
#include "ipc/methods.hpp"
#include "wire/zmq.hpp"

namespace reeld::ipc {

struct ServerOptions {
  std::string endpoint, events_endpoint;
};

struct EventMessage {
  std::string job;
  std::int64_t seq = 0;  // 0: an event that the record does not have
  std::string time;      // "2026-11-21T08:00:00.000000Z"
  std::string type;      // status, stage, progress, warning, finished
  Json body;
};

class Server {
 public:
  // Binds both sockets; an ipc socket's file gets mode 0600. Errors: unreachable, and those of
  // prepare_endpoint.
  static Result<std::unique_ptr<Server>> open(const ServerOptions& options, std::vector<Method> methods);
  ~Server();

  // Answers requests and sends events until stop; then what is at work is answered, and what waits is not.
  void run();

  // From any thread.
  void stop();
  // Sends an event to its job's subscribers. From any thread. Where kMaxQueuedEvents wait, progress is
  // dropped first, and then the oldest: watch gives a client what it missed.
  void publish(EventMessage event);

  static constexpr std::size_t kMaxQueuedEvents = 10'000;
  // Requests that wait for a thread; more are busy.
  static constexpr std::size_t kMaxWaitingQuick = 1000, kMaxWaitingSlow = 100;

 private:
  Server(std::vector<Method> methods) : methods_(std::move(methods)) {}
  Result<void> bind(const ServerOptions& options);
  void receive();
  void answer(Request& request, bool in_slow_lane);
  void reply(Request& request, const Json& id, const Result<Json>& result);
  void send_replies();
  void send_events();
  void wake();

  const std::vector<Method> methods_;
  wire::Context context_;
  wire::Socket requests_, events_;
  std::string files_[2];  // of ipc sockets, removed at the end
  int wake_fd_ = -1;
  std::mutex mutex_;  // guards what follows
  std::deque<EventMessage> queue_;
  std::deque<std::vector<std::string>> replies_;  // the frames of each
  bool stopped_ = false;
  std::optional<Lane> quick_, slow_;  // while run runs
};

}  // namespace reeld::ipc
