#include "providers/provider_set.hpp"

#include <algorithm>

#include "providers/builtin.hpp"
#include "providers/plugin/plugin_provider.hpp"
#include "providers/services/services.hpp"

namespace reeld::providers {
namespace {

std::unique_ptr<ModelService> service_of(const ProviderConfig& config, HttpClient& http) {
  if (config.kind == "gemini") return gemini_service(config, http);
  if (config.kind == "openai") return openai_service(config, http);
  if (config.kind == "elevenlabs") return elevenlabs_service(config, http);
  if (config.kind == "sd-webui") return sd_webui_service(config, http);
  if (config.kind == "comfyui") return comfyui_service(config, http);
  return nullptr;
}

// What a table says of a plugin stands above what the plugin says of itself; where it runs, and how often at
// once, is the plugin's.
ProviderConfig merged(ProviderConfig plugin, const ProviderConfig& table) {
  plugin.configured = true;
  plugin.max_retries = table.max_retries;
  plugin.retry_delay = table.retry_delay;
  plugin.requests_per_minute = table.requests_per_minute;
  if (!table.prices.empty()) plugin.prices = table.prices;
  for (const auto& [capability, models] : table.models) plugin.models[capability] = models;
  return plugin;
}

// Each of the defaults that no configured one replaces by its name.
std::vector<ProviderConfig> all_configs(std::vector<ProviderConfig> configured) {
  for (ProviderConfig& config : default_provider_configs()) {
    const auto same = [&](const ProviderConfig& one) { return one.name == config.name; };
    if (std::ranges::none_of(configured, same)) configured.push_back(std::move(config));
  }
  return configured;
}

}  // namespace

Result<std::unique_ptr<ProviderSet>> ProviderSet::start(const ProviderSetOptions& options) {
  auto set = std::unique_ptr<ProviderSet>(new ProviderSet);
  REELD_ASSIGN(set->http_, HttpClient::start({options.ca_file}));
  set->registry_.add(file_provider(options.allowed_roots));
  set->registry_.add(folder_provider(options.allowed_roots));
  set->registry_.add(espeak_provider());
  for (const ProviderConfig& config : all_configs(options.configured)) set->add(config, options.calls);
  set->add_plugins(options);
  return set;
}

void ProviderSet::add(const ProviderConfig& config, const CallSink& calls) {
  if (config.kind == "url") return registry_.add(url_provider(config, *http_));
  if (config.kind == "piper") return registry_.add(piper_provider(config));
  if (auto service = service_of(config, *http_)) add_service(std::move(service), config, calls);
}

// After all others, whose names they cannot take.
void ProviderSet::add_plugins(const ProviderSetOptions& options) {
  std::vector<std::string> taken;
  for (const ProviderInfo& info : registry_.list()) taken.push_back(info.name);
  LoadedPlugins loaded = load_plugins(options.plugin_dirs, taken, options.plugins);
  plugin_errors_ = std::move(loaded.errors);
  for (const ProviderConfig& config : options.configured) {
    const auto same = [&](const LoadedPlugin& plugin) { return plugin.config.name == config.name; };
    if (config.kind == "plugin" && std::ranges::none_of(loaded.plugins, same)) {
      plugin_errors_.push_back(
          {Code::not_found, "[providers." + config.name + "] is of no plugin: there is none of that name"});
    }
  }
  for (LoadedPlugin& plugin : loaded.plugins) {
    for (const ProviderConfig& config : options.configured) {
      if (config.kind == "plugin" && config.name == plugin.config.name)
        plugin.config = merged(plugin.config, config);
    }
    add_service(std::move(plugin.service), plugin.config, options.calls);
  }
}

void ProviderSet::add_service(std::unique_ptr<ModelService> service, const ProviderConfig& config,
                              const CallSink& calls) {
  auto guarded = std::make_unique<GuardedProvider>(std::move(service), config, *waiting_, calls);
  services_.push_back({config, guarded.get()});
  registry_.add(std::move(guarded));
}

}  // namespace reeld::providers
