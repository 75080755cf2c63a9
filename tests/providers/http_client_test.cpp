// What a request brings back, and what it says when nothing comes.
#include "providers/http/http_client.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "base/temporary_folder.hpp"
#include "tests/providers/http_helpers.hpp"
#include "tests/providers/raw_server.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;
using test::StandIn;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

TEST_CASE("a request that cannot be sent is refused before anything is sent") {
  const auto client = started_client();
  const auto url_told = [&](const std::string& url) { return told(*client, local_get(url)); };
  CHECK_THAT(url_told(""), StartsWith("invalid_request: the URL is no URL"));
  CHECK_THAT(url_told("file:///etc/passwd"), Contains("only http and https"));
  CHECK_THAT(url_told("ftp://127.0.0.1/"), Contains("only http and https"));
  CHECK_THAT(url_told("gopher://127.0.0.1/"), Contains("only http and https"));
  CHECK_THAT(url_told("http://user:hidden@127.0.0.1/"), Contains("a user's name or password"));
  CHECK_THAT(url_told("http://user:hidden@127.0.0.1/"), !Contains("hidden"));
  CHECK_THAT(url_told(std::string("http://127.0.0.1/\0x", 19)), StartsWith("invalid_request"));
  CHECK_THAT(url_told("http://127.0.0.1/" + std::string(70000, 'a')), Contains("at most 65536"));

  HttpRequest request = local_get("http://127.0.0.1:1/");
  request.method = "GET / HTTP/1.1\r\nX:";
  CHECK_THAT(told(*client, request), StartsWith("invalid_request") && Contains("no HTTP method"));
  request.method = "GET";
  request.headers = {{"X-One", "1\r\nX-Two: 2"}};
  CHECK_THAT(told(*client, request), StartsWith("invalid_request: the header \"X-One\""));
  request.headers = {{"X One", "1"}};
  CHECK_THAT(told(*client, request), StartsWith("invalid_request"));
  request.headers.clear();
  request.secret = Secret("hidden\n");
  request.secret_header = "X-Key";
  CHECK_THAT(told(*client, request), StartsWith("invalid_request: the key") && !Contains("hidden"));
}

TEST_CASE("a server that is not there is unreachable, and the message names it but not the query") {
  const auto client = started_client();
  CHECK_THAT(told(*client, local_get("http://127.0.0.1:1/path?token=hidden")),
             StartsWith("provider_unreachable: cannot reach 127.0.0.1:1: ") && !Contains("hidden"));
  CHECK_THAT(told(*client, local_get("http://nowhere.invalid/?token=hidden")),
             StartsWith("provider_unreachable: cannot reach nowhere.invalid: ") && !Contains("hidden"));
}

TEST_CASE("an answer comes back whole, whatever its status") {
  StandIn server({"files"});
  const auto client = started_client();
  const auto found = client->perform(local_get(server.base_url() + "/files/page.html"), {});
  REQUIRE(told(found) == "");
  CHECK(found->status == 200);
  CHECK(found->http_version == 11);
  CHECK(found->media_type() == "text/html");
  CHECK_THAT(found->body, StartsWith("<!DOCTYPE html>"));
  CHECK(found->size_bytes == static_cast<std::int64_t>(found->body.size()));
  CHECK(found->header("content-length") == std::to_string(found->body.size()));
  CHECK(found->url == server.base_url() + "/files/page.html");
  CHECK(found->first_byte_seconds > 0);
  CHECK(found->first_byte_seconds <= found->seconds);

  const auto missing = client->perform(local_get(server.base_url() + "/files/none"), {});
  REQUIRE(told(missing) == "");
  CHECK(missing->status == 404);
  CHECK_THAT(missing->body, Contains("No such file"));

  HttpRequest head = local_get(server.base_url() + "/files/page.html");
  head.method = "HEAD";
  const auto headers = client->perform(head, {});
  REQUIRE(told(headers) == "");
  CHECK(headers->status == 200);
  CHECK(headers->body.empty());
}

TEST_CASE("a body is sent as it is, with the headers that were asked for") {
  StandIn server({"files"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/page.html");
  request.method = "POST";
  // More than the megabyte from which libcurl would wait to be told to go on.
  request.body = json{{"text", std::string(2 << 20, 'x') + "\xc3\xa9"}}.dump();
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  const auto answer = client->perform(request, {});
  REQUIRE(told(answer) == "");
  CHECK(answer->status == 405);
  const json log = server.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0]["method"] == "POST");
  CHECK(log[0]["headers"]["Content-Type"] == "application/json");
  CHECK(log[0]["headers"]["X-Empty"] == "");
  CHECK_FALSE(log[0]["headers"].contains("Expect"));
  CHECK_FALSE(log[0]["headers"].contains("Accept-Encoding"));
  CHECK(log[0]["headers"]["Content-Length"] == std::to_string(request.body.size()));
}

