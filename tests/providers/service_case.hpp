// What the tests of services share: a stand-in, a client, and wishes tried at it.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "providers/services/services.hpp"
#include "tests/providers/provider_helpers.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::providers {

inline const Cancelled kNever = [] { return false; };

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ServiceCase {
 public:
  ServiceCase(const std::string& api, const std::vector<std::string>& options = {})
      : standin({api}, options), client(*HttpClient::start()) {
    config.name = config.kind = api;
    config.base_url = standin.base_url();
    config.key = Secret("test-key");
    config.allow_private_addresses = true;
    config.timeouts.first_byte = config.timeouts.whole = std::chrono::seconds(60);
  }

  Wish wish(Capability capability, nlohmann::json params) const {
    Wish made;
    made.capability = capability;
    made.params = std::move(params);
    made.base_dir = scratch.path();
    made.width = 1280;
    made.height = 720;
    made.seed = 5;
    return made;
  }

  // The body of the last request.
  nlohmann::json last_body() { return standin.log().back().at("body"); }

  test::StandIn standin;
  std::unique_ptr<HttpClient> client;
  ProviderConfig config;
  TempDir scratch;
};

// What a failed try says; the test fails where it did not fail.
inline Error error_of(const Tried& tried) {
  REQUIRE_FALSE(tried.result);
  return tried.result.error();
}

inline Delivery only_delivery(const Tried& tried) {
  if (!tried.result) FAIL(tried.result.error().message);
  REQUIRE(tried.result->size() == 1);
  return tried.result->front();
}

}  // namespace reeld::providers
