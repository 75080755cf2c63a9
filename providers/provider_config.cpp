#include "providers/provider_config.hpp"

#include <algorithm>
#include <set>

#include "providers/fields.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

// What a kind is without any configuration.
struct Kind {
  const char* name;
  const char* base_url;
  const char* key_variable;  // "": it has no key
  bool local;                // its server is expected on this machine
  std::map<Capability, std::vector<std::string>> models;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {"gemini",
       "https://generativelanguage.googleapis.com",
       "GEMINI_API_KEY",
       false,
       {{Capability::picture, {"gemini-2.5-flash-image", "gemini-3.1-flash-image"}},
        {Capability::script, {"gemini-2.5-flash"}},
        {Capability::speech, {"gemini-2.5-flash-preview-tts"}}}},
      {"openai",
       "https://api.openai.com",
       "OPENAI_API_KEY",
       false,
       {{Capability::picture, {"gpt-image-1"}},
        {Capability::script, {"gpt-4o-mini"}},
        {Capability::speech, {"gpt-4o-mini-tts"}}}},
      {"elevenlabs",
       "https://api.elevenlabs.io",
       "ELEVENLABS_API_KEY",
       false,
       {{Capability::speech, {"eleven_multilingual_v2"}}}},
      {"sd-webui", "http://127.0.0.1:7860", "SD_WEBUI_AUTH", true, {}},
      {"comfyui", "http://127.0.0.1:8188", "", true, {}},
      {"url", "", "", false, {}},
      {"piper", "", "", true, {}},
      {"plugin", "", "", true, {}},
  };
  return kKinds;
}

const Kind* find_kind(const std::string& name) {
  const auto it = std::ranges::find_if(kinds(), [&](const Kind& kind) { return kind.name == name; });
  return it == kinds().end() ? nullptr : &*it;
}

ProviderConfig default_of(const Kind& kind, const std::string& name) {
  ProviderConfig config;
  config.name = name;
  config.kind = kind.name;
  config.base_url = kind.base_url;
  config.models = kind.models;
  config.allow_private_addresses = kind.local;
  if (*kind.key_variable != '\0') config.key = secret_from_environment(kind.key_variable);
  config.configured = !config.key.empty();
  return config;
}

Result<void> read_key(Fields& fields, ProviderConfig& config) {
  const std::string variable = fields.text("key_env", "", 200);
  const std::string file = fields.text("key_file", "", 4096);
  if (!variable.empty() && !file.empty())
    fields.fail("key_file", "cannot be given beside key_env: a key comes from one place");
  REELD_TRY(fields.result());
  if (!variable.empty()) config.key = secret_from_environment(variable);
  if (!file.empty()) {
    REELD_ASSIGN(config.key, secret_from_file(file));
  }
  return {};
}

Result<void> read_models(const json& table, ProviderConfig& config) {
  Fields fields(table, {"picture", "speech", "script"}, "/models");
  for (const Capability capability : {Capability::picture, Capability::speech, Capability::script}) {
    const std::string name(capability_name(capability));
    const auto models = fields.texts(name.c_str(), 16, 200);
    // A fallback that is the model itself would only ask it twice.
    if (std::set(models.begin(), models.end()).size() != models.size()) {
      fields.fail(name, "names a model twice: the fallbacks must differ from the first");
    }
    if (!models.empty()) config.models[capability] = models;
  }
  return fields.result();
}

Result<void> read_prices(const json& table, ProviderConfig& config) {
  constexpr double kMost = 1e6;
  for (const auto& [model, row] : table.items()) {
    Fields fields(row,
                  {"per_request", "per_picture", "per_million_input_tokens", "per_million_output_tokens",
                   "per_million_characters"},
                  "/prices/" + model);
    Price price;
    price.per_request = fields.number("per_request", 0, 0, kMost);
    price.per_picture = fields.number("per_picture", 0, 0, kMost);
    price.per_million_input_tokens = fields.number("per_million_input_tokens", 0, 0, kMost);
    price.per_million_output_tokens = fields.number("per_million_output_tokens", 0, 0, kMost);
    price.per_million_characters = fields.number("per_million_characters", 0, 0, kMost);
    REELD_TRY(fields.result());
    config.prices[model == "*" ? "" : model] = price;
  }
  return {};
}

void read_timeouts(Fields& fields, Timeouts& timeouts) {
  const auto read = [&](const char* name, std::chrono::milliseconds& time) {
    time = std::chrono::milliseconds(fields.integer(name, static_cast<int>(time.count()), 100, 3600000));
  };
  read("connect_timeout_ms", timeouts.connect);
  read("first_byte_timeout_ms", timeouts.first_byte);
  read("timeout_ms", timeouts.whole);
}

}  // namespace

Result<ProviderConfig> provider_config(const std::string& name, const json& table) {
  Fields fields(table, {"kind", "base_url", "key_env", "key_file", "models", "prices", "max_retries",
                        "retry_delay_ms", "requests_per_minute", "parallel", "connect_timeout_ms",
                        "first_byte_timeout_ms", "timeout_ms", "allow_private_addresses", "options"});
  REELD_TRY(fields.result());
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.emplace_back(kind.name);
  const std::string kind_name = fields.choice("kind", find_kind(name) != nullptr ? name : "", names);
  REELD_TRY(fields.result());
  ProviderConfig config = default_of(*find_kind(kind_name), name);
  config.configured = true;
  config.base_url = fields.text("base_url", config.base_url, 2000);
  while (config.base_url.ends_with('/')) config.base_url.pop_back();
  REELD_TRY(read_key(fields, config));
  REELD_TRY(read_models(fields.object("models"), config));
  REELD_TRY(read_prices(fields.object("prices"), config));
  config.max_retries = fields.integer("max_retries", config.max_retries, 1, 10);
  config.retry_delay = std::chrono::milliseconds(
      fields.integer("retry_delay_ms", static_cast<int>(config.retry_delay.count()), 100, 10000));
  config.requests_per_minute = fields.number("requests_per_minute", config.requests_per_minute, 0, 1e6);
  config.parallel = fields.integer("parallel", config.parallel, 1, 64);
  read_timeouts(fields, config.timeouts);
  config.allow_private_addresses = fields.boolean("allow_private_addresses", config.allow_private_addresses);
  config.options = fields.object("options");
  REELD_TRY(fields.result());
  return config;
}

std::vector<ProviderConfig> default_provider_configs() {
  std::vector<ProviderConfig> configs;
  for (const Kind& kind : kinds()) {
    if (kind.name != std::string("plugin")) configs.push_back(default_of(kind, kind.name));
  }
  return configs;
}

std::string no_key_words(const ProviderConfig& config) {
  const Kind* kind = find_kind(config.kind);
  const std::string variable = kind != nullptr ? kind->key_variable : "";
  return config.name + " has no key: " +
         (variable.empty() ? "" : "start reeld with " + variable + " in its environment, or ") +
         "name the key in [providers." + config.name + "]";
}

}  // namespace reeld::providers
