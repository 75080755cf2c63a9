// TLS, and HTTP/2 over it.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/temporary_folder.hpp"
#include "tests/providers/http_helpers.hpp"
#include "tests/providers/raw_server.hpp"
#include "tests/standins/standin.hpp"

extern char** environ;

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using test::StandIn;

const std::filesystem::path& certificates() {
  static const TemporaryFolder folder;
  static const bool made = (test::make_certificates(folder.path()), true);
  REQUIRE(made);
  return folder.path();
}

std::vector<std::string> tls_options(const std::string& name) {
  return {"--tls", certificates() / (name + ".pem"), certificates() / (name + ".key")};
}

// nghttp2's little server, of one folder's files. `url` is empty where it is not installed.
class Http2Server {
 public:
  explicit Http2Server(const std::filesystem::path& folder) {
    int port = 0;
    {
      const RawServer free_port(wait_for_end);
      port = std::stoi(free_port.url("").substr(free_port.url("").rfind(':') + 1));
    }
    std::vector<std::string> words = {"nghttpd",
                                      "--address=127.0.0.1",
                                      "--htdocs=" + folder.string(),
                                      std::to_string(port),
                                      certificates() / "good.key",
                                      certificates() / "good.pem"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawnp(&pid_, "nghttpd", nullptr, nullptr, arguments.data(), environ) != 0) return;
    url = "https://127.0.0.1:" + std::to_string(port) + "/";
  }
  ~Http2Server() {
    if (url.empty()) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;

  std::string url;

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("a certificate that nobody vouches for, that has expired or is another host's is refused") {
  StandIn good({"files"}, tls_options("good"));
  StandIn expired({"files"}, tls_options("expired"));
  StandIn wrong_host({"files"}, tls_options("wrong_host"));
  const auto get = [](StandIn& server) { return local_get(server.base_url() + "/files/page.html"); };
  const auto plain = started_client();
  CHECK_THAT(told(*plain, get(good)),
             StartsWith("provider_unreachable: cannot reach 127.0.0.1:") && Contains("certificate"));
  const auto trusting = started_client({.ca_file = certificates() / "ca.pem"});
  CHECK_THAT(told(*trusting, get(expired)),
             StartsWith("provider_unreachable") && Contains("certificate has expired"));
  CHECK_THAT(told(*trusting, get(wrong_host)), StartsWith("provider_unreachable") && Contains("127.0.0.1"));
  for (StandIn* server : {&good, &expired, &wrong_host}) {
    CHECK(std::ranges::none_of(server->log(),
                               [](const auto& one) { return one["path"] == "/files/page.html"; }));
  }
  const auto answer = trusting->perform(get(good), {});
  REQUIRE(told(answer) == "");
  CHECK_THAT(answer->body, StartsWith("<!DOCTYPE html>"));
}

TEST_CASE("a file of certificates that is not there is said at the start") {
  const auto client = HttpClient::start({.ca_file = "/nonexistent/ca.pem"});
  REQUIRE_FALSE(client);
  CHECK(client.error().code == Code::file_unreadable);
  CHECK_THAT(client.error().message, Contains("/nonexistent/ca.pem"));
}

TEST_CASE("a key is not sent on to the same host without TLS") {
  StandIn open({"files"}), secured({"files"}, tls_options("good"));
  const auto client = started_client({.ca_file = certificates() / "ca.pem"});
  HttpRequest request = local_get(secured.base_url() +
                                  "/files/redirect?to=" + url_encoded(open.base_url() + "/files/page.html"));
  request.secret = Secret("hidden-key");
  request.secret_header = "X-Key";
  request.max_redirects = 1;
  REQUIRE(told(*client, request) == "");
  CHECK(secured.log().at(0)["headers"]["X-Key"] == "hidden-key");
  CHECK_FALSE(open.log().at(0)["headers"].contains("X-Key"));
}

TEST_CASE("HTTP/2 is spoken where the server does, and the address rule holds there too") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "text") << std::string(100'000, 't');
  const Http2Server server(folder.path());
  if (server.url.empty()) {
    WARN("SKIPPED: nghttpd is not installed");
    return;
  }
  const auto client = started_client({.ca_file = certificates() / "ca.pem"});
  const HttpRequest request = local_get(server.url + "text");
  const auto deadline = Clock::now() + 10s;
  auto answer = client->perform(request, {});
  while (!answer && Clock::now() < deadline) {  // it says nothing when it listens
    std::this_thread::sleep_for(20ms);
    answer = client->perform(request, {});
  }
  REQUIRE(told(answer) == "");
  CHECK(answer->http_version == 20);
  CHECK(answer->header("content-length") == "100000");

  std::atomic<int> good = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      HttpRequest one = request;
      if (i % 4 == 3) one.reach = Reach::public_only;
      const auto got = client->perform(one, {});
      good += got && got->size_bytes == 100'000 && got->http_version == 20;
      refused += !got && got.error().code == Code::address_not_allowed;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 12);
  CHECK(refused == 4);
}

}  // namespace reeld::providers
