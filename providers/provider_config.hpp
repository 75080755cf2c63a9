// What a person configures of a provider: the file's [providers.NAME] tables, as values.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "providers/provider.hpp"
#include "providers/secret.hpp"

namespace reeld::providers {

// US dollars. What is 0 costs nothing.
struct Price {
  double per_request = 0, per_picture = 0;
  double per_million_input_tokens = 0, per_million_output_tokens = 0;
  double per_million_characters = 0;  // of spoken text
};

struct Timeouts {
  std::chrono::milliseconds connect{10000};
  std::chrono::milliseconds first_byte{120000};  // from the request sent to the answer's first byte
  std::chrono::milliseconds whole{300000};
};

struct ProviderConfig {
  std::string name;         // as requests say it
  bool configured = false;  // somebody set it up: by a table, or by a key in the environment
  std::string kind;         // gemini, openai, elevenlabs, sd-webui, comfyui, url, piper, plugin
  std::string base_url;     // without a slash at its end; empty: the kind's public one
  Secret key;               // empty: none is sent
  std::map<Capability, std::vector<std::string>>
      models;                                   // the first is asked; the others where fallback is allowed
  std::map<std::string, Price> prices;          // by model; "" for every other
  int max_retries = 3;                          // 1..10, beside the first try
  std::chrono::milliseconds retry_delay{1000};  // 100..10000: the first back-off's ceiling
  double requests_per_minute = 0;               // per model; 0: no limit of ours
  int parallel = 4;                             // requests at once
  Timeouts timeouts;
  bool allow_private_addresses = false;               // base_url may lead to this machine or network
  nlohmann::json options = nlohmann::json::object();  // of its kind: default voice, workflow file, sampler
};

// One [providers.NAME] table, as JSON; what it leaves open is the kind's default, and the kind is the name
// where it is not given. Errors: unknown_field and invalid_request with the key as path; those of
// secret_from_file.
Result<ProviderConfig> provider_config(const std::string& name, const nlohmann::json& table);

// What is there without any configuration: one of each kind, with the keys that the environment has.
std::vector<ProviderConfig> default_provider_configs();

// Where a key can be given to a provider that has none.
std::string no_key_words(const ProviderConfig& config);

}  // namespace reeld::providers
