#include "providers/provider_config.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

namespace reeld::providers {
namespace {

using nlohmann::json;

Error error_of(const json& table, const std::string& name = "gemini") {
  const auto config = provider_config(name, table);
  return config ? Error{} : config.error();
}

TEST_CASE("a wrong key of a provider's table is named, a mistyped one with its nearest") {
  CHECK(error_of({{"base_ulr", "x"}}).message.find("\"base_url\"") != std::string::npos);
  CHECK(error_of({{"kind", "gemni"}}).path == "/kind");
  CHECK(error_of(json::object(), "my-server").path == "/kind");
  CHECK(error_of({{"max_retries", 0}}).path == "/max_retries");
  CHECK(error_of({{"max_retries", 11}}).path == "/max_retries");
  CHECK(error_of({{"retry_delay_ms", 99}}).path == "/retry_delay_ms");
  CHECK(error_of({{"retry_delay_ms", 10001}}).path == "/retry_delay_ms");
  CHECK(error_of({{"models", {{"picture", {"a", "a"}}}}}).path == "/models/picture");
  CHECK(error_of({{"models", {{"pictures", {"a"}}}}}).path == "/models/pictures");
  CHECK(error_of({{"prices", {{"a", {{"per_picture", -1}}}}}}).path == "/prices/a/per_picture");
  CHECK(error_of({{"key_env", "A"}, {"key_file", "/b"}}).path == "/key_file");
  CHECK(error_of({{"key_file", "/no/such/file"}}).code == Code::file_missing);
}

TEST_CASE("a table says only what differs from its kind") {
  setenv("REELD_TEST_KEY", "s3cret", 1);
  const auto config = provider_config("local-llm", {{"kind", "openai"},
                                                    {"base_url", "http://127.0.0.1:8080/"},
                                                    {"key_env", "REELD_TEST_KEY"},
                                                    {"models", {{"script", {"qwen", "llama"}}}},
                                                    {"prices", {{"*", {{"per_request", 0}}}}},
                                                    {"allow_private_addresses", true}});
  unsetenv("REELD_TEST_KEY");
  REQUIRE(config);
  CHECK(config->name == "local-llm");
  CHECK(config->base_url == "http://127.0.0.1:8080");
  CHECK(config->key.reveal() == "s3cret");
  CHECK(config->models.at(Capability::script) == std::vector<std::string>{"qwen", "llama"});
  CHECK(config->models.at(Capability::picture) == std::vector<std::string>{"gpt-image-1"});
  CHECK(config->prices.contains(""));
  CHECK(config->max_retries == 3);
  CHECK(config->allow_private_addresses);
}

TEST_CASE("only what runs on this machine may be reached on this machine without being told so") {
  for (const ProviderConfig& config : default_provider_configs()) {
    CAPTURE(config.name);
    CHECK(config.allow_private_addresses ==
          (config.base_url.empty() ? config.kind != "url" : config.base_url.starts_with("http://127.")));
  }
}

}  // namespace
}  // namespace reeld::providers
