#include "ipc/endpoint.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace reeld::ipc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIpc = "ipc://";

bool somebody_listens(const std::string& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  file.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // A full backlog (EAGAIN) is somebody's too; a dead program's socket refuses.
  const int failed = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool listens = fd >= 0 && (failed == 0 || errno == EAGAIN);
  if (fd >= 0) ::close(fd);
  return listens;
}

// ZeroMQ removes whatever stands at the path before it binds: a stale socket may go, nothing else.
Result<void> check_free(const std::string& file) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return Error{Code::path_not_allowed, "cannot listen at " + file + ": a file is there that is no socket"};
  }
  if (somebody_listens(file)) {
    return Error{Code::already_running,
                 "cannot listen at " + file + ": another program, perhaps a reeld, does"};
  }
  return {};
}

}  // namespace

std::string default_endpoint() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder = runtime != nullptr && *runtime == '/'
                                 ? std::string(runtime) + "/reeld"
                                 : "/tmp/reeld-" + std::to_string(::getuid());
  return std::string(kIpc) + folder + "/reeld.sock";
}

std::string events_endpoint_for(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  int port = 0;
  if (endpoint.starts_with("tcp://") &&
      std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), port).ec ==
          std::errc()) {
    return endpoint.substr(0, colon + 1) + std::to_string(port + 1);
  }
  return endpoint + "-events";
}

std::string socket_file(const std::string& endpoint) {
  return endpoint.starts_with(kIpc) ? endpoint.substr(kIpc.size()) : "";
}

Result<void> prepare_endpoint(const std::string& endpoint) {
  if (!endpoint.starts_with(kIpc)) return {};
  const std::string file = socket_file(endpoint);
  // Without a folder of ours there are no permissions: an abstract socket is open to every user.
  if (!file.starts_with('/')) {
    return Error{Code::invalid_request,
                 "the endpoint " + endpoint + " must have an absolute path: ipc:///PATH"};
  }
  if (file.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{Code::invalid_request, "the socket's path " + file + " is too long: at most " +
                                            std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes"};
  }
  const fs::path folder = fs::path(file).parent_path();
  std::error_code error;
  if (fs::create_directories(folder, error)) ::chmod(folder.c_str(), 0700);
  struct stat found {};
  if (error || ::stat(folder.c_str(), &found) != 0) {
    return Error{Code::target_unwritable, "cannot make the socket's folder " + folder.string() + ": " +
                                              std::strerror(error ? error.value() : errno)};
  }
  if (found.st_uid != ::getuid() || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error{Code::path_not_allowed,
                 "the socket's folder " + folder.string() +
                     " belongs to somebody else or lets others write; choose one of mode 0700"};
  }
  return check_free(file);
}

}  // namespace reeld::ipc
