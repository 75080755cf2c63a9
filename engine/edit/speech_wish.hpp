// How a speech in the record came to be, for one with other words by the same voice.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "storage/database.hpp"

namespace reeld::engine {

// Of an asset, by its id or hash: a scene's `speech` that asks for it anew, without its text. Nothing where
// no provider said it, or it is not in the record.
using SpeechWish = std::function<std::optional<nlohmann::json>(const std::string& asset)>;

SpeechWish speech_wish_from(storage::Database& database);

}  // namespace reeld::engine
