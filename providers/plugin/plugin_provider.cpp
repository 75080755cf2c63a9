#include "providers/plugin/plugin_provider.hpp"

#include <stdlib.h>

#include <algorithm>
#include <set>

#include "providers/plugin/plugin_process.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kProbe{10};

// A folder of the request's own: requests of one job share a scratch folder, and plugins choose names as they
// like.
Result<fs::path> folder_for(const PluginManifest& manifest, const fs::path& scratch) {
  std::string pattern = (scratch / (manifest.name + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return Error{Code::target_unwritable,
                 "no folder for the plugin's files can be made in " + scratch.string()};
  return fs::path(pattern);
}

Tried outcome(Result<std::vector<Delivery>> result, Remedy remedy = Remedy::none) {
  return {std::move(result), remedy, std::nullopt, 0};
}

class PluginService : public ModelService {
 public:
  PluginService(const PluginManifest& manifest, const PluginOptions& options) : process_(manifest, options) {}

  ProviderInfo info() const override {
    const PluginManifest& manifest = process_.manifest();
    const Hello hello = process_.hello();
    ProviderInfo info;
    info.name = manifest.name;
    info.kind = "plugin";
    info.capabilities = manifest.capabilities;
    for (const auto& [capability, models] : hello.models) {
      if (!models.empty()) info.models[capability] = models;
    }
    info.offline = !manifest.network;
    info.limits = hello.limits;
    info.limits["version"] = manifest.version;
    info.limits["parallel"] = manifest.limits.parallel;
    info.why_not = process_.why_not();
    return info;
  }

  Result<void> validate(const Wish& wish) const override {
    const auto& able = process_.manifest().capabilities;
    if (std::ranges::find(able, wish.capability) == able.end()) {
      return Error{Code::provider_unavailable, "The plugin " + process_.manifest().name + " makes no " +
                                                   std::string(capability_name(wish.capability)) + "."};
    }
    if (const auto fields = wish_fields(wish); !fields) return fields.error();
    return {};
  }

  Tried try_model(const Wish& wish, const std::string& model, const fs::path& scratch,
                  const Cancelled& cancelled) override {
    auto fields = wish_fields(wish);
    if (!fields) return outcome(fields.error());
    auto folder = folder_for(process_.manifest(), scratch);
    if (!folder) return outcome(folder.error());
    const json message = {{"capability", capability_name(wish.capability)},
                          {"model", model},
                          {"wish", *std::move(fields)},
                          {"scratch", folder->string()}};
    Asked asked = process_.ask(message, wish.deadline, cancelled);
    Tried tried = asked.result ? delivered(*asked.result, wish, *folder)
                               : Tried{asked.result.error(), asked.remedy, asked.retry_after, 0};
    std::error_code ignored;
    if (!tried.result || wish.capability == Capability::script) fs::remove_all(*folder, ignored);
    return tried;
  }

  Tried probe(const Cancelled& cancelled) override {
    const Asked asked = process_.ping(Clock::now() + kProbe, cancelled);
    if (!asked.result) return {asked.result.error(), asked.remedy, asked.retry_after, 0};
    return outcome(std::vector<Delivery>{});
  }

 private:
  static Tried delivered(const json& message, const Wish& wish, const fs::path& folder) {
    auto deliveries = read_deliveries(message, wish, folder);
    if (!deliveries) return outcome(deliveries.error(), Remedy::other_model);
    return outcome(std::move(deliveries));
  }

  PluginProcess process_;
};

ProviderConfig config_of(const PluginManifest& manifest) {
  ProviderConfig config;
  config.name = manifest.name;
  config.kind = "plugin";
  // What a plugin is asked at; with the version in it, what an older one made is made again.
  config.base_url = "plugin:" + manifest.name + "@" + manifest.version;
  for (const auto& [capability, models] : manifest.models) {
    if (!models.empty()) config.models[capability] = models;
  }
  config.parallel = manifest.limits.parallel;
  config.timeouts.whole = manifest.limits.request;
  // What needs no network has nobody to pay; of the others no price is known.
  if (!manifest.network) config.prices[""] = Price{};
  return config;
}

void load_one(const fs::path& folder, std::set<std::string>& taken, const PluginOptions& options,
              LoadedPlugins& loaded) {
  auto manifest = read_manifest(folder);
  if (!manifest) return loaded.errors.push_back(manifest.error());
  if (!taken.insert(manifest->name).second) {
    return loaded.errors.push_back({Code::conflict, "the plugin in " + folder.string() + " is named " +
                                                        manifest->name +
                                                        ", as another provider is already; rename it"});
  }
  loaded.plugins.push_back({config_of(*manifest), plugin_service(*manifest, options)});
}

}  // namespace

std::unique_ptr<ModelService> plugin_service(const PluginManifest& manifest, const PluginOptions& options) {
  return std::make_unique<PluginService>(manifest, options);
}

LoadedPlugins load_plugins(const std::vector<fs::path>& dirs, const std::vector<std::string>& taken,
                           const PluginOptions& options) {
  LoadedPlugins loaded;
  std::set<std::string> names(taken.begin(), taken.end());
  for (const fs::path& dir : dirs) {
    std::error_code failure;
    if (!fs::exists(dir, failure)) continue;
    if (const auto safe = check_only_owner_writes(dir); !safe) {
      loaded.errors.push_back(safe.error());
      continue;
    }
    std::vector<fs::path> folders;
    for (auto it = fs::directory_iterator(dir, failure); !failure && it != fs::directory_iterator();
         it.increment(failure)) {
      if (it->is_directory(failure) && it->path().filename().string().front() != '.')
        folders.push_back(it->path());
    }
    std::ranges::sort(folders);
    for (const fs::path& folder : folders) load_one(folder, names, options, loaded);
  }
  std::ranges::sort(loaded.plugins, {}, [](const LoadedPlugin& plugin) { return plugin.config.name; });
  return loaded;
}

}  // namespace reeld::providers
