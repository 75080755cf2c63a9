// A service, asked against a stand-in.
#pragma once

#include <fstream>
#include <thread>

#include "providers/http/http_client.hpp"
#include "providers/media_type.hpp"
#include "providers/policy/tried.hpp"
#include "providers/services/services.hpp"
#include "tests/providers/provider_helpers.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::providers {

inline std::unique_ptr<HttpClient> http_client() {
  auto client = HttpClient::start();
  REQUIRE(client);
  return *std::move(client);
}

inline ProviderConfig config_for(const std::string& kind, const std::string& base_url,
                                 const std::string& key = "test-key") {
  ProviderConfig config;
  config.name = config.kind = kind;
  config.base_url = base_url;
  config.key = Secret(key);
  config.allow_private_addresses = true;
  return config;
}

inline Wish wish_of(Capability capability, const nlohmann::json& params) {
  Wish wish;
  wish.capability = capability;
  wish.params = params;
  wish.seed = 5;
  return wish;
}

// The error of a try that must fail; its message never holds the key.
inline Error error_of(const Tried& tried) {
  if (tried.result) FAIL("the try did not fail");
  CHECK(tried.result.error().message.find("test-key") == std::string::npos);
  return tried.result.error();
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Cancels after so long.
inline Cancelled cancelled_after(std::chrono::milliseconds time) {
  return [end = Clock::now() + time] { return Clock::now() >= end; };
}

}  // namespace reeld::providers
