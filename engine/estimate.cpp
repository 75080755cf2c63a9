#include "engine/estimate.hpp"

namespace reeld::engine {
namespace {

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Result<bool> is_made(storage::Database& database, const std::string& fingerprint) {
  if (fingerprint.empty()) return false;
  REELD_ASSIGN(const auto known, database.find_asset_by_fingerprint(fingerprint));
  return known.has_value();
}

}  // namespace

Result<Json> estimate_request(storage::Database& database, const providers::Registry& registry,
                              const Request& request, const std::filesystem::path& base_dir,
                              const std::filesystem::path& data_dir) {
  std::vector<Want> wants = picture_wants(request);
  for (Want& want : sound_wants(request)) wants.push_back(std::move(want));
  std::optional<double> total = 0.0;
  Json rows = Json::array();
  for (const Want& want : wants) {
    bool is_there = want.provider == kAssetSource;
    providers::Estimate estimate{0.0, ""};
    if (is_there) {
      REELD_TRY(kept_asset(database, data_dir, want));
    } else {
      const auto provider = registry.find(want.provider, want.capability);
      if (!provider) {
        Error error = provider.error();
        error.path = want.path + error.path;
        return error;
      }
      const providers::Wish wish = wish_of(want, request, base_dir, "");
      REELD_ASSIGN(is_there, is_made(database, (*provider)->fingerprint(wish)));
      estimate = (*provider)->estimate(wish);
      if (is_there) estimate.cost_usd = 0;
    }
    total = total && estimate.cost_usd ? std::optional(*total + *estimate.cost_usd) : std::nullopt;
    rows.push_back({{"path", want.path},
                    {"role", want.role},
                    {"provider", want.provider},
                    {"model", estimate.model},
                    {"cost_usd", or_null(estimate.cost_usd)},
                    {"is_there", is_there}});
  }
  return Json{{"cost_usd", or_null(total)}, {"wants", rows}};
}

}  // namespace reeld::engine
