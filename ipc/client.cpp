#include "ipc/client.hpp"

#include <chrono>
#include <thread>

#include "engine/files.hpp"
#include "ipc/endpoint.hpp"
#include "ipc/protocol.hpp"
#include "wire/codec.hpp"

namespace reeld::ipc {
namespace {

using Clock = std::chrono::steady_clock;

// Without an event for so long, watch is asked whether one was lost.
constexpr int kQuietMs = 1000;

// A writer takes seconds or minutes.
constexpr std::chrono::milliseconds kScriptPoll{100};
constexpr std::chrono::milliseconds kTakePoll{50};

bool wait_readable(const wire::Socket& socket, int timeout_ms) {
  zmq_pollitem_t item{socket.get(), 0, ZMQ_POLLIN, 0};
  return zmq_poll(&item, 1, timeout_ms) > 0;
}

std::string receive_last_frame(const wire::Socket& socket) {
  while (true) {
    wire::Frame frame;
    if (zmq_msg_recv(frame.get(), socket.get(), 0) < 0) return "";
    if (!frame.more()) return frame.text();
  }
}

bool is_final(const Json& job) {
  const std::string status = job.value("status", "");
  return status == "completed" || status == "failed" || status == "cancelled";
}

// The events of one job, in order: what the subscription brings, and what watch fills in.
class Follower {
 public:
  Follower(Client& client, const std::string& job, const std::function<bool(const Json&)>& on_event)
      : client_(client), job_(job), on_event_(on_event) {}

  // Everything after the last event seen, from the daemon's record.
  Result<void> catch_up() {
    while (!done()) {
      REELD_ASSIGN(const Json result, client_.call("watch", {{"job", job_}, {"after", seq_}}));
      const Json& events = result.at("events");
      for (const Json& event : events) take(event);
      if (events.empty()) return look_for_end(result.at("job"));
    }
    return {};
  }

  Result<void> arrived(const Json& event) {
    const auto seq = event.value("seq", std::int64_t{0});
    if (seq > seq_ + 1) return catch_up();
    // Sequence 0 is an event that the record does not have: it comes only this way.
    if (seq == seq_ + 1 || (seq == 0 && event.value("type", "") == "finished")) take(event);
    return {};
  }

  // A job can have ended without an event that says so: refused when submitted, or with a database that took
  // no more. It counts as ended the second time, since the event follows the status within moments.
  Result<void> look_for_end(const Json& brief) {
    if (!is_final(brief)) {
      ends_seen_ = 0;
    } else if (++ends_seen_ >= 2) {
      REELD_ASSIGN(const Json shown, client_.call("show", {{"job", job_}}));
      take({{"job", job_},
            {"seq", 0},
            {"time", brief.value("completed_at", Json())},
            {"type", "finished"},
            {"body", shown.at("job")}});
    }
    return {};
  }

  bool done() const { return stopped_ || !finished_.is_null(); }
  Result<Json> result() const {
    if (stopped_) return Error{Code::cancelled, "stopped following"};
    return finished_;
  }

 private:
  void take(const Json& event) {
    if (done()) return;
    seq_ = std::max(seq_, event.value("seq", std::int64_t{0}));
    // A retried job has the end of its earlier attempt in its record: only what the job still is counts as
    // the end.
    if (event.value("type", "") == "finished" && !is_superseded()) finished_ = event.at("body");
    if (!on_event_(event)) stopped_ = true;
  }

  bool is_superseded() {
    const auto status = client_.call("status", {{"job", job_}});
    return status && !is_final(status->at("job"));
  }

