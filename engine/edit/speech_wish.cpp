#include "engine/edit/speech_wish.hpp"

#include "storage/media.hpp"

namespace reeld::engine {

SpeechWish speech_wish_from(storage::Database& database) {
  return [&database](const std::string& asset) -> std::optional<nlohmann::json> {
    const auto found = storage::Media(database).find_asset(asset);
    if (!found || found->type != "AUDIO" || found->source_type != "GENERATED") return std::nullopt;
    nlohmann::json wish = found->params;
    wish.erase("text");
    wish["provider"] = found->provider;
    if (!found->model_asked.empty()) wish["model"] = found->model_asked;
    return wish;
  };
}

}  // namespace reeld::engine
