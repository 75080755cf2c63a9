#include "engine/fetch.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "engine/files.hpp"
#include "engine/obtain.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using providers::Capability;

// How many wants of a job are under way at once; providers hold their own, smaller limits.
constexpr std::size_t kParallelWants = 8;

// What the job was given, or what an earlier attempt of it got for the same want. The user's own files are
// looked at again, for they may have changed; what was given stays as it was in the film it comes from. Where
// another picture is asked for, what was given for the one before does not do.
const storage::Database::JobAsset* already_had(const Fetcher& fetcher, const Want& want,
                                               const std::vector<storage::Database::JobAsset>& linked) {
  const auto it = std::ranges::find_if(linked, [&](const auto& used) {
    const bool same_wish = used.asset.source_type != "USER_UPLOADED" &&
                           used.asset.provider == want.provider && used.asset.params == want.params;
    const bool was_given = used.reused && want.role != kOtherPicture;
    return used.role == want.role && used.scene == want.scene && (was_given || same_wish) &&
           !used.asset.removed_us && file_is_there(fetcher.data_dir, used.asset);
  });
  return it == linked.end() ? nullptr : &*it;
}

class Fetching {
 public:
  Fetching(const Fetcher& fetcher, const Request& request, std::vector<storage::Database::JobAsset> linked)
      : fetcher_(fetcher), request_(request), linked_(std::move(linked)) {}

  Result<Fetched> fetch(const Want& want) const {
    if (fetcher_.cancelled) return Error{Code::cancelled, "cancelled while fetching"};
    // Its file stays: nothing that a job at work uses is cleaned up.
    if (const auto* had = already_had(fetcher_, want, linked_)) return Fetched{had->asset, had->reused};
    if (want.provider == kAssetSource) return named(want);
    auto obtained = provided(want);
    if (!obtained) return obtained.error();
    auto linked = link_reused(want, *obtained);
    if (!linked && linked.error().code == Code::not_found) {
      // Its file was cleaned up in the moment between: it is obtained once more.
      obtained = provided(want);
      if (!obtained) return obtained.error();
      linked = link_reused(want, *obtained);
    }
    if (!linked) return linked.error();
    return Fetched{obtained->asset, obtained->reused};
  }

 private:
  // What was made is linked since it is in the record.
  Result<void> link_reused(const Want& want, const Obtained& obtained) const {
    if (!obtained.reused) return {};
    return fetcher_.database.link_asset(fetcher_.job_id, obtained.asset.id, want.role, want.scene, true);
  }

  Result<Fetched> named(const Want& want) const {
    REELD_ASSIGN(storage::Asset asset, kept_asset(fetcher_.database, fetcher_.data_dir, want));
    REELD_TRY(link_reused(want, {asset, "", true}));
    return Fetched{asset, true};
  }

  Result<Obtained> provided(const Want& want) const {
    auto obtained = obtain(want);
    if (obtained) return obtained;
    Error error = obtained.error();
    const bool nobody = error.code == Code::provider_unavailable && error.path.empty();
    error.path = want.path + (nobody ? "/provider" : error.path);
    return error;
  }

  Result<Obtained> obtain(const Want& want) const {
    const ObtainTools tools{fetcher_.database, fetcher_.registry, fetcher_.roots, fetcher_.data_dir};
    const Budget budget{fetcher_.job_id, request_.budget_usd, fetcher_.day_budget_usd};
    const fs::path scratch = fetcher_.scratch / (want.role + "-" + std::to_string(want.scene));
    REELD_ASSIGN(
        Obtained obtained,
        engine::obtain(tools, want.provider, wish_of(want, request_, fetcher_.base_dir, fetcher_.job_id),
                       budget, storage::Database::AssetUse{fetcher_.job_id, want.role, want.scene}, scratch,
                       [&] { return fetcher_.cancelled.load(); }));
    if (!obtained.fallback.empty()) fetcher_.fallback(want, obtained.fallback);
    return obtained;
  }

  const Fetcher& fetcher_;
  const Request& request_;
  const std::vector<storage::Database::JobAsset> linked_;
};

