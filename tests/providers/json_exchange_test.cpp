#include "providers/http/json_exchange.hpp"

#include <catch2/catch.hpp>

#include "tests/providers/http_helpers.hpp"
#include "tests/providers/raw_server.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using nlohmann::json;
using test::StandIn;

HttpResponse with_header(const std::string& name, const std::string& value) {
  HttpResponse response;
  response.headers.emplace(name, value);
  return response;
}

HttpResponse with_status(int status) {
  HttpResponse response;
  response.status = status;
  response.url = "https://api.example.com/v1/x?key=hidden";
  return response;
}

Tried tried(HttpClient& client, const HttpRequest& request) {
  auto asked = exchange_json(client, request, {});
  REQUIRE(std::holds_alternative<Tried>(asked));
  return std::get<Tried>(std::move(asked));
}

}  // namespace

TEST_CASE("an answer that is no JSON is told with how it begins") {
  StandIn server({"openai"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/v1/models");
  SECTION("of a good status") {
    server.dial({{"fault", "garbage"}});
    const Tried failed = tried(*client, request);
    CHECK(failed.result.error().code == Code::response_malformed);
    CHECK_THAT(failed.result.error().message, Contains("\"<<<< this is {not JSON\""));
    CHECK(failed.remedy == Remedy::later);
    CHECK(failed.http_status == 200);
  }
  SECTION("of a bad status") {
    RawServer gateway([](int connection) {
      read_request(connection);
      say(connection,
          "HTTP/1.1 502 Bad\r\nRetry-After: 3\r\nContent-Length: 24\r\n\r\n<html>of test-key</html>");
    });
    request.url = gateway.url("http");
    request.secret = Secret("test-key");
    request.secret_header = "X-Key";
    const auto other = started_client();
    const Tried failed = tried(*other, request);
    CHECK(failed.result.error().code == Code::provider_failed);
    CHECK_THAT(failed.result.error().message, Contains("502") && Contains("<html>of [key]</html>"));
    CHECK(failed.remedy == Remedy::later);
    CHECK(failed.retry_after == 3s);
    CHECK(failed.http_status == 502);
  }
  SECTION("or nothing at all") {
    request.url = "http://127.0.0.1:1/";
    const Tried failed = tried(*client, request);
    CHECK(failed.result.error().code == Code::provider_unreachable);
    CHECK(failed.remedy == Remedy::later);
    CHECK(failed.http_status == 0);
  }
}

TEST_CASE("JSON is sent and read, and what the service says of an error is kept") {
  StandIn server({"openai"});
  const auto client = started_client();
  HttpRequest request = local_get(server.base_url() + "/v1/images/generations");
  set_json_body(request, {{"model", "gpt-image-1"}, {"prompt", "a fox \xff"}});
  server.dial({{"fault", "status"}, {"status", 429}, {"retry_after", 7}, {"message", "Slow down."}});
  const auto asked = exchange_json(*client, request, {});
  REQUIRE(std::holds_alternative<Exchange>(asked));
  const auto& exchange = std::get<Exchange>(asked);
  CHECK(exchange.status == 429);
  CHECK_FALSE(exchange.ok());
  const Tried failed = failure_of(exchange, [](const json& body) { return body.at("error").at("message"); });
  CHECK(failed.result.error().code == Code::rate_limited);
  CHECK_THAT(failed.result.error().message, Contains("429: Slow down."));
  CHECK(failed.retry_after == 7s);
  const json log = server.log();
  CHECK(log.at(0)["method"] == "POST");
  CHECK(log.at(0)["headers"]["Content-Type"] == "application/json");
  CHECK(log.at(0)["body"]["prompt"] == "a fox \xef\xbf\xbd");
}

TEST_CASE("a status says what is at fault, and what helps") {
  const auto [status, code, remedy] = GENERATE(table<int, Code, Remedy>({
      {400, Code::provider_failed, Remedy::none},
      {401, Code::key_invalid, Remedy::none},
      {402, Code::quota_exceeded, Remedy::other_model},
      {403, Code::key_invalid, Remedy::none},
      {404, Code::model_unavailable, Remedy::other_model},
      {408, Code::rate_limited, Remedy::later},
      {410, Code::model_unavailable, Remedy::other_model},
      {422, Code::provider_failed, Remedy::none},
      {425, Code::rate_limited, Remedy::later},
      {429, Code::rate_limited, Remedy::later},
      {500, Code::provider_failed, Remedy::later},
      {503, Code::provider_failed, Remedy::later},
      {529, Code::provider_failed, Remedy::later},
      {302, Code::provider_failed, Remedy::none},
  }));
  INFO(status);
  const Tried failed = failure_of_status(with_status(status), "no");
  CHECK(failed.result.error().code == code);
  CHECK(failed.remedy == remedy);
  CHECK(failed.http_status == status);
  CHECK(failed.result.error().message ==
        "api.example.com answered with status " + std::to_string(status) + ": no");
}

TEST_CASE("a failure of the transport may go better later, one of ours will not") {
  for (const Code code : {Code::provider_unreachable, Code::timed_out, Code::response_truncated})
    CHECK(failure_of(Error{code, ""}).remedy == Remedy::later);
  for (const Code code : {Code::address_not_allowed, Code::invalid_request, Code::cancelled,
                          Code::limit_exceeded, Code::disk_full})
    CHECK(failure_of(Error{code, ""}).remedy == Remedy::none);
}

TEST_CASE("Retry-After is read in seconds and as a date") {
  const auto now = std::chrono::system_clock::from_time_t(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
  const auto read = [&](const std::string& text) {
    return retry_after(with_header("retry-after", text), now);
  };
  CHECK_FALSE(retry_after(HttpResponse{}));
  CHECK_FALSE(read("soon"));
  CHECK_FALSE(read(""));
  CHECK_FALSE(read("-5"));
  CHECK_FALSE(read("nan"));
  CHECK(read("0") == 0ms);
  CHECK(read("120") == 120s);
  CHECK(read("0.25") == 250ms);
  CHECK(read("Sun, 06 Nov 1994 08:50:07 GMT") == 30s);
  CHECK(read("Sun, 06 Nov 1994 08:00:00 GMT") == 0ms);
  CHECK(read("1e300") == 7 * 24h);
}

TEST_CASE("the beginning of a text is quoted in whole letters that can be printed") {
  CHECK(quoted_beginning("") == "");
  CHECK(quoted_beginning(" \r\n a\t\n b\x01\x7f ") == "a b");
  CHECK(quoted_beginning("caf\xc3\xa9 \xff\xc3") == "caf\xc3\xa9");
  CHECK(quoted_beginning(std::string(1000, 'x')).size() == 200);
  std::string letters;
  for (int i = 0; i < 300; ++i) letters += "\xe2\x82\xac";
  CHECK(quoted_beginning(letters).size() == 201);
}

}  // namespace reeld::providers
