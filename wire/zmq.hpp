// Handles for libzmq: a context and sockets that close themselves, and its errors as ours.
#pragma once

#include <zmq.h>

#include <memory>
#include <string>

#include "base/result.hpp"

namespace reeld::wire {

struct ContextDeleter {
  void operator()(void* context) const { zmq_ctx_term(context); }
};
using Context = std::unique_ptr<void, ContextDeleter>;

struct SocketDeleter {
  void operator()(void* socket) const { zmq_close(socket); }
};
using Socket = std::unique_ptr<void, SocketDeleter>;

// What arrives; freed with the object.
class Frame {
 public:
  Frame() { zmq_msg_init(&message_); }
  ~Frame() { zmq_msg_close(&message_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  zmq_msg_t* get() { return &message_; }
  std::string text() { return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)}; }
  bool more() { return zmq_msg_more(&message_) != 0; }

 private:
  zmq_msg_t message_;
};

inline Error zmq_error(Code code, const std::string& what) {
  return Error{code, what + ": " + zmq_strerror(zmq_errno())};
}

inline void set_option(const Socket& socket, int option, int value) {
  zmq_setsockopt(socket.get(), option, &value, sizeof value);
}

}  // namespace reeld::wire
