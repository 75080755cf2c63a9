// When each word of a speech is said, worked out from its text and its length where no provider told. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace reeld::engine {

// The words of `text` between white space (scripts without spaces: by character), spread over `seconds` by
// their letters, with a pause after a comma (three letters' time) and after the end of a sentence (six).
// Measured against espeak-ng's own times, words begin within about a quarter of a second
// (tests/engine/word_times_test.cpp).
std::vector<storage::Word> estimated_words(std::string_view text, double seconds);

}  // namespace reeld::engine
