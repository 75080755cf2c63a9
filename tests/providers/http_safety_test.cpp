// Where a request may go, and who may see the key.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "base/temporary_folder.hpp"
#include "tests/providers/http_helpers.hpp"
#include "tests/providers/public_network.hpp"
#include "tests/providers/raw_server.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::providers {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;
using test::StandIn;

std::string redirect_to(const std::string& url) {
  return "HTTP/1.1 302 Found\r\nLocation: " + url + "\r\nContent-Length: 0\r\n\r\n";
}

// Answers each request on a connection, until the client has no more.
std::function<void(int)> always(const std::string& answer) {
  return [answer](int connection) {
    while (!read_request(connection).empty() && say(connection, answer)) continue;
  };
}

HttpRequest with_key(HttpRequest request) {
  request.secret = Secret("hidden-key");
  request.secret_header = "X-Key";
  request.secret_prefix = "Bearer ";
  return request;
}

}  // namespace

TEST_CASE("a public request goes to no address of this machine or its network") {
  StandIn server({"files"});
  const auto client = started_client();
  const std::string port = server.base_url().substr(server.base_url().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0",
                                 "2130706433", "0x7f.1", "127.1", "017700000001", "10.0.0.1", "192.168.0.1",
                                 "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]"}) {
    HttpRequest request;
    request.url = "http://" + host + port + "/files/page.html?token=hidden";
    INFO(host);
    CHECK_THAT(told(*client, request), StartsWith("address_not_allowed: ") && !Contains("hidden") &&
                                           Contains("allow_private_addresses"));
  }
  HttpRequest request;
  request.url = server.base_url() + "/files/page.html";
  CHECK_THAT(told(*client, request), Contains("127.0.0.1 (loopback)"));
  CHECK(server.log().empty());
}

