#include "engine/obtain.hpp"

#include "engine/asset_store.hpp"
#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

storage::Asset asset_of(const std::string& provider, const providers::Wish& wish,
                        const providers::Delivery& delivery, const StoredAsset& stored) {
  const providers::Provenance& made = delivery.provenance;
  storage::Asset asset;
  asset.sha256 = stored.sha256;
  asset.type = wish.capability == providers::Capability::picture ? "IMAGE" : "AUDIO";
  asset.source_type = delivery.source_type;
  asset.file = stored.file;
  asset.provider = provider;
  asset.model_asked = made.model_asked;
  asset.model = made.model_used;
  asset.prompt = wish.params.value("text", wish.params.value("prompt", ""));
  // Sound may be made without words; what was asked is then all that can be told of it.
  if (asset.prompt.empty() && delivery.source_type == "GENERATED") asset.prompt = wish.params.dump();
  asset.negative_prompt = wish.params.value("negative_prompt", "");
  asset.seed = made.seed;
  asset.params = wish.params;
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

// From here on they are the very files that were allowed, whatever their links lead to later.
Result<providers::Wish> with_references(const providers::AllowedRoots& roots, providers::Wish wish) {
  const auto references = wish.params.find("references");
  if (references == wish.params.end()) return wish;
  for (std::size_t i = 0; i < references->size(); ++i) {
    REELD_ASSIGN(const fs::path file, roots.file(wish.base_dir, (*references)[i].get<std::string>(),
                                                 "/references/" + std::to_string(i)));
    (*references)[i] = file.string();
  }
  return wish;
}

// The first is the one to show; the others stay beside it in the record. All are recorded at once: what a
// daemon that is killed has of an answer is all or none of it.
Result<Obtained> keep(const ObtainTools& tools, const std::string& provider, const providers::Wish& wish,
                      const std::vector<providers::Delivery>& deliveries, const std::string& fingerprint,
                      const std::optional<storage::Database::AssetUse>& use) {
  Obtained obtained;
  if (const providers::Provenance& made = deliveries.front().provenance; made.fallback) {
    obtained.fallback = provider + " model \"" + made.model_asked + "\" did not answer; \"" +
                        made.model_used + "\" made this, as the request allows";
  }
  std::vector<storage::Asset> assets;
  for (const providers::Delivery& delivery : deliveries) {
    REELD_ASSIGN(const StoredAsset stored, AssetStore(tools.data_dir).put(delivery));
    assets.push_back(asset_of(provider, wish, delivery, stored));
  }
  assets.front().fingerprint = fingerprint;
  REELD_ASSIGN(assets, tools.database.add_answer(assets, use));
  obtained.asset = std::move(assets.front());
  return obtained;
}

}  // namespace

Result<Obtained> obtain(const ObtainTools& tools, const std::string& provider_name,
                        const providers::Wish& wish, const Budget& budget,
                        const std::optional<storage::Database::AssetUse>& use, const fs::path& scratch,
                        const providers::Cancelled& cancelled) {
  REELD_ASSIGN(providers::Provider* const provider, tools.registry.find(provider_name, wish.capability));
  REELD_ASSIGN(const providers::Wish checked, with_references(tools.roots, wish));
  const std::string fingerprint = provider->fingerprint(checked);
  if (!fingerprint.empty()) {
    REELD_ASSIGN(const auto known, tools.database.find_asset_by_fingerprint(fingerprint));
    if (known && file_is_there(tools.data_dir, *known)) return Obtained{*known, "", true};
  }
  REELD_ASSIGN(auto reservation,
               Reservation::make(tools.database, budget, provider_name, provider->estimate(checked)));
  std::error_code error;
  fs::create_directories(scratch, error);
  if (error) return file_error(error.value(), "cannot make " + scratch.string(), Code::target_unwritable);
  const auto deliveries = provider->fetch(checked, scratch, cancelled);
  auto kept = [&]() -> Result<Obtained> {
    if (!deliveries) return deliveries.error();
    REELD_TRY(reservation.settle(deliveries->front().provenance.cost_usd.value_or(0)));
    return keep(tools, provider_name, wish, *deliveries, fingerprint, use);
  }();
  fs::remove_all(scratch, error);
  return kept;
}

bool is_broken_file(Code code) {
  return code == Code::picture_invalid || code == Code::picture_too_large || code == Code::audio_invalid;
}

bool file_is_there(const fs::path& data_dir, const storage::Asset& asset) {
  std::error_code error;
  return fs::is_regular_file(data_dir / asset.file, error);
}

}  // namespace reeld::engine
