// What the scenes need, brought into the asset store by the providers. Runs in the daemon's job threads;
// decodes nothing.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/asset_store.hpp"
#include "engine/request.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct Fetcher {
  storage::Database& database;
  const providers::Registry& registry;
  const std::filesystem::path data_dir;
  const std::filesystem::path base_dir;  // of the request's relative files
  const std::filesystem::path scratch;
  const std::string job_id;
  const std::atomic<bool>& cancelled;
};

// Called with what is done, 0..1.
using FetchProgress = std::function<void(double)>;

// One asset a scene, in their order. The error names the scene and the field.
Result<std::vector<storage::Asset>> fetch_pictures(const Fetcher& fetcher, const Request& request,
                                                   const FetchProgress& progress);

struct FetchedSounds {
  std::vector<std::optional<storage::Asset>> speech;  // one a scene; nullopt where it does not speak
  std::optional<storage::Asset> music;
};
Result<FetchedSounds> fetch_sounds(const Fetcher& fetcher, const Request& request,
                                   const FetchProgress& progress);

}  // namespace reeld::engine
