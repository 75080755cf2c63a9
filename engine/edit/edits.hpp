// The edit list: what is to be changed in a film, as changes of its request. docs/edits.md has it in words.
// Pure.
#pragma once

#include <vector>

#include "engine/edit/speech_wish.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

inline constexpr int kMaxEdits = 1000;

// A request with its edits in it.
struct Edited {
  Json request;
  // Of each scene, which scene of the request before the edits it was; -1: it came by an edit.
  std::vector<int> origins;
};

// The edits one after the other; each sees what those before it made. The outcome is a request that
// parse_request takes. `wish_of` tells whose voice a speech in the record has; without it such a speech gets
// no new words. Errors: invalid_request, unknown_field, with the edit's own field as path:
// "/edits/2/scene"; those of parse_request for `request` itself.
Result<Edited> apply_edits(const Json& request, const Json& edits, const SpeechWish& wish_of = {});

// The record's words for it: {"edits": as given, "clips", "transitions", "effects": as they come out}.
Json edit_data_of(const Edited& edited, const Json& edits);

}  // namespace reeld::engine
