#include "engine/fetch.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using providers::Capability;

// How many wants of a job are under way at once; providers hold their own, smaller limits.
constexpr std::size_t kParallelWants = 8;

bool is_there(const Fetcher& fetcher, const storage::Asset& asset) {
  std::error_code error;
  return fs::is_regular_file(fetcher.data_dir / asset.file, error);
}

storage::Asset asset_of(const Want& want, const providers::Delivery& delivery, const StoredAsset& stored) {
  const providers::Provenance& made = delivery.provenance;
  storage::Asset asset;
  asset.sha256 = stored.sha256;
  asset.type = want.capability == Capability::picture ? "IMAGE" : "AUDIO";
  asset.source_type = delivery.source_type;
  asset.file = stored.file;
  asset.provider = want.provider;
  asset.model_asked = made.model_asked;
  asset.model = made.model_used;
  asset.prompt = want.params.value("text", want.params.value("prompt", ""));
  // Sound may be made without words; what was asked is then all that can be told of it.
  if (asset.prompt.empty() && delivery.source_type == "GENERATED") asset.prompt = want.params.dump();
  asset.negative_prompt = want.params.value("negative_prompt", "");
  asset.seed = made.seed;
  asset.params = want.params;
  asset.response_seconds = made.response_seconds;
  asset.request_count = made.request_count;
  asset.input_tokens = made.input_tokens;
  asset.output_tokens = made.output_tokens;
  asset.thought_tokens = made.thought_tokens;
  asset.cached_tokens = made.cached_tokens;
  asset.cost_usd = made.cost_usd;
  asset.confidence = made.confidence;
  asset.size_bytes = stored.size_bytes;
  for (const auto& word : delivery.words)
    asset.words.push_back({word.text, word.start_seconds, word.end_seconds});
  asset.media_type = delivery.media_type;
  asset.metadata = made.metadata;
  return asset;
}

// What the job was given, or what an earlier attempt of it got for the same want. The user's own files are
// looked at again, for they may have changed; what was given stays as it was in the film it comes from.
const storage::Database::JobAsset* already_had(const Fetcher& fetcher, const Want& want,
                                               const std::vector<storage::Database::JobAsset>& linked) {
  const auto it = std::ranges::find_if(linked, [&](const auto& used) {
    const bool same_wish = used.asset.source_type != "USER_UPLOADED" &&
                           used.asset.provider == want.provider && used.asset.params == want.params;
    return used.role == want.role && used.scene == want.scene && (used.reused || same_wish) &&
           is_there(fetcher, used.asset);
  });
  return it == linked.end() ? nullptr : &*it;
}

// Holds what a wish may cost until it is known what it did.
class Reservation {
 public:
  static Result<Reservation> make(const Fetcher& fetcher, const Request& request, const Want& want,
                                  const providers::Estimate& estimate) {
    const bool limited = request.budget_usd || fetcher.day_budget_usd;
    if (limited && !estimate.cost_usd) {
      return Error{Code::budget_exceeded,
                   "there is a budget, but nobody knows what " + want.provider + " model \"" +
                       estimate.model +
                       "\" costs: give its price in the daemon's configuration, [providers." + want.provider +
                       ".prices]",
                   "/provider"};
    }
    const double amount = estimate.cost_usd.value_or(0);
    REELD_ASSIGN(const std::string id,
                 fetcher.database.reserve_cost(
                     {fetcher.job_id, want.provider, amount, request.budget_usd, fetcher.day_budget_usd}));
    return Reservation(fetcher.database, id);
  }
  Reservation(Reservation&& other) noexcept : database_(other.database_), id_(std::exchange(other.id_, "")) {}
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation() {
    if (!id_.empty()) static_cast<void>(database_.settle_cost(id_, 0));
  }

  Result<void> settle(double actual_usd) { return database_.settle_cost(std::exchange(id_, ""), actual_usd); }

 private:
  Reservation(storage::Database& database, std::string id) : database_(database), id_(std::move(id)) {}

  storage::Database& database_;
  std::string id_;
};

class Fetching {
 public:
  Fetching(const Fetcher& fetcher, const Request& request, std::vector<storage::Database::JobAsset> linked)
      : fetcher_(fetcher), request_(request), linked_(std::move(linked)) {}

