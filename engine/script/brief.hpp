// A brief: what a script is to be made of, as typed values, read from the JSON that a client sends.
// docs/script.md has its fields in words. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/request.hpp"

namespace reeld::engine {

inline constexpr int kMaxPasses = 4;

struct Brief {
  std::string text, topic;  // exactly one is there: words to be said as they stand, or what to write about
  std::string title;        // empty: made from what is said
  std::string tone = "neutral";  // any words; those that tones() of style.hpp lists have a look of their own
  std::string platform =
      "generic";         // one of platforms(): decides aspect, pace and the length where none is asked for
  std::string category;  // any words; empty: none
  std::string language = "en";  // BCP 47
  std::optional<double>
      target_seconds;              // of the film; absent: as long as the text, or the platform's for a topic
  std::string framework = "none";  // one of frameworks()
  int passes = 0;                  // rounds of critic and revision, 0..kMaxPasses
  bool captions = true;            // what is said also stands over the picture
  bool allow_fallback = false;     // another model than the one asked for may write
  std::uint64_t seed = 0;
  // Who writes: {"provider", "model", "temperature", "max_output_tokens", "seed", "options"}; null: the
  // rules.
  Json writer;
  // What every scene's picture and speech begin with, in the request's own fields: {"provider": "gemini",
  // "style": "ink"},
  // {"provider": "folder", "folder": DIR, "pick": "tags"}; {"provider": "espeak-ng", "voice": "de"}. Each has
  // a provider.
  Json picture, speech;
};

// Errors: invalid_request and unknown_field, with the field's path and the nearest name or value that is
// known.
Result<Brief> parse_brief(const Json& json);

}  // namespace reeld::engine
