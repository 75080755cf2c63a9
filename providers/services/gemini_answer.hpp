// What Gemini answers, as values or as how a failure is to be taken. Private to services/.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "providers/http/json_exchange.hpp"

namespace reeld::providers {

struct GeminiAnswer {
  struct Bytes {
    std::string media_type, base64;
  };
  std::string text;          // of all parts, without the model's thoughts
  std::vector<Bytes> bytes;  // pictures or sound, in order
  std::string finish_reason;
  Provenance provenance;  // tokens and metadata
};

// The first candidate. A Tried where the status is an error, the prompt or the answer was blocked
// (provider_refused), the answer was cut (response_truncated) or has no documented form.
std::variant<GeminiAnswer, Tried> gemini_answer(const Exchange& exchange, const Secret& key);

}  // namespace reeld::providers
