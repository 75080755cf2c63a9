#include "ipc/endpoint.hpp"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ipc/fake_daemon.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& file) {
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

Code refused(const std::string& endpoint) {
  const auto prepared = ipc::prepare_endpoint(endpoint);
  REQUIRE_FALSE(prepared);
  CHECK(prepared.error().message.size() > 20);
  return prepared.error().code;
}

TEST_CASE("the default endpoint is the user's own") {
  const char* const before = ::getenv("XDG_RUNTIME_DIR");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  CHECK(ipc::default_endpoint() == "ipc:///run/user/7/reeld/reeld.sock");
  ::unsetenv("XDG_RUNTIME_DIR");
  CHECK(ipc::default_endpoint() == "ipc:///tmp/reeld-" + std::to_string(::getuid()) + "/reeld.sock");
  if (before != nullptr) ::setenv("XDG_RUNTIME_DIR", kept.c_str(), 1);
}

TEST_CASE("events have a socket beside that of the requests") {
  CHECK(ipc::events_endpoint_for("ipc:///a/b.sock") == "ipc:///a/b.sock-events");
  CHECK(ipc::events_endpoint_for("tcp://127.0.0.1:7000") == "tcp://127.0.0.1:7001");
  CHECK(ipc::events_endpoint_for("tcp://[::1]:7000") == "tcp://[::1]:7001");
}

TEST_CASE("only the user may enter the socket's folder and open the sockets, and they go with the server") {
  std::string socket;
  {
    FakeDaemon daemon;
    socket = ipc::socket_file(daemon.endpoint());
    CHECK(mode_of(fs::path(socket).parent_path()) == 0700);
    CHECK(mode_of(socket) == 0600);
    CHECK(mode_of(socket + "-events") == 0600);
  }
  CHECK_FALSE(fs::exists(socket));
}

TEST_CASE("a folder that others may write to is refused") {
  const TemporaryFolder folder;
  const std::string endpoint = "ipc://" + (folder.path() / "reeld.sock").string();
  CHECK(ipc::prepare_endpoint(endpoint));
  for (const int mode : {0770, 0707, 0777}) {
    REQUIRE(::chmod(folder.path().c_str(), mode) == 0);
    CHECK(refused(endpoint) == Code::path_not_allowed);
  }
}

TEST_CASE("a folder that belongs to somebody else is refused") {
  const TemporaryFolder folder;
  if (::chown(folder.path().c_str(), 12345, 12345) != 0) {
    WARN("skipped: giving a folder away needs root");
    return;
  }
  CHECK(refused("ipc://" + (folder.path() / "reeld.sock").string()) == Code::path_not_allowed);
}

TEST_CASE("paths that are too long, relative or abstract are refused") {
  const TemporaryFolder folder;
  CHECK(refused("ipc://" + (folder.path() / std::string(108, 'x')).string()) == Code::invalid_request);
  CHECK(refused("ipc://reeld.sock") == Code::invalid_request);
  CHECK(refused("ipc://@reeld") == Code::invalid_request);
  CHECK(refused("ipc://") == Code::invalid_request);
}

TEST_CASE("a living server's socket is not taken") {
  FakeDaemon daemon;
  const auto second = ipc::Server::open({daemon.endpoint(), ipc::events_endpoint_for(daemon.endpoint())}, {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::already_running);
  CHECK(daemon.client()->call("health", Json::object()));
}

TEST_CASE("a dead server's socket is replaced, and a file that is no socket stays") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "reeld.sock").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  file.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  ::close(fd);
  REQUIRE(fs::exists(file));
  CHECK(ipc::Server::open({"ipc://" + file, "ipc://" + file + "-events"}, {}));

  std::ofstream(file) << "somebody's letter";
  CHECK(refused("ipc://" + file) == Code::path_not_allowed);
  CHECK(fs::file_size(file) == 17);
}

TEST_CASE("a taken port is an error that names it") {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(fd, 1) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const auto server = ipc::Server::open({endpoint, ipc::events_endpoint_for(endpoint)}, {});
  ::close(fd);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == Code::unreachable);
  CHECK(server.error().message.find(endpoint) != std::string::npos);
}

}  // namespace
}  // namespace reeld::test
