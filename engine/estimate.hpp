// What a request would cost, before anything is asked. Touches no network.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "engine/fetch.hpp"

namespace reeld::engine {

// {"cost_usd": number or null, "wants": [{"path", "role", "provider", "model", "cost_usd": number or null,
// "is_there"}]}: cost_usd is null where a price is not known; what is there already costs nothing. Errors,
// naming the field: provider_unavailable, those of kept_asset.
Result<Json> estimate_request(storage::Database& database, const providers::Registry& registry,
                              const Request& request, const std::filesystem::path& base_dir,
                              const std::filesystem::path& data_dir);

}  // namespace reeld::engine
