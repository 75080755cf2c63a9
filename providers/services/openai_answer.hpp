// What OpenAI and its like answer, as values or as how a failure is to be taken. Private to services/.
#pragma once

#include <string>
#include <variant>

#include "providers/http/json_exchange.hpp"

namespace reeld::providers {

// An answer whose status is an error.
Tried openai_failure(const Exchange& exchange, const Secret& key);

// The same for an answer that need not be JSON.
Tried openai_failure(const HttpResponse& response, const Secret& key);

// Whether the error says that the server does not know response_format's json_schema, rather than that this
// schema is wrong.
bool knows_no_json_schema(const Exchange& exchange);

// Tokens and metadata, of an answer with pictures or with words.
Provenance openai_provenance(const Exchange& exchange);

// A chat's words. A Tried where they were refused (provider_refused), cut (response_truncated), or are not
// there.
std::variant<std::string, Tried> openai_words(const Exchange& exchange, const Secret& key);

}  // namespace reeld::providers
