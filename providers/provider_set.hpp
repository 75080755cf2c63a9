// All providers of a daemon, with what they share: one HTTP client, one clock, one record of calls. Made at
// start, used by all threads, ended last.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "providers/http/http_client.hpp"
#include "providers/plugin/plugin_options.hpp"
#include "providers/policy/guarded_provider.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

struct ProviderSetOptions {
  std::vector<std::filesystem::path>
      allowed_roots;                       // files are read only below these, symbolic links resolved
  std::vector<ProviderConfig> configured;  // before the defaults, which they replace by name
  std::filesystem::path ca_file;           // trusted beside the system's; empty: none
  CallSink calls;
  std::vector<std::filesystem::path>
      plugin_dirs;  // docs/plugins.md; those that are not there are passed over
  PluginOptions plugins;
};

// A provider that others than this program answer for, and its models' states.
struct ServiceState {
  ProviderConfig config;
  GuardedProvider* provider = nullptr;  // owned by the set
};

class ProviderSet {
 public:
  static Result<std::unique_ptr<ProviderSet>> start(const ProviderSetOptions& options);

  const Registry& registry() const { return registry_; }
  const std::vector<ServiceState>& services() const { return services_; }
  // Why folders of the plugin directories hold no plugin that can be used.
  const std::vector<Error>& plugin_errors() const { return plugin_errors_; }

 private:
  ProviderSet() = default;
  void add(const ProviderConfig& config, const CallSink& calls);
  void add_service(std::unique_ptr<ModelService> service, const ProviderConfig& config,
                   const CallSink& calls);
  void add_plugins(const ProviderSetOptions& options);

  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Waiting> waiting_ = real_waiting();
  std::vector<ServiceState> services_;
  std::vector<Error> plugin_errors_;
  Registry registry_;  // last, so that it ends first
};

}  // namespace reeld::providers
