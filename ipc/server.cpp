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
  while (true) {
    zmq_pollitem_t items[] = {{requests_.get(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_fd_, ZMQ_POLLIN, 0}};
    zmq_poll(items, 2, -1);
    std::uint64_t woken = 0;
    while (::read(wake_fd_, &woken, sizeof woken) > 0) {
    }
    send_events();
    // A bounded number at a time, so that a flood of requests does not hold up the events.
    for (int i = 0; i < 100; ++i) {
      int events = 0;
      std::size_t size = sizeof events;
      zmq_getsockopt(requests_.get(), ZMQ_EVENTS, &events, &size);
      if ((events & ZMQ_POLLIN) == 0) break;
      answer();
    }
    const std::lock_guard lock(mutex_);
    if (stopped_ && queue_.empty()) return;
  }
}

// One request: [identity] [empty, from REQ sockets] [payload]. Further frames are noise and make it
// malformed.
void Server::answer() {
  std::vector<std::string> frames;
  for (bool more = true; more;) {
    wire::Frame frame;
    if (zmq_msg_recv(frame.get(), requests_.get(), ZMQ_DONTWAIT) < 0) return;
    frames.push_back(frame.text());
    more = frame.more();
  }
  const bool delimited = frames.size() == 3 && frames[1].empty();
  const std::string reply = frames.size() == 2 || delimited
                                ? reply_to(frames.back())
                                : reply_of(nullptr, Error{Code::protocol_error, "a request is one frame"});
  send_frame(requests_, frames[0], ZMQ_SNDMORE);
  if (delimited) send_frame(requests_, "", ZMQ_SNDMORE);
  send_frame(requests_, reply, 0);
}

std::string Server::reply_to(const std::string& bytes) const {
  const auto request = wire::decode(bytes);
  if (!request) return reply_of(nullptr, request.error());
  const bool has_id = request->is_object() && request->contains("id") && request->at("id").is_string();
  const Json id = has_id ? request->at("id") : Json(nullptr);
  std::string reply = reply_of(id, result_of(*request));
  if (reply.size() <= wire::kMaxMessageBytes) return reply;
  return reply_of(id, Error{Code::limit_exceeded, "the answer is larger than a message may be, 16 MiB"});
}

Result<Json> Server::result_of(const Json& request) const {
  REELD_TRY(check_envelope(request));
  REELD_ASSIGN(const Method* const method, find_method(methods_, request.at("method").get<std::string>()));
  const Json params = request.value("params", Json::object());
  REELD_TRY(check_params(method->spec, params));
  try {
    return method->handle(params);
  } catch (const std::exception& error) {
    return Error{Code::internal, "the method " + method->spec.name + " failed: " + error.what()};
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
