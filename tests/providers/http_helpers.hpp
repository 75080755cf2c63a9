// A client, and requests that may go to this machine.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>

#include "providers/http/http_client.hpp"

namespace reeld::providers {

inline std::unique_ptr<HttpClient> started_client(const HttpClientOptions& options = {}) {
  auto client = HttpClient::start(options);
  REQUIRE(client);
  return *std::move(client);
}

inline HttpRequest local_get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.reach = Reach::anywhere;
  return request;
}

// Its message, with the code before it; empty where it went well.
inline std::string told(const Result<HttpResponse>& result) {
  return result ? "" : std::string(code_name(result.error().code)) + ": " + result.error().message;
}

inline std::string told(HttpClient& client, const HttpRequest& request) {
  return told(client.perform(request, {}));
}

}  // namespace reeld::providers
