// A script by rules alone: a text's sentences become scenes, in order and word for word. Deterministic, pure,
// offline.
#pragma once

#include "engine/script/script.hpp"

namespace reeld::engine {

// Of a brief with a text. Scenes tend to the platform's length: long sentences are broken at clauses, short
// ones joined. The words stay, so a length asked for is met only as far as pauses and the voice's pace (0.85
// to 1.2) reach; what is left is a warning. Roles of a framework go to scenes by their place, since rules do
// not know what a sentence is about. Errors: invalid_request where there is nothing to say.
Result<Script> split_text(const Brief& brief);

// The brief's title, or the beginning of what is said.
std::string title_of_script(const Brief& brief, const std::string& first_words);

}  // namespace reeld::engine
