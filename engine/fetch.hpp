// What the scenes need, brought into the asset store by the providers, several at a time. Runs in the
// daemon's job threads; decodes nothing.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/asset_store.hpp"
#include "engine/request.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// The provider of what is in the record already, by an asset's id or hash; the registry has none of this
// name.
inline constexpr std::string_view kAssetSource = "asset";

// The role of every picture of a scene but the one that is shown.
inline constexpr const char* kOtherPicture = "picture_alternative";

// One thing that a request wants of a provider.
struct Want {
  providers::Capability capability = providers::Capability::picture;
  std::string provider;
  Json params;
  std::string role;  // in the job's record: "picture", kOtherPicture, "speech", "music"
  int scene = -1;    // -1: the whole film
  std::string path;  // of the request's object
};

std::vector<Want> picture_wants(const Request& request);
std::vector<Want> sound_wants(const Request& request);

// Of a want of the kAssetSource: the asset it names, whose file is there. not_found, invalid_request where it
// is of another type, file_missing; paths are of the request.
Result<storage::Asset> kept_asset(storage::Database& database, const std::filesystem::path& data_dir,
                                  const Want& want);

providers::Wish wish_of(const Want& want, const Request& request, const std::filesystem::path& base_dir,
                        const std::string& job_id);

// Told of each asset that another model made than the one asked for.
using FallbackSink = std::function<void(const Want&, const std::string& message)>;

// Told of each asset as soon as it is there, from several threads.
using AssetSink = std::function<void(const Want&, const storage::Asset&)>;

struct Fetcher {
  storage::Database& database;
  const providers::Registry& registry;
  const providers::AllowedRoots& roots;  // of references; other files are the providers'
  const std::filesystem::path data_dir;
  const std::filesystem::path base_dir;  // of the request's relative files
  const std::filesystem::path scratch;
  const std::string job_id;
  const std::optional<double> day_budget_usd;
  const FallbackSink fallback;
  const AssetSink fetched;
  const std::atomic<bool>& cancelled;
};

// Called with what is done, 0..1, from several threads, one at a time.
using FetchProgress = std::function<void(double)>;

// What came for a want.
struct Fetched {
  storage::Asset asset;
  bool reused = false;  // nobody was asked for it
};
// One result a want, in their order; a want that fails does not stop the others. The error of the whole is
// the record's.
Result<std::vector<Result<Fetched>>> fetch_each(const Fetcher& fetcher, const Request& request,
                                                const std::vector<Want>& wants,
                                                const FetchProgress& progress);

// One asset a scene, in their order. A scene that fails does not stop the others: what they get is kept, and
// a retry of the job goes on from it. The error is the first scene's and names the scene and the field;
// budget_exceeded before anything is sent that could exceed the job's or the day's budget.
Result<std::vector<storage::Asset>> fetch_pictures(const Fetcher& fetcher, const Request& request,
                                                   const FetchProgress& progress);

struct FetchedSounds {
  std::vector<std::optional<storage::Asset>> speech;  // one a scene; nullopt where it does not speak
  std::optional<storage::Asset> music;
};
Result<FetchedSounds> fetch_sounds(const Fetcher& fetcher, const Request& request,
                                   const FetchProgress& progress);

}  // namespace reeld::engine
