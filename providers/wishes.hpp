// A wish's params as typed values, one reader a capability, for every provider. Unknown fields are errors
// that name the nearest known one; what is a provider's own goes into "options", which it reads itself.
#pragma once

#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace reeld::providers {

// A picture that the new one should look like (a product, a style), given beside the prompt.
struct Reference {
  std::filesystem::path
      file;  // resolved against the wish's base_dir; checked against the allowed folders by the engine
};

// {"prompt", "negative_prompt", "style", "model", "seed", "count", "aspect", "width", "height", "references",
// "options"}
struct PictureWish {
  std::string prompt;               // with the style's words at its end
  std::string negative_prompt;      // empty: none
  std::string model;                // empty: the provider's first
  int width = 1024, height = 1024;  // pixels asked for; a service takes the nearest that it knows
  std::optional<std::uint64_t> seed;
  int count = 1;  // 1..8
  std::vector<Reference> references;
  nlohmann::json options = nlohmann::json::object();
};
Result<PictureWish> picture_wish(const Wish& wish);

// {"text", "voice", "model", "speed", "pitch", "language", "seed", "options"}
struct SpeechWish {
  std::string text;
  std::string voice, model, language;  // empty: the provider's own; language as BCP 47
  double speed = 1;                    // 0.25..4
  double pitch = 1;                    // 0..2
  std::optional<std::uint64_t> seed;
  nlohmann::json options = nlohmann::json::object();
};
Result<SpeechWish> speech_wish(const Wish& wish);

struct Message {
  std::string role;  // system, user, assistant
  std::string text;
};

// {"messages": [{"role", "text"}], "schema", "model", "temperature", "max_output_tokens", "seed", "options"}
struct ScriptWish {
  std::vector<Message> messages;
  nlohmann::json schema;  // JSON Schema that the answer keeps to; null: free text
  std::string model;
  std::optional<double> temperature;
  int max_output_tokens = 8192;
  std::optional<std::uint64_t> seed;
  nlohmann::json options = nlohmann::json::object();
};
Result<ScriptWish> script_wish(const Wish& wish);

}  // namespace reeld::providers
