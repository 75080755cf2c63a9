// Plugins as services, so that retries, rate limits and health apply to them as to the built-in ones.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "providers/plugin/manifest.hpp"
#include "providers/plugin/plugin_options.hpp"
#include "providers/policy/tried.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

// Starts nothing: the first request or probe does.
std::unique_ptr<ModelService> plugin_service(const PluginManifest& manifest, const PluginOptions& options);

// The service that a request names as the plugin is named, and how it is to be guarded.
struct LoadedPlugin {
  ProviderConfig config;
  std::unique_ptr<ModelService> service;
};

struct LoadedPlugins {
  std::vector<LoadedPlugin> plugins;  // by name
  std::vector<Error> errors;          // of folders that hold none that can be used
};

// Every folder in `dirs` that has a manifest. What is wrong with one is an error in the list and keeps none
// of the others from being there; so does a name that is `taken` or stands twice (conflict). A directory that
// is not there is passed over; one that others may write to is an error.
LoadedPlugins load_plugins(const std::vector<std::filesystem::path>& dirs,
                           const std::vector<std::string>& taken, const PluginOptions& options);

}  // namespace reeld::providers
