#include "ipc/endpoint.hpp"

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
  const std::string file = socket_file(endpoint);
  if (file.empty()) return {};
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
  return {};
}

}  // namespace reeld::ipc
