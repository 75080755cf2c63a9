// What is sent to OpenAI and the servers that speak as it does. Private to services/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/http/http_client.hpp"
#include "providers/services/references.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {

struct OpenAiOptions {  // docs/providers.md
  std::vector<std::string> sizes;
  std::string quality, background, output_format, picture_answer;
  bool send_seed = false;
  std::string voice, instructions, speech_format;
  std::vector<std::string> voices;  // empty: whichever the server has
  int max_text_letters = 0;
  std::string max_tokens_field, reasoning_effort;
};
// Errors: unknown_field, invalid_request, with the path "/options/NAME".
Result<OpenAiOptions> openai_options(const nlohmann::json& told);

// How a script's form is asked for: by its schema, or as any JSON with the schema told in words.
enum class ScriptForm : std::uint8_t { json_schema, json_object };

// One request's worth: `count` pictures, of the size nearest to the wished one that the model has.
nlohmann::json openai_picture_body(const PictureWish& picture, const OpenAiOptions& options,
                                   const std::string& model, int count, std::optional<std::uint64_t> seed);
// How many pictures a request may ask for.
int openai_pictures_a_request(const std::string& model, const OpenAiOptions& options);
// `body` as a form, with the references beside it.
void set_edit_form(HttpRequest& request, const nlohmann::json& body,
                   const std::vector<ReferenceBytes>& references);

nlohmann::json openai_speech_body(const SpeechWish& speech, const OpenAiOptions& options,
                                  const std::string& model);
// The names of the wish's fields that have no counterpart for this model.
std::vector<std::string> openai_ignored(const SpeechWish& speech, const std::string& model);

nlohmann::json openai_script_body(const ScriptWish& script, const OpenAiOptions& options,
                                  const std::string& model, ScriptForm form);

}  // namespace reeld::providers
