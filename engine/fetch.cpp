#include "engine/fetch.hpp"

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using providers::Capability;

struct Need {
  Capability capability;
  std::string provider;
  Json params;
  std::string role;  // in the job's record
  int scene;         // -1: the whole film
  std::string path;  // of the request's object
};

bool is_there(const Fetcher& fetcher, const storage::Asset& asset) {
  std::error_code error;
  return fs::is_regular_file(fetcher.data_dir / asset.file, error);
}

storage::Asset asset_of(const Need& need, const providers::Delivery& delivery, const StoredAsset& stored) {
  storage::Asset asset;
  asset.sha256 = stored.sha256;
  asset.type = need.capability == Capability::picture ? "IMAGE" : "AUDIO";
  asset.source_type = delivery.source_type;
  asset.file = stored.file;
  asset.provider = need.provider;
  asset.model = delivery.provenance.model_used;
  asset.prompt = need.params.value("text", need.params.value("prompt", ""));
  asset.response_seconds = delivery.provenance.response_seconds;
  asset.size_bytes = stored.size_bytes;
  asset.media_type = delivery.media_type;
  asset.metadata = delivery.provenance.metadata;
  return asset;
}

Result<storage::Asset> obtain(const Fetcher& fetcher, const Need& need) {
  REELD_ASSIGN(providers::Provider* const provider, fetcher.registry.find(need.provider, need.capability));
  providers::Wish wish;
  wish.capability = need.capability;
  wish.params = need.params;
  wish.base_dir = fetcher.base_dir;
  const std::string fingerprint = provider->fingerprint(wish);
  if (!fingerprint.empty()) {
    REELD_ASSIGN(const auto known, fetcher.database.find_asset_by_fingerprint(fingerprint));
    if (known && is_there(fetcher, *known)) return *known;
  }
  REELD_ASSIGN(const auto deliveries,
               provider->fetch(wish, fetcher.scratch, [&] { return fetcher.cancelled.load(); }));
  REELD_ASSIGN(const StoredAsset stored, AssetStore(fetcher.data_dir).put(deliveries.front()));
  storage::Asset asset = asset_of(need, deliveries.front(), stored);
  asset.fingerprint = fingerprint;
  return fetcher.database.add_asset(asset);
}

Result<storage::Asset> fetch_one(const Fetcher& fetcher, const Need& need) {
  if (fetcher.cancelled) return Error{Code::cancelled, "cancelled while fetching"};
  auto asset = obtain(fetcher, need);
  if (!asset) {
    Error error = asset.error();
    error.path = need.path +
                 (error.code == Code::provider_unavailable && error.path.empty() ? "/provider" : error.path);
    return error;
  }
  REELD_TRY(fetcher.database.link_asset(fetcher.job_id, asset->id, need.role, need.scene));
  return asset;
}

std::string scene_field(std::size_t scene, const char* field) {
  return "/scenes/" + std::to_string(scene) + "/" + field;
}

}  // namespace

Result<std::vector<storage::Asset>> fetch_pictures(const Fetcher& fetcher, const Request& request,
                                                   const FetchProgress& progress) {
  std::vector<storage::Asset> assets;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const PictureSpec& picture = request.scenes[i].picture;
    REELD_ASSIGN(auto asset, fetch_one(fetcher, {Capability::picture, picture.provider, picture.params,
                                                 "picture", static_cast<int>(i), scene_field(i, "picture")}));
    assets.push_back(std::move(asset));
    progress(static_cast<double>(i + 1) / static_cast<double>(request.scenes.size()));
  }
  return assets;
}

Result<FetchedSounds> fetch_sounds(const Fetcher& fetcher, const Request& request,
                                   const FetchProgress& progress) {
  FetchedSounds sounds;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const auto& speech = request.scenes[i].speech;
    sounds.speech.emplace_back();
    if (!speech) continue;
    REELD_ASSIGN(sounds.speech.back(),
                 fetch_one(fetcher, {Capability::speech, speech->provider, speech->params, "speech",
                                     static_cast<int>(i), scene_field(i, "speech")}));
    progress(static_cast<double>(i + 1) / static_cast<double>(request.scenes.size() + 1));
  }
  if (request.music) {
    REELD_ASSIGN(sounds.music, fetch_one(fetcher, {Capability::sound, request.music->provider,
                                                   request.music->params, "music", -1, "/music"}));
  }
  return sounds;
}

}  // namespace reeld::engine
