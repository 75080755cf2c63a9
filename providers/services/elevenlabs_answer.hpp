// What ElevenLabs answers: times of characters as times of words, and refusals as how they are to be taken.
// Private to services/.
#pragma once

#include <optional>
#include <vector>

#include "providers/http/json_exchange.hpp"

namespace reeld::providers {

// Words as white space parts them, from {"characters", "character_start_times_seconds",
// "character_end_times_seconds"}; a direction to the voice ("[laughs softly]") is no word. nullopt for what
// is no alignment.
std::optional<std::vector<WordTime>> words_of_alignment(const nlohmann::json& alignment);

// A status that is no success. Waiting for a place (too_many_concurrent_requests) is rate_limited and asks
// for a short wait; an overloaded service (system_busy) is provider_failed.
Tried elevenlabs_failure(const Exchange& exchange, const Secret& key);

}  // namespace reeld::providers