  Result<storage::Asset> fetch(const Want& want) const {
    if (fetcher_.cancelled) return Error{Code::cancelled, "cancelled while fetching"};
    auto obtained = obtain(want);
    if (!obtained) {
      Error error = obtained.error();
      error.path = want.path + (error.code == Code::provider_unavailable && error.path.empty() ? "/provider"
                                                                                               : error.path);
      return error;
    }
    const auto& [asset, reused] = *obtained;
    REELD_TRY(fetcher_.database.link_asset(fetcher_.job_id, asset.id, want.role, want.scene, reused));
    return asset;
  }

 private:
  struct Obtained {
    storage::Asset asset;
    bool reused = false;  // nobody was asked for this job
  };

  Result<Obtained> obtain(const Want& want) const {
    if (const auto* had = already_had(fetcher_, want, linked_)) return Obtained{had->asset, had->reused};
    REELD_ASSIGN(providers::Provider* const provider, fetcher_.registry.find(want.provider, want.capability));
    providers::Wish wish = wish_of(want, request_, fetcher_.base_dir, fetcher_.job_id);
    REELD_TRY(resolve_references(wish));
    const std::string fingerprint = provider->fingerprint(wish);
    if (!fingerprint.empty()) {
      REELD_ASSIGN(const auto known, fetcher_.database.find_asset_by_fingerprint(fingerprint));
      if (known && is_there(fetcher_, *known)) return Obtained{*known, true};
    }
    REELD_ASSIGN(auto reservation, Reservation::make(fetcher_, request_, want, provider->estimate(wish)));
    const fs::path scratch = fetcher_.scratch / (want.role + "-" + std::to_string(want.scene));
    std::error_code error;
    fs::create_directories(scratch, error);
    if (error) return file_error(error.value(), "cannot make " + scratch.string(), Code::target_unwritable);
    REELD_ASSIGN(const auto deliveries,
                 provider->fetch(wish, scratch, [&] { return fetcher_.cancelled.load(); }));
    REELD_TRY(reservation.settle(deliveries.front().provenance.cost_usd.value_or(0)));
    auto kept = keep(want, deliveries, fingerprint);
    fs::remove_all(scratch, error);
    if (!kept) return kept.error();
    return Obtained{*std::move(kept), false};
  }

  // From here on they are the very files that were allowed, whatever their links lead to later.
  Result<void> resolve_references(providers::Wish& wish) const {
    const auto references = wish.params.find("references");
    if (references == wish.params.end()) return {};
    for (std::size_t i = 0; i < references->size(); ++i) {
      REELD_ASSIGN(const fs::path file,
                   fetcher_.roots.file(fetcher_.base_dir, (*references)[i].get<std::string>(),
                                       "/references/" + std::to_string(i)));
      (*references)[i] = file.string();
    }
    return {};
  }

  // The first is the one to show; the others stay beside it in the record.
  Result<storage::Asset> keep(const Want& want, const std::vector<providers::Delivery>& deliveries,
                              const std::string& fingerprint) const {
    std::optional<storage::Asset> first;
    for (const providers::Delivery& delivery : deliveries) {
      REELD_ASSIGN(const StoredAsset stored, AssetStore(fetcher_.data_dir).put(delivery));
      storage::Asset asset = asset_of(want, delivery, stored);
      if (!first) asset.fingerprint = fingerprint;
      REELD_ASSIGN(const storage::Asset row, fetcher_.database.add_asset(asset));
      if (first) {
        REELD_TRY(
            fetcher_.database.link_asset(fetcher_.job_id, row.id, want.role + "_alternative", want.scene));
        continue;
      }
      first = row;
      if (delivery.provenance.fallback) fetcher_.fallback(want, asset);
    }
    return *first;
  }

  const Fetcher& fetcher_;
  const Request& request_;
  const std::vector<storage::Database::JobAsset> linked_;
};

// All of them, a few at a time; the first error in their order once all are done.
Result<std::vector<storage::Asset>> fetch_all(const Fetcher& fetcher, const Request& request,
                                              const std::vector<Want>& wants, const FetchProgress& progress) {
  REELD_ASSIGN(auto linked, fetcher.database.job_assets(fetcher.job_id));
  const Fetching fetching(fetcher, request, std::move(linked));
  std::vector<std::optional<Result<storage::Asset>>> results(wants.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < wants.size(); i = next++) {
      results[i] = fetching.fetch(wants[i]);
      const std::lock_guard lock(mutex);
      progress(static_cast<double>(++done) / static_cast<double>(wants.size()));
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min(kParallelWants, wants.size()); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  std::vector<storage::Asset> assets;
  for (auto& result : results) {
    if (!*result) return result->error();
    assets.push_back(*std::move(*result));
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