TEST_CASE("a connection is used again, and a break of one that idled is not noticed") {
  StandIn server({"files"});
  const auto client = started_client();
  const HttpRequest request = local_get(server.base_url() + "/files/page.html");
  for (int i = 0; i < 5; ++i) REQUIRE(told(*client, request) == "");
  std::set<int> connections;
  for (const auto& entry : server.log()) connections.insert(entry["connection"].get<int>());
  CHECK(connections.size() == 1);

  // Each connection is good for one answer, though it says nothing of that.
  RawServer forgetful([](int connection) {
    read_request(connection);
    say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  for (int i = 0; i < 3; ++i) {
    CHECK(told(*client, local_get(forgetful.url("http"))) == "");
    std::this_thread::sleep_for(20ms);
  }
  CHECK(forgetful.connections() == 3);
}

TEST_CASE("many threads have their transfers at once") {
  StandIn server({"files"});
  server.dial({{"fault", "stall"}, {"phase", "headers"}, {"seconds", 0.3}, {"times", -1}});
  const auto client = started_client();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const auto answer =
          client->perform(local_get(server.base_url() + "/files/big?bytes=" + std::to_string(1000 + i)), {});
      good += answer && answer->size_bytes == 1000 + i;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 16);
  int most = 0;
  for (const auto& entry : server.log()) most = std::max(most, entry["in_flight"].get<int>());
  CHECK(most >= 4);
}

TEST_CASE("each phase has its time, and the message says which ran out") {
  StandIn server({"files"});
  RawServer silent(wait_for_end);
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/page.html?token=hidden");
  const auto start = Clock::now();
  SECTION("to connect, the TLS handshake included") {
    request.url = silent.url("https");
    request.timeouts.connect = 200ms;
    CHECK_THAT(told(*client, request),
               StartsWith("timed_out: no connection to 127.0.0.1:") && Contains("within 200 ms"));
  }
  SECTION("from the request to the first byte") {
    server.dial({{"fault", "stall"}, {"phase", "headers"}, {"seconds", 20}});
    request.timeouts.first_byte = 200ms;
    CHECK_THAT(told(*client, request), StartsWith("timed_out: 127.0.0.1:") &&
                                           Contains("did not begin to answer within 200 ms") &&
                                           !Contains("hidden"));
  }
  SECTION("for the whole, though bytes come all the time") {
    server.dial({{"fault", "drip"}, {"bytes", 1}, {"every_s", 0.05}});
    request.timeouts.whole = 400ms;
    request.timeouts.first_byte = 200ms;  // does not count once the answer has begun
    CHECK_THAT(told(*client, request), StartsWith("timed_out: 127.0.0.1:") &&
                                           Contains("did not finish within 400 ms") &&
                                           Contains("while the answer came in"));
  }
  SECTION("until the deadline") {
    server.dial({{"fault", "stall"}, {"phase", "body"}, {"seconds", 20}});
    request.deadline = Clock::now() + 300ms;
    CHECK_THAT(told(*client, request), StartsWith("timed_out: the job's time for 127.0.0.1:") &&
                                           Contains("while the answer came in"));
  }
  SECTION("and a deadline that is over lets nothing begin") {
    request.deadline = Clock::now();
    CHECK_THAT(told(*client, request), StartsWith("timed_out: the job's time"));
  }
  CHECK(seconds_since(start) < 5);
}

TEST_CASE("a cancelled request ends while its answer comes in, and leaves the others alone") {
  StandIn server({"files"});
  server.dial({{"match", "page.html"}, {"fault", "drip"}, {"bytes", 4}, {"every_s", 0.05}, {"times", -1}});
  const auto client = started_client();
  std::atomic<bool> cancelled = false;
  std::string first, second;
  HttpRequest request = local_get(server.base_url() + "/files/page.html");
  std::thread one([&] { first = told(client->perform(request, [&] { return cancelled.load(); })); });
  std::thread two([&] { second = told(client->perform(request, {})); });
  while (server.count("page.html") < 2) std::this_thread::sleep_for(10ms);
  const auto start = Clock::now();
  cancelled = true;
  one.join();
  CHECK(seconds_since(start) < 2);
  CHECK_THAT(first, StartsWith("cancelled"));
  two.join();
  CHECK(second == "");
}

TEST_CASE("a client that goes takes its transfers with it") {
  StandIn server({"files"});
  server.dial({{"fault", "stall"}, {"phase", "body"}, {"seconds", 20}, {"times", -1}});
  auto client = started_client();
  std::vector<std::thread> threads;
  std::vector<std::string> ends(3);
  for (auto& end : ends) {
    threads.emplace_back(
        [&, at = client.get()] { end = told(*at, local_get(server.base_url() + "/files/page.html")); });
  }
  while (server.count("page.html") < ends.size()) std::this_thread::sleep_for(10ms);
  const auto start = Clock::now();
  client.reset();
  CHECK(seconds_since(start) < 2);
  for (auto& thread : threads) thread.join();
  for (const auto& end : ends) CHECK_THAT(end, StartsWith("cancelled"));
}

TEST_CASE("an answer that breaks is told by where it broke") {
  StandIn server({"files"});
  const auto client = started_client();
  const HttpRequest request = local_get(server.base_url() + "/files/page.html");
  const auto with = [&](const json& fault) {
    server.reset();
    server.dial(fault);
    return told(*client, request);
  };
  CHECK_THAT(with({{"fault", "truncated"}}), StartsWith("response_truncated: the answer of 127.0.0.1:"));
  CHECK_THAT(with({{"fault", "reset"}, {"phase", "body"}}), StartsWith("response_truncated"));
  // From here on each try has a connection of its own, since libcurl asks again on one that idled.
  CHECK_THAT(with({{"fault", "reset"}, {"phase", "answer"}, {"times", -1}}),
             StartsWith("provider_unreachable"));
  CHECK_THAT(with({{"fault", "reset"}, {"phase", "accept"}}), StartsWith("provider_unreachable"));
  CHECK(told(*client, request) == "");

  RawServer no_http([](int connection) {
    read_request(connection);
    say(connection, "I speak no such language\r\n");
  });
  CHECK_THAT(told(*client, local_get(no_http.url("http"))), StartsWith("response_malformed"));
}

TEST_CASE("an answer that is too large is stopped while it comes in") {
  StandIn server({"files"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/page.html");
  request.max_bytes = 100'000;
  SECTION("of a length that is told") {
    server.dial({{"fault", "oversized"}, {"bytes", 1'000'000'000}});
    CHECK_THAT(told(*client, request), StartsWith("limit_exceeded") && Contains("1000000000"));
  }
  SECTION("without end") {
    server.dial({{"fault", "oversized"}});
    CHECK_THAT(told(*client, request), StartsWith("limit_exceeded") && Contains("100000"));
  }
  SECTION("in its headers") {
    RawServer wordy([](int connection) {
      read_request(connection);
      const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
      bool listened = say(connection, "HTTP/1.1 200 OK\r\n");
      while (listened) listened = say(connection, line);
    });
    const auto other = started_client();
    request.url = wordy.url("http");
    CHECK_THAT(told(*other, request), StartsWith("limit_exceeded") && Contains("headers"));
  }
  SECTION("but one that just fits is taken") {
    request.url = server.base_url() + "/files/big?bytes=100000";
    CHECK(told(*client, request) == "");
    request.max_bytes = 99'999;
    CHECK_THAT(told(*client, request), StartsWith("limit_exceeded"));
  }
}

TEST_CASE("a body goes into a file, and no half of one stays") {
  StandIn server({"files"});
  const TemporaryFolder folder;
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/page.html");
  request.into = folder.path() / "page";

  server.dial({{"fault", "truncated"}});
  CHECK_THAT(told(*client, request), StartsWith("response_truncated"));
  CHECK_FALSE(std::filesystem::exists(*request.into));

  const auto answer = client->perform(request, {});
  REQUIRE(told(answer) == "");
  CHECK(answer->body.empty());
  CHECK(answer->size_bytes == static_cast<std::int64_t>(std::filesystem::file_size(*request.into)));
  CHECK_THAT(bytes_of(*request.into), StartsWith("<!DOCTYPE html>"));

  request.into = folder.path() / "error";
  server.dial({{"fault", "status"}, {"status", 503}, {"message", "out of order"}});
  const auto refused = client->perform(request, {});
  REQUIRE(told(refused) == "");
  CHECK_THAT(refused->body, Contains("out of order"));
  CHECK_FALSE(std::filesystem::exists(*request.into));

  request.into = folder.path() / "none" / "page";
  CHECK_THAT(told(*client, request), StartsWith("target_unwritable") && Contains("none/page"));
  std::filesystem::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
  request.into = folder.path() / "link";
  CHECK_THAT(told(*client, request), StartsWith("target_unwritable"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "elsewhere"));

  RawServer empty([](int connection) {
    read_request(connection);
    say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  request = local_get(empty.url("http"));
  request.into = folder.path() / "empty";
  CHECK(told(*client, request) == "");
  CHECK(std::filesystem::exists(*request.into));
}

TEST_CASE("a text is encoded so that it is one segment or value of a URL") {
  CHECK(url_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(url_encoded("a b/c?d&e=f%g+h") == "a%20b%2Fc%3Fd%26e%3Df%25g%2Bh");
  CHECK(url_encoded("\xc3\xa9\x01") == "%C3%A9%01");
  CHECK(url_encoded("").empty());
}

}  // namespace reeld::providers