// The first error in their order once all are done.
Result<std::vector<storage::Asset>> fetch_all(const Fetcher& fetcher, const Request& request,
                                              const std::vector<Want>& wants, const FetchProgress& progress) {
  REELD_ASSIGN(auto results, fetch_each(fetcher, request, wants, progress));
  std::vector<storage::Asset> assets;
  for (auto& result : results) {
    if (!result) return result.error();
    assets.push_back(std::move(result->asset));
  }
  return assets;
}

std::string scene_field(std::size_t scene, const char* field) {
  return "/scenes/" + std::to_string(scene) + "/" + field;
}

}  // namespace

std::vector<Want> picture_wants(const Request& request) {
  std::vector<Want> wants;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const PictureSpec& picture = request.scenes[i].picture;
    wants.push_back({Capability::picture, picture.provider, picture.params, "picture", static_cast<int>(i),
                     scene_field(i, "picture")});
  }
  return wants;
}

std::vector<Want> sound_wants(const Request& request) {
  std::vector<Want> wants;
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const auto& speech = request.scenes[i].speech;
    if (!speech) continue;
    wants.push_back({Capability::speech, speech->provider, speech->params, "speech", static_cast<int>(i),
                     scene_field(i, "speech")});
  }
  if (request.music)
    wants.push_back(
        {Capability::sound, request.music->provider, request.music->params, "music", -1, "/music"});
  return wants;
}

Result<storage::Asset> kept_asset(storage::Database& database, const fs::path& data_dir, const Want& want) {
  const auto id = want.params.at("asset").get<std::string>();
  const std::string path = want.path + "/asset";
  const auto asset = storage::Media(database).find_asset(id);
  if (!asset) return Error{asset.error().code, asset.error().message, path};
  const std::string type = want.capability == Capability::picture ? "IMAGE" : "AUDIO";
  if (asset->type != type) {
    return Error{Code::invalid_request,
                 "asset " + id + " is of type " + asset->type + ", and here stands one of type " + type,
                 path};
  }
  if (file_is_there(data_dir, *asset)) return *asset;
  return Error{Code::file_missing,
               "the file of asset " + id + " is gone: there is no " + (data_dir / asset->file).string(),
               path};
}

Result<std::vector<Result<Fetched>>> fetch_each(const Fetcher& fetcher, const Request& request,
                                                const std::vector<Want>& wants,
                                                const FetchProgress& progress) {
  REELD_ASSIGN(auto linked, fetcher.database.job_assets(fetcher.job_id));
  const Fetching fetching(fetcher, request, std::move(linked));
  std::vector<std::optional<Result<Fetched>>> results(wants.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < wants.size(); i = next++) {
      results[i] = fetching.fetch(wants[i]);
      if (*results[i]) fetcher.fetched(wants[i], (*results[i])->asset);
      const std::lock_guard lock(mutex);
      progress(static_cast<double>(++done) / static_cast<double>(wants.size()));
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min(kParallelWants, wants.size()); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  std::vector<Result<Fetched>> all;
  for (auto& result : results) all.push_back(*std::move(result));
  return all;
}

providers::Wish wish_of(const Want& want, const Request& request, const fs::path& base_dir,
                        const std::string& job_id) {
  providers::Wish wish;
  wish.capability = want.capability;
  wish.params = want.params;
  wish.base_dir = base_dir;
  wish.width = request.output.width;
  wish.height = request.output.height;
  wish.seed = request.seed;
  wish.index = std::max(0, want.scene);
  wish.job_id = job_id;
  wish.allow_fallback = request.allow_fallback;
  return wish;
}

Result<std::vector<storage::Asset>> fetch_pictures(const Fetcher& fetcher, const Request& request,
                                                   const FetchProgress& progress) {
  return fetch_all(fetcher, request, picture_wants(request), progress);
}

Result<FetchedSounds> fetch_sounds(const Fetcher& fetcher, const Request& request,
                                   const FetchProgress& progress) {
  const std::vector<Want> wants = sound_wants(request);
  REELD_ASSIGN(auto assets, fetch_all(fetcher, request, wants, progress));
  FetchedSounds sounds;
  sounds.speech.resize(request.scenes.size());
  for (std::size_t i = 0; i < wants.size(); ++i) {
    if (wants[i].scene < 0) {
      sounds.music = std::move(assets[i]);
    } else {
      sounds.speech[static_cast<std::size_t>(wants[i].scene)] = std::move(assets[i]);
    }
  }
  return sounds;
}

}  // namespace reeld::engine
