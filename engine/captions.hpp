// Captions from the words of a speech. Pure.
#pragma once

#include <vector>

#include "engine/request.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// A scene that needs more is refused: all texts of a scene are in memory at once.
inline constexpr std::size_t kMaxCaptions = 200;

// Phrases of at most max_characters (a longer word stands alone), broken at the ends of sentences, and of
// about equal length within a sentence; each is shown from its first word on until the next one's first, or
// for half a second after its last. `delay` is the speech's, in seconds from the scene's start.
std::vector<TextSpec> captions_of(const std::vector<storage::Word>& words, const CaptionSpec& spec,
                                  double delay);

}  // namespace reeld::engine
