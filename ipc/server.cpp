#include "ipc/server.hpp"

#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/files.hpp"
#include "ipc/endpoint.hpp"
#include "ipc/protocol.hpp"
#include "wire/codec.hpp"

namespace reeld::ipc {
namespace {

// Messages that wait for a slow peer before the rest is dropped (events) or the peer is passed over
// (replies).
constexpr int kHighWaterMark = 10'000;

// Most quick methods wait for the disk, and those that wait together are brought there together; slow ones
// wait for drivers, services and files.
constexpr int kQuickThreads = 8;
constexpr int kSlowThreads = 4;

Result<wire::Socket> bound_socket(const wire::Context& context, int type, const std::string& endpoint) {
  REELD_TRY(prepare_endpoint(endpoint));
  wire::Socket socket(zmq_socket(context.get(), type));
  if (!socket) return wire::zmq_error(Code::unreachable, "cannot make a socket");
  wire::set_option(socket, ZMQ_LINGER, 500);  // ms for the last replies and events to leave
  wire::set_option(socket, ZMQ_SNDHWM, kHighWaterMark);
  const std::int64_t largest = wire::kMaxMessageBytes;
  zmq_setsockopt(socket.get(), ZMQ_MAXMSGSIZE, &largest, sizeof largest);
  if (zmq_bind(socket.get(), endpoint.c_str()) != 0)
    return wire::zmq_error(Code::unreachable, "cannot listen at " + endpoint);
  if (const std::string file = socket_file(endpoint); !file.empty()) ::chmod(file.c_str(), 0600);
  return socket;
}

std::string reply_of(const Json& id, const Result<Json>& result) {
  Json reply = {{"v", kProtocolVersion}, {"id", id}};
  if (result) {
    reply["result"] = *result;
  } else {
    reply["error"] = engine::to_json(result.error());
  }
  wire::make_utf8(reply);
  return wire::encode(reply);
}

void send_frame(const wire::Socket& socket, const std::string& bytes, int flags) {
  zmq_send(socket.get(), bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT);
}

// The envelope of a request (docs/protocol.md). Its id is looked for first, so that even a wrong envelope's
// reply finds its way back.
Result<void> check_envelope(const Json& request) {
  if (!request.is_object()) return Error{Code::protocol_error, "a request is a map"};
  const auto version = request.find("v");
  if (version == request.end() || *version != kProtocolVersion) {
    return Error{
        Code::unsupported_version,
        "this reeld speaks version " + std::to_string(kProtocolVersion) +
            " of the protocol, the request says " +
            (version == request.end() ? "none"
                                      : version->dump(-1, ' ', false, Json::error_handler_t::replace)),
        "/v"};
  }
  for (const auto& [key, value] : request.items()) {
    if (key != "v" && key != "id" && key != "method" && key != "params") {
      return Error{Code::unknown_field,
                   "a request has no field \"" + key + "\"; it has v, id, method and params", "/" + key};
    }
  }
  const auto is_text = [&](const char* key) { return request.contains(key) && request.at(key).is_string(); };
  if (!is_text("id")) return Error{Code::protocol_error, "a request needs an id, a string", "/id"};
  if (!is_text("method")) return Error{Code::protocol_error, "a request needs a method, a string", "/method"};
  if (request.contains("params") && !request.at("params").is_object()) {
    return Error{Code::protocol_error, "params must be a map", "/params"};
  }
  return {};
}

Json id_of(const Result<Json>& message) {
  const bool has_id =
      message && message->is_object() && message->contains("id") && message->at("id").is_string();
  return has_id ? message->at("id") : Json(nullptr);
}

Error too_many() {
  return {Code::busy, "too many requests wait for their answers; try again when some are answered"};
}

// A request that may be carried out.
struct Call {
  const Method& method;
  Json params;
};

Result<Call> call_of(const std::vector<Method>& methods, const Json& message) {
  REELD_TRY(check_envelope(message));
  REELD_ASSIGN(const Method* const method, find_method(methods, message.at("method").get<std::string>()));
  Json params = message.value("params", Json::object());
  REELD_TRY(check_params(method->spec, params));
  return Call{*method, std::move(params)};
}

Result<Json> result_of(const Call& call) {
  try {
    return call.method.handle(call.params);
  } catch (const std::exception& error) {
    return Error{Code::internal, "the method " + call.method.spec.name + " failed: " + error.what()};
  }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options, std::vector<Method> methods) {
  auto server = std::unique_ptr<Server>(new Server(std::move(methods)));
  REELD_TRY(server->bind(options));
  return server;
}

Result<void> Server::bind(const ServerOptions& options) {
  context_.reset(zmq_ctx_new());
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd_ < 0) return Error{Code::internal, "cannot make an eventfd"};
  REELD_ASSIGN(requests_, bound_socket(context_, ZMQ_ROUTER, options.endpoint));
  REELD_ASSIGN(events_, bound_socket(context_, ZMQ_PUB, options.events_endpoint));
  files_[0] = socket_file(options.endpoint);
  files_[1] = socket_file(options.events_endpoint);
  return {};
}

Server::~Server() {
  requests_.reset();
  events_.reset();
  context_.reset();
  if (wake_fd_ >= 0) ::close(wake_fd_);
  for (const std::string& file : files_) {
    if (!file.empty()) ::unlink(file.c_str());
  }
}

void Server::run() {
  quick_.emplace(kQuickThreads, kMaxWaitingQuick, [this](Request& request) { answer(request, false); });
  slow_.emplace(kSlowThreads, kMaxWaitingSlow, [this](Request& request) { answer(request, true); });
  for (bool stopped = false; !stopped;) {
    zmq_pollitem_t items[] = {{requests_.get(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_fd_, ZMQ_POLLIN, 0}};
    zmq_poll(items, 2, -1);
    std::uint64_t woken = 0;
    while (::read(wake_fd_, &woken, sizeof woken) > 0) {
    }
    send_replies();
    send_events();
    // A bounded number at a time, so that a flood of requests does not hold up replies and events.
    for (int i = 0; i < 100; ++i) {
      int events = 0;
      std::size_t size = sizeof events;
      zmq_getsockopt(requests_.get(), ZMQ_EVENTS, &events, &size);
      if ((events & ZMQ_POLLIN) == 0) break;
      receive();
    }
    const std::lock_guard lock(mutex_);
    stopped = stopped_ && queue_.empty();
  }
  quick_.reset();  // before the slow ones: it hands requests on to them
  slow_.reset();
  send_replies();
}

// One request: [identity] [empty, from REQ sockets] [payload]. Further frames are noise and make it
// malformed.
void Server::receive() {
  std::vector<std::string> frames;
  for (bool more = true; more;) {
    wire::Frame frame;
    if (zmq_msg_recv(frame.get(), requests_.get(), ZMQ_DONTWAIT) < 0) return;
    frames.push_back(frame.text());
    more = frame.more();
  }
  const bool delimited = frames.size() == 3 && frames[1].empty();
  const bool whole = frames.size() == 2 || delimited;
  Request request;
  request.message = std::move(frames.back());
  frames.resize(delimited ? 2 : 1);
  request.return_path = std::move(frames);
  if (!whole) return reply(request, nullptr, Error{Code::protocol_error, "a request is one frame"});
  if (!quick_->offer(request)) reply(request, id_of(wire::decode(request.message)), too_many());
}

void Server::answer(Request& request, bool in_slow_lane) {
  const auto message = wire::decode(request.message);
  const Json id = id_of(message);
  const auto call = message ? call_of(methods_, *message) : Result<Call>(message.error());
  if (!call) return reply(request, id, call.error());
  if (call->method.spec.slow && !in_slow_lane) {
    if (!slow_->offer(request)) reply(request, id, too_many());
    return;
  }
  reply(request, id, result_of(*call));
}

// From any thread.
void Server::reply(Request& request, const Json& id, const Result<Json>& result) {
  std::string reply = reply_of(id, result);
  if (reply.size() > wire::kMaxMessageBytes) {
    reply = reply_of(id, Error{Code::limit_exceeded, "the answer is larger than a message may be, 16 MiB"});
  }
  std::vector<std::string> frames = std::move(request.return_path);
  frames.push_back(std::move(reply));
  {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(frames));
  }
  wake();
}

void Server::send_replies() {
  std::deque<std::vector<std::string>> replies;
  {
    const std::lock_guard lock(mutex_);
    replies.swap(replies_);
  }
  for (const auto& frames : replies) {
    for (const std::string& frame : frames)
      send_frame(requests_, frame, &frame == &frames.back() ? 0 : ZMQ_SNDMORE);
  }
}

void Server::send_events() {
  std::deque<EventMessage> events;
  {
    const std::lock_guard lock(mutex_);
    events.swap(queue_);
  }
  for (EventMessage& event : events) {
    Json message = {{"v", kProtocolVersion}, {"job", event.job},   {"seq", event.seq},
                    {"time", event.time},    {"type", event.type}, {"body", std::move(event.body)}};
    wire::make_utf8(message);
    send_frame(events_, event.job, ZMQ_SNDMORE);
    send_frame(events_, wire::encode(message), 0);
  }
}

void Server::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake();
}

void Server::publish(EventMessage event) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMaxQueuedEvents) {
      if (event.type == "progress") return;
      const auto is_progress = [](const EventMessage& waiting) { return waiting.type == "progress"; };
      const auto least = std::find_if(queue_.begin(), queue_.end(), is_progress);
      queue_.erase(least == queue_.end() ? queue_.begin() : least);
    }
    queue_.push_back(std::move(event));
  }
  wake();
}

void Server::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace reeld::ipc