  Client& client_;
  const std::string& job_;
  const std::function<bool(const Json&)>& on_event_;
  std::int64_t seq_ = 0;
  int ends_seen_ = 0;
  Json finished_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const std::string& endpoint, int timeout_ms) {
  auto client = std::unique_ptr<Client>(new Client(endpoint, timeout_ms));
  REELD_TRY(client->open());
  const auto health = client->call("health", Json::object());
  if (!health && health.error().code == Code::timed_out) {
    return Error{Code::unreachable, "no reeld answers at " + endpoint + "; start one with: reeld"};
  }
  if (!health) return health.error();
  return client;
}

Result<void> Client::open() {
  context_.reset(zmq_ctx_new());
  requests_.reset(zmq_socket(context_.get(), ZMQ_DEALER));
  if (!requests_) return wire::zmq_error(Code::unreachable, "cannot make a socket");
  wire::set_option(requests_, ZMQ_LINGER, 0);
  if (zmq_connect(requests_.get(), endpoint_.c_str()) != 0) {
    return wire::zmq_error(Code::unreachable, "\"" + endpoint_ + "\" is no endpoint to connect to");
  }
  return {};
}

Result<Json> Client::call(const std::string& method, const Json& params) {
  const std::string id = std::to_string(next_id_++);
  const std::string bytes =
      wire::encode({{"v", kProtocolVersion}, {"id", id}, {"method", method}, {"params", params}});
  if (bytes.size() > wire::kMaxMessageBytes)
    return Error{Code::limit_exceeded, "the request is larger than 16 MiB"};
  if (zmq_send(requests_.get(), bytes.data(), bytes.size(), ZMQ_DONTWAIT) < 0) {
    return wire::zmq_error(Code::unreachable, "cannot send to " + endpoint_);
  }
  return receive(id);
}

// The reply of that id; late replies to calls that timed out are passed over.
Result<Json> Client::receive(const std::string& id) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms_);
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || !wait_readable(requests_, static_cast<int>(left))) {
      return Error{Code::timed_out,
                   "reeld at " + endpoint_ + " did not answer within " + std::to_string(timeout_ms_) + " ms"};
    }
    REELD_ASSIGN(const Json reply, wire::decode(receive_last_frame(requests_)));
    if (!reply.is_object() || !reply.contains("id"))
      return Error{Code::protocol_error, "the reply is no reply"};
    if (reply.at("id").is_string() && reply.at("id") != id) continue;
    if (reply.contains("error")) return engine::error_from_json(reply.at("error"));
    return reply.value("result", Json::object());
  }
}

Result<Json> Client::submit(const Json& request, const std::string& target, const std::string& base_dir,
                            const std::string& idempotency_key, const Json& more) {
  Json params = {{"request", request}, {"target", target}, {"base_dir", base_dir}};
  params.update(more);
  if (!idempotency_key.empty()) params["idempotency_key"] = idempotency_key;
  return call("submit", params);
}

Result<Json> Client::script(const Json& brief) {
  REELD_ASSIGN(Json result, call("script", {{"brief", brief}}));
  while (result.value("status", "") == "writing") {
    std::this_thread::sleep_for(kScriptPoll);
    REELD_ASSIGN(result, call("script_result", {{"script", result.at("id")}}));
  }
  return result;
}

Result<Json> Client::wait_for_take(const std::string& take) {
  const Json params = {{"take", take}};
  REELD_ASSIGN(Json result, call("take_show", params));
  while (result.at("take").value("status", "") == "pending") {
    std::this_thread::sleep_for(kTakePoll);
    REELD_ASSIGN(result, call("take_show", params));
  }
  return result.at("take");
}

Result<Json> Client::follow(const std::string& job, const std::function<bool(const Json&)>& on_event) {
  // Subscribed first, caught up after: what happens in between comes twice, and nothing is missed.
  const wire::Socket events(zmq_socket(context_.get(), ZMQ_SUB));
  wire::set_option(events, ZMQ_LINGER, 0);
  zmq_setsockopt(events.get(), ZMQ_SUBSCRIBE, job.data(), job.size());
  if (zmq_connect(events.get(), events_endpoint_for(endpoint_).c_str()) != 0) {
    return wire::zmq_error(Code::unreachable, "cannot connect to the events of " + endpoint_);
  }
  Follower follower(*this, job, on_event);
  REELD_TRY(follower.catch_up());
  while (!follower.done()) {
    if (!wait_readable(events, kQuietMs)) {
      REELD_TRY(follower.catch_up());
      continue;
    }
    REELD_ASSIGN(const Json event, wire::decode(receive_last_frame(events)));
    REELD_TRY(follower.arrived(event));
  }
  return follower.result();
}

}  // namespace reeld::ipc
