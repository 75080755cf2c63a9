// A server of a test's own that says what the test wants, byte by byte: what the stand-ins are too decent
// for.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace reeld::providers {

class RawServer {
 public:
  // `serve` has one connection after the other, and closes with its return.
  explicit RawServer(std::function<void(int connection)> serve, in_addr_t address = INADDR_LOOPBACK)
      : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(address);
    socklen_t size = sizeof here;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&here), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
      throw std::runtime_error("raw server: it cannot listen");
    }
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~RawServer() {
    stopping_ = true;
    {
      const std::lock_guard lock(mutex_);
      if (served_ >= 0) ::shutdown(served_, SHUT_RDWR);  // a client that idles keeps its connection
    }
    thread_.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string url(const std::string& scheme, const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_) + "/";
  }
  int connections() const { return connections_; }

 private:
  void run() {
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      ++connections_;
      set_served(connection);
      serve_(connection);
      set_served(-1);
      ::close(connection);
    }
  }

  void set_served(int connection) {
    const std::lock_guard lock(mutex_);
    served_ = connection;
    if (stopping_ && connection >= 0) ::shutdown(connection, SHUT_RDWR);
  }

  std::function<void(int)> serve_;
  int listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  int served_ = -1;
  std::thread thread_;
};

// Until the headers' end; what came of it.
inline std::string read_request(int connection) {
  std::string request;
  char letter = 0;
  while (!request.ends_with("\r\n\r\n") && ::recv(connection, &letter, 1, 0) == 1) request += letter;
  return request;
}

// False once the client is gone.
inline bool say(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Until the client closes.
inline void wait_for_end(int connection) {
  char bytes[4096];
  while (::recv(connection, bytes, sizeof bytes, 0) > 0) continue;
}

}  // namespace reeld::providers