TEST_CASE("a public request does not go over a connection that another one opened") {
  StandIn server({"files"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/page.html");
  REQUIRE(told(*client, request) == "");
  request.reach = Reach::public_only;
  CHECK_THAT(told(*client, request), StartsWith("address_not_allowed"));
  CHECK(server.log().size() == 1);
  request.reach = Reach::anywhere;
  CHECK(told(*client, request) == "");
}

TEST_CASE("a redirect leads a public request nowhere else than to public addresses") {
  const auto seen = in_public_network([]() -> std::string {
    RawServer inside(always("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ninside"));
    RawServer outside(always("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\noutside"), INADDR_ANY);
    RawServer to_inside(always(redirect_to(inside.url("http"))), INADDR_ANY);
    RawServer to_outside(always(redirect_to(outside.url("http", kPublicAddress))), INADDR_ANY);
    auto client = HttpClient::start();
    HttpRequest request;
    request.max_redirects = 3;

    request.url = to_outside.url("http", kPublicAddress);
    const auto out = (*client)->perform(request, {});
    if (!out || out->body != "outside") return "a public address is not reached: " + told(out);

    // The connection to what is inside stands already, opened by one that may go there.
    if (!(*client)->perform(local_get(inside.url("http")), {})) return "what is inside is not reached";
    request.url = to_inside.url("http", kPublicAddress);
    const auto in = (*client)->perform(request, {});
    if (in) return "the redirect was followed inside";
    if (in.error().code != Code::address_not_allowed) return "it ended as " + told(in);
    return "";
  });
  if (seen == Seen::no_network) {
    WARN("SKIPPED: the kernel gives this process no network of its own");
  } else {
    CHECK(seen == Seen::good);
  }
}

TEST_CASE("a redirect is an answer, unless some are allowed, and then no more than those") {
  StandIn server({"files"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/files/redirects/3");
  const auto answer = client->perform(request, {});
  REQUIRE(told(answer) == "");
  CHECK(answer->status == 302);
  CHECK(answer->header("location") == "/files/redirects/2");
  request.max_redirects = 2;
  CHECK_THAT(told(*client, request), StartsWith("limit_exceeded") && Contains("more than 2 times"));
  request.max_redirects = 3;
  const auto picture = client->perform(request, {});
  REQUIRE(told(picture) == "");
  CHECK(picture->media_type() == "image/png");
  CHECK(picture->url == server.base_url() + "/files/picture.png");
  request.url = server.base_url() + "/files/circle";
  CHECK_THAT(told(*client, request), StartsWith("limit_exceeded"));
}

TEST_CASE("a redirect leads to http and https alone, and to no URL with a password") {
  StandIn server({"files"});
  const auto client = started_client();
  for (const std::string to :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://user:hidden@127.0.0.1/"}) {
    HttpRequest request = local_get(server.base_url() + "/files/redirect?to=" + url_encoded(to));
    request.max_redirects = 3;
    INFO(to);
    CHECK_THAT(told(*client, request),
               StartsWith("invalid_request: the redirect from 127.0.0.1:") && !Contains("hidden"));
  }
}

TEST_CASE("a redirect after a POST asks anew, except where it is told to send the same again") {
  StandIn server({"files"});
  const auto client = started_client();
  const auto methods_for = [&](int status) {
    server.reset();
    HttpRequest request = local_get(server.base_url() + "/files/page.html");
    RawServer redirect([&](int connection) {
      // The body is behind the headers, and of a length that is known here.
      read_request(connection);
      char body[4];
      ::recv(connection, body, sizeof body, MSG_WAITALL);
      say(connection, "HTTP/1.1 " + std::to_string(status) + " There\r\nLocation: " + request.url +
                          "\r\nContent-Length: 0\r\n\r\n");
    });
    HttpRequest post = local_get(redirect.url("http"));
    post.method = "POST";
    post.body = "\"hi\"";
    post.headers = {{"Content-Type", "application/json"}};
    post.max_redirects = 1;
    REQUIRE(told(*client, post) == "");
    return server.log().at(0);
  };
  for (const int status : {301, 302, 303}) {
    const json seen = methods_for(status);
    CHECK(seen["method"] == "GET");
    CHECK(seen["body"].is_null());
    CHECK_FALSE(seen["headers"].contains("Content-Type"));
  }
  for (const int status : {307, 308}) {
    const json seen = methods_for(status);
    CHECK(seen["method"] == "POST");
    CHECK(seen["body"] == "hi");
  }
}

TEST_CASE("the key goes to the first host alone") {
  StandIn first({"files"}), second({"files"});
  const auto client = started_client();
  const std::string page = "/files/page.html";
  const auto via = [&](StandIn& server, const std::string& to) {
    return server.base_url() + "/files/redirect?to=" + url_encoded(to);
  };
  HttpRequest request = with_key(local_get(via(first, via(second, first.base_url() + page))));
  request.headers = {{"Authorization", "Basic aGlkZGVu"}, {"Cookie", "hidden"}, {"X-Plain", "1"}};
  request.max_redirects = 5;
  const auto answer = client->perform(request, {});
  REQUIRE(told(answer) == "");
  CHECK(answer->status == 200);
  REQUIRE(first.log().size() == 2);
  for (const auto& entry : first.log()) {
    CHECK(entry["headers"]["X-Key"] == "Bearer hidden-key");
    CHECK(entry["headers"]["Cookie"] == "hidden");
  }
  REQUIRE(second.log().size() == 1);
  CHECK(second.log()[0]["headers"]["X-Plain"] == "1");
  CHECK(second.log()[0].dump().find("hidden") == std::string::npos);
}

TEST_CASE("no error tells the key") {
  StandIn server({"files"});
  const auto client = started_client();
  for (const json& fault : {json{{"fault", "truncated"}}, json{{"fault", "reset"}, {"times", -1}}}) {
    server.dial(fault);
    const std::string end = told(*client, with_key(local_get(server.base_url() + "/files/page.html")));
    CHECK_FALSE(end.empty());
    CHECK_THAT(end, !Contains("hidden"));
  }
}

TEST_CASE("no proxy is used, and no cookie kept") {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("all_proxy", "http://127.0.0.1:1", 1);
  const auto client = started_client();
  RawServer server([](int connection) {
    for (std::string request = read_request(connection); !request.empty();
         request = read_request(connection)) {
      const std::string cookie = request.find("Cookie:") == std::string::npos ? "no" : "cookie";
      say(connection, "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: " +
                          std::to_string(cookie.size()) + "\r\n\r\n" + cookie);
    }
  });
  for (int i = 0; i < 2; ++i) {
    const auto answer = client->perform(local_get(server.url("http")), {});
    CHECK(told(answer) == "");
    CHECK((answer && answer->body == "no"));
  }
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
}

}  // namespace reeld::providers
